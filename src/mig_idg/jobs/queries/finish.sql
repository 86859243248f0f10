update jobs.job
set status = $2, progress = case when $2 = 'successful' then 100 else progress end, outputs = $3::jsonb,
  problem = $4::jsonb, message = $5::jsonb, finished = now(), updated = now()
where id = $1::uuid and status in ('accepted', 'running')
returning to_jsonb(job)
