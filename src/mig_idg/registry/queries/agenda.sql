-- What each committee has still to look at on the day, as we know today.
select
  a.committee,
  a.subject,
  a.subject_id as about,
  a.words,
  a.opened_on
from registry.agenda_item a
where a.closed_by is null
  and a.decision is null
  and a.opened_on <= %(on)s::date
order by a.opened_on, a.id
