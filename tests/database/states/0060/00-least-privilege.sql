-- What an injected select could call to become someone else, to wait, or to read beside: nobody, but by name.
-- Superuser only; on a managed PostgreSQL the revocations that are refused are reported, not hidden.
do $$
declare
  f regprocedure;
begin
  for f in
    select p.oid::regprocedure
    from pg_proc p
    join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'pg_catalog'
      and p.proname in (
        'set_config', 'pg_sleep', 'pg_sleep_for', 'pg_sleep_until',
        'lo_import', 'lo_export', 'lo_create', 'lo_creat', 'lo_from_bytea', 'lo_open', 'lo_get', 'lo_put', 'lo_unlink',
        'query_to_xml', 'query_to_xmlschema', 'query_to_xml_and_xmlschema', 'cursor_to_xml', 'table_to_xml',
        'schema_to_xml', 'database_to_xml', 'pg_notify', 'pg_read_file', 'pg_ls_dir', 'pg_stat_get_activity',
        'pg_advisory_lock', 'pg_advisory_xact_lock', 'pg_cancel_backend', 'pg_terminate_backend'
      )
      and has_function_privilege('public', p.oid, 'execute')
  loop
    begin
      execute format('revoke execute on function %s from public', f);
    exception when insufficient_privilege then
      raise warning 'mig-idg: execute on % could not be taken from public; ask a superuser', f;
    end;
  end loop;
end
$$;
grant execute on function pg_catalog.set_config(text, text, boolean) to idg_app;
grant execute on function pg_catalog.pg_notify(text, text) to idg_app;

-- Row policies come before every condition that is not leakproof, and && was not: under a policy a bbox lost its
-- spatial index (2 ms became 1 s on 300 000 points). The operator compares two boxes and cannot raise an error that
-- tells a value, so we mark it. docs/decisions/leakproof-overlaps.md weighs it.
do $$
begin
  alter function public.geometry_overlaps(public.geometry, public.geometry) leakproof;
exception when insufficient_privilege then
  raise warning 'mig-idg: && could not be marked leakproof; territory limits will not use the spatial index';
end
$$;
