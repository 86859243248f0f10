-- What does not agree between two contributions, `a` before `b` by contributor: the same key, the same object, polygons
-- that overlap, ends of lines that should meet. Of two same objects, the one on its own territory is proposed, then the
-- newest, then the first in the order of precedence.
with a as materialized (
  select f.n, f.key, f.natural_key, f.geometry, f.properties
  from consolidation.feature f
  where f.contribution = %(a)s
),
b as materialized (
  select f.n, f.key, f.natural_key, f.geometry, f.properties
  from consolidation.feature f
  where f.contribution = %(b)s
),
met as (
  select a.n, b.n as other_n
  from a
  join b on b.key = a.key
  union
  select a.n, b.n
  from a
  join b on b.natural_key = a.natural_key
  where %(distance)s::double precision is not null
    and (a.geometry is null or b.geometry is null or st_dwithin(a.geometry, b.geometry, %(distance)s))
),
pairs as (
  select case when a.key = b.key then 'duplicate_key' else 'duplicate_across' end as kind, a.n, a.key, b.n as other_n,
    b.key as other_key, a.geometry, st_distance(a.geometry, b.geometry) as metres,
    coalesce(st_intersects(ta.geometry, a.geometry), false) as a_home,
    coalesce(st_intersects(tb.geometry, b.geometry), false) as b_home,
    a.properties ->> %(latest)s as a_date, b.properties ->> %(latest)s as b_date
  from met
  join a on a.n = met.n
  join b on b.n = met.other_n
  left join territory ta on ta.contributor = %(a_body)s
  left join territory tb on tb.contributor = %(b_body)s
),
overlapping as (
  select a.n, a.key, b.n as other_n, b.key as other_key, st_intersection(a.geometry, b.geometry) as shared
  from a
  join b on a.geometry && b.geometry
  where st_dimension(a.geometry) = 2 and st_dimension(b.geometry) = 2
    and st_isvalid(a.geometry) and st_isvalid(b.geometry)
    and st_intersects(a.geometry, b.geometry)
),
ends as (
  select a.n, a.key, p.point
  from a
  cross join lateral (values (st_startpoint(a.geometry)), (st_endpoint(a.geometry))) as p (point)
  where %(edge)s::double precision is not null and st_geometrytype(a.geometry) = 'ST_LineString'
),
other_ends as (
  select b.n, b.key, p.point
  from b
  cross join lateral (values (st_startpoint(b.geometry)), (st_endpoint(b.geometry))) as p (point)
  where %(edge)s::double precision is not null and st_geometrytype(b.geometry) = 'ST_LineString'
),
found as (
  select p.kind, p.n, p.key, p.other_key,
    case
      when p.a_home <> p.b_home then case when p.a_home then 'keep_first' else 'keep_second' end
      when p.a_date is distinct from p.b_date and p.a_date is not null and p.b_date is not null
        then case when p.a_date > p.b_date then 'keep_first' else 'keep_second' end
      else %(preferred)s
    end as proposal,
    jsonb_build_object('line', p.n, 'other_line', p.other_n, 'metres', round(p.metres::numeric, 2)) as details, p.geometry
  from pairs p
  union all
  select 'overlap', o.n, o.key, o.other_key, 'keep_both',
    jsonb_build_object('line', o.n, 'other_line', o.other_n, 'square_metres', round(st_area(o.shared)::numeric, 1)),
    o.shared
  from overlapping o
  where st_area(o.shared) > %(tolerance)s * %(tolerance)s
  union all
  select distinct on (e.key, d.key) 'edge_mismatch', e.n, e.key, d.key, 'keep_both',
    jsonb_build_object('line', e.n, 'other_line', d.n, 'metres', round(st_distance(e.point, d.point)::numeric, 3)),
    st_makeline(e.point, d.point)
  from ends e
  join other_ends d on st_dwithin(e.point, d.point, %(edge)s)
  where st_distance(e.point, d.point) > %(snapped)s
    and not exists (
      select from other_ends m where m.n = d.n and st_dwithin(e.point, m.point, %(snapped)s))
)
insert into consolidation.finding
  (contribution, other, identity, kind, n, key, other_key, proposal, details, geometry)
select %(a)s, %(b)s, md5(concat_ws(chr(31), f.kind, %(a_body)s, f.key, %(b_body)s, f.other_key)), f.kind, f.n, f.key,
  f.other_key, f.proposal, f.details, f.geometry
from found f
on conflict do nothing
