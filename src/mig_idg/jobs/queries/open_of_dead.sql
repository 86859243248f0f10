-- Jobs that are open here and that the queue no longer carries: its entry ended without them.
select j.id::text
from jobs.job j
where j.status in ('accepted', 'running')
  and j.updated < now() - interval '5 seconds'
  and not exists (
    select from procrastinate.procrastinate_jobs q
    where q.args->>'job' = j.id::text and q.status in ('todo', 'doing')
  )
