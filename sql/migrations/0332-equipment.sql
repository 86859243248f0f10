-- The annexes of a smart-territory convention as live tables: supports, connected equipment, networks, platforms; each
-- line with its host and its depositor; interventions; what was accepted before data are exchanged (Aix-Marseille-Provence
-- convention, art. 1, 2, 7, 9, 10, annexes 1 to 3).

create table registry.asset (
  like registry.dated including all,
  asset text not null check (asset ~ '^[a-z0-9][a-z0-9._-]*$'),
  class text not null check (class in ('support', 'equipment', 'network', 'platform')),
  type text not null check (btrim(type) <> ''),
  description text,
  address text,
  owner text not null references registry.body,
  maintenance text references registry.body,
  energy text,
  peripherals text[] not null default '{}',
  geometry geometry(Geometry, 2154),
  constraint type_of_its_class check (
    (class = 'support' and type in ('land', 'building', 'street_furniture', 'vehicle'))
    or (class = 'network' and type in ('wired', 'cellular', 'lorawan', 'other'))
    or class in ('equipment', 'platform')),
  constraint one_description_of_an_asset exclude using gist (asset with =, valid with &&, known with &&)
);
call registry.keep_history('registry.asset');
create index asset_geometry on registry.asset using gist (geometry);

create table registry.annex_line (
  like registry.dated including all,
  line bigint not null default nextval('registry.case_number'),
  convention text not null references registry.instrument,
  annex text not null check (annex in ('equipment', 'support', 'network', 'dataset')),
  asset text,
  dataset text,
  host text not null references registry.body,
  depositor text not null references registry.body,
  support text,
  network text,
  host_contact jsonb,
  depositor_contact jsonb,
  access text check (access in ('open', 'restricted')),
  licence text,
  extent text,
  format text,
  provision text check (provision in ('api', 'cold')),
  routes text[] not null default '{}'
    check (routes <@ array['lorawan_feed', 'iot_platform', 'data_platform', 'api']),
  remark text,
  network_data_agreed boolean not null default false,
  requests_per_day integer check (requests_per_day > 0),
  latency_floor interval check (latency_floor >= interval '0'),
  constraint a_line_names_what_it_is_about check ((annex = 'dataset') = (dataset is not null) and
    (annex = 'dataset') = (asset is null)),
  constraint one_state_of_a_line exclude using gist (line with =, valid with &&, known with &&)
);
call registry.keep_history('registry.annex_line');
comment on column registry.annex_line.network_data_agreed is
  'The depositor agrees that the network''s host exploits what crosses its network (art. 8).';

create table registry.intervention (
  like registry.dated including all,
  number bigint not null default nextval('registry.case_number'),
  convention text not null references registry.instrument,
  support text not null,
  depositor text not null references registry.body,
  host text not null references registry.body,
  starts_on date not null,
  ends_on date not null,
  modalities text not null check (btrim(modalities) <> ''),
  requested_conditions text,
  commissioning text,
  operators text[] not null default '{}',
  state text not null check (state in ('asked', 'agreed', 'refused', 'done', 'stopped')),
  conditions text,
  reasons text,
  removal_by date,
  check (ends_on >= starts_on),
  constraint a_refused_intervention_has_reasons
    check (state not in ('refused', 'stopped') or coalesce(btrim(reasons), '') <> ''),
  constraint one_state_of_an_intervention exclude using gist (number with =, valid with &&, known with &&)
);
call registry.keep_history('registry.intervention');

create table registry.exchange_acceptance (
  like registry.remembered including all,
  convention text not null references registry.instrument,
  organisation text not null references registry.body,
  document text not null check (document in ('data_charter', 'interface_clause')),
  accepted_on date not null,
  piece text not null check (btrim(piece) <> ''),
  constraint document_accepted_once
    exclude using gist (convention with =, organisation with =, document with =, known with &&)
);
call registry.keep_history('registry.exchange_acceptance');
