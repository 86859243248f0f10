-- The consolidation of a coproduction: contributions of named versions, staged once; what is found in each and between
-- two; runs, each one base made by one version of a recipe; decisions, remembered (004 §2.4.2, glossary, §3.5.2).

create schema consolidation;
comment on schema consolidation is 'One base from everyone''s: written by the owner of the registry, read by nobody else.';

create table consolidation.contribution (
  id bigint generated always as identity primary key,
  recipe text not null,
  preparation text not null,             -- digest of what the recipe does to a contribution
  contributor text not null,
  source text not null,                  -- name of the file, deposit:ID, collection:ID
  version text not null,                 -- the version named: of the deposit, of the collection, or the SHA-256
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  columns text[] not null,
  rows integer not null,
  examined boolean not null default false,
  staged_at timestamptz not null default now(),
  unique (recipe, preparation, contributor, sha256)
);

create table consolidation.feature (
  contribution bigint not null references consolidation.contribution on delete cascade,
  n integer not null,                    -- its order in the contribution, from 1
  key text not null,
  code text,                             -- of the territory it says it is on
  natural_key text,                      -- what makes two features the same object, or null
  geometry geometry,
  properties jsonb not null,
  digest bytea not null,
  primary key (contribution, n)
);
create index feature_key on consolidation.feature (contribution, key);
create index feature_natural_key on consolidation.feature (natural_key, contribution);
create index feature_geometry on consolidation.feature using gist (geometry);

create table consolidation.finding (
  contribution bigint not null references consolidation.contribution on delete cascade,
  other bigint references consolidation.contribution on delete cascade,
  identity text not null,                -- the same at the next run, whatever its number
  kind text not null,
  n integer,
  key text,
  other_key text,
  proposal text not null,                -- keep_first, keep_second, keep_both, drop, none
  details jsonb not null default '{}',
  geometry geometry
);
create unique index finding_once on consolidation.finding (contribution, coalesce(other, 0), identity);

-- Pairs of contributions that were compared, so that a commune that has not changed is not compared again.
create table consolidation.compared (
  contribution bigint not null references consolidation.contribution on delete cascade,
  other bigint not null references consolidation.contribution on delete cascade,
  primary key (contribution, other)
);

create table consolidation.run (
  id bigint generated always as identity primary key,
  recipe text not null,
  recipe_version integer not null,
  recipe_digest text not null,
  dataset text not null,
  contributions jsonb not null,          -- [{contributor, contribution, source, version, sha256, rows, kept}]
  lacking text[] not null default '{}',  -- contributors of the recipe that gave nothing
  gaps text[] not null default '{}',     -- codes of the territory where nothing is
  excluded jsonb not null default '[]',  -- [{contributor, reason, article}]
  rows integer not null,
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  counts jsonb not null,                 -- findings by kind
  blocking text[] not null default '{}', -- kinds of conflicts that must be decided before submission
  author text not null,
  started_at timestamptz not null,
  finished_at timestamptz not null default clock_timestamp(),
  adopted_at timestamptz,
  adopted_by text
);

create table consolidation.result (
  run bigint not null references consolidation.run on delete cascade,
  key text not null,
  contribution bigint not null,
  n integer not null,
  primary key (run, key),
  foreign key (contribution, n) references consolidation.feature (contribution, n)
);

create table consolidation.decision (
  id bigint generated always as identity primary key,
  recipe text not null,
  identity text not null,
  resolution text not null check (resolution in ('keep_first', 'keep_second', 'keep_both', 'drop', 'none')),
  reason text not null check (btrim(reason) <> ''),
  author text not null,
  decided_at timestamptz not null default clock_timestamp()
);
create index decision_latest on consolidation.decision (recipe, identity, id desc);

create table consolidation.exclusion (
  id bigint generated always as identity primary key,
  recipe text not null,
  contributor text not null,
  reason text not null check (btrim(reason) <> ''),
  article text not null,
  author text not null,
  from_on date not null,
  until_on date check (until_on > from_on),
  recorded_at timestamptz not null default clock_timestamp()
);

-- Where each feature of a consolidated layer comes from (004 §3.5.2): contributor, source version, processing.
create table consolidation.origin (
  dataset text not null,
  id text not null,                      -- the feature's identifier in the layer
  key text not null,
  digest bytea not null,
  contributor text not null,
  source text not null,
  version text not null,
  sha256 text not null,
  recipe text not null,
  recipe_version integer not null,
  run bigint not null references consolidation.run,
  primary key (dataset, id)
);
create index origin_contributor on consolidation.origin (dataset, contributor);
