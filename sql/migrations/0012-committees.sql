-- Who decides: committees, meetings, attendance, votes. A result is computed, never typed.

create table registry.committee (
  id text primary key check (btrim(id) <> ''),
  kind text not null check (kind in ('steering', 'technical', 'working_group', 'regional')),
  name text not null,
  unique (id, kind)
);
insert into registry.committee (id, kind, name)
values ('steering', 'steering', 'Comité de pilotage'), ('technical', 'technical', 'Comité technique');
call registry.keep_identity('registry.committee');

-- What each committee may rule on, and in which article. No line, no decision.
create table registry.competence (
  committee text not null,
  subject text not null,
  nature text not null check (nature in ('opinion', 'decision')),
  article text not null,
  primary key (committee, subject, nature)
);
insert into registry.competence (committee, subject, nature, article)
values
  ('technical', 'dataset', 'decision', '004 §2.4.2, §3.4'),
  ('technical', 'working_group', 'decision', '004 §2.4.2'),
  ('technical', 'facilitator', 'decision', '004 §2.4.2'),
  ('technical', 'transfer_difficulty', 'decision', '004 §2.4.2'),
  ('technical', 'admission', 'opinion', '004 §2.2.2, §2.4.2'),
  ('technical', 'withdrawal', 'opinion', '004 §2.4.2'),
  ('technical', 'orientations', 'opinion', '004 §2.4.1'),
  ('technical', 'charter_change', 'opinion', '004 §2.6'),
  ('steering', 'admission', 'decision', '004 §2.2.2, §2.4.1'),
  ('steering', 'orientations', 'decision', '004 §2.4.1'),
  ('steering', 'activity_report', 'decision', '004 §2.4.1'),
  ('steering', 'charter_change', 'decision', '004 §2.6'),
  ('steering', 'charter_change', 'opinion', '004 §2.4.1'),
  ('steering', 'charter_end', 'opinion', '004 §2.4.1'),
  ('steering', 'continuation', 'decision', '004 §2.7');

create table registry.meeting (
  like registry.remembered including all,
  committee text not null,
  committee_kind text not null,
  held_on date not null,
  minutes text not null check (btrim(minutes) <> ''),
  foreign key (committee, committee_kind) references registry.committee (id, kind),
  constraint one_meeting_a_day exclude using gist (committee with =, held_on with =, known with &&)
);
call registry.keep_history('registry.meeting');

create table registry.attendance (
  like registry.remembered including all,
  meeting bigint not null references registry.meeting,
  organisation text not null references registry.body,
  person text,
  constraint present_once exclude using gist (meeting with =, organisation with =, known with &&)
);
call registry.keep_history('registry.attendance');

create table registry.decision (
  like registry.remembered including all,
  meeting bigint not null references registry.meeting,
  committee_kind text not null,
  item integer not null check (item > 0),
  subject text not null,
  subject_id text not null,
  nature text not null,
  motion text not null check (btrim(motion) <> ''),
  foreign key (committee_kind, subject, nature) references registry.competence (committee, subject, nature),
  constraint item_ruled_once exclude using gist (meeting with =, item with =, known with &&)
);
call registry.keep_history('registry.decision');

create table registry.vote (
  like registry.remembered including all,
  decision bigint not null references registry.decision,
  organisation text not null references registry.body,
  voice text not null check (voice in ('for', 'against', 'abstention')),
  constraint one_voice_per_body exclude using gist (decision with =, organisation with =, known with &&)
);
call registry.keep_history('registry.vote');

alter table registry.membership add foreign key (decision) references registry.decision;
alter table registry.instrument_term add foreign key (decision) references registry.decision;

-- What a committee must look at: opened by an act (a withdrawal, an expulsion of a right), closed by a decision.
create table registry.agenda_item (
  like registry.remembered including all,
  committee text not null references registry.committee,
  opened_on date not null,
  subject text not null,
  subject_id text not null,
  words text not null,
  decision bigint references registry.decision
);
call registry.keep_history('registry.agenda_item');
