-- Changes that partners propose to a coproduced layer (Charte MIG, § 3.2.2, § 3.4): the rows in force do not move; the
-- working group takes, amends or declines, and what is taken goes into the next version.
create schema proposals;
comment on schema proposals is 'Changes proposed to coproduced layers: what, by whom, what the working group made of them.';

create table proposals.proposal (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  dataset text not null,
  action text not null check (action in ('create', 'update', 'delete')),
  feature text check (length(feature) <= 400),         -- none when it would be a new one
  values jsonb not null default '{}' check (octet_length(values::text) <= 1048576),  -- text forms by column
  shaped boolean not null default false,               -- whether the geometry is part of the change
  shape geometry,
  base jsonb,                                          -- the whole row it starts from: for whoever applies it
  before jsonb,                                        -- of that row, the columns that would change
  place geometry,                                      -- of that row, where it is
  words text check (length(words) <= 2000),
  login text not null references registry.account,
  organisation text not null,
  amended boolean not null default false,
  state text not null default 'proposed'
    check (state in ('proposed', 'taken', 'declined', 'withdrawn', 'applied', 'overtaken')),
  decided_at timestamptz,
  decided_by text,
  reason text check (length(reason) <= 2000),
  applied_at timestamptz,
  check ((action = 'create') = (feature is null)),
  check (action <> 'delete' or (values = '{}' and not shaped))
);
create index proposal_of_dataset on proposals.proposal (dataset, id desc);
create index proposal_of_feature on proposals.proposal (dataset, feature) where feature is not null;
create index proposal_of_login on proposals.proposal (login, at);

create table proposals.event (
  proposal bigint not null references proposals.proposal,
  number integer not null,
  at timestamptz not null default now(),
  before text,
  after text not null,
  by text not null,
  words text,
  change jsonb,                                        -- what an amendment replaced
  primary key (proposal, number)
);
