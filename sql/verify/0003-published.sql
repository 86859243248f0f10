do $$
begin
  assert to_regclass('served.published') is not null;
  assert not has_table_privilege('idg_app', 'served.published', 'select');
end
$$;
