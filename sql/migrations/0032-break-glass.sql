-- Break-glass: an administrator reads as the owner, for hours, with a reason, and the owner is told.
alter table registry.token add column motive text;
comment on column registry.token.motive is 'Why an administrator broke the glass; such a token lasts a day at most.';
alter table registry.token add constraint token_glass_is_short
  check (motive is null or (length(motive) >= 10 and expires_at <= created_at + interval '1 day'));
alter table registry.token add column acting_for text;
comment on column registry.token.acting_for is 'The body a break-glass token reads as: the owner of the dataset.';
alter table registry.token add constraint token_glass_is_whole check ((motive is null) = (acting_for is null));

create table registry.notice (
  number bigint generated always as identity primary key,
  at timestamptz not null default now(),
  organisation text not null,              -- who is told
  subject text not null,                   -- what it is about: a dataset
  words_fr text not null,
  words_en text not null,
  read_at timestamptz
);
comment on table registry.notice is 'What a body must be told: shown to its accounts on the page of the collection.';
create index notice_organisation on registry.notice (organisation, at);
