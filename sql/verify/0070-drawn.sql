select 1 / count(*) from pg_attribute where attrelid = 'served.copy'::regclass and attname = 'tiles';
