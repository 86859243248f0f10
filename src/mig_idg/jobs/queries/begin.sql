update jobs.job
set status = 'running', started = coalesce(started, now()), updated = now(), attempts = attempts + 1, progress = 0
where id = $1::uuid and status in ('accepted', 'running')
returning to_jsonb(job)
