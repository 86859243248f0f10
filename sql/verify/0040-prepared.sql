do $$
begin
  assert to_regclass('served.copy') is not null;
  assert not has_schema_privilege('idg_app', 'prepared', 'usage');
  assert not has_table_privilege('idg_app', 'served.copy', 'select');
  assert exists (select from pg_attribute where attrelid = 'served.published'::regclass and attname = 'prepared');
end
$$;
