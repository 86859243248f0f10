-- The run that a coproduction adopted last, while its rows are not in the layer.
select l.id as run
from (
  select r.id, r.written_at
  from consolidation.run r
  where r.dataset = %(dataset)s and r.adopted_at is not null
  order by r.adopted_at desc
  limit 1) l
where l.written_at is null
