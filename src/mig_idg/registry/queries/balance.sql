-- What each partner gives and receives over a span of days.
with partners as (
  select distinct p.organisation
  from registry.membership p
  where p.closed_by is null and p.state = 'adherent' and p.valid && daterange(%(first)s::date, %(last)s::date, '[]')
),
owned as (
  select o.dataset, o.organisation
  from registry.ownership o
  where o.closed_by is null and o.valid @> %(last)s::date
),
uses as (
  select d.dataset, d.organisation, d.requests::bigint as requests
  from journal.decisions d
  where d.outcome = 'permit' and d.action <> 'discover'
    and d.at >= %(first)s::date::timestamp at time zone 'Europe/Paris'
    and d.at < %(next)s::date::timestamp at time zone 'Europe/Paris'
  union all
  select m.dataset, m.organisation, m.requests
  from journal.reads_by_month m
  where m.outcome = 'permit' and m.action <> 'discover'
    and m.month >= %(first)s::date and m.month < %(next)s::date
)
select
  coalesce(n.name, p.organisation) as name,
  p.organisation,
  (select count(*)::int from owned o where o.organisation = p.organisation) as owned,
  (select count(distinct c.dataset)::int
   from registry.co_owner c where c.organisation = p.organisation) as co_owned,
  (select count(*)::int
   from deposits.deposit d
   where d.organisation = p.organisation and d.state in ('published', 'archived')
     and d.published >= %(first)s::date and d.published < %(next)s::date) as deposits,
  coalesce((select sum(u.requests)::bigint
   from uses u
   where u.organisation = p.organisation
     and not exists (select from owned o where o.dataset = u.dataset and o.organisation = p.organisation)), 0)
    as reads_of_others,
  coalesce((select sum(u.requests)::bigint
   from uses u join owned o on o.dataset = u.dataset and o.organisation = p.organisation
   where u.organisation is distinct from p.organisation), 0) as reads_by_others
from partners p
left join registry.organisation n
  on n.organisation = p.organisation and n.closed_by is null and n.valid @> %(last)s::date
order by name
