-- Where each body stands on a day, as known at an instant; partners first.
select
  m.organisation,
  coalesce(o.name, m.organisation) as name,
  o.kind,
  m.state,
  lower(m.valid) as since,
  upper(m.valid) as until
from registry.membership m
left join registry.organisation o
  on o.organisation = m.organisation and o.valid @> %(on)s::date and o.known @> %(known_at)s::timestamptz
where m.valid @> %(on)s::date
  and m.known @> %(known_at)s::timestamptz
order by m.state <> 'adherent', name
