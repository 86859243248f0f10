-- Who wrote which feature, for which body, when, and which attributes: kept in the transaction of the write itself.
create schema edits;
comment on schema edits is 'Edits of features on line (OGC API Features, part 4), each with its author: added to, never changed.';

create table edits.edit (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  collection text not null,
  feature text not null,
  action text not null check (action in ('create', 'update', 'delete')),
  login text,
  organisation text,
  attributes text[] not null default '{}',  -- those that were written, by name; no value
  moved boolean not null default false      -- whether the geometry was written
);
create index edit_of_feature on edits.edit (collection, feature, id desc);
