-- Who takes part in each coproduction on the day.
select c.dataset, array_agg(m.organisation) as members
from registry.coproduction c
join registry.group_member m
  on m.working_group = c.working_group and m.valid @> %(on)s::date and m.known @> %(known_at)s::timestamptz
where c.valid @> %(on)s::date
  and c.known @> %(known_at)s::timestamptz
group by c.dataset
