-- The standards that open data follow, version by version, and which version each dataset conforms to
-- (Tarn-et-Garonne convention, art. 5). When a dataset has to conform is computed from these dates, never stored.

create table registry.standard_version (
  like registry.remembered including all,
  standard text not null check (standard ~ '^[a-z0-9][a-z0-9._-]*$'),
  version text not null check (btrim(version) <> ''),
  scope text not null check (scope in ('national', 'territorial', 'de_facto')),
  title text not null check (btrim(title) <> ''),
  published_on date not null,
  decree text,                          -- what fixes the deadline of a national standard
  deadline date,
  url text check (url ~ '^https?://'),
  constraint a_deadline_is_fixed_by_a_decree
    check (deadline is null or (scope = 'national' and coalesce(btrim(decree), '') <> '')),
  constraint a_deadline_follows_its_publication check (deadline >= published_on),
  constraint one_description_of_a_version exclude using gist (standard with =, version with =, known with &&)
);
call registry.keep_history('registry.standard_version');

create table registry.dataset_standard (
  like registry.dated including all,
  dataset text not null references registry.dataset,
  standard text not null,
  version text,                         -- that it conforms to; null: to none yet
  constraint one_version_of_a_standard exclude using gist (dataset with =, standard with =, valid with &&, known with &&)
);
call registry.keep_history('registry.dataset_standard');
comment on table registry.dataset_standard is 'Which standards a dataset follows, and the version that it conforms to.';
