-- The register of equipment on a day; geometries as GeoJSON, longitude and latitude.
select
  a.asset,
  a.class,
  a.type,
  a.description,
  a.address,
  a.owner,
  a.maintenance,
  a.energy,
  a.peripherals,
  st_asgeojson(st_transform(a.geometry, 4326), 7)::jsonb as geometry
from registry.asset a
where a.closed_by is null
  and a.valid @> %(on)s::date
  and (%(class)s::text is null or a.class = %(class)s)
order by a.class, a.asset
