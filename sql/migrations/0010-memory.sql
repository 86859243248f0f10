-- Memory: every fact is an act's, true over [valid), known over [known). Nothing is deleted; a correction closes what
-- was known and adds a row. So "what was true on the 11th" and "what we believed on the 12th" are both questions.

create table registry.act (
  id bigint generated always as identity primary key,
  recorded_at timestamptz not null,
  verb text not null check (btrim(verb) <> ''),
  article text not null check (btrim(article) <> ''),
  effective date not null,                       -- the legal day, Europe/Paris
  author text not null check (btrim(author) <> ''),
  evidence_kind text not null check (btrim(evidence_kind) <> ''),
  evidence_reference text not null check (btrim(evidence_reference) <> ''),
  evidence_date date not null,
  summary text not null
);
create index act_recorded_at on registry.act (recorded_at);
comment on table registry.act is 'One act of the charter: who recorded what, under which article, on which evidence.';
comment on column registry.act.recorded_at is
  'When we knew: given by the database, each act later than the one before; a replay may name instants, in order.';

-- Acts are recorded one after the other (they queue on the epoch), so that the order of what is known is total.
create function registry.stamp_act() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  latest timestamptz;
begin
  perform from registry.epoch for update;
  select max(recorded_at) into latest from registry.act;
  if new.recorded_at is null then
    new.recorded_at := greatest(clock_timestamp(), latest + interval '1 microsecond');
  elsif new.recorded_at <= latest or new.recorded_at > clock_timestamp() then
    raise exception 'an act is recorded after the acts already recorded, and not in the future'
      using errcode = 'check_violation', constraint = 'act_recorded_in_order', table = 'act', schema = 'registry';
  end if;
  return new;
end
$$;
create trigger stamp before insert on registry.act for each row execute function registry.stamp_act();

create function registry.refuse_rewriting() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception 'history is not rewritten: % on %.% refused', lower(tg_op), tg_table_schema, tg_table_name
    using errcode = 'restrict_violation', constraint = 'history_is_not_rewritten',
          table = tg_table_name, schema = tg_table_schema;
end
$$;
create trigger keep before update or delete on registry.act
  for each row execute function registry.refuse_rewriting();
create trigger keep_all before truncate on registry.act
  for each statement execute function registry.refuse_rewriting();

-- A case (an application, an exception, a delegation…) keeps its number through everything said of it.
create sequence registry.case_number;

-- The columns that every remembered row has; tables take them by LIKE.
create table registry.remembered (
  id bigint generated always as identity primary key,
  act bigint not null,              -- the act that said so
  known tstzrange not null,         -- [recorded by act, recorded by closed_by)
  closed_by bigint                  -- the act that says otherwise, if any
);
create table registry.dated (
  like registry.remembered including all,
  valid daterange not null default daterange(null, null) check (not isempty(valid))
);
comment on table registry.remembered is 'Template, always empty: what the registry remembers of every row.';
comment on table registry.dated is 'Template, always empty: a remembered row that is true over a span of days.';

-- On insert the act gives the instant; the only update is to name the act that closes; a delete is refused.
create function registry.remember() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'INSERT' then
    new.known := tstzrange((select recorded_at from registry.act where act.id = new.act), null);
    new.closed_by := null;
    return new;
  end if;
  if tg_op = 'UPDATE' and old.closed_by is null and new.closed_by is not null
     and to_jsonb(new) - 'known' - 'closed_by' = to_jsonb(old) - 'known' - 'closed_by' then
    new.known := tstzrange(lower(old.known), (select recorded_at from registry.act where act.id = new.closed_by));
    return new;
  end if;
  raise exception 'history is not rewritten: % on %.% refused', lower(tg_op), tg_table_schema, tg_table_name
    using errcode = 'restrict_violation', constraint = 'history_is_not_rewritten',
          table = tg_table_name, schema = tg_table_schema;
end
$$;

-- False once this transaction has moved the epoch: a thousand facts in one transaction are one move.
create function registry.epoch_unmoved() returns boolean
language sql
security definer
set search_path = pg_catalog, pg_temp
as $$
  select xmin::text::bigint is distinct from (pg_current_xact_id()::text::bigint & 4294967295) from registry.epoch
$$;

create procedure registry.keep_history(relation regclass)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  execute format(
    'alter table %s add foreign key (act) references registry.act, add foreign key (closed_by) references registry.act',
    relation);
  execute format(
    'create trigger remember before insert or update or delete on %s for each row execute function registry.remember()',
    relation);
  execute format(
    'create trigger keep_all before truncate on %s for each statement execute function registry.refuse_rewriting()',
    relation);
  execute format(
    'create trigger epoch after insert or update on %s for each statement when (registry.epoch_unmoved()) '
    'execute function registry.bump_epoch()',
    relation);
end
$$;
comment on procedure registry.keep_history(regclass) is
  'Makes a table remember: acts, known spans, no rewriting, epoch.';

-- Identities outlive what is said of them: their rows are never touched again.
create procedure registry.keep_identity(relation regclass)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  execute format(
    'create trigger keep before update or delete on %s for each row execute function registry.refuse_rewriting()',
    relation);
  execute format(
    'create trigger keep_all before truncate on %s for each statement execute function registry.refuse_rewriting()',
    relation);
end
$$;
