-- Conventions: who signed and when, by which deliberation, how long, how it ends (Tarn-et-Garonne, OPenIG, Aix-Marseille).
-- A period, its end and the last day of a notice are computed from these dates (charter/periods.py), never stored.

alter table registry.instrument_term
  add column model text,                 -- which of the texts fixes its clock: charter/periods.py
  add column part_of text references registry.instrument;  -- an amendment of a convention: of which one

create table registry.instrument_party (
  like registry.remembered including all,
  instrument text not null references registry.instrument,
  organisation text not null references registry.body,
  signed_on date not null,
  constraint one_signature_of_a_party exclude using gist (instrument with =, organisation with =, known with &&)
);
call registry.keep_history('registry.instrument_party');

create table registry.deliberation (
  like registry.remembered including all,
  instrument text not null references registry.instrument,
  organisation text not null references registry.body,
  number text not null check (btrim(number) <> ''),
  session_on date not null,
  present integer not null check (present > 0),
  represented integer not null default 0 check (represented >= 0),
  votes_for integer not null check (votes_for >= 0),
  votes_against integer not null default 0 check (votes_against >= 0),
  abstentions integer not null default 0 check (abstentions >= 0),
  received_on date check (received_on >= session_on),
  posted_on date check (posted_on >= session_on),
  constraint votes_are_of_those_who_sat check (votes_for + votes_against + abstentions <= present + represented),
  constraint one_deliberation_of_a_party exclude using gist (instrument with =, organisation with =, known with &&)
);
call registry.keep_history('registry.deliberation');
comment on column registry.deliberation.received_on is 'Receipt by the prefecture: with posted_on, what makes it executory.';

create table registry.instrument_clause (
  like registry.remembered including all,
  instrument text not null references registry.instrument,
  clause text not null check (clause in ('non_exclusive', 'free_of_charge', 'insurance', 'reciprocal', 'minor_energy',
    'court', 'responsibility')),
  words text not null check (btrim(words) <> ''),
  constraint clause_said_once exclude using gist (instrument with =, clause with =, known with &&)
);
call registry.keep_history('registry.instrument_clause');

create table registry.instrument_notice (
  like registry.dated including all,
  notice bigint not null default nextval('registry.case_number'),
  instrument text not null references registry.instrument,
  cause text not null check (cause in ('fault', 'agreement', 'period_end')),
  state text not null check (state in ('given', 'answered', 'performed', 'effective')),
  organisation text not null references registry.body,    -- who gives notice
  reference text not null check (btrim(reference) <> ''), -- the registered letter
  received_on date not null,
  breaches text,
  deadline date,
  observations text,
  effect_on date,
  constraint a_formal_notice_names_breaches_and_a_deadline
    check (cause <> 'fault' or (coalesce(btrim(breaches), '') <> '' and deadline > received_on)),
  constraint one_state_of_a_notice exclude using gist (notice with =, valid with &&, known with &&)
);
call registry.keep_history('registry.instrument_notice');

create table registry.exit_item (
  like registry.dated including all,
  instrument text not null references registry.instrument,
  item text not null check (btrim(item) <> ''),
  outcome text not null check (outcome in ('removed', 'kept')),
  reason text not null check (btrim(reason) <> ''),
  due date not null,
  done_on date,
  constraint one_outcome_of_an_item exclude using gist (instrument with =, item with =, valid with &&, known with &&)
);
call registry.keep_history('registry.exit_item');
comment on table registry.exit_item is
  'What is removed or kept at the end of a convention, by when and why (Aix-Marseille-Provence convention, art. 11).';
