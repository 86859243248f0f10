-- The co-owners of the version in force on the day: the last one validated by then.
select c.dataset, array_agg(c.organisation order by c.organisation) as co_owners
from registry.co_owner c
join registry.act a on a.id = c.act
join (
  select distinct on (v.dataset) v.dataset, v.decision
  from registry.co_owner v
  join registry.act va on va.id = v.act
  where v.since <= %(on)s::date
    and va.recorded_at <= %(known_at)s::timestamptz
  order by v.dataset, v.since desc, v.id desc
) as current on current.dataset = c.dataset and current.decision = c.decision
where a.recorded_at <= %(known_at)s::timestamptz
group by c.dataset
