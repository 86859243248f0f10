-- The base: one feature a key; where two have one key still, the first contributor's, then the first line.
insert into consolidation.result (run, key, contribution, n)
select distinct on (f.key) %(run)s, f.key, f.contribution, f.n
from consolidation.feature f
join unnest(%(ids)s::bigint[]) with ordinality as c (id, rank) on c.id = f.contribution
where not exists (select from dropped d where d.contribution = f.contribution and d.key = f.key)
order by f.key, c.rank,
  case when exists (
    select from second_kept s where s.contribution = f.contribution and s.key = f.key) then -f.n else f.n end
