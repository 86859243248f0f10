-- Desks: what a person does on pages (004 §2, §3). Acts are written as idg_clerk, a role that the server becomes for one
-- transaction, once the charter and the form let the act be done; no read ever runs under it.
do $$
begin
  if not exists (select from pg_roles where rolname = 'idg_clerk') then
    create role idg_clerk nologin noinherit nosuperuser nocreatedb nocreaterole nobypassrls;
  end if;
end
$$;
create schema desks;
comment on schema desks is 'What desks keep beside the registry: drafts, pieces of evidence, receipts.';

-- What a person typed and has not sent, or sent after the session had ended. Only the account it is of finds it again.
create table desks.draft (
  id text primary key check (length(id) >= 32),
  login text not null references registry.account,
  act text not null,
  fields jsonb not null check (octet_length(fields::text) <= 65536),
  saved_at timestamptz not null default now()
);
create index draft_of on desks.draft (login, saved_at);

-- A piece of evidence as it was sent; its type is that of its content, never the one that was said.
create table desks.piece (
  id text primary key check (length(id) >= 32),
  login text not null references registry.account,
  organisation text,
  name text not null,
  media_type text not null check (media_type in ('application/pdf', 'image/jpeg', 'image/png')),
  size integer not null check (size > 0),
  sha256 bytea not null check (octet_length(sha256) = 32),
  content bytea not null,
  received_at timestamptz not null default now()
);

-- What an act done on a page left: one for each form, so that a form sent twice does nothing twice.
create table desks.receipt (
  form text primary key,                   -- the number of the form, drawn when its page was made
  act bigint references registry.act,      -- null: what is no act of the charter (a token)
  kind text not null,
  login text not null,
  organisation text,
  concerned text[] not null default '{}',  -- the bodies that may read it
  words_fr text not null,
  words_en text not null,
  article text not null,
  details jsonb not null default '{}',
  effects jsonb not null default '[]',     -- who gained and who lost, as told before it was confirmed
  piece text references desks.piece,
  done_at timestamptz not null default now()
);
create unique index receipt_act on desks.receipt (act);
create index receipt_login on desks.receipt (login, done_at desc);
