-- Who harvests us (000 art. 7; T-12), and what became of their copies of data that were taken down (T-13).
create table harvest.downstream (
  name text primary key check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  title text not null check (btrim(title) <> ''),
  email text check (email ~ '^[^@[:cntrl:][:space:]]+@[^@[:cntrl:][:space:]]+$'),  -- null: nobody to write to
  page text check (page ~ '^https?://' and page like '%{id}%'),  -- where a record of ours is there; null: not checked
  author text not null,
  since timestamptz not null default now(),
  ended timestamptz                          -- it harvests us no more
);
comment on table harvest.downstream is 'Known harvesters of this catalogue: told of withdrawals, and checked until they are done.';

create table harvest.copy (
  takedown bigint not null,                  -- the number of the takedown
  downstream text not null references harvest.downstream,
  dataset text not null,
  told timestamptz not null default now(),
  state text not null default 'told' check (state in ('told', 'there', 'gone', 'unread')),
  checked timestamptz,
  reply text,                                -- what the other side answered last
  primary key (takedown, downstream),
  check (state = 'told' or checked is not null)
);
comment on column harvest.copy.state is
  'told: not checked yet; there: its page still answers; gone: it answers no more; unread: it could not be asked.';
grant usage on schema harvest to idg_clerk;
grant select on harvest.downstream to idg_clerk;
grant select, insert, update (state, checked, reply) on harvest.copy to idg_clerk;
