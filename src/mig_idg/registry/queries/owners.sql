-- Who owns each mutualised dataset on the day.
select o.dataset, o.organisation
from registry.ownership o
where o.closed_by is null and o.valid @> %(on)s::date
