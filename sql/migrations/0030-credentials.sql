-- Accounts act for one body; tokens belong to an account. A token is kept as the SHA-256 of 256 random bits: a fast
-- hash is right for a secret nobody chose. Nothing is deleted: an end is a date.
create table registry.account (
  login text primary key check (login ~ '^[a-z0-9][a-z0-9._@-]{1,63}$'),
  name text not null,
  kind text not null default 'person' check (kind in ('person', 'service')),
  organisation text,                       -- the one body it acts for; null = an account without body
  roles text[] not null default '{}'
    check (roles <@ array['pilot_staff', 'technical_committee', 'administrator']),
  oidc_issuer text,
  oidc_subject text,
  note text,
  created_at timestamptz not null default now(),
  closed_at timestamptz,
  author text not null,
  unique (oidc_issuer, oidc_subject)
);

create table registry.token (
  id text primary key,                     -- public handle: shown in lists, never enough to enter
  login text not null references registry.account,
  sha256 bytea not null unique check (octet_length(sha256) = 32),
  label text not null default '',
  collections text[],                      -- scope; null = all that the account may
  actions text[],                          -- scope; null = all that the account may
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  author text not null,
  check (expires_at > created_at and expires_at <= created_at + interval '366 days')
);

create trigger account_bumps after insert or update or delete on registry.account
  for each statement execute function registry.bump_epoch();
create trigger token_bumps after insert or update or delete on registry.token
  for each statement execute function registry.bump_epoch();
grant select on registry.account, registry.token to idg_app;
