do $$
begin
  assert (select count(*) = 1 from registry.epoch);
end
$$;
