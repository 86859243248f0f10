do $$
begin
  assert to_regclass('registry.asset') is not null;
  assert to_regclass('registry.annex_line') is not null;
  assert to_regclass('registry.intervention') is not null;
  assert to_regclass('registry.exchange_acceptance') is not null;
end
$$;
