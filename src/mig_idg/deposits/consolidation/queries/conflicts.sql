-- The conflicts of a run with the decision taken of each, if one is.
select
  f.identity,
  f.kind,
  a.contributor,
  b.contributor as other_contributor,
  f.key,
  f.other_key,
  f.proposal,
  d.resolution,
  d.reason,
  d.author,
  d.decided_at,
  f.details,
  st_asgeojson(st_transform(f.geometry, 4326), 7)::jsonb as geometry
from consolidation.run r
cross join lateral (
  select array_agg((c ->> 'contribution')::bigint) as ids from jsonb_array_elements(r.contributions) c) i
join consolidation.finding f on f.contribution = any(i.ids) and (f.other is null or f.other = any(i.ids))
join consolidation.contribution a on a.id = f.contribution
left join consolidation.contribution b on b.id = f.other
left join lateral (
  select d.resolution, d.reason, d.author, d.decided_at
  from consolidation.decision d
  where d.recipe = r.recipe and d.identity = f.identity
  order by d.id desc
  limit 1
) d on true
where r.id = %(run)s
  and (%(kinds)s::text[] is null or f.kind = any(%(kinds)s))
  and (%(contributor)s::text is null or %(contributor)s in (a.contributor, b.contributor))
  and (not %(undecided)s or d.resolution is null)
order by f.kind, a.contributor, f.key, f.other_key, f.identity
limit %(limit)s
