-- A deposit is a file that a body gives for one of its datasets: received, checked, signed by its technical referent
-- (charter §2.1.3), then published. Its file waits in IDG_HOME/deposits; what is known of it is here.
create schema deposits;

-- Which state may follow which: the same pairs as src/mig_idg/deposits/lifecycle.py, whose test compares them.
create table deposits.move (
  before text not null,
  after text not null,
  primary key (before, after)
);
insert into deposits.move values
  ('receiving', 'draft'), ('receiving', 'withdrawn'),
  ('draft', 'draft'), ('draft', 'checked'), ('draft', 'refused'), ('draft', 'withdrawn'),
  ('refused', 'refused'), ('refused', 'draft'), ('refused', 'withdrawn'),
  ('checked', 'checked'), ('checked', 'draft'), ('checked', 'signed_off'), ('checked', 'withdrawn'),
  ('signed_off', 'signed_off'), ('signed_off', 'published'), ('signed_off', 'withdrawn'),
  ('published', 'archived');

create table deposits.deposit (
  id uuid primary key default gen_random_uuid(),
  dataset text not null,
  kind text not null check (kind in ('mutualised', 'coproduced')),
  organisation text not null,              -- whose file it is: sole answerable for it (000 art. 9.2)
  login text,                              -- the account that sent it; null = by command, on the server
  depositor text not null,
  file text not null,                      -- the name it came under, for people; never a path of ours
  size bigint not null check (size >= 0),
  sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
  state text not null check (state in ('receiving', 'draft', 'refused', 'checked', 'signed_off', 'published',
    'archived', 'withdrawn')),
  certification jsonb,                     -- what the depositor certifies (004 §3.5.1, 000 art. 9.2)
  checklist jsonb,                         -- its answers on the grounds of §3.3
  scan jsonb,                              -- what the malware scan said; kept
  report jsonb,                            -- {fr, en}
  difference jsonb,                        -- with what is published: added, changed, removed
  lacks jsonb not null default '[]',       -- what the metadata record still lacks (004 glossary, §3.2.3)
  signature jsonb,                         -- the referent's sign-off: person, role, day
  problem jsonb,                           -- {fr, en}: why the last work on it failed
  job uuid,
  created timestamptz not null default now(),
  updated timestamptz not null default now(),
  published timestamptz,
  constraint a_whole_file_has_its_hash check (state in ('receiving', 'withdrawn') or sha256 is not null),
  constraint signed_implies_checked_certified_answered check (state not in ('signed_off', 'published', 'archived') or (
    signature is not null and certification is not null and checklist is not null and report is not null
    and scan->>'verdict' in ('clean', 'off', 'unavailable')))
);
-- The same content for the same dataset is one deposit, however often and by however many it is sent.
create unique index one_live_deposit_of_a_content on deposits.deposit (dataset, organisation, sha256)
  where state in ('draft', 'checked', 'signed_off', 'published');
create index deposit_of_body on deposits.deposit (organisation, created desc, id);

-- Who moved it, when, from where to where: nothing is removed from it.
create table deposits.event (
  deposit uuid not null references deposits.deposit,
  number integer not null,
  move text not null,
  before text,
  after text not null,
  at timestamptz not null default now(),
  by jsonb not null,
  primary key (deposit, number)
);

grant usage on schema deposits to idg_app;
grant select on deposits.move to idg_app;
grant select, insert, update on deposits.deposit to idg_app;
grant select, insert on deposits.event to idg_app;
