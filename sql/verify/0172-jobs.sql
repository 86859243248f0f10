select 1 / (to_regclass('jobs.job') is not null and to_regclass('jobs.piece') is not null)::int;
