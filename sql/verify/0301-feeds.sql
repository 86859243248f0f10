do $$
begin
  assert to_regclass('desks.feed') is not null;
end
$$;
