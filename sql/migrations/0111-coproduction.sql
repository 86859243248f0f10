-- A coproduction on its way: contributions are collected before they are consolidated (rules.md §2); a new version of what
-- is validated goes through the same stages beside the version served; opening it is an act of a co-owner, after a notice.

alter table registry.dataset_state drop constraint state_of_its_kind;
alter table registry.dataset_state add constraint state_of_its_kind check (
  (kind = 'mutualised' and state in ('draft', 'published', 'archived'))
  or (kind = 'coproduced' and state in ('proposed', 'structured', 'collecting', 'consolidated', 'submitted', 'validated',
    'rejected', 'archived')));

create table registry.next_version (
  like registry.dated including all,
  dataset text not null,
  kind text not null default 'coproduced' check (kind = 'coproduced'),
  state text not null check (state in ('structured', 'collecting', 'consolidated', 'submitted', 'rejected')),
  foreign key (dataset, kind) references registry.dataset (id, kind),
  constraint one_stage_of_the_next_version exclude using gist (dataset with =, valid with &&, known with &&)
);
call registry.keep_history('registry.next_version');
comment on table registry.next_version is
  'The stage of the version that is prepared while the validated one is served (004 §3.2.2, §3.4).';

create table registry.opening_notice (
  like registry.dated including all,
  dataset text not null,
  kind text not null default 'coproduced' check (kind = 'coproduced'),
  by_organisation text not null references registry.body,
  licence text not null check (licence in ('LO-2.0', 'ODbL-1.0')),
  notified text[] not null,
  decision bigint references registry.decision,
  foreign key (dataset, kind) references registry.dataset (id, kind),
  constraint odbl_names_its_decision check (licence <> 'ODbL-1.0' or decision is not null),
  constraint one_opening_at_any_date exclude using gist (dataset with =, valid with &&, known with &&)
);
call registry.keep_history('registry.opening_notice');
comment on table registry.opening_notice is
  'A co-owner opens coproduced data: whom it told, and from which day they are open (004 §3.4, reading 21).';

insert into registry.competence (committee, subject, nature, article)
values ('technical', 'licence', 'decision', 'Charte MIG, § 3.4');

create table registry.working_group_term (
  like registry.dated including all,
  working_group text not null references registry.working_group,
  title text not null check (btrim(title) <> ''),
  decision bigint not null references registry.decision,
  constraint one_term_of_a_group exclude using gist (working_group with =, valid with &&, known with &&)
);
call registry.keep_history('registry.working_group_term');
comment on table registry.working_group_term is
  'A working group that the technical committee constituted, from the day of its decision (004 §2.4.2).';
