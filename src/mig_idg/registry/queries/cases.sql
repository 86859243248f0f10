-- Cases as they stand on a day, those due first; null leaves a criterion out.
select
  f.number as case,
  f.kind,
  f.state,
  f.subject,
  f.organisation,
  f.parties,
  f.dataset,
  f.instrument,
  f.working_group,
  f.opened_on,
  lower(f.valid) as since,
  f.due,
  f.details,
  f.words
from registry.follow_up f
where f.closed_by is null
  and f.valid @> %(on)s::date
  and (%(kind)s::text is null or f.kind = %(kind)s)
  and (%(organisation)s::text is null or f.organisation = %(organisation)s or %(organisation)s = any(f.parties))
  and (%(group)s::text is null or f.working_group = %(group)s)
order by f.due nulls last, f.opened_on, f.number
