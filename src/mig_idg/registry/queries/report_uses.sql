-- Uses that were allowed in the year, by dataset: what the journal still holds, and the monthly counts of what it held.
with uses as (
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
  u.dataset,
  count(distinct u.organisation)::int as bodies,
  sum(u.requests)::bigint as requests
from uses u
group by u.dataset
order by requests desc, u.dataset
