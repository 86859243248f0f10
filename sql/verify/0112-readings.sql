do $$
begin
  assert to_regclass('registry.reading') is not null;
  assert exists (select from registry.competence where subject = 'reading');
end
$$;
