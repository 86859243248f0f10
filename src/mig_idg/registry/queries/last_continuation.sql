-- When the steering committee last ruled, or gave its opinion, on going on with the charter.
select max(r.held_on) as held_on
from registry.decision_result r
where r.committee_kind = 'steering'
  and r.subject in ('continuation', 'charter_end')
  and r.held_on <= %(on)s::date
