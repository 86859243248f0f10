-- Each commune of each EPT on the day, and the state of the EPT's act for it.
select t.ept, t.commune, s.state, s.datasets, s.acknowledged_on, upper(s.valid) as until
from registry.territorial_membership t
left join registry.sub_distribution s
  on s.ept = t.ept and s.commune = t.commune and s.closed_by is null and s.valid @> %(on)s::date
where t.closed_by is null
  and t.valid @> %(on)s::date
order by t.ept, t.commune
