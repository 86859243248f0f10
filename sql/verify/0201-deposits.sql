select 1 / (to_regclass('deposits.deposit') is not null and to_regclass('deposits.event') is not null)::int;
