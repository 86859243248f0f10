-- A calendar's address is a secret of its own: it reads one person's deadlines, opens nothing else, and is revocable.
create table desks.feed (
  sha256 bytea primary key check (octet_length(sha256) = 32),
  login text not null references registry.account,
  made_at timestamptz not null default now(),
  revoked_at timestamptz
);
create unique index feed_of on desks.feed (login) where revoked_at is null;
