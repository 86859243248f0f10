do $$
begin
  assert to_regclass('registry.token') is not null;
  assert not has_table_privilege('idg_app', 'registry.token', 'insert');
end
$$;
