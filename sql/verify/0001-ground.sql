do $$
begin
  assert (select count(*) = 4 from pg_namespace where nspname in ('data', 'served', 'registry', 'journal'));
  assert (select not rolsuper and not rolinherit and not rolbypassrls from pg_roles where rolname = 'idg_app');
end
$$;
