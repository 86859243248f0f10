select r.id, r.source, r.identifier, r.document, r.state, r.missed, r.first_seen, r.changed, r.archived,
  s.audience, s.declaration
from harvest.record r
join harvest.source s using (source)
where (%(source)s::text is null or r.source = %(source)s) and (%(state)s::text is null or r.state = %(state)s)
order by r.id
