do $$
begin
  assert to_regclass('remarks.remark') is not null and to_regclass('remarks.event') is not null;
  assert (select count(*) from remarks.gate) = 1;
end
$$;
