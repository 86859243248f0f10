with emptied as (delete from jobs.piece where job = $1::uuid)
update jobs.job
set status = 'dismissed', outputs = '[]', finished = coalesce(finished, now()), updated = now(),
  message = '{"fr": "Travail abandonné.", "en": "Job dismissed."}'
where id = $1::uuid
returning to_jsonb(job)
