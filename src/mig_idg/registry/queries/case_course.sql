-- The states of a case, oldest first, with the act and the piece that said each.
select
  lower(f.valid) as since,
  f.state,
  f.words,
  f.due,
  f.act,
  a.author,
  a.evidence_reference as evidence
from registry.follow_up f
join registry.act a on a.id = f.act
where f.closed_by is null and f.number = %(case)s
order by lower(f.valid), f.id
