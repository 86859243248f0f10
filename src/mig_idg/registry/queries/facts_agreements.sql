-- Whom the owner agreed to, request by request, on the day; no actions: all those of the terms.
select g.dataset, g.requester, g.actions
from registry.agreement g
where g.state = 'granted'
  and g.valid @> %(on)s::date
  and g.known @> %(known_at)s::timestamptz
order by g.number
