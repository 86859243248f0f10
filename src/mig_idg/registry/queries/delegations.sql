select
  d.number as delegation,
  d.delegator,
  d.contractor,
  d.contract,
  d.datasets,
  d.acknowledged,
  d.acknowledged_on,
  lower(d.valid) as since,
  upper(d.valid) as until
from registry.delegation d
where d.closed_by is null
  and d.valid @> %(on)s::date
order by d.number
