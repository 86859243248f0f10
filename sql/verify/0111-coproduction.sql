do $$
begin
  assert to_regclass('registry.next_version') is not null;
  assert to_regclass('registry.opening_notice') is not null;
  assert exists (select from registry.competence where subject = 'licence');
end
$$;
