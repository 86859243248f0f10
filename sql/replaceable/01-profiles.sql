-- View profiles: one NOLOGIN role and one view for each set of columns of a table that somebody may see.
-- A profile is made on first use, by DDL that locks nobody out: roles, grants and a new view. What would lock (row
-- security, its policy) is done once for each table, by publication.

-- A profile reads one relation for all its life: another copy of the rows is another profile, so that answers under way
-- are never waited for.
drop function if exists served.profile_name(text, text[], text);
create or replace function served.profile_name(
  wanted_collection text, wanted_columns text[], kind text, copy text
) returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select 'idg_' || kind || '_'
    || substr(md5(wanted_collection || chr(31) || array_to_string(wanted_columns, chr(31))
      || coalesce(chr(30) || copy, '')), 1, 16)
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

-- Statement trigger of every published table, and of its partitions or heirs: moves the version of all that is published
-- of it.
create or replace function served.touch() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into registry.data_version as v (collection, number)
  with recursive whole (part) as (
    select tg_relid
    union
    select i.inhparent from whole join pg_inherits i on i.inhrelid = whole.part
  )
  select p.collection, 1
  from served.published p
  where p.relation in (select part from whole)
  on conflict (collection) do update set number = v.number + 1, changed_at = now();
  return null;
end
$$;

-- The rows of a relation need a grant from now on.
create or replace function served.enclose(enclosed regclass, test text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if (select not relrowsecurity from pg_class where oid = enclosed) then
    execute format('alter table %s enable row level security', enclosed);
  end if;
  if not exists (
    select from pg_description d
    join pg_policy y on y.oid = d.objoid and d.classoid = 'pg_policy'::regclass
    where y.polrelid = enclosed and y.polname = 'idg_rows' and d.description = test
  ) then
    execute format('drop policy if exists idg_rows on %s', enclosed);
    execute format('create policy idg_rows on %s to public using (%s) with check (%s)', enclosed, test, test);
    execute format('comment on policy idg_rows on %s is %L', enclosed, test);
  end if;
end
$$;

-- By the owner, in the transaction of a publication: the table enters the allow-list, and its rows need a grant.
-- `new_prepared` is its copy for reading; `new_columns` are those of the copy when there is one.
drop function if exists served.publish(text, regclass, text[], text, text);
create or replace function served.publish(
  new_collection text, new_relation regclass, new_columns text[], new_id text, new_territory text,
  new_prepared regclass default null
) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  test text := served.row_test(new_territory);
  one regclass;
begin
  insert into served.published as p (collection, relation, columns, id_column, territory, prepared)
  values (new_collection, new_relation, new_columns, new_id, new_territory, new_prepared)
  on conflict (collection) do update
    set relation = excluded.relation, columns = excluded.columns,
        id_column = excluded.id_column, territory = excluded.territory, prepared = excluded.prepared;

  perform served.enclose(new_relation, test);
  if new_prepared is not null then
    perform served.enclose(new_prepared, test);
  end if;
  insert into registry.data_version (collection) values (new_collection) on conflict do nothing;
  for one in
    with recursive whole (part) as (
      select new_relation::oid
      union
      select i.inhrelid from whole join pg_inherits i on i.inhparent = whole.part
    )
    select part::regclass
    from whole
    where not exists (select from pg_trigger where tgrelid = part and tgname = 'idg_touch')
      and (select relkind in ('r', 'p') from pg_class where oid = part)
  loop
    execute format(
      'create trigger idg_touch after insert or update or delete or truncate on %s'
      ' for each statement execute function served.touch(%L)', one, new_collection);
  end loop;
end
$$;

create or replace function served.make_profile(wanted_collection text, wanted_columns text[], kind text) returns text
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  source served.published;
  profile text;
  target regclass;
  drawn regclass;
  numbers regclass;
  column_list text;
begin
  select * into source from served.published where collection = wanted_collection;
  if not found then
    raise exception 'collection is not published' using errcode = 'no_data_found';
  end if;
  -- Readers have the copy, editors the table itself.
  target := case kind when 'v' then coalesce(source.prepared, source.relation) else source.relation end;
  profile := served.profile_name(
    wanted_collection, wanted_columns, kind,
    case when target = source.prepared then (select relname::text from pg_class where oid = target) end);
  if cardinality(wanted_columns) = 0 or not wanted_columns <@ source.columns
     or not source.id_column = any (wanted_columns) then
    raise exception 'columns are not published' using errcode = 'insufficient_privilege';
  end if;
  -- The prepared text and its pieces tell every column: they go with all of them, or not at all.
  if wanted_columns && array['idg_feature', 'idg_native', 'idg_cut'] and not wanted_columns @> source.columns then
    raise exception 'the prepared text is for whoever sees all columns' using errcode = 'insufficient_privilege';
  end if;
  -- The shape that tiles draw tells the geometry: it goes with it.
  if 'idg_web' = any (wanted_columns) and not exists (
    select from pg_attribute
    where attrelid = target and attname = any (wanted_columns) and atttypid = 'public.geometry'::regtype
  ) then
    raise exception 'the shape of tiles is for whoever sees the geometry' using errcode = 'insufficient_privilege';
  end if;
  perform pg_advisory_xact_lock(hashtext('idg profiles'));

  select string_agg(quote_ident(c), ', ' order by n) into column_list
  from unnest(wanted_columns) with ordinality as t (c, n);

  if not exists (select from pg_roles where rolname = profile) then
    execute format('create role %I nologin noinherit nobypassrls', profile);
  end if;
  execute format('grant %I to idg_app', profile);
  execute format('grant usage on schema served, data, prepared to %I', profile);
  execute format('revoke all on %s from %I', target, profile);
  execute format('grant select (%s) on %s to %I', column_list, target, profile);
  -- Tiles drawn ahead tell every column of every row: they go with all columns, and their policy wants all rows.
  select t.oid::regclass into drawn
  from served.copy c
  join pg_class t on t.oid = c.tiles
  where c.relation = target;
  if drawn is not null and wanted_columns @> source.columns then
    execute format('grant select on %s to %I', drawn, profile);
  end if;
  if kind = 'w' then
    execute format('grant insert (%1$s), update (%1$s), delete on %2$s to %3$I', column_list, target, profile);
    -- Each row that is written is noted with its author, in the same statement.
    execute format('grant usage on schema edits to %I', profile);
    execute format(
      'grant execute on function edits.note(text, text, text, text, text, text[], boolean) to %I', profile);
    -- Where a default numbers the rows (`serial`), whoever adds one draws a number.
    for numbers in
      select s.oid::regclass
      from pg_attrdef a
      join pg_depend d on d.classid = 'pg_attrdef'::regclass and d.objid = a.oid
      join pg_class s on d.refclassid = 'pg_class'::regclass and s.oid = d.refobjid and s.relkind = 'S'
      where a.adrelid = target
    loop
      execute format('grant usage on sequence %s to %I', numbers, profile);
    end loop;
  end if;
  if not exists (
    select from pg_depend d
    join pg_rewrite r on r.oid = d.objid and d.classid = 'pg_rewrite'::regclass
    where r.ev_class = to_regclass(format('served.%I', profile)) and d.refobjid = target
  ) then
    execute format('drop view if exists served.%I', profile);
    execute format('create view served.%I with (security_invoker = true) as select %s from %s',
      profile, column_list, target);
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
  served.profile_name(text, text[], text, text), served.row_test(text), served.make_profile(text, text[], text),
  served.enclose(regclass, text), served.publish(text, regclass, text[], text, text, regclass),
  served.ensure_profile(text, text[]), served.ensure_writer(text, text[])
from public;
grant execute on function served.ensure_profile(text, text[]), served.ensure_writer(text, text[]) to idg_app;
