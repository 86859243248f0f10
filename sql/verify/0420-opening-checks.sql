do $$
begin
  assert to_regclass('registry.opening_answer') is not null;
  assert to_regclass('open_data.scan') is not null;
end
$$;
