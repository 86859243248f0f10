-- View profiles: one NOLOGIN role and one view for each set of columns of a table that somebody may see.
-- A profile is made on first use, by DDL that locks nobody out: roles, grants and a new view. What would lock (row
-- security, its policy) is done once for each table, by publication.

create or replace function served.profile_name(wanted_collection text, wanted_columns text[], kind text) returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select 'idg_' || kind || '_'
    || substr(md5(wanted_collection || chr(31) || array_to_string(wanted_columns, chr(31))), 1, 16)
$$;

-- The row test of every policy: all rows, or the communes named; an unset grant is null, and null shows no row.
-- The setting is read once for each query (scalar sub-select), not once for each row.
create or replace function served.row_test(territory text) returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select '(select pg_catalog.current_setting(''idg.rows'', true)) = ''*'''
    || case when territory is null then ''
       else format(
         ' or %I = any ((select pg_catalog.string_to_array(pg_catalog.current_setting(''idg.rows'', true), '',''))::text[])',
         territory)
       end
$$;

-- By the owner, in the transaction of a publication: the table enters the allow-list, and its rows need a grant.
create or replace function served.publish(
  new_collection text, new_relation regclass, new_columns text[], new_id text, new_territory text
) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  test text := served.row_test(new_territory);
begin
  insert into served.published as p (collection, relation, columns, id_column, territory)
  values (new_collection, new_relation, new_columns, new_id, new_territory)
  on conflict (collection) do update
    set relation = excluded.relation, columns = excluded.columns,
        id_column = excluded.id_column, territory = excluded.territory;

  if (select not relrowsecurity from pg_class where oid = new_relation) then
    execute format('alter table %s enable row level security', new_relation);
  end if;
  if not exists (
    select from pg_description d
    join pg_policy y on y.oid = d.objoid and d.classoid = 'pg_policy'::regclass
    where y.polrelid = new_relation and y.polname = 'idg_rows' and d.description = test
  ) then
    execute format('drop policy if exists idg_rows on %s', new_relation);
    execute format('create policy idg_rows on %s to public using (%s) with check (%s)', new_relation, test, test);
    execute format('comment on policy idg_rows on %s is %L', new_relation, test);
  end if;
  insert into registry.data_version (collection) values (new_collection) on conflict do nothing;
  if not exists (select from pg_trigger where tgrelid = new_relation and tgname = 'idg_touch') then
    execute format(
      'create trigger idg_touch after insert or update or delete or truncate on %s'
      ' for each statement execute function served.touch(%L)', new_relation, new_collection);
  end if;
end
$$;

create or replace function served.make_profile(wanted_collection text, wanted_columns text[], kind text) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  source served.published;
  profile text := served.profile_name(wanted_collection, wanted_columns, kind);
  column_list text;
begin
  select * into source from served.published where collection = wanted_collection;
  if not found then
    raise exception 'collection is not published' using errcode = 'no_data_found';
  end if;
  if cardinality(wanted_columns) = 0 or not wanted_columns <@ source.columns
     or not source.id_column = any (wanted_columns) then
    raise exception 'columns are not published' using errcode = 'insufficient_privilege';
  end if;
  perform pg_advisory_xact_lock(hashtext('idg profiles'));

  select string_agg(quote_ident(c), ', ' order by n) into column_list
  from unnest(wanted_columns) with ordinality as t (c, n);

  if not exists (select from pg_roles where rolname = profile) then
    execute format('create role %I nologin noinherit nobypassrls', profile);
  end if;
  execute format('grant %I to idg_app', profile);
  execute format('grant usage on schema served, data to %I', profile);
  execute format('revoke all on %s from %I', source.relation, profile);
  execute format('grant select (%s) on %s to %I', column_list, source.relation, profile);
  if kind = 'w' then
    execute format('grant insert (%1$s), update (%1$s), delete on %2$s to %3$I', column_list, source.relation, profile);
  end if;
  if not exists (
    select from pg_depend d
    join pg_rewrite r on r.oid = d.objid and d.classid = 'pg_rewrite'::regclass
    where r.ev_class = to_regclass(format('served.%I', profile)) and d.refobjid = source.relation
  ) then
    execute format('drop view if exists served.%I', profile);
    execute format('create view served.%I with (security_invoker = true) as select %s from %s',
      profile, column_list, source.relation);
  end if;
  execute format('grant %s on served.%I to %I',
    case kind when 'v' then 'select' else 'select, insert, update, delete' end, profile, profile);
  return profile;
end
$$;

create or replace function served.ensure_profile(wanted_collection text, wanted_columns text[]) returns text
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$ select served.make_profile(wanted_collection, wanted_columns, 'v') $$;
comment on function served.ensure_profile(text, text[]) is
  'Makes, once, the role and view of a view profile; refuses a table or column that is not published.';

create or replace function served.ensure_writer(wanted_collection text, wanted_columns text[]) returns text
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$ select served.make_profile(wanted_collection, wanted_columns, 'w') $$;
comment on function served.ensure_writer(text, text[]) is
  'The same for an owner who edits: the columns named may also be inserted and updated, rows deleted.';

revoke execute on function
  served.profile_name(text, text[], text), served.row_test(text), served.make_profile(text, text[], text),
  served.publish(text, regclass, text[], text, text),
  served.ensure_profile(text, text[]), served.ensure_writer(text, text[])
from public;
grant execute on function served.ensure_profile(text, text[]), served.ensure_writer(text, text[]) to idg_app;
