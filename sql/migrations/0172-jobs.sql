-- A job is what somebody asked for and may fetch later: whose it is, where it stands, what came of it. The queue only
-- knows its id, which nobody can guess.
create schema jobs;

create table jobs.job (
  id uuid primary key default gen_random_uuid(),
  kind text not null,                      -- what runs it: a name the application knows
  subject text not null,                   -- what is run: for kind 'process', the id of the process
  login text,                              -- whose it is; null = the public: then its id alone opens it
  principal jsonb not null,                -- who asked, as rights saw it
  request jsonb not null,
  layers jsonb not null default '[]',      -- [collection, action]: decided on when submitted, run and read
  status text not null default 'accepted'
    check (status in ('accepted', 'running', 'successful', 'failed', 'dismissed')),
  progress integer not null default 0 check (progress between 0 and 100),
  message jsonb,                           -- {fr, en}
  problem jsonb,                           -- why it failed, as a problem document in each language
  outputs jsonb not null default '[]',     -- id, mediaType, encoding, size
  attempts integer not null default 0,
  seconds integer not null,                -- how long one attempt may take
  created timestamptz not null default now(),
  started timestamptz,
  finished timestamptz,
  updated timestamptz not null default now()
);
create index job_of_login on jobs.job (login, created desc, id);
create index job_open on jobs.job (created) where status in ('accepted', 'running');

-- What came of a job, in pieces of a megabyte, so that a large file is never whole in anybody's memory.
create table jobs.piece (
  job uuid not null references jobs.job on delete cascade,
  output text not null,
  number integer not null,
  bytes bytea not null,
  primary key (job, output, number)
);
alter table jobs.piece alter column bytes set storage external;

grant usage on schema jobs to idg_app;
grant select, insert, update, delete on jobs.job, jobs.piece to idg_app;
