do $$
begin
  assert to_regclass('notices.sign_in') is not null;
  assert exists (select from pg_trigger where tgname = 'contact_bumps');
end
$$;
