do $$
begin
  assert exists (
    select from pg_attribute where attrelid = 'consolidation.run'::regclass and attname = 'written_at');
end
$$;
