-- A new deposit, its first event and its check in the queue, in one transaction. The same content, deposited again while
-- the first one lives, is the first one (`made` false). Null: the body has too many deposits under way.
create or replace function deposits.take(given jsonb, author jsonb, job jsonb, most integer) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  made deposits.deposit;
  submitted jsonb;
begin
  if (select count(*) from deposits.deposit d
      where d.organisation = given->>'organisation' and d.state in ('receiving', 'draft')) >= most
  then
    return null;
  end if;
  insert into deposits.deposit
    (id, dataset, kind, organisation, login, depositor, file, size, sha256, state, certification, checklist)
  values (
    (given->>'id')::uuid, given->>'dataset', given->>'kind', given->>'organisation', given->>'login',
    given->>'depositor', given->>'file', (given->>'size')::bigint, given->>'sha256', given->>'state',
    nullif(given->'certification', 'null'), nullif(given->'checklist', 'null')
  )
  on conflict (dataset, organisation, sha256) where state in ('draft', 'checked', 'signed_off', 'published') do nothing
  returning * into made;
  if made.id is null then
    select * into strict made from deposits.deposit d
    where d.dataset = given->>'dataset' and d.organisation = given->>'organisation' and d.sha256 = given->>'sha256'
      and d.state in ('draft', 'checked', 'signed_off', 'published');
    return jsonb_build_object('made', false, 'deposit', to_jsonb(made));
  end if;
  if job is not null then
    submitted := jobs.submit(job, 100000, 100000);
    update deposits.deposit d set job = (submitted->>'id')::uuid where d.id = made.id returning * into made;
  end if;
  insert into deposits.event (deposit, number, move, before, after, by)
  values (made.id, 1, 'receive', null, made.state, author);
  return jsonb_build_object('made', true, 'deposit', to_jsonb(made));
end
$$;

-- One move of one deposit, if it still is where the caller saw it: what was said of it, the event, the job that follows,
-- all or nothing. Null: it is no longer there. `duplicate`: the same content is already under way as another deposit.
create or replace function deposits.step(
  deposit uuid, expected text, target text, name text, said jsonb, author jsonb, job jsonb
) returns jsonb
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
  held deposits.deposit;
  told deposits.deposit;
  submitted jsonb;
begin
  select * into held from deposits.deposit d where d.id = deposit and d.state = expected for update;
  if held.id is null then
    return null;
  end if;
  if not exists (select from deposits.move m where m.before = expected and m.after = target) then
    raise exception 'deposits: no move from % to %', expected, target using errcode = 'check_violation';
  end if;
  told := jsonb_populate_record(held, said);
  if job is not null then
    submitted := jobs.submit(job, 100000, 100000);
  end if;
  begin
    update deposits.deposit d
    set state = target, size = told.size, sha256 = told.sha256, certification = told.certification,
      checklist = told.checklist, scan = told.scan, report = told.report, difference = told.difference,
      lacks = told.lacks, signature = told.signature, problem = told.problem,
      job = coalesce((submitted->>'id')::uuid, held.job), updated = now(),
      published = case when target = 'published' then now() else held.published end
    where d.id = deposit
    returning * into told;
  exception when unique_violation then
    return jsonb_build_object('duplicate', (
      select d.id from deposits.deposit d
      where d.dataset = held.dataset and d.organisation = held.organisation and d.sha256 = told.sha256
        and d.id <> held.id and d.state in ('draft', 'checked', 'signed_off', 'published')));
  end;
  insert into deposits.event (deposit, number, move, before, after, by)
  select held.id, coalesce(max(e.number), 0) + 1, name, expected, target, author
  from deposits.event e where e.deposit = held.id;
  return jsonb_build_object('deposit', to_jsonb(told));
end
$$;

-- Who may sign for a body on a day: its technical referent, or the deputy (charter §2.1.3).
create or replace function deposits.referents(body text, day date) returns jsonb
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(jsonb_agg(jsonb_build_object('role', m.role, 'person', m.person, 'email', m.email)
    order by m.role desc), '[]')
  from registry.mandate m
  where m.organisation = body and m.role in ('technical_referent', 'deputy') and m.valid @> day and m.closed_by is null
$$;

revoke execute on function deposits.take(jsonb, jsonb, jsonb, integer),
  deposits.step(uuid, text, text, text, jsonb, jsonb, jsonb), deposits.referents(text, date) from public;
grant execute on function deposits.take(jsonb, jsonb, jsonb, integer),
  deposits.step(uuid, text, text, text, jsonb, jsonb, jsonb), deposits.referents(text, date) to idg_app;
