with gone as (
  delete from jobs.job
  where status not in ('accepted', 'running') and finished < now() - make_interval(hours => $1::integer)
  returning 1
), unqueued as (
  delete from procrastinate.procrastinate_jobs
  where status not in ('todo', 'doing') and id in (
    select job_id from procrastinate.procrastinate_events group by job_id having max(at) < now() - interval '1 hour'
  )
)
select count(*) from gone
