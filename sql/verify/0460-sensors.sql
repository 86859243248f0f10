do $$
begin
  assert to_regclass('sensors.datastream') is not null and to_regclass('sensors.datastream_state') is not null;
  assert (select relkind = 'p' from pg_class where oid = 'sensors.observation'::regclass);
  assert (select count(*) from pg_roles where rolname in ('idg_sensor_reader', 'idg_sensor_writer') and not rolcanlogin) = 2;
end
$$;
