-- Partners of a span of days: meetings held while they were partners, attended, and groups they sat in.
select
  coalesce(max(o.name), p.organisation) as name,
  p.organisation,
  (select count(*)::int
   from registry.meeting m
   where m.closed_by is null and m.held_on between %(first)s::date and %(last)s::date
     and m.held_on <@ range_merge(range_agg(p.valid))) as held,
  (select count(*)::int
   from registry.meeting m
   join registry.attendance a on a.meeting = m.id and a.closed_by is null
   where m.closed_by is null and m.held_on between %(first)s::date and %(last)s::date
     and a.organisation = p.organisation) as meetings,
  (select count(distinct g.working_group)::int
   from registry.group_member g
   where g.closed_by is null and g.organisation = p.organisation
     and g.valid && daterange(%(first)s::date, %(last)s::date, '[]')) as groups
from registry.membership p
left join registry.organisation o
  on o.organisation = p.organisation and o.closed_by is null and o.valid @> %(last)s::date
where p.closed_by is null and p.state = 'adherent' and p.valid && daterange(%(first)s::date, %(last)s::date, '[]')
group by p.organisation
order by name
