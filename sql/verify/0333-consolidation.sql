do $$
begin
  assert to_regclass('consolidation.contribution') is not null;
  assert to_regclass('consolidation.run') is not null;
  assert to_regclass('consolidation.origin') is not null;
end
$$;
