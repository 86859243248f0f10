-- Copies for reading stay true to their table, and go when nobody reads them any more.

-- The tiles drawn ahead of a copy, `drawn`, after a write to its table: those that a box of `changed` reaches go, the
-- others show the next version of the rows (`served.touch`, whose trigger comes next, moves it by one). A box is the
-- shape's in Web Mercator; null: there is nothing to see; an empty array: the rows are not known, and all tiles go.
--
-- Half a tile around a box is what a tile may reach, whatever way the CRS of storage is turned; 1/64 is the strip in
-- which symbols overlap. Levels above 6 are of countries: whatever moves, they go. Zoom -1 says that all tiles are there,
-- -2 which version they show (`store/seeded_tiles.py`). The row of the latter is locked first: who writes next waits.
create or replace function served.forget_tiles(drawn regclass, copy regclass, changed box2d[]) returns void
language plpgsql
set search_path = public, pg_catalog, pg_temp
as $$
declare
  shown record;
begin
  for shown in
    execute format('select collection, version from %s where zoom = -2 order by collection for update', drawn)
  loop
    if cardinality(changed) > 0 and exists (
      select
      from served.published p
      join registry.data_version v using (collection)
      where p.collection = shown.collection and p.prepared = copy and v.number = shown.version
    ) then
      execute format($sql$
        with box as (
          select st_xmin(one) as xmin, st_ymin(one) as ymin, st_xmax(one) as xmax, st_ymax(one) as ymax
          from unnest($2) as one
          where one is not null
        ),
        level as (
          select zoom, 2 * 20037508.342789244 / 2 ^ zoom as width, 2 ^ zoom as last
          from generate_series(-1, (select max(zoom) from %1$s where collection = $1)) as zoom
        ),
        place as (
          select distinct zoom,
            least(greatest(floor((20037508.342789244 - ymax) / width - 0.55), -1), last)::integer as top,
            least(greatest(floor((20037508.342789244 - ymin) / width + 0.55), -1), last)::integer as bottom,
            least(greatest(floor((20037508.342789244 + xmin) / width - 0.55), -1), last)::integer as west,
            least(greatest(floor((20037508.342789244 + xmax) / width + 0.55), -1), last)::integer as east
          from box, level
        )
        delete from %1$s as tile
        using place
        where tile.collection = $1
          and tile.zoom = place.zoom
          and (place.zoom < 6 or tile.tile_row between top and bottom and tile.tile_column between west and east)
      $sql$, drawn) using shown.collection, changed;
      execute format('update %s set version = version + 1 where collection = $1 and zoom = -2', drawn)
        using shown.collection;
    else
      execute format('delete from %s where collection = $1', drawn) using shown.collection;
    end if;
  end loop;
end
$$;

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
  shapes text;
  changed box2d[] := '{}';
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
  -- Of rows that are no more, nothing stays in any tile. A thousand shapes are placed one by one; beyond, or when
  -- coordinates are none of Web Mercator's, all tiles go.
  if drawn is not null then
    select string_agg(format('select %I as shape from %s', a.attname, read), ' union all ')
    into shapes
    from pg_attribute a
    join (values ('fresh', array['INSERT', 'UPDATE']), ('gone', array['UPDATE', 'DELETE'])) as t (read, events)
      on tg_op = any (t.events)
    where a.attrelid = to_regclass(tg_argv[0]) and a.attnum > 0 and not a.attisdropped
      and a.atttypid = 'geometry'::regtype;
    if shapes is not null then
      begin
        execute format($sql$
          select case
            when count(*) > 1000 or not bool_and(coalesce(st_xmax(box) < 'inf' and st_ymax(box) < 'inf'
              and st_xmin(box) > '-inf' and st_ymin(box) > '-inf', true)) then '{}'
            else coalesce(array_agg(box), array[null]::box2d[])
          end
          from (
            select box2d(st_transform(st_segmentize(st_envelope(shape),
              greatest(st_xmax(shape) - st_xmin(shape), st_ymax(shape) - st_ymin(shape), 1e-6) / 8), 3857)) as box
            from (%s limit 1001) as written
          ) as placed
        $sql$, shapes) into changed;
      exception
        when internal_error or data_exception then
          changed := '{}';
      end;
    end if;
    perform served.forget_tiles(drawn, to_regclass(tg_argv[0]), changed);
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
revoke execute on function served.follow(), served.forget_copies(), served.forget_tiles(regclass, regclass, box2d[])
from public;
