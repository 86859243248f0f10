select 1 / (to_regclass('procrastinate.procrastinate_workers') is not null)::int;
