-- Meetings, latest first, with who was there and what came of each item.
select
  m.id as meeting,
  m.committee,
  m.held_on,
  m.minutes,
  array(
    select a.organisation
    from registry.attendance a
    where a.meeting = m.id and a.closed_by is null
    order by a.organisation) as present,
  coalesce((
    select jsonb_agg(
      jsonb_build_object('decision', r.id, 'item', r.item, 'subject', r.subject, 'about', r.subject_id,
        'nature', r.nature, 'motion', r.motion, 'adopted', r.adopted)
      order by r.item)
    from registry.decision_result r
    where r.meeting = m.id), '[]') as decisions
from registry.meeting m
where m.closed_by is null
order by m.held_on desc, m.id desc
