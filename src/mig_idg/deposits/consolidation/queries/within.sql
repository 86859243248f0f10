-- What is wrong in one contribution: twice the same key, twice the same object, outside its territory, no or invalid
-- geometry, a value that the list has not. `territory` (contributor, geometry) is a temporary table of the run.
with c as (
  select f.n, f.key, f.code, f.natural_key, f.geometry, f.properties
  from consolidation.feature f
  where f.contribution = %(contribution)s
),
twice as (
  select key, min(n) as first, array_agg(n order by n) as all_n, count(*) as times
  from c
  group by key
  having count(*) > 1
),
same as (
  select a.n, a.key, b.n as other_n, b.key as other_key, st_distance(a.geometry, b.geometry) as distance, a.geometry,
    coalesce(b.properties ->> %(latest)s > a.properties ->> %(latest)s, false) as newer
  from c a
  join c b on b.natural_key = a.natural_key and (b.key, b.n) > (a.key, a.n) and b.key <> a.key
  where %(distance)s::double precision is not null
    and (a.geometry is null or b.geometry is null or st_dwithin(a.geometry, b.geometry, %(distance)s))
),
found as (
  select 'duplicate_key' as kind, t.first as n, t.key, t.key as other_key, 'keep_first' as proposal,
    jsonb_build_object('lines', to_jsonb(t.all_n), 'times', t.times) as details,
    (select c.geometry from c where c.n = t.first) as geometry
  from twice t
  union all
  select 'duplicate', s.n, s.key, s.other_key, case when s.newer then 'keep_second' else 'keep_first' end,
    jsonb_build_object('line', s.n, 'other_line', s.other_n, 'metres', round(s.distance::numeric, 2)), s.geometry
  from same s
  union all
  select 'outside', o.n, o.key, null, case when o.elsewhere is null then 'keep_first' else 'drop' end,
    jsonb_build_object('line', o.n, 'code', o.code, 'metres', round(o.metres::numeric, 1), 'territory_of', o.elsewhere),
    o.geometry
  from (
    select c.n, c.key, c.code, c.geometry, st_distance(c.geometry, t.geometry) as metres,
      (select e.contributor
       from territory e
       where e.contributor <> %(contributor)s and st_intersects(e.geometry, c.geometry)
       order by e.contributor
       limit 1) as elsewhere
    from c
    join territory t on t.contributor = %(contributor)s
    where not st_intersects(t.geometry, c.geometry)
  ) o
  where o.metres > %(tolerance)s
  union all
  select 'territory_code', c.n, c.key, null, 'keep_first', jsonb_build_object('line', c.n, 'code', c.code), c.geometry
  from c
  where c.code is not null and not c.code = any(%(codes)s)
  union all
  select 'geometry_missing', c.n, c.key, null, 'keep_first', jsonb_build_object('line', c.n), null
  from c
  where c.geometry is null and %(spatial)s
  union all
  select 'geometry_invalid', c.n, c.key, null, 'keep_first',
    jsonb_build_object('line', c.n, 'reason', st_isvalidreason(c.geometry)), st_pointonsurface(st_envelope(c.geometry))
  from c
  where c.geometry is not null and not st_isvalid(c.geometry)
  union all
  select 'value', c.n, c.key, l.name, 'keep_first',
    jsonb_build_object('line', c.n, 'column', l.name, 'value', c.properties ->> l.name), c.geometry
  from c
  cross join jsonb_each(%(lists)s::jsonb) as l (name, allowed)
  where c.properties ->> l.name is not null and not l.allowed ? (c.properties ->> l.name)
)
insert into consolidation.finding
  (contribution, identity, kind, n, key, other_key, proposal, details, geometry)
select %(contribution)s, md5(concat_ws(chr(31), f.kind, %(contributor)s, f.key, f.other_key)), f.kind, f.n, f.key, f.other_key,
  f.proposal, f.details, f.geometry
from found f
on conflict do nothing
