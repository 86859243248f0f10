select 1 / (not has_table_privilege('idg_app', 'registry.mandate', 'select'))::integer;
select 1 / (not has_table_privilege('idg_app', 'registry.attendance', 'select'))::integer;
