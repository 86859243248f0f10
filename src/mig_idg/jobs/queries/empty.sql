delete from jobs.piece where job = $1::uuid
