-- Notices given under a convention (all of them when it is null), as they stand on a day.
select
  n.notice,
  n.instrument,
  n.cause,
  n.state,
  n.organisation,
  n.reference,
  n.received_on,
  n.breaches,
  n.deadline,
  n.observations,
  n.effect_on
from registry.instrument_notice n
where n.closed_by is null
  and n.valid @> %(on)s::date
  and (%(instrument)s::text is null or n.instrument = %(instrument)s)
order by n.notice
