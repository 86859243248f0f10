select s.source, s.declaration, s.audience, s.last_success, s.last_full, s.failures,
  (select count(*) from harvest.record r where r.source = s.source and r.state = 'live') as live,
  (select count(*) from harvest.record r where r.source = s.source and r.state = 'archived') as archived,
  r.number as run, r.status, r.started, r.finished, r.counts, r.problem,
  (select count(*) from harvest.finding f where f.source = s.source and f.run = r.number) as findings
from harvest.source s
left join lateral (select * from harvest.run r where r.source = s.source order by r.number desc limit 1) r on true
where %(source)s::text is null or s.source = %(source)s
order by s.source
