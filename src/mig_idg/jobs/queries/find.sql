select to_jsonb(j) from jobs.job j where j.id = $1::uuid
