do $$
begin
  assert to_regclass('registry.instrument_party') is not null;
  assert to_regclass('registry.deliberation') is not null;
  assert to_regclass('registry.instrument_clause') is not null;
  assert to_regclass('registry.instrument_notice') is not null;
  assert to_regclass('registry.exit_item') is not null;
end
$$;
