-- A job and its place in the queue, in one transaction: neither is ever there without the other.
-- Too many open jobs of one caller (or of all) is an answer, null, and nothing is written.
create or replace function jobs.submit(job jsonb, most_of_caller integer, most integer) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  made jobs.job;
begin
  if (select count(*) from jobs.job j where j.status in ('accepted', 'running')) >= most
    or (select count(*) from jobs.job j
        where j.status in ('accepted', 'running') and j.login is not distinct from job->>'login') >= most_of_caller
  then
    return null;
  end if;
  insert into jobs.job (kind, subject, login, principal, request, layers, seconds)
  values (
    job->>'kind', job->>'subject', job->>'login', job->'principal', job->'request',
    coalesce(job->'layers', '[]'), (job->>'seconds')::integer
  )
  returning * into made;
  perform procrastinate.procrastinate_defer_jobs_v1(array[row(
    'jobs', 'run', coalesce((job->>'priority')::integer, 0), null, made.id::text,
    jsonb_build_object('job', made.id), null
  )::procrastinate.procrastinate_job_to_defer_v1]);
  return to_jsonb(made);
end
$$;
revoke execute on function jobs.submit(jsonb, integer, integer) from public;
grant execute on function jobs.submit(jsonb, integer, integer) to idg_app;
