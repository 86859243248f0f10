-- A decision, and whether it was adopted: nobody present against (004 §2.4.1).
select r.id, r.committee_kind as committee, r.subject, r.subject_id, r.nature, r.motion, r.meeting, r.held_on, r.adopted
from registry.decision_result r
where r.id = %(decision)s
