select r.source, r.number, r.status, r.full_ as "full", r.since, r.started, r.finished, r.counts, r.problem,
  (select count(*) from harvest.finding f where f.source = r.source and f.run = r.number) as findings
from harvest.run r
where r.source = %(source)s and (%(number)s::integer is null or r.number = %(number)s)
order by r.number desc
