-- What: datasets with one fact per facet, versions, owners, co-owners frozen by a validation, working groups.

create table registry.dataset (
  id text primary key check (id <> '' and id = btrim(id)),
  kind text not null check (kind in ('mutualised', 'coproduced')),   -- one or the other, for ever: 004 glossary
  unique (id, kind)
);
call registry.keep_identity('registry.dataset');

create table registry.dataset_state (
  like registry.dated including all,
  dataset text not null,
  kind text not null,
  state text not null,
  decision bigint references registry.decision,
  foreign key (dataset, kind) references registry.dataset (id, kind),
  constraint one_state_at_any_date exclude using gist (dataset with =, valid with &&, known with &&),
  constraint state_of_its_kind check (
    (kind = 'mutualised' and state in ('draft', 'published', 'archived'))
    or (kind = 'coproduced' and state in ('proposed', 'structured', 'consolidated', 'submitted', 'validated',
      'rejected', 'archived'))),
  constraint validation_names_its_decision check (state <> 'validated' or decision is not null)
);
call registry.keep_history('registry.dataset_state');

create table registry.dataset_attributes (
  like registry.dated including all,
  dataset text not null references registry.dataset,
  attributes text[] not null check (array_position(attributes, null) is null),
  constraint one_list_of_attributes exclude using gist (dataset with =, valid with &&, known with &&)
);
call registry.keep_history('registry.dataset_attributes');

create table registry.dataset_metadata (
  like registry.dated including all,
  dataset text not null references registry.dataset,
  visibility text not null check (visibility in ('public', 'partners', 'hidden')),
  constraint one_visibility exclude using gist (dataset with =, valid with &&, known with &&)
);
call registry.keep_history('registry.dataset_metadata');

create table registry.dataset_licence (
  like registry.dated including all,
  dataset text not null references registry.dataset,
  licence text not null check (btrim(licence) <> ''),
  constraint one_licence exclude using gist (dataset with =, valid with &&, known with &&)
);
call registry.keep_history('registry.dataset_licence');

create table registry.dataset_version (
  id bigint generated always as identity primary key,
  act bigint not null references registry.act,
  dataset text not null references registry.dataset,
  version text not null check (btrim(version) <> ''),
  produced daterange,
  validity daterange,
  sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
  crs text,
  structure jsonb,
  unique (dataset, version)
);
call registry.keep_identity('registry.dataset_version');
comment on table registry.dataset_version is
  'Immutable content: publishing is a pointer, a version is never rewritten.';

create table registry.ownership (
  like registry.dated including all,
  dataset text not null,
  kind text not null default 'mutualised' check (kind = 'mutualised'),
  organisation text not null references registry.body,
  foreign key (dataset, kind) references registry.dataset (id, kind),
  constraint one_owner_at_any_date exclude using gist (dataset with =, valid with &&, known with &&)
);
call registry.keep_history('registry.ownership');

-- 004 §3.4: from validation the version belongs to each partner of that day. Never closed, never removed (§2.3.2).
create table registry.co_owner (
  id bigint generated always as identity primary key,
  act bigint not null references registry.act,
  dataset text not null,
  kind text not null default 'coproduced' check (kind = 'coproduced'),
  version text not null,
  organisation text not null references registry.body,
  decision bigint not null references registry.decision,
  since date not null,
  foreign key (dataset, kind) references registry.dataset (id, kind),
  foreign key (dataset, version) references registry.dataset_version (dataset, version),
  unique (dataset, version, organisation)
);
call registry.keep_identity('registry.co_owner');

create table registry.inventory_entry (
  id bigint generated always as identity primary key,
  act bigint not null references registry.act,
  dataset text not null,
  kind text not null default 'coproduced' check (kind = 'coproduced'),
  version text not null,
  decision bigint not null references registry.decision,
  foreign key (dataset, kind) references registry.dataset (id, kind),
  foreign key (dataset, version) references registry.dataset_version (dataset, version),
  unique (dataset, version)
);
call registry.keep_identity('registry.inventory_entry');

create table registry.working_group (
  id text primary key check (btrim(id) <> '')
);
call registry.keep_identity('registry.working_group');

create table registry.coproduction (
  like registry.dated including all,
  dataset text not null,
  kind text not null default 'coproduced' check (kind = 'coproduced'),
  working_group text not null references registry.working_group,
  foreign key (dataset, kind) references registry.dataset (id, kind),
  constraint one_group_at_any_date exclude using gist (dataset with =, valid with &&, known with &&)
);
call registry.keep_history('registry.coproduction');

create table registry.group_member (
  like registry.dated including all,
  working_group text not null references registry.working_group,
  organisation text not null references registry.body,
  facilitator boolean not null default false,
  guest boolean not null default false,
  constraint guests_leave check (not guest or not upper_inf(valid)),
  constraint member_once exclude using gist (working_group with =, organisation with =, valid with &&, known with &&)
);
call registry.keep_history('registry.group_member');

do $$
declare
  frozen text;
begin
  foreach frozen in array array['dataset_version', 'co_owner', 'inventory_entry'] loop
    execute format(
      'create trigger epoch after insert on registry.%I for each statement when (registry.epoch_unmoved()) '
      'execute function registry.bump_epoch()', frozen);
  end loop;
end
$$;
