select
  t.giver,
  t.recipient,
  t.dataset,
  t.acknowledged,
  lower(t.valid) as start,
  upper(t.valid) as finish
from registry.third_party_transfer t
where t.known @> %(known_at)s::timestamptz
order by t.dataset, t.recipient, t.valid
