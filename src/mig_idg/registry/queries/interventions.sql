-- Interventions as they stand on a day, soonest first.
select
  i.number as intervention,
  i.convention,
  i.support,
  i.depositor,
  i.host,
  i.starts_on,
  i.ends_on,
  i.modalities,
  i.requested_conditions,
  i.commissioning,
  i.operators,
  i.state,
  i.conditions,
  i.reasons,
  i.removal_by
from registry.intervention i
where i.closed_by is null
  and i.valid @> %(on)s::date
  and (%(organisation)s::text is null or %(organisation)s in (i.host, i.depositor))
order by i.starts_on, i.number
