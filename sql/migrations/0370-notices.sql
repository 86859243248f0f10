-- Messages to those whom an act concerns, written in the act's own transaction and sent by a job (outbox): what is undone
-- was never announced, what is done is told, and what cannot be sent is kept and shown on desks.
create schema notices;
comment on schema notices is 'Messages to bodies and people: what was to be told, to whom, and what became of it.';

create table notices.message (
  id bigint generated always as identity primary key,
  key text not null unique check (btrim(key) <> ''),  -- what it tells to whom: told again, it is the same message
  at timestamptz not null default now(),
  kind text not null check (btrim(kind) <> ''),       -- the verb of the act, or what else wrote it
  act bigint references registry.act,
  organisation text,                       -- the body that is told: its people find the message on their desk
  login text references registry.account,  -- the account that is told
  address text check (address ~ '^[^@[:cntrl:][:space:]]+@[^@[:cntrl:][:space:]]+$'),  -- null: nobody to write to
  lang text check (lang in ('fr', 'en')),  -- null: both
  subject_fr text not null,
  subject_en text not null,
  words_fr text not null,
  words_en text not null,
  link text check (link like '/%'),        -- a page of ours, without any secret
  secret text,                             -- names what the sender adds to the mail and that is written nowhere
  expires_at timestamptz,                  -- of no use once past: not sent any more
  state text not null default 'queued'
    check (state in ('queued', 'sending', 'sent', 'refused', 'failed', 'expired', 'kept')),
  attempts integer not null default 0,
  next_at timestamptz not null default now(),
  sent_at timestamptz,
  message_id text unique,
  reply text,                              -- what the mail server said last
  check (address is not null or state = 'kept'),
  check ((state = 'sent') = (sent_at is not null))
);
comment on column notices.message.state is
  'queued: will be sent; refused: the mail server, or a bounce, said no for good; failed: given up after retries; '
  'expired: too late to be of use; kept: nobody to write to, shown on the desk.';
create index message_due on notices.message (next_at) where state in ('queued', 'sending');
create index message_of_body on notices.message (organisation, id desc) where organisation is not null;
create index message_of_login on notices.message (login, id desc) where login is not null;

-- Where to write to an account, and in which language.
create table notices.contact (
  login text primary key references registry.account,
  email text check (email ~ '^[^@[:cntrl:][:space:]]+@[^@[:cntrl:][:space:]]+$'),
  lang text check (lang in ('fr', 'en')),
  author text not null,
  since timestamptz not null default now()
);
create unique index contact_email on notices.contact (lower(email));
