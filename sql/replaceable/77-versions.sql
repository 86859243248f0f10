-- The server tells which versions there are, and reads their rows through profiles like any other.
grant usage on schema versions to idg_app;
grant select on versions.version, versions.layer to idg_app;

-- What each row of a layer is now: its identifier, who contributed it, and a digest of all it says. The settings are
-- those of the function: a date is written the same whoever asks.
create or replace function versions.digest_rows(wanted text, source regclass, id text, columns text[]) returns void
language plpgsql
set search_path = pg_catalog, public, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
set intervalstyle = 'postgres'
set extra_float_digits = 1
set bytea_output = 'hex'
as $$
begin
  if to_regclass('pg_temp.idg_rows_now') is not null then
    drop table pg_temp.idg_rows_now;
  end if;
  execute format(
    'create temporary table idg_rows_now on commit drop as'
    ' select s.%1$I as id, o.contributor as origin, md5(row(%2$s, o.contributor)::text)::uuid as digest'
    ' from %3$s s left join consolidation.origin o on o.dataset = %4$L and o.id = s.%1$I::text',
    id, (select string_agg(format('s.%I', c), ', ' order by n) from unnest(columns) with ordinality as t (c, n)),
    source, wanted);
  create unique index on pg_temp.idg_rows_now (id);
  analyze pg_temp.idg_rows_now;
end
$$;

-- The rows of versions need a grant as those of the layer do; a row withheld today is in no vintage.
create or replace function versions.enclose(kept regclass, territory text) returns void
language sql
set search_path = pg_catalog, pg_temp
as $$ select served.enclose(kept, format('(%s) and not idg_withheld', served.row_test(territory))) $$;

-- The profile of a set of columns on the rows of versions: the same columns as `served.published` allows today, and
-- from which version to which a row stood.
create or replace function served.ensure_vintage(wanted_collection text, wanted_columns text[]) returns text
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  source served.published;
  kept regclass;
  profile text := served.profile_name(wanted_collection, wanted_columns, 'p', null);
  column_list text;
begin
  select * into source from served.published where collection = wanted_collection;
  select relation into kept from versions.layer where collection = wanted_collection;
  if source.collection is null or kept is null then
    raise exception 'collection has no versions' using errcode = 'no_data_found';
  end if;
  if cardinality(wanted_columns) = 0 or not wanted_columns <@ source.columns
     or not source.id_column = any (wanted_columns)
     or wanted_columns && array['idg_feature', 'idg_native', 'idg_cut'] then
    raise exception 'columns are not published' using errcode = 'insufficient_privilege';
  end if;
  perform pg_advisory_xact_lock(hashtext('idg profiles'));
  select string_agg(quote_ident(c), ', ' order by n) into column_list
  from unnest(wanted_columns || array['idg_from', 'idg_to']) with ordinality as t (c, n);
  if not exists (select from pg_roles where rolname = profile) then
    execute format('create role %I nologin noinherit nobypassrls', profile);
  end if;
  execute format('grant %I to idg_app', profile);
  execute format('grant usage on schema served, vintages to %I', profile);
  execute format('revoke all on %s from %I', kept, profile);
  execute format('grant select (%s) on %s to %I', column_list, kept, profile);
  if not exists (
    select from pg_depend d
    join pg_rewrite r on r.oid = d.objid and d.classid = 'pg_rewrite'::regclass
    where r.ev_class = to_regclass(format('served.%I', profile)) and d.refobjid = kept
  ) then
    execute format('drop view if exists served.%I', profile);
    execute format('create view served.%I with (security_invoker = true) as select %s from %s',
      profile, column_list, kept);
  end if;
  execute format('grant select on served.%I to %I', profile, profile);
  return profile;
end
$$;
comment on function served.ensure_vintage(text, text[]) is
  'Makes, once, the role and view of a profile on the rows of versions; refuses a column that is not published.';
revoke execute on function versions.digest_rows(text, regclass, text, text[]), versions.enclose(regclass, text),
  served.ensure_vintage(text, text[]) from public;
grant execute on function served.ensure_vintage(text, text[]) to idg_app;
