-- The readings that the partnership has taken, as they stand on the day.
select r.number, r.choice, r.days, r.decision, lower(r.valid) as since
from registry.reading r
where r.valid @> %(on)s::date
  and r.known @> %(known_at)s::timestamptz
order by r.number
