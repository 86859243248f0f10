-- A write and its author are one statement: the profile that edits calls this for each row it writes, and can neither
-- read nor change what was noted. Its collections' own (`served.make_profile` grants it).
create or replace function edits.note(
  collection text, feature text, action text, login text, organisation text, attributes text[], moved boolean
) returns bigint
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$
  insert into edits.edit (collection, feature, action, login, organisation, attributes, moved)
  values (collection, feature, action, nullif(login, ''), nullif(organisation, ''), attributes, moved)
  returning id
$$;
revoke execute on function edits.note(text, text, text, text, text, text[], boolean) from public;
grant usage on schema edits to idg_clerk;
grant select on edits.edit to idg_clerk;
