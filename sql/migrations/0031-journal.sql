-- The journal: every decision on data that are not open, chained by hash. The application can add, never change.
-- One row may stand for several identical requests of the same half second (`requests`).
create table journal.decisions (
  number bigint primary key,
  at timestamptz not null,                 -- first of the requests this row stands for
  until timestamptz not null,              -- last of them
  requests integer not null check (requests > 0),
  login text,                              -- null = the public
  organisation text,
  roles text[] not null default '{}',
  action text not null,
  dataset text not null,
  outcome text not null check (outcome in ('permit', 'deny')),
  rule text not null,
  article text not null,
  facts bigint not null,                   -- number of the facts it was taken on
  generation bigint not null,
  obligations text[] not null default '{}',
  note text,                               -- break-glass reason, export format …
  previous bytea not null,
  hash bytea not null
);
create index decisions_at on journal.decisions (at);
create index decisions_dataset on journal.decisions (dataset, at);
create index decisions_organisation on journal.decisions (organisation, at);

-- Each day is sealed: the head of the chain, to be sent to two partners (docs/how-to/journal).
create table journal.seals (
  day date primary key,
  last_number bigint not null,
  head bytea not null,
  sealed_at timestamptz not null default now()
);

-- Reads older than the retention become counts without persons (docs/decisions/retention.md).
create table journal.reads_by_month (
  month date not null,
  organisation text,
  dataset text not null,
  action text not null,
  outcome text not null,
  rule text not null,
  requests bigint not null,
  unique nulls not distinct (month, organisation, dataset, action, outcome, rule)
);
create table journal.cuts (
  last_number bigint primary key,          -- rows up to here were aggregated
  head bytea not null,                     -- hash of the last of them: the chain goes on from it
  cut_at timestamptz not null default now()
);

create function journal.refuse_change() returns trigger
language plpgsql
as $$
begin
  if current_setting('journal.cutting', true) = 'yes' and tg_op = 'DELETE' and tg_level = 'STATEMENT' then
    return null;
  end if;
  raise exception 'the journal is append-only' using errcode = 'insufficient_privilege';
end
$$;
create trigger decisions_append_only before update or delete or truncate on journal.decisions
  for each statement execute function journal.refuse_change();
create trigger seals_append_only before update or delete or truncate on journal.seals
  for each statement execute function journal.refuse_change();
