-- The ground: schemas, extensions, the login role of the application.
create extension if not exists postgis;
create extension if not exists btree_gist;
create extension if not exists unaccent;
create extension if not exists pgcrypto;

create schema data;       -- the layers' own tables
create schema served;     -- one view per view profile: what clients read
create schema registry;   -- bitemporal facts of the charter
create schema journal;    -- decisions, append-only

comment on schema data is 'Tables of the layers; nobody but their owner reads them directly.';
comment on schema served is 'One security_invoker view per view profile.';
comment on schema registry is 'Dated facts of the charter: nothing is deleted, a correction adds a row.';
comment on schema journal is 'Decisions on data that are not open; append-only.';

-- The role the server logs in with owns nothing, inherits nothing, and may only become one view profile at a time.
do $$
begin
  if not exists (select from pg_roles where rolname = 'idg_app') then
    create role idg_app login noinherit nosuperuser nocreatedb nocreaterole nobypassrls;
  end if;
end
$$;

revoke all on schema public from public;
grant usage on schema public to public;   -- PostGIS lives there; no table of ours does
grant usage on schema served, registry, journal to idg_app;
