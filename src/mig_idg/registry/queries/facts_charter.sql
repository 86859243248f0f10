-- The terms of the charters we knew, oldest first.
select lower(t.valid) as start, upper(t.valid) as finish
from registry.instrument_term t
where t.kind = 'charter'
  and t.known @> %(known_at)s::timestamptz
order by t.valid
