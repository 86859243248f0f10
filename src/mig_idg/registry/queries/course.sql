-- Every state a body went through, oldest first, with the act that said so.
select
  m.state,
  m.application,
  lower(m.valid) as since,
  upper(m.valid) as until,
  m.reasons,
  m.notified_on,
  a.verb,
  a.article,
  a.author,
  a.evidence_kind,
  a.evidence_reference,
  a.recorded_at
from registry.membership m
join registry.act a on a.id = m.act
where m.organisation = %(organisation)s
  and m.known @> %(known_at)s::timestamptz
order by m.valid
