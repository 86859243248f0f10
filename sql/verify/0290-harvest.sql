do $$
begin
  assert to_regclass('harvest.source') is not null;
  assert to_regclass('harvest.run') is not null;
  assert to_regclass('harvest.record') is not null;
  assert to_regclass('harvest.pair') is not null;
  assert has_table_privilege('idg_app', 'harvest.record', 'select');
  assert not has_table_privilege('idg_app', 'harvest.record', 'insert');
end
$$;
