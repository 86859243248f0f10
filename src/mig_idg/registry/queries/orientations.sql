-- Orientations: the technical committee's proposal and the steering committee's decision on the same subject (§ 2.4.1).
select
  coalesce(t.subject_id, s.subject_id) as orientation,
  coalesce(t.motion, s.motion) as motion,
  t.id as proposal,
  t.held_on as proposed_on,
  s.id as decision,
  s.held_on as decided_on,
  s.adopted
from (select * from registry.decision_result where committee_kind = 'technical' and subject = 'orientations') t
full join (select * from registry.decision_result where committee_kind = 'steering' and subject = 'orientations') s
  on s.subject_id = t.subject_id
order by coalesce(t.held_on, s.held_on), orientation
