select
  t.number as transfer,
  t.giver,
  t.recipient,
  t.dataset,
  t.version,
  t.acknowledged,
  t.acknowledged_on,
  lower(t.valid) as since,
  upper(t.valid) as until
from registry.third_party_transfer t
where t.closed_by is null
  and t.valid @> %(on)s::date
order by t.number
