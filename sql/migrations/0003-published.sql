-- Which tables and columns may ever be served: written by publication only. Nothing else can be granted to a profile.
create table served.published (
  collection text primary key,
  relation regclass not null,
  columns text[] not null,        -- what profiles may be granted, the id column among them
  id_column text not null,
  territory text                  -- the column that says whose territory a row is in, if any
);
comment on table served.published is 'Allow-list of tables and columns that view profiles may be granted.';
