-- The EPT's acts that are not suspended; an ended act has no row left.
select
  s.ept,
  s.commune,
  s.state = 'acknowledged' as acknowledged,
  s.datasets,
  s.own_territory,
  lower(s.valid) as start,
  upper(s.valid) as finish
from registry.sub_distribution s
where s.state in ('offered', 'acknowledged')
  and s.known @> %(known_at)s::timestamptz
order by s.ept, s.commune, s.valid
