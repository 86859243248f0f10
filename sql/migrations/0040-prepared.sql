-- What publication prepares for reading: a copy of each published table, with the text of its features and its geometry
-- in the CRS that are asked for most. The depositor's table is left as it was; triggers keep the copy true to it.
create schema prepared;
comment on schema prepared is 'Copies of the published tables, shaped for reading; made by publication, read through view profiles only.';

create sequence served.copy_number;
create table served.copy (
  relation regclass primary key,
  source regclass not null,
  definition text not null,       -- digest of columns, expressions and indexes: another one is another copy
  made_at timestamptz not null default now()
);
comment on table served.copy is 'Which copy is made of which table, and from what definition.';
create index copy_source on served.copy (source);

alter table served.published add column prepared regclass;
comment on column served.published.prepared is 'The copy that view profiles read; null: they read the table itself.';
