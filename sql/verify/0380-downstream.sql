do $$
begin
  assert to_regclass('harvest.downstream') is not null and to_regclass('harvest.copy') is not null;
end
$$;
