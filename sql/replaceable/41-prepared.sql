-- Copies for reading stay true to their table, and go when nobody reads them any more.

-- Statement triggers of a table that has a copy. Arguments: the copy, the identifier, the columns of the copy, the
-- expressions that fill them from the table's own. `idg.prepare` = `later`: the copy will be made anew by this very
-- transaction (an import of the whole table).
create or replace function served.follow() returns trigger
language plpgsql
security definer
set search_path = public, pg_catalog, pg_temp
as $$
declare
  drawn regclass := (
    select t.oid::regclass
    from served.copy c
    join pg_catalog.pg_class t on t.oid = c.tiles
    where c.relation = pg_catalog.to_regclass(tg_argv[0])
  );
begin
  if pg_catalog.current_setting('idg.prepare', true) = 'later' then
    return null;
  end if;
  -- A copy that did not follow such an import is nobody's but of answers under way: what comes does not fit in it.
  if exists (
    select from served.copy c where c.relation = pg_catalog.to_regclass(tg_argv[0]) and c.definition = 'stale'
  ) then
    return null;
  end if;
  -- Of rows that are no more, nothing stays, even in tiles that nobody would be given.
  if drawn is not null then
    execute pg_catalog.format('delete from %s', drawn);
  end if;
  if tg_op = 'TRUNCATE' then
    execute pg_catalog.format('truncate %s', tg_argv[0]);
  end if;
  if tg_op in ('UPDATE', 'DELETE') then
    execute pg_catalog.format('delete from %s as kept using gone where kept.%I = gone.%I', tg_argv[0], tg_argv[1], tg_argv[1]);
  end if;
  if tg_op in ('UPDATE', 'INSERT') then
    execute pg_catalog.format('insert into %s (%s) select %s from fresh', tg_argv[0], tg_argv[2], tg_argv[3]);
  end if;
  return null;
exception
  -- The table is no longer what was published. A copy that no publication reads any more is in nobody's way.
  when undefined_column or undefined_table or datatype_mismatch or undefined_function then
    if exists (select from served.published p where p.prepared = pg_catalog.to_regclass(tg_argv[0])) then
      raise exception using
        errcode = 'object_not_in_prerequisite_state',
        message = pg_catalog.format(
          'La table %s a changé depuis sa publication. Table %1$s changed since it was published.', tg_relid::regclass),
        hint = 'mig-idg collections publish';
    end if;
    return null;
end
$$;
comment on function served.follow() is 'Statement trigger of a table that has a copy: writes there what was written here.';

-- By the owner, before a publication: copies that no collection reads since the one before, with their profiles. What an
-- answer under way still reads is left for the next time.
create or replace function served.forget_copies() returns integer
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  old served.copy;
  one record;
  forgotten integer := 0;
begin
  for old in
    select c.* from served.copy c
    where not exists (select from served.published p where p.prepared = c.relation)
  loop
    begin
      set local lock_timeout = '200ms';
      for one in
        select t.tgname from pg_trigger t
        where t.tgrelid = old.source and t.tgfoid = 'served.follow()'::regprocedure
          and encode(t.tgargs, 'escape') like old.relation::text || '\\000%'
      loop
        execute format('drop trigger %I on %s', one.tgname, old.source);
      end loop;
      for one in
        select distinct v.relname
        from pg_depend d
        join pg_rewrite r on r.oid = d.objid and d.classid = 'pg_rewrite'::regclass
        join pg_class v on v.oid = r.ev_class
        where d.refobjid = old.relation and v.relnamespace = 'served'::regnamespace
      loop
        execute format('drop view served.%I', one.relname);
        execute format('drop owned by %I', one.relname);
        execute format('drop role %I', one.relname);
      end loop;
      if exists (select from pg_class where oid = old.tiles) then
        execute format('drop table if exists %s', old.tiles);
      end if;
      execute format('drop table if exists %s', old.relation);
      delete from served.copy where relation = old.relation;
      forgotten := forgotten + 1;
    exception
      when lock_not_available or dependent_objects_still_exist or insufficient_privilege then
        null;
    end;
  end loop;
  return forgotten;
end
$$;
revoke execute on function served.follow(), served.forget_copies() from public;
