-- What the partnership follows: disputes, projects, needs, opinions, roadmap, tasks of groups… One table: a case has a
-- kind, a state that moves (registry/case_kinds.py), those concerned, and its course is the history of its rows.

create table registry.follow_up (
  like registry.dated including all,
  number bigint not null default nextval('registry.case_number'),
  kind text not null check (btrim(kind) <> ''),
  state text not null check (btrim(state) <> ''),
  subject text not null check (btrim(subject) <> ''),
  opened_on date not null,
  organisation text references registry.body,      -- who answers for it
  parties text[] not null default '{}',            -- the others concerned
  dataset text,
  instrument text references registry.instrument,
  working_group text references registry.working_group,
  due date,
  details jsonb not null default '{}',
  words text,
  constraint one_state_of_a_case exclude using gist (number with =, valid with &&, known with &&)
);
call registry.keep_history('registry.follow_up');
create index follow_up_by_kind on registry.follow_up (kind) where closed_by is null;
