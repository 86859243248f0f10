select 1 / count(*) from pg_constraint
where conname = 'never_pruned_in_force' and pg_get_constraintdef(oid) ilike '%coalesce%';
