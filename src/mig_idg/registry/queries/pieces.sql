select p.kind, p.reference, p.dated_on, p.received_on, p.application
from registry.piece p
where p.organisation = %(organisation)s
  and p.known @> %(known_at)s::timestamptz
order by p.received_on, p.id
