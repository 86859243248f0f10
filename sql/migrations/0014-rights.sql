-- Under which rules: terms, agreements, exceptions, takedowns, EPT acts, delegations, transfers, frozen audiences.

-- `valid` is the terms' own from and to: no terms that day, no access.
create table registry.terms (
  like registry.dated including all,
  dataset text not null,
  kind text not null default 'mutualised' check (kind = 'mutualised'),
  set_by text not null references registry.body,
  mode text not null check (mode in ('all_partners', 'named', 'on_agreement', 'closed')),
  actions text[] not null check (actions <@ array['discover', 'view', 'query', 'download', 'subscribe', 'contribute',
    'configure', 'publish_open', 'redistribute', 'grant', 'validate', 'audit', 'takedown']),
  named text[] not null default '{}',
  agreed text[] not null default '{}',
  hidden_attributes text[] not null default '{}',
  extends_to_ept_communes boolean not null default false,
  allows_contractors boolean not null default false,
  own_territory boolean not null default false,      -- each body reads the rows of its own territory only
  foreign key (dataset, kind) references registry.dataset (id, kind),
  constraint one_set_of_terms exclude using gist (dataset with =, valid with &&, known with &&)
);
call registry.keep_history('registry.terms');

create table registry.agreement (
  like registry.dated including all,
  number bigint not null default nextval('registry.case_number'),
  dataset text not null,
  kind text not null default 'mutualised' check (kind = 'mutualised'),
  requester text not null references registry.body,
  purpose text not null check (btrim(purpose) <> ''),
  state text not null check (state in ('asked', 'granted', 'refused')),
  answered_by text references registry.body,
  reasons text,
  foreign key (dataset, kind) references registry.dataset (id, kind),
  constraint one_answer_at_any_date exclude using gist (number with =, valid with &&, known with &&),
  constraint answer_has_an_author check (state = 'asked' or answered_by is not null),
  constraint refusal_has_reasons check (state <> 'refused' or coalesce(btrim(reasons), '') <> '')
);
call registry.keep_history('registry.agreement');
comment on table registry.agreement is 'A request for the owner''s agreement, and its answer (terms on_agreement).';

create table registry.dataset_exception (
  like registry.dated including all,
  number bigint not null default nextval('registry.case_number'),
  dataset text not null references registry.dataset,
  ground text not null check (ground in ('E0', 'E1', 'E2', 'E3', 'E4', 'E5', 'E6')),
  legal_text text not null check (btrim(legal_text) <> ''),
  attributes text[] check (cardinality(attributes) > 0),    -- null: the whole dataset
  feature_filter text,
  area text,
  author text not null check (btrim(author) <> ''),
  review_on date not null,
  state text not null check (state in ('alleged', 'active')),
  objection_proved boolean not null default false,
  law_allows boolean not null default false,
  beneficiaries text[],
  licence_reference text,
  constraint exception_said_once exclude using gist (number with =, valid with &&, known with &&),
  constraint e4_has_both_facts check (ground <> 'E4' or state = 'alleged' or (objection_proved and law_allows)),
  constraint e5_names_its_beneficiaries check (ground <> 'E5' or beneficiaries is not null),
  constraint precaution_lasts_thirty_days
    check (state <> 'alleged' or coalesce(upper(valid) - lower(valid) <= 30, false))
);
call registry.keep_history('registry.dataset_exception');

create table registry.takedown (
  like registry.dated including all,
  number bigint not null default nextval('registry.case_number'),
  dataset text not null references registry.dataset,
  scope text not null check (scope in ('public', 'all')),
  requester text not null check (btrim(requester) <> ''),
  channel text not null check (btrim(channel) <> ''),
  state text not null check (state in ('received', 'executed')),
  tombstone jsonb,
  constraint takedown_said_once exclude using gist (number with =, valid with &&, known with &&),
  constraint takedown_leaves_a_tombstone check (state <> 'executed' or tombstone is not null)
);
call registry.keep_history('registry.takedown');

create table registry.sub_distribution (
  like registry.dated including all,
  number bigint not null default nextval('registry.case_number'),
  ept text not null references registry.body,
  commune text not null references registry.body,
  datasets text[],                                   -- null: every validated coproduction
  own_territory boolean not null default false,      -- the commune reads its own rows only
  state text not null check (state in ('offered', 'acknowledged', 'suspended')),
  acknowledged_on date,
  reasons text,
  check (ept <> commune),
  constraint act_said_once exclude using gist (number with =, valid with &&, known with &&),
  constraint acknowledgement_is_dated check (state <> 'acknowledged' or acknowledged_on is not null)
);
call registry.keep_history('registry.sub_distribution');

create table registry.delegation (
  like registry.dated including all,
  number bigint not null default nextval('registry.case_number'),
  delegator text not null references registry.body,
  contractor text not null references registry.body,
  contract text not null check (btrim(contract) <> ''),
  datasets text[],                                   -- null: whatever the delegator may read
  acknowledged boolean not null,
  acknowledged_on date,
  check (delegator <> contractor),
  constraint delegation_said_once exclude using gist (number with =, valid with &&, known with &&),
  constraint delegate_acknowledgement_is_dated check (not acknowledged or acknowledged_on is not null)
);
call registry.keep_history('registry.delegation');

create table registry.third_party_transfer (
  like registry.dated including all,
  number bigint not null default nextval('registry.case_number'),
  giver text not null references registry.body,
  recipient text not null references registry.body,
  dataset text not null references registry.dataset,
  version text,
  notice_sha256 text not null check (notice_sha256 ~ '^[0-9a-f]{64}$'),
  acknowledged boolean not null,
  acknowledged_on date,
  check (giver <> recipient),
  constraint transfer_said_once exclude using gist (number with =, valid with &&, known with &&),
  constraint transfer_acknowledgement_is_dated check (not acknowledged or acknowledged_on is not null)
);
call registry.keep_history('registry.third_party_transfer');

create table registry.frozen_audience (
  like registry.dated including all,
  dataset text not null,
  kind text not null default 'mutualised' check (kind = 'mutualised'),
  organisations text[] not null,
  foreign key (dataset, kind) references registry.dataset (id, kind),
  constraint one_frozen_audience exclude using gist (dataset with =, valid with &&, known with &&)
);
call registry.keep_history('registry.frozen_audience');
comment on table registry.frozen_audience is '004 §2.3.2: who had the data when its owner left; nobody is added.';

-- What the last publication declared, facet by facet: only what changed there is recorded again.
create table registry.declared (
  like registry.remembered including all,
  dataset text not null references registry.dataset,
  facet text not null,
  value jsonb not null,
  constraint declared_once exclude using gist (dataset with =, facet with =, known with &&)
);
call registry.keep_history('registry.declared');
