-- The epoch: one number that moves with every change of facts, credentials or publication. Whoever caches anything
-- keys it by this number, and each request reads it in the same round trip as its rows.
create table registry.epoch (
  singleton boolean primary key default true check (singleton),
  number bigint not null
);
insert into registry.epoch (number) values (1);
grant select on registry.epoch to idg_app;

create function registry.bump_epoch() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  next_number bigint;
begin
  update registry.epoch set number = number + 1 returning number into next_number;
  perform pg_notify('idg_epoch', next_number::text);
  return null;
end
$$;
comment on function registry.bump_epoch() is
  'Statement trigger of every table whose rows decide who may do what: moves the epoch and tells the workers.';

-- Publications: each is a numbered generation of declarations, whole.
create table registry.publication (
  number bigint generated always as identity primary key,
  published_at timestamptz not null default now(),
  author text not null,
  sha256 text not null,
  collections jsonb not null          -- {id: declaration with its described table}
);
create trigger publication_bumps after insert on registry.publication
  for each statement execute function registry.bump_epoch();
grant select on registry.publication to idg_app;
