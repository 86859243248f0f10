-- What a running job says of itself; no row: it was dismissed.
update jobs.job
set progress = greatest(progress, least(99, $2::integer)), message = coalesce($3::jsonb, message), updated = now()
where id = $1::uuid and status = 'running'
returning status
