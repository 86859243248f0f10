-- Sign-in by a link sent by mail: used once, within ten minutes, in the browser that asked. The link is made from the
-- service's key when the mail is written; here are its hash, and what counts who asks. An address that nobody has
-- leaves the same line, without an account.
create table notices.sign_in (
  id bigint generated always as identity primary key,
  login text references registry.account,
  sha256 bytea check (octet_length(sha256) = 32),   -- of the link
  browser bytea not null check (octet_length(browser) = 32),  -- hash of the word that the asking browser keeps
  address bytea not null,                           -- keyed hash of the mail address
  caller bytea not null,                            -- keyed hash of the network address
  asked_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  check (expires_at <= asked_at + interval '10 minutes')
);
create index sign_in_by_address on notices.sign_in (address, asked_at);
create index sign_in_by_caller on notices.sign_in (caller, asked_at);

create table notices.gate (one boolean primary key default true check (one));
comment on table notices.gate is 'Links are counted and asked for one at a time: a limit holds for callers in a hurry too.';
insert into notices.gate default values;

-- The session of who came in by mail ends when the address of the account is another.
create trigger contact_bumps after insert or update or delete on notices.contact
  for each statement execute function registry.bump_epoch();
