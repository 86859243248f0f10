-- The exceptions of 004 §3.3 that hold on the day.
select
  e.dataset,
  e.ground,
  coalesce(e.attributes, '{}') as attributes,
  e.state,
  e.objection_proved,
  e.law_allows,
  coalesce(e.beneficiaries, '{}') as beneficiaries,
  lower(e.valid) as start,
  upper(e.valid) as finish
from registry.dataset_exception e
where e.valid @> %(on)s::date
  and e.known @> %(known_at)s::timestamptz
order by e.dataset, e.number
