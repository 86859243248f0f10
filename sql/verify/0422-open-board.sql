do $$
begin
  assert to_regclass('registry.body_figures') is not null;
  assert to_regclass('open_data.validation') is not null;
end
$$;
