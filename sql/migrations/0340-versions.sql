-- The versions of a layer: what its rows were after each replacement, and which one is in force (004 §3.4, glossary:
-- publishing is a pointer, a version is never rewritten).

create schema versions;
comment on schema versions is 'Versions of layers, and the pointer to the one in force.';
create schema vintages;
comment on schema vintages is 'Rows of past and present versions: one table a layer, each row once for as long as it stood.';

create table versions.version (
  collection text not null,
  number integer not null check (number > 0),
  label text not null check (btrim(label) <> ''),
  valid_from date not null,              -- the day from which the content is that of the territory
  recorded_at timestamptz not null default clock_timestamp(),
  act text not null check (act in ('baseline', 'import', 'deposit', 'flow', 'consolidation', 'exclusion', 'edits')),
  author text not null,
  writers jsonb not null default '[]',   -- of rows changed one by one: [{login, organisation, writes}]
  source text,                           -- the file, deposit or run it comes from, as its depositor calls it
  sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
  replaces integer,                      -- the version that was in force
  rows bigint not null,
  added bigint not null,
  changed bigint not null,
  removed bigint not null,
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  validated text,                        -- the version of registry.dataset_version that the committee validated
  pruned_at timestamptz,
  pruned_by text,
  primary key (collection, number),
  check (validated is null or pruned_at is null)
);
comment on table versions.version is 'One replacement of the rows of a layer: never rewritten, never removed; pruned, its rows are gone.';

create table versions.layer (
  collection text primary key,
  relation regclass not null,            -- vintages.X
  in_force integer not null,
  data_version bigint not null,          -- registry.data_version when its rows were last those of a version
  foreign key (collection, in_force) references versions.version (collection, number)
);
comment on table versions.layer is 'The pointer: which version of a layer is in force.';

create table versions.pointer (
  id bigint generated always as identity primary key,
  collection text not null,
  number integer not null,
  before integer,
  moved_at timestamptz not null default clock_timestamp(),
  author text not null,
  foreign key (collection, number) references versions.version (collection, number)
);
comment on table versions.pointer is 'Each time the pointer moved: a publication, a restore.';

create function versions.keep_version() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'DELETE'
    or (to_jsonb(new) - array['validated', 'pruned_at', 'pruned_by']) is distinct from (to_jsonb(old) - array['validated', 'pruned_at', 'pruned_by'])
    or (old.validated is not null and new.validated is distinct from old.validated)
    or (old.pruned_at is not null and new.pruned_at is distinct from old.pruned_at)
  then
    raise exception 'versions: a version is never rewritten' using errcode = 'object_not_in_prerequisite_state';
  end if;
  return new;
end
$$;
create trigger immutable before update or delete on versions.version
  for each row execute function versions.keep_version();
create function versions.refuse_change() returns trigger
language plpgsql
as $$
begin
  raise exception 'versions: where the pointer was is kept' using errcode = 'object_not_in_prerequisite_state';
end
$$;
create trigger kept before update or delete on versions.pointer
  for each row execute function versions.refuse_change();

-- The committee validates what is in force; of a version that waits, its own publication says so.
create function versions.validated() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update versions.version v
  set validated = new.version
  from versions.layer l
  where l.collection = new.dataset and v.collection = l.collection and v.number = l.in_force and v.validated is null;
  return null;
end
$$;
create trigger version_validated after insert on registry.dataset_version
  for each row execute function versions.validated();
revoke execute on function versions.validated(), versions.keep_version(), versions.refuse_change() from public;
