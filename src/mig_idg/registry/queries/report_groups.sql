-- Working groups on the last day of the year: members, tasks and those done.
select
  g.id as group,
  (select count(distinct m.organisation)::int
   from registry.group_member m
   where m.working_group = g.id and m.closed_by is null and m.valid @> %(on)s::date) as members,
  (select count(distinct f.number)::int
   from registry.follow_up f
   where f.working_group = g.id and f.kind = 'task' and f.closed_by is null and f.valid @> %(on)s::date) as tasks,
  (select count(distinct f.number)::int
   from registry.follow_up f
   where f.working_group = g.id and f.kind = 'task' and f.state = 'done' and f.closed_by is null
     and f.valid @> %(on)s::date) as done
from registry.working_group g
order by g.id
