insert into consolidation.feature (contribution, n, key, code, natural_key, geometry, properties, digest)
select
  {contribution},
  row_number() over (order by k.key, md5(p.properties::text), md5(st_asewkb(p.geometry)))::int,
  k.key,
  {code},
  {natural},
  p.geometry,
  p.properties,
  decode(md5(p.properties::text || coalesce(encode(st_asewkb(p.geometry), 'hex'), '')), 'hex')
from {table} t
cross join lateral (select {properties} as properties, {geometry} as geometry) p
cross join lateral (select coalesce({key}, 'n:' || md5(p.properties::text || coalesce(st_asewkt(p.geometry), ''))) as key) k
