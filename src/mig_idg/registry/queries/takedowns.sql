select
  t.number as takedown,
  t.dataset,
  t.scope,
  t.requester,
  t.channel,
  t.state,
  t.tombstone,
  lower(t.valid) as since,
  upper(t.valid) as until
from registry.takedown t
where t.closed_by is null
  and t.valid @> %(on)s::date
order by t.number
