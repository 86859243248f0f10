do $$
begin
  assert to_regclass('versions.version') is not null;
  assert to_regclass('versions.layer') is not null;
  assert to_regclass('versions.pointer') is not null;
  assert to_regnamespace('vintages') is not null;
end
$$;
