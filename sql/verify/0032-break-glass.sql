do $$
begin
  assert to_regclass('registry.notice') is not null;
end
$$;
