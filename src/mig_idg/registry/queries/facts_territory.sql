select t.ept, t.commune, lower(t.valid) as start, upper(t.valid) as finish
from registry.territorial_membership t
where t.known @> %(known_at)s::timestamptz
order by t.ept, t.commune, t.valid
