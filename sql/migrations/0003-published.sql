-- Which tables and columns may ever be served: written by publication only. Nothing else can be granted to a profile.
create table served.published (
  collection text primary key,
  relation regclass not null,
  columns text[] not null,        -- what profiles may be granted, the id column among them
  id_column text not null,
  territory text                  -- the column that says whose territory a row is in, if any
);
comment on table served.published is 'Allow-list of tables and columns that view profiles may be granted.';

-- The version of each collection's rows: moved by every statement that writes them, read with every answer (ETag).
create table registry.data_version (
  collection text primary key,
  number bigint not null default 0,
  changed_at timestamptz not null default now()
);
grant select on registry.data_version to idg_app;

create function served.touch() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into registry.data_version as v (collection, number) values (tg_argv[0], 1)
  on conflict (collection) do update set number = v.number + 1, changed_at = now();
  return null;
end
$$;
comment on function served.touch() is 'Statement trigger of every published table: moves its data version.';
