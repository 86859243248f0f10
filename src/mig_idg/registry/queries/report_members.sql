-- Bodies that were partners on a day of the year, or came, or left.
select
  coalesce(o.name, m.organisation) as name,
  m.organisation,
  m.state,
  lower(m.valid) as since,
  upper(m.valid) as until
from registry.membership m
left join registry.organisation o
  on o.organisation = m.organisation and o.closed_by is null and o.valid @> %(on)s::date
where m.closed_by is null
  and m.state in ('adherent', 'former')
  and m.valid && daterange(%(first)s::date, %(next)s::date)
  and (m.state = 'adherent' or lower(m.valid) >= %(first)s::date)
order by m.state, name
