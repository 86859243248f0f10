-- Remarks and questions of anybody on a dataset or a feature, and requests for publication (CRPA, L311-1): one mechanism.
-- Who wrote is told to the body that answers, never to the public; what is made public is what that body chose.
create schema remarks;
comment on schema remarks is 'Remarks, questions, requests for publication: what was said, by whom, what became of it.';

create table remarks.remark (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  kind text not null check (kind in ('remark', 'question', 'publication')),
  dataset text,                            -- a collection of ours
  record text,                             -- a harvested record
  feature text check (length(feature) <= 200),
  geometry jsonb check (octet_length(geometry::text) <= 65536),  -- GeoJSON, longitude and latitude
  organisation text not null,              -- the body that answers
  relay text,                              -- the contact of the source, for a harvested record
  words text not null check (length(btrim(words)) between 3 and 4000),
  lang text not null check (lang in ('fr', 'en')),
  author_name text check (length(author_name) <= 100),
  author_email text check (author_email ~ '^[^@[:cntrl:][:space:]]+@[^@[:cntrl:][:space:]]+$'),
  author_login text references registry.account,
  author_organisation text,
  caller bytea,                            -- keyed hash of an address and a day: counts, names nobody, forgotten
  due date not null,
  state text not null default 'received'
    check (state in ('received', 'read', 'answered', 'acted', 'declined', 'closed')),
  answer text check (length(answer) <= 4000),
  answered_at timestamptz,
  public boolean not null default false,
  public_words text check (length(public_words) <= 4000),
  check (dataset is null or record is null),
  check (not public or (answer is not null and public_words is not null)),
  check (state not in ('answered', 'acted', 'declined') or answer is not null)
);
create index remark_of_body on remarks.remark (organisation, id desc);
create index remark_of_dataset on remarks.remark (dataset, id desc) where dataset is not null;
create index remark_of_author on remarks.remark (author_login, id desc) where author_login is not null;
create index remark_of_caller on remarks.remark (caller, at) where caller is not null;

create table remarks.event (
  remark bigint not null references remarks.remark,
  number integer not null,
  at timestamptz not null,
  before text,
  after text not null,
  by text not null,                        -- the account, or “author”
  words text,
  primary key (remark, number)
);

create table remarks.gate (one boolean primary key default true check (one));
comment on table remarks.gate is 'Remarks are counted and received one at a time: a limit is a limit for callers in a hurry too.';
insert into remarks.gate default values;
