-- Permits given to a body since 00:00, Europe/Paris, on a day; open data (B9) and public records (B10) are not concerned.
select j.at, j.until, j.requests, j.login, j.dataset, j.action, j.rule
from journal.decisions j
where j.organisation = %(organisation)s
  and j.outcome = 'permit'
  and j.rule not in ('B9', 'B10')
  and j.until >= (%(received)s::date::timestamp at time zone 'Europe/Paris')
order by j.at
