do $$
begin
  assert to_regclass('edits.edit') is not null;
end
$$;
