do $$
begin
  assert to_regclass('proposals.proposal') is not null and to_regclass('proposals.event') is not null;
end
$$;
