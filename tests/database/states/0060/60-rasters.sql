-- What the server reads of rasters: published vintages only, and the outline of a territory.
create or replace view served.raster_vintage as
select v.id, v.collection, v.name, v.during, v.srid, v.overview, v.overview_pixel, v.published_at
from raster.vintage v
where v.published_at is not null
  and v.replaced_at is null;
comment on view served.raster_vintage is 'Vintages in force.';

create or replace view served.raster_file as
select
  v.collection || '/' || v.name || '/' || f.name as key,
  v.collection, v.id as vintage, v.name as vintage_name, v.during, v.srid, v.published_at,
  f.name, f.path, f.sha256, f.size, f.width, f.height, f.west, f.south, f.east, f.north, f.pixel, f.footprint,
  f.properties, f.imported_at
from raster.file f
join raster.vintage v on v.id = f.vintage
where v.published_at is not null
  and v.replaced_at is null;
comment on view served.raster_file is 'Files of the vintages in force; names of files, never pixels.';

grant select on served.raster_vintage, served.raster_file to idg_app;

-- The outline of some communes, from the published layer of communes: what masks the pixels of whoever is limited to a
-- territory. Null when no such layer is published; a commune it does not draw is not shown.
create or replace function served.outline(codes text[]) returns geometry
language plpgsql stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  source served.published;
  shape name;
  outline public.geometry;
begin
  select * into source from served.published where collection = 'communes' and territory is not null;
  if not found then
    return null;
  end if;
  select a.attname into shape
  from pg_attribute a
  join pg_type t on t.oid = a.atttypid
  where a.attrelid = source.relation
    and t.typname = 'geometry'
    and a.attgenerated = ''
    and not a.attisdropped
    and a.attname = any (source.columns)
  order by a.attnum
  limit 1;
  if shape is null then
    return null;
  end if;
  execute format('select public.st_union(%I) from %s where %I = any ($1)', shape, source.relation, source.territory)
  into outline
  using codes;
  return coalesce(outline, public.st_geomfromtext('POLYGON EMPTY', 2154));
end
$$;
revoke execute on function served.outline(text[]) from public;
grant execute on function served.outline(text[]) to idg_app;

-- A vintage takes the place of the one of its name, whole, in the transaction that calls this.
create or replace function raster.publish(wanted bigint) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  fresh raster.vintage;
begin
  select * into strict fresh from raster.vintage where id = wanted and published_at is null for update;
  if not exists (select from raster.file where vintage = wanted) then
    raise exception 'vintage without a file' using errcode = 'check_violation';
  end if;
  update raster.vintage set replaced_at = now()
  where collection = fresh.collection and name = fresh.name and published_at is not null and replaced_at is null;
  update raster.vintage set published_at = now() where id = wanted;
  insert into registry.data_version as v (collection, number) values (fresh.collection, 1)
  on conflict (collection) do update set number = v.number + 1, changed_at = now();
end
$$;
