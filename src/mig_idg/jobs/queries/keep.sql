insert into jobs.piece (job, output, number, bytes)
select $1::uuid, $2, $3::integer, decode($4, 'base64')
where exists (select from jobs.job where id = $1::uuid and status = 'running')
on conflict (job, output, number) do update set bytes = excluded.bytes
