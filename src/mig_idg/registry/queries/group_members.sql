-- Who takes part in the working group of each coproduction on the day.
select
  c.dataset,
  m.organisation,
  m.facilitator,
  m.guest,
  lower(m.valid) as since,
  upper(m.valid) as until
from registry.coproduction c
join registry.group_member m on m.working_group = c.working_group and m.valid @> %(on)s::date and m.closed_by is null
where c.valid @> %(on)s::date
  and c.closed_by is null
order by c.dataset, m.organisation
