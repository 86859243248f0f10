-- Measurements of the connected territory: the entities of OGC SensorThings API 1.1 (18-088), Sensing. Each Datastream is
-- of a declared dataset, whose rights decide (Aix-Marseille-Provence convention, art. 1, 10); other entities are known to
-- whom a Datastream that hangs from them is. Observations are partitioned by month: retention drops tables, not rows.
create schema sensors;
comment on schema sensors is 'OGC SensorThings 1.1: things, datastreams and observations, under the rights of their datasets.';

do $$
begin
  if not exists (select from pg_roles where rolname = 'idg_sensor_reader') then
    create role idg_sensor_reader nologin noinherit nosuperuser nocreatedb nocreaterole nobypassrls;
  end if;
  if not exists (select from pg_roles where rolname = 'idg_sensor_writer') then
    create role idg_sensor_writer nologin noinherit nosuperuser nocreatedb nocreaterole nobypassrls;
  end if;
end
$$;

create domain sensors.document as jsonb check (octet_length(value::text) <= 65536);

create table sensors.thing (
  id bigint generated always as identity primary key,
  depositor text not null references registry.body,
  name text not null check (btrim(name) <> ''),
  description text not null,
  properties sensors.document
);

create table sensors.location (
  id bigint generated always as identity primary key,
  depositor text not null references registry.body,
  name text not null,
  description text not null,
  encoding_type text not null,
  location sensors.document not null,
  geometry geometry(Geometry, 4326),
  properties sensors.document
);
create index location_geometry on sensors.location using gist (geometry);

create table sensors.thing_location (
  thing bigint not null references sensors.thing on delete cascade,
  location bigint not null references sensors.location on delete cascade,
  primary key (thing, location)
);
create index thing_location_location on sensors.thing_location (location);

create table sensors.historical_location (
  id bigint generated always as identity primary key,
  thing bigint not null references sensors.thing on delete cascade,
  time timestamptz not null
);
create index historical_location_thing on sensors.historical_location (thing, time);

create table sensors.historical_place (
  historical_location bigint not null references sensors.historical_location on delete cascade,
  location bigint not null references sensors.location on delete cascade,
  primary key (historical_location, location)
);
create index historical_place_location on sensors.historical_place (location);

create table sensors.sensor (
  id bigint generated always as identity primary key,
  depositor text not null references registry.body,
  name text not null,
  description text not null,
  encoding_type text not null,
  metadata sensors.document not null,
  properties sensors.document
);

create table sensors.observed_property (
  id bigint generated always as identity primary key,
  depositor text not null references registry.body,
  name text not null,
  definition text not null,
  description text not null,
  properties sensors.document
);

create table sensors.datastream (
  id bigint generated always as identity primary key,
  depositor text not null references registry.body,
  dataset text not null,
  thing bigint not null references sensors.thing on delete cascade,
  sensor bigint not null references sensors.sensor on delete cascade,
  observed_property bigint not null references sensors.observed_property on delete cascade,
  name text not null,
  description text not null,
  observation_type text not null,
  unit sensors.document not null,
  observed_area sensors.document,
  properties sensors.document,
  entitled text[] not null default '{}'
);
create index datastream_dataset on sensors.datastream (dataset);
create index datastream_thing on sensors.datastream (thing);
create index datastream_sensor on sensors.datastream (sensor);
create index datastream_observed_property on sensors.datastream (observed_property);
create index datastream_entitled on sensors.datastream using gin (entitled);
comment on column sensors.datastream.entitled is
  'dataset:code of each body that it measures the territory or stands on the support of (art. 10).';

create table sensors.feature_of_interest (
  id bigint generated always as identity primary key,
  depositor text not null references registry.body,
  location bigint references sensors.location on delete set null,
  name text not null,
  description text not null,
  encoding_type text not null,
  feature sensors.document not null,
  geometry geometry(Geometry, 4326),
  properties sensors.document
);
create index feature_of_interest_location on sensors.feature_of_interest (location);
create index feature_of_interest_geometry on sensors.feature_of_interest using gist (geometry);

-- Which features a datastream has observed: so that a feature is known to whom the datastream is, without reading
-- observations.
create table sensors.datastream_feature (
  datastream bigint not null references sensors.datastream on delete cascade,
  feature bigint not null references sensors.feature_of_interest on delete cascade,
  primary key (datastream, feature)
);
create index datastream_feature_feature on sensors.datastream_feature (feature);

create sequence sensors.observation_number;
create table sensors.observation (
  id bigint not null default nextval('sensors.observation_number'),
  datastream bigint not null references sensors.datastream on delete cascade,
  phenomenon_time timestamptz not null,
  phenomenon_end timestamptz check (phenomenon_end >= phenomenon_time),
  result_time timestamptz,
  result_number double precision,
  result sensors.document,
  feature bigint references sensors.feature_of_interest on delete cascade,
  result_quality sensors.document,
  valid_from timestamptz,
  valid_to timestamptz,
  parameters sensors.document,
  primary key (phenomenon_time, id),
  constraint one_result check (num_nonnulls(result_number, result) = 1)
) partition by range (phenomenon_time);
create index observation_of_datastream on sensors.observation (datastream, phenomenon_time, id);
create index observation_number_of on sensors.observation (id);
create table sensors.observation_other partition of sensors.observation default;

-- What is asked of every datastream, again and again: how many, since when, until when. Kept by statement triggers.
create table sensors.datastream_state (
  datastream bigint primary key references sensors.datastream on delete cascade,
  observations bigint not null default 0,
  first_time timestamptz,
  last_time timestamptz,
  first_result_time timestamptz,
  last_result_time timestamptz
) with (fillfactor = 50);
