do $$
begin
  assert not has_table_privilege('idg_app', 'journal.decisions', 'insert, update, delete');
end
$$;
