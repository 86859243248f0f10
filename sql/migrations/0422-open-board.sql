-- What the legal duty to publish is computed from (law of 7 October 2016; CRPA, L312-1-1, D312-1-1-1), and the last
-- verdict of the official validators on each set of the Socle Commun des Données Locales (Haute-Garonne offer).

create table registry.body_figures (
  like registry.dated including all,
  organisation text not null references registry.body,
  inhabitants integer check (inhabitants >= 0),
  agents integer check (agents >= 0),
  siret text check (siret ~ '^\d{14}$'),  -- that its SCDL files name it by
  constraint figures_say_something check (num_nonnulls(inhabitants, agents, siret) > 0),
  constraint one_size_of_a_body exclude using gist (organisation with =, valid with &&, known with &&)
);
call registry.keep_history('registry.body_figures');

create table open_data.validation (
  dataset text primary key,
  at timestamptz not null default now(),
  source text not null,
  version bigint not null,             -- registry.data_version: the rows that were checked
  standard text not null,
  standard_version text,
  valid boolean not null,
  errors bigint not null check (errors >= 0),
  warnings bigint not null check (warnings >= 0)
);
