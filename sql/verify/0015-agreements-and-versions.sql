do $$
begin
  assert exists (
    select from pg_constraint
    where conrelid = 'registry.agreement'::regclass and conname = 'agreement_lists_known_actions');
end
$$;
