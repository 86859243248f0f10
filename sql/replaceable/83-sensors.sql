-- Who may read and write measurements. The guard says, for one transaction and in `idg.rows`, what the charter gives this
-- caller, as JSON: whole (datasets), part (dataset:code of a territory), write (datasets), body, floors (seconds by
-- dataset). Nothing said shows nothing. Each setting is read once for each query (scalar sub-select).
do $$
begin
  if not (select rolsuper from pg_roles where rolname = current_user) then
    execute format('grant idg_sensor_reader, idg_sensor_writer to %I', current_user);
  end if;
end
$$;
grant idg_sensor_reader, idg_sensor_writer to idg_app;

create or replace function sensors.granted(wanted text) returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select array(select jsonb_array_elements_text(current_setting('idg.rows', true)::jsonb -> wanted))
  where left(current_setting('idg.rows', true), 1) = '{'
$$;

create or replace function sensors.body() returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select current_setting('idg.rows', true)::jsonb ->> 'body' where left(current_setting('idg.rows', true), 1) = '{'
$$;

-- The latency floors of this caller, seconds by dataset (convention, art. 8: no real time); null for none.
create or replace function sensors.floors() returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select nullif(current_setting('idg.rows', true)::jsonb -> 'floors', '{}')
  where left(current_setting('idg.rows', true), 1) = '{'
$$;

-- Nothing of a dataset is told after this instant to this caller.
create or replace function sensors.horizon(dataset text) returns timestamptz
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select case when sensors.floors() ? dataset
    then now() - make_interval(secs => (sensors.floors() ->> dataset)::double precision)
    else 'infinity' end
$$;

-- Without a path of their own, these two are written into the statement by the planner: 0.4 ms a row, else.
create or replace function sensors.instant(at timestamptz) returns text
language sql stable
as $$ select (pg_catalog.to_json(at at time zone 'UTC') #>> '{}') || 'Z' $$;
alter function sensors.instant(timestamptz) reset all;

create or replace function sensors.period(since timestamptz, until timestamptz) returns text
language sql stable
as $$ select sensors.instant(since) || coalesce('/' || sensors.instant(until), '') $$;
alter function sensors.period(timestamptz, timestamptz) reset all;

-- Whether an entity is the depositor's own: asked past the policies, which read one another.
create or replace function sensors.own(kind text, asked bigint) returns boolean
language sql stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select case kind
    when 'thing' then exists (select from sensors.thing x where x.id = asked and x.depositor = sensors.body())
    when 'location' then exists (select from sensors.location x where x.id = asked and x.depositor = sensors.body())
    when 'sensor' then exists (select from sensors.sensor x where x.id = asked and x.depositor = sensors.body())
    when 'property' then exists (
      select from sensors.observed_property x where x.id = asked and x.depositor = sensors.body())
    when 'feature' then exists (
      select from sensors.feature_of_interest x where x.id = asked and x.depositor = sensors.body())
    when 'history' then exists (
      select from sensors.historical_location h join sensors.thing x on x.id = h.thing
      where h.id = asked and x.depositor = sensors.body())
    else false end
$$;
revoke all on function sensors.own(text, bigint) from public;
grant execute on function sensors.own(text, bigint) to idg_sensor_writer;

-- A month of observations has its own table, made when the first one of it arrives. Others (before 2000, or far ahead)
-- go to the table of the others: nobody makes thousands of tables by writing strange dates.
create or replace function sensors.make_room(months date[]) returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  month date;
  name text;
  made integer := 0;
begin
  for month in
    select distinct date_trunc('month', m)::date from unnest(months) m
    where m >= date '2000-01-01' and m < (now() + interval '2 months')::date order by 1
  loop
    name := 'observation_' || to_char(month, 'YYYY_MM');
    if to_regclass('sensors.' || name) is null then
      perform pg_advisory_xact_lock(hashtext('sensors.make_room'));
      if to_regclass('sensors.' || name) is null
        and not exists (select from sensors.observation_other
                        where phenomenon_time >= month::timestamp at time zone 'UTC'
                          and phenomenon_time < (month + interval '1 month')::timestamp at time zone 'UTC') then
        execute format('create table sensors.%I partition of sensors.observation for values from (%L) to (%L)',
          name, month::timestamp at time zone 'UTC', (month + interval '1 month')::timestamp at time zone 'UTC');
        made := made + 1;
      end if;
    end if;
  end loop;
  return made;
end
$$;
revoke all on function sensors.make_room(date[]) from public;
grant execute on function sensors.make_room(date[]) to idg_sensor_writer;

create or replace function sensors.count_in() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into sensors.datastream_state as s
    (datastream, observations, first_time, last_time, first_result_time, last_result_time)
  select datastream, count(*), min(phenomenon_time), max(coalesce(phenomenon_end, phenomenon_time)),
    min(result_time), max(result_time)
  from added group by datastream order by datastream
  on conflict (datastream) do update set
    observations = s.observations + excluded.observations,
    first_time = least(s.first_time, excluded.first_time),
    last_time = greatest(s.last_time, excluded.last_time),
    first_result_time = least(s.first_result_time, excluded.first_result_time),
    last_result_time = greatest(s.last_result_time, excluded.last_result_time);
  insert into sensors.datastream_feature (datastream, feature)
  select distinct datastream, feature from added where feature is not null
  order by 1, 2
  on conflict do nothing;
  return null;
end
$$;

-- After a deletion or a correction: the ends are read again from the index; the count follows.
create or replace function sensors.count_again() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update sensors.datastream_state s set
    observations = s.observations - case when tg_op = 'DELETE' then t.gone else 0 end,
    first_time = (select o.phenomenon_time from sensors.observation o
      where o.datastream = s.datastream order by o.phenomenon_time, o.id limit 1),
    last_time = (select coalesce(o.phenomenon_end, o.phenomenon_time) from sensors.observation o
      where o.datastream = s.datastream order by o.phenomenon_time desc, o.id desc limit 1)
  from (select datastream, count(*) as gone from removed group by datastream order by datastream) t
  where s.datastream = t.datastream;
  return null;
end
$$;
create or replace trigger count_in after insert on sensors.observation
  referencing new table as added for each statement execute function sensors.count_in();
create or replace trigger count_removed after delete on sensors.observation
  referencing old table as removed for each statement execute function sensors.count_again();
create or replace trigger count_corrected after update on sensors.observation
  referencing old table as removed for each statement execute function sensors.count_again();

-- Policies: one test for each table, for both roles; what the writer may change is its depositor's own.
do $$
declare
  seen jsonb := jsonb_build_object(
    'datastream', $t$dataset = any ((select sensors.granted('whole'))::text[])
      or entitled && (select sensors.granted('part'))::text[]$t$,
    'thing', $t$depositor = (select sensors.body())
      or exists (select from sensors.datastream d where d.thing = thing.id)$t$,
    'sensor', $t$depositor = (select sensors.body())
      or exists (select from sensors.datastream d where d.sensor = sensor.id)$t$,
    'observed_property', $t$depositor = (select sensors.body())
      or exists (select from sensors.datastream d where d.observed_property = observed_property.id)$t$,
    'location', $t$depositor = (select sensors.body())
      or exists (select from sensors.thing_location l join sensors.datastream d on d.thing = l.thing
                 where l.location = location.id)
      or exists (select from sensors.historical_place p
                 join sensors.historical_location h on h.id = p.historical_location
                 join sensors.datastream d on d.thing = h.thing where p.location = location.id)$t$,
    'feature_of_interest', $t$depositor = (select sensors.body())
      or exists (select from sensors.datastream_feature f join sensors.datastream d on d.id = f.datastream
                 where f.feature = feature_of_interest.id)$t$,
    'thing_location', $t$exists (select from sensors.thing t where t.id = thing_location.thing)$t$,
    'historical_location', $t$exists (select from sensors.thing t where t.id = historical_location.thing)$t$,
    'historical_place', $t$exists (select from sensors.historical_location h
      where h.id = historical_place.historical_location)$t$,
    'datastream_feature', $t$exists (select from sensors.datastream d where d.id = datastream_feature.datastream)$t$,
    'datastream_state', $t$exists (select from sensors.datastream d where d.id = datastream_state.datastream)$t$,
    'observation', $t$exists (select from sensors.datastream d where d.id = observation.datastream)
      and ((select sensors.floors()) is null or phenomenon_time <= (
        select sensors.horizon(d.dataset) from sensors.datastream d where d.id = observation.datastream))$t$);
  own jsonb := jsonb_build_object(
    'datastream', $t$depositor = (select sensors.body()) and dataset = any ((select sensors.granted('write'))::text[])
      and sensors.own('thing', datastream.thing) and sensors.own('sensor', datastream.sensor)
      and sensors.own('property', datastream.observed_property)$t$,
    'thing', $t$depositor = (select sensors.body())$t$,
    'sensor', $t$depositor = (select sensors.body())$t$,
    'observed_property', $t$depositor = (select sensors.body())$t$,
    'location', $t$depositor = (select sensors.body())$t$,
    'feature_of_interest', $t$depositor = (select sensors.body())$t$,
    'thing_location', $t$sensors.own('thing', thing_location.thing) and sensors.own('location', thing_location.location)$t$,
    'historical_location', $t$sensors.own('thing', historical_location.thing)$t$,
    'historical_place', $t$sensors.own('history', historical_place.historical_location)$t$,
    'observation', $t$exists (select from sensors.datastream d where d.id = observation.datastream
        and d.depositor = (select sensors.body()) and d.dataset = any ((select sensors.granted('write'))::text[]))
      and (observation.feature is null or sensors.own('feature', observation.feature))$t$);
  one text;
  command text;
begin
  for one in select jsonb_object_keys(seen) loop
    execute format('alter table sensors.%I enable row level security', one);
    execute format('drop policy if exists seen on sensors.%I', one);
    execute format('create policy seen on sensors.%I for select to idg_sensor_reader, idg_sensor_writer using (%s)',
      one, seen ->> one);
    foreach command in array array['insert', 'update', 'delete'] loop
      execute format('drop policy if exists %I on sensors.%I', 'own_' || command, one);
      continue when own -> one is null;
      execute format('create policy %I on sensors.%I for %s to idg_sensor_writer %s %s', 'own_' || command, one, command,
        case when command <> 'insert' then format('using (%s)', own ->> one) else '' end,
        case when command <> 'delete' then format('with check (%s)', own ->> one) else '' end);
    end loop;
  end loop;
end
$$;
grant usage on schema sensors to idg_sensor_reader, idg_sensor_writer;
grant select on sensors.thing, sensors.location, sensors.thing_location, sensors.historical_location,
  sensors.historical_place, sensors.sensor, sensors.observed_property, sensors.datastream, sensors.feature_of_interest,
  sensors.datastream_feature, sensors.datastream_state, sensors.observation to idg_sensor_reader, idg_sensor_writer;
grant insert, update, delete on sensors.thing, sensors.location, sensors.thing_location, sensors.historical_location,
  sensors.historical_place, sensors.sensor, sensors.observed_property, sensors.datastream, sensors.feature_of_interest,
  sensors.observation to idg_sensor_writer;
grant usage on all sequences in schema sensors to idg_sensor_writer;
