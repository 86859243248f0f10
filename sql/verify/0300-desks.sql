do $$
begin
  assert to_regclass('desks.draft') is not null and to_regclass('desks.piece') is not null
    and to_regclass('desks.receipt') is not null;
  assert exists (select from pg_roles where rolname = 'idg_clerk' and not rolcanlogin and not rolsuper);
end
$$;
