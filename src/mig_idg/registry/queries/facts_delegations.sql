select
  d.delegator,
  d.contractor,
  d.acknowledged,
  d.datasets,
  lower(d.valid) as start,
  upper(d.valid) as finish
from registry.delegation d
where d.known @> %(known_at)s::timestamptz
order by d.delegator, d.contractor, d.valid
