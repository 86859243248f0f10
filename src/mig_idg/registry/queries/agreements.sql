select
  g.number as request,
  g.dataset,
  g.requester,
  g.purpose,
  g.actions,
  g.state,
  g.answered_by,
  g.reasons,
  lower(g.valid) as since,
  upper(g.valid) as until
from registry.agreement g
where g.closed_by is null
  and g.valid @> %(on)s::date
order by g.number
