-- The last checked deposit of each dataset before a day, and whether its report accepts it.
select distinct on (d.dataset)
  d.dataset,
  coalesce((d.report #>> '{fr,accepted}')::boolean, false) as conform
from deposits.deposit d
where d.report is not null and d.created < %(next)s::date
order by d.dataset, d.created desc
