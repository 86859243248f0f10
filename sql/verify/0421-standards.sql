do $$
begin
  assert to_regclass('registry.standard_version') is not null;
  assert to_regclass('registry.dataset_standard') is not null;
end
$$;
