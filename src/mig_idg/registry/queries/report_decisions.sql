-- What the committees ruled in the year.
select
  r.held_on,
  r.committee_kind as committee,
  r.id as decision,
  r.subject,
  r.subject_id as about,
  r.nature,
  r.motion,
  r.adopted
from registry.decision_result r
where r.held_on between %(first)s::date and %(last)s::date
order by r.held_on, r.committee_kind, r.item
