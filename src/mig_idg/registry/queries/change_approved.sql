-- The steering committee's adopted decisions on a change of the charter, by the day, latest first.
select r.id, r.held_on
from registry.decision_result r
where r.committee_kind = 'steering'
  and r.subject = 'charter_change'
  and r.nature = 'decision'
  and r.subject_id = %(version)s
  and r.held_on <= %(on)s::date
  and r.adopted
order by r.held_on desc, r.id desc
limit 1
