-- On a database that somebody else administers, the owner is no superuser, and may only become a role it is a member of.
-- The server enters with the owner's address and becomes idg_app before its first question (IDG_DATABASE_URL).
do $$
begin
  if not (select rolsuper from pg_roles where rolname = current_user) then
    -- Since PostgreSQL 16, who makes a role may give it away without being able to become it: said again, always.
    execute format('grant idg_app to %I', current_user);
  end if;
end
$$;
