-- The decision of the steering committee that validated the report of a year.
select r.id as decision, r.held_on
from registry.decision_result r
where r.committee_kind = 'steering' and r.subject = 'activity_report' and r.nature = 'decision'
  and r.subject_id = %(year)s and r.adopted
order by r.held_on
limit 1
