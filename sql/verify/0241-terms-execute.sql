do $$
begin
  assert (select bool_and(pg_get_constraintdef(oid) like '%execute%') and count(*) = 2 from pg_constraint
          where conname in ('terms_actions_check', 'agreement_lists_known_actions'));
end
$$;
