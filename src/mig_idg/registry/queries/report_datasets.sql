-- The data of the partnership on the last day of the year.
select
  d.id as dataset,
  d.kind,
  s.state,
  o.organisation as owner,
  l.licence
from registry.dataset d
join registry.dataset_state s on s.dataset = d.id and s.closed_by is null and s.valid @> %(on)s::date
left join registry.ownership o on o.dataset = d.id and o.closed_by is null and o.valid @> %(on)s::date
left join registry.dataset_licence l on l.dataset = d.id and l.closed_by is null and l.valid @> %(on)s::date
order by d.kind, d.id
