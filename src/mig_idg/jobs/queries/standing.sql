select status from jobs.job where id = $1::uuid
