do $$
begin
  assert to_regclass('notices.message') is not null and to_regclass('notices.contact') is not null;
end
$$;
