do $$
begin
  assert to_regclass('registry.follow_up') is not null;
end
$$;
