-- Features that the resolutions leave out: the decision taken, or else what is proposed.
insert into dropped
with resolved as (
  select f.kind, f.contribution, f.other, f.n, f.key, f.other_key,
    coalesce(d.resolution, f.proposal) as resolution
  from consolidation.finding f
  left join lateral (
    select d.resolution
    from consolidation.decision d
    where d.recipe = %(recipe)s and d.identity = f.identity
    order by d.id desc
    limit 1
  ) d on true
  where f.contribution = any(%(ids)s) and (f.other is null or f.other = any(%(ids)s))
    and f.kind = any(%(conflicts)s)
)
select r.contribution, r.key
from resolved r
where (r.resolution = 'drop' or r.resolution = 'keep_second') and not (r.kind = 'duplicate_key' and r.other is null)
union
select coalesce(r.other, r.contribution), r.other_key
from resolved r
where r.resolution = 'keep_first' and r.other_key is not null and not (r.kind = 'duplicate_key' and r.other is null)
