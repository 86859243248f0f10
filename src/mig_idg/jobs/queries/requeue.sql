with asked as (
  update jobs.job set updated = now() where id = $1::uuid and status in ('accepted', 'running') returning id
)
select procrastinate.procrastinate_defer_jobs_v1(array[row(
  'jobs', 'run', 0, null, id::text, jsonb_build_object('job', id), null
)::procrastinate.procrastinate_job_to_defer_v1]) from asked
