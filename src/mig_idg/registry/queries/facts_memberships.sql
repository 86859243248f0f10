-- Who adhered, and when (all days: the decision asks about one).
select m.organisation, lower(m.valid) as start, upper(m.valid) as finish
from registry.membership m
where m.state = 'adherent'
  and m.known @> %(known_at)s::timestamptz
order by m.organisation, m.valid
