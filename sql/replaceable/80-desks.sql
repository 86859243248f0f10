-- What idg_clerk may: add facts and acts, close what was known, keep receipts. It may rewrite nothing (the triggers of
-- memory refuse it), read no secret, publish nothing, and no table of data.
do $$
declare
  relation record;
begin
  if not (select rolsuper from pg_roles where rolname = current_user) then
    execute format('grant idg_clerk to %I', current_user);
  end if;
  grant idg_clerk to idg_app;
  for relation in
    select c.relname, exists (
      select from pg_attribute a
      where a.attrelid = c.oid and a.attname = 'closed_by' and not a.attisdropped) as remembers
    from pg_class c
    where c.relnamespace = 'registry'::regnamespace and c.relkind = 'r'
      and c.relname not in ('account', 'token', 'epoch', 'publication', 'data_version', 'remembered', 'dated')
  loop
    execute format('grant select, insert on registry.%I to idg_clerk', relation.relname);
    if relation.remembers then
      execute format('grant update (closed_by) on registry.%I to idg_clerk', relation.relname);
    end if;
  end loop;
end
$$;
grant usage on schema registry, journal, deposits, desks to idg_clerk;
grant select on registry.decision_result, registry.publication to idg_clerk;
grant select, update on registry.epoch to idg_clerk;  -- acts queue on it: FOR UPDATE asks for the right to update
grant usage on all sequences in schema registry to idg_clerk;
grant execute on function registry.epoch_unmoved() to idg_clerk;
grant select on registry.account to idg_clerk;
grant select (id, login, label, collections, actions, created_at, expires_at, revoked_at, author, motive, acting_for),
  insert, update (revoked_at) on registry.token to idg_clerk;
grant select on journal.decisions, journal.reads_by_month to idg_clerk;
grant select on deposits.deposit, deposits.event to idg_clerk;
grant select, insert, delete on desks.draft to idg_clerk;
grant select, insert on desks.piece, desks.receipt to idg_clerk;
grant delete on desks.piece to idg_clerk;  -- those that no receipt names: a foreign key keeps the others
grant select, insert, update (revoked_at) on desks.feed to idg_clerk;

-- A table that remembers is open to acts from the day it is made.
create or replace procedure registry.keep_history(relation regclass)
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
  execute format('grant select, insert, update (closed_by) on %s to idg_clerk', relation);
end
$$;
comment on procedure registry.keep_history(regclass) is
  'Makes a table remember: acts, known spans, no rewriting, epoch; open to the acts of desks.';
