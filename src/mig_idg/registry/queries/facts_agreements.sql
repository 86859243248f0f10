-- Whom the owner agreed to, request by request, on the day.
select g.dataset, array_agg(distinct g.requester) as agreed
from registry.agreement g
where g.state = 'granted'
  and g.valid @> %(on)s::date
  and g.known @> %(known_at)s::timestamptz
group by g.dataset
