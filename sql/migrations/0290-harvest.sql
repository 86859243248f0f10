-- What other catalogues describe, kept apart from what the partnership publishes: a source is declared in harvest/*.yml,
-- its runs and their findings are here, and the records that its last good run left (convention 001, art. 2-1, 3-2, annex).
create schema harvest;

create table harvest.source (
  source text primary key check (source ~ '^[a-z0-9][a-z0-9-]*$'),
  declaration jsonb not null,                -- as the last run read it
  audience text not null check (audience in ('public', 'partners')),
  last_success timestamptz,
  last_full timestamptz,                     -- only a full run can tell what has disappeared
  failures integer not null default 0        -- runs that failed since the last good one
);

create table harvest.run (
  source text not null references harvest.source,
  number integer not null,
  status text not null check (status in ('running', 'done', 'unchanged', 'failed')),
  full_ boolean not null,
  since timestamptz,
  started timestamptz not null,
  heard timestamptz not null,                -- last page received
  finished timestamptz,
  cursor jsonb,                              -- where an interrupted run goes on from
  counts jsonb not null default '{}',
  problem jsonb,                             -- {fr, en}: why it failed
  primary key (source, number)
);

create table harvest.staged (
  source text not null,
  run integer not null,
  identifier text not null,
  document jsonb,                            -- null: seen, not changed
  primary key (source, run, identifier),
  foreign key (source, run) references harvest.run on delete cascade
);

create table harvest.finding (
  source text not null,
  run integer not null,
  number integer not null,
  level text not null check (level in ('error', 'warning', 'info')),
  code text not null,
  record text,
  words jsonb not null,
  primary key (source, run, number),
  foreign key (source, run) references harvest.run on delete cascade
);

-- What each page held when it was last read, and its validators: a page that has not changed is not sent again.
create table harvest.page (
  source text not null references harvest.source,
  address text not null,
  etag text,
  last_modified text,
  identifiers text[] not null,
  follow jsonb not null,
  primary key (source, address)
);

create table harvest.record (
  id text primary key,                       -- the address in our catalogue: the same when a record comes back
  source text not null references harvest.source,
  identifier text not null,                  -- the producer's own
  document jsonb not null,
  state text not null check (state in ('live', 'archived')),
  missed integer not null default 0,
  first_seen timestamptz not null,
  changed timestamptz not null,
  archived timestamptz,
  unique (source, identifier)
);
create index record_by_identifier on harvest.record (identifier);

create table harvest.pair (
  one text not null,
  other text not null,
  verdict text not null check (verdict in ('same', 'complements', 'keep_both')),
  reason text not null check (btrim(reason) <> ''),
  author text not null,
  decided date not null,
  primary key (one, other),
  check (one < other)
);

-- Moves whenever records or sources change: readers load them again then, and only then.
create table harvest.version (number bigint not null);
insert into harvest.version values (0);

grant usage on schema harvest to idg_app;
grant select on harvest.source, harvest.run, harvest.finding, harvest.record, harvest.pair, harvest.version to idg_app;
