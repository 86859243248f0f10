select jobs.submit($1::jsonb, $2::integer, $3::integer)
