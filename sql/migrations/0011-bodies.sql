-- Who: organisations, the pilot, EPT and communes, instruments, memberships with their steps and pieces, mandates.

create table registry.body (
  id text primary key check (id <> '' and id = btrim(id))
);
call registry.keep_identity('registry.body');
comment on table registry.body is 'Identity of an organisation: INSEE code for a commune, a short name otherwise.';

create table registry.organisation (
  like registry.dated including all,
  organisation text not null references registry.body,
  name text not null check (btrim(name) <> ''),
  kind text not null check (kind in ('commune', 'ept', 'departement', 'state_service', 'public_establishment',
    'emergency_service', 'other_authority', 'company', 'association')),
  listed boolean not null default false,          -- Annex 1: potential partner
  insee text check (insee ~ '^[0-9AB]{5}$'),
  siren text check (siren ~ '^[0-9]{9}$'),
  siret text check (siret ~ '^[0-9]{14}$'),
  commercial_missions text[] not null default '{}',  -- industrial or commercial public service, 004 §1.3
  constraint organisation_described_once
    exclude using gist (organisation with =, valid with &&, known with &&)
);
call registry.keep_history('registry.organisation');

create table registry.pilotage (
  like registry.dated including all,
  organisation text not null references registry.body,
  constraint one_pilot_at_any_date exclude using gist (valid with &&, known with &&)
);
call registry.keep_history('registry.pilotage');

create table registry.territorial_membership (
  like registry.dated including all,
  ept text not null references registry.body,
  commune text not null references registry.body,
  check (ept <> commune),
  constraint one_ept_per_commune exclude using gist (commune with =, valid with &&, known with &&)
);
call registry.keep_history('registry.territorial_membership');

create table registry.instrument (
  id text primary key check (btrim(id) <> ''),
  kind text not null check (kind in ('charter', 'convention', 'amendment', 'annex')),
  version text not null check (btrim(version) <> ''),
  title text not null,
  unique (id, kind)
);
call registry.keep_identity('registry.instrument');

create table registry.instrument_term (
  like registry.dated including all,
  instrument text not null,
  kind text not null,
  signed_on date,
  notified_on date,
  renewal text not null default 'none' check (renewal ~ '^(none|tacit [0-9]+)$'),
  notice_months integer check (notice_months >= 0),
  court text,
  deliberation text,
  decision bigint,                 -- what prolonged or ended it otherwise than its own text says
  foreign key (instrument, kind) references registry.instrument (id, kind),
  constraint one_term_per_instrument exclude using gist (instrument with =, valid with &&, known with &&),
  constraint one_charter_in_force
    exclude using gist (valid with &&, known with &&) where (kind = 'charter')
);
call registry.keep_history('registry.instrument_term');
comment on column registry.instrument_term.valid is 'In force: the charter of seed 004 from 2022-01-01 for five years.';

create table registry.instrument_acceptance (
  like registry.remembered including all,
  organisation text not null references registry.body,
  instrument text not null references registry.instrument,
  accepted_on date not null,
  piece text not null check (btrim(piece) <> ''),
  constraint accepted_once exclude using gist (organisation with =, instrument with =, known with &&)
);
call registry.keep_history('registry.instrument_acceptance');

-- One state per body and day. `listed` is the route: Annex 1 (three steps) or not (four: an opinion, a decision).
create table registry.membership (
  like registry.dated including all,
  organisation text not null references registry.body,
  application bigint not null default nextval('registry.case_number'),   -- a body may apply again
  listed boolean not null,
  state text not null check (state in ('applied', 'admissible', 'opinion_pending', 'decision_pending', 'approved',
    'refused', 'pieces_pending', 'adherent', 'former')),
  reasons text,
  notified_on date,
  decision bigint,
  constraint one_standing_at_any_date exclude using gist (organisation with =, valid with &&, known with &&),
  constraint refusal_has_reasons_and_notice
    check (state <> 'refused' or (coalesce(btrim(reasons), '') <> '' and notified_on is not null)),
  constraint listed_bodies_are_admissible
    check (not listed or state not in ('opinion_pending', 'decision_pending', 'approved', 'refused')),
  constraint others_await_opinion_and_decision check (listed or state <> 'admissible'),
  constraint approval_names_its_decision check (state not in ('approved', 'refused') or decision is not null)
);
call registry.keep_history('registry.membership');

create table registry.piece (
  like registry.remembered including all,
  organisation text not null references registry.body,
  application bigint not null,
  kind text not null check (kind in ('deliberation', 'form', 'email_return', 'postal_return', 'withdrawal_letter')),
  reference text not null check (btrim(reference) <> ''),
  dated_on date not null,
  received_on date not null,
  check (received_on >= dated_on),
  constraint one_piece_of_a_kind
    exclude using gist (organisation with =, application with =, kind with =, known with &&)
);
call registry.keep_history('registry.piece');

create table registry.mandate (
  like registry.dated including all,
  organisation text not null references registry.body,
  role text not null check (role in ('technical_referent', 'deputy', 'steering_representative', 'facilitator',
    'pilot_project_manager', 'resource_person', 'host_contact', 'depositor_contact')),
  person text not null check (btrim(person) <> ''),
  email text,
  phone text,
  constraint one_holder_at_any_date exclude using gist (organisation with =, role with =, valid with &&, known with &&)
    where (role in ('technical_referent', 'deputy', 'steering_representative', 'pilot_project_manager'))
);
call registry.keep_history('registry.mandate');
