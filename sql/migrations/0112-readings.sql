-- How the partnership reads the ambiguous places of the texts: a dated act that cites the steering committee's decision.

create table registry.reading (
  like registry.dated including all,
  number int not null check (number between 1 and 99),
  choice text not null check (btrim(choice) <> ''),
  days int not null default 0 check (days between 0 and 366),
  decision bigint not null references registry.decision,
  constraint one_reading_at_any_date exclude using gist (number with =, valid with &&, known with &&)
);
call registry.keep_history('registry.reading');
comment on table registry.reading is
  'The reading taken of an ambiguity (charter readings), from the day of its act; without a row, the proposed one.';

insert into registry.competence (committee, subject, nature, article)
values ('steering', 'reading', 'decision', 'Charte MIG, § 2.4.1');
