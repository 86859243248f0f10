-- The run that a coproduction adopted last, when conflicts of the kinds that block have no decision.
with adopted as (
  select r.id, r.recipe, r.blocking,
    (select array_agg((c ->> 'contribution')::bigint) from jsonb_array_elements(r.contributions) c) as ids
  from consolidation.run r
  where r.dataset = %(dataset)s and r.adopted_at is not null
  order by r.adopted_at desc
  limit 1
)
select a.id as run, count(*)::int as undecided
from adopted a
join consolidation.finding f
  on f.contribution = any(a.ids) and (f.other is null or f.other = any(a.ids)) and f.kind = any(a.blocking)
where not exists (
  select from consolidation.decision d where d.recipe = a.recipe and d.identity = f.identity)
group by a.id
