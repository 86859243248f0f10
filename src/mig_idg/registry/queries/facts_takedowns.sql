-- Takedowns executed and not lifted on the day; the widest scope is the answer.
select t.dataset, bool_or(t.scope = 'all') as everybody
from registry.takedown t
where t.state = 'executed'
  and t.valid @> %(on)s::date
  and t.known @> %(known_at)s::timestamptz
group by t.dataset
