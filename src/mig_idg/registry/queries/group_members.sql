-- Who takes part in each working group on the day: that of a coproduction, or one the technical committee constituted.
with working as (
  select c.dataset, c.working_group
  from registry.coproduction c
  where c.valid @> %(on)s::date
    and c.closed_by is null
  union
  select g.working_group, g.working_group
  from registry.working_group_term g
  where g.valid @> %(on)s::date
    and g.closed_by is null
)
select
  w.dataset,
  m.organisation,
  m.facilitator,
  m.guest,
  lower(m.valid) as since,
  upper(m.valid) as until
from working w
join registry.group_member m on m.working_group = w.working_group and m.valid @> %(on)s::date and m.closed_by is null
order by w.dataset, m.organisation
