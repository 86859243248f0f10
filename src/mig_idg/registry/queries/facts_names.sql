-- How people name the bodies we knew, each by its latest name.
select distinct on (o.organisation) o.organisation, o.name
from registry.organisation o
where o.known @> %(known_at)s::timestamptz
order by o.organisation, o.valid desc
