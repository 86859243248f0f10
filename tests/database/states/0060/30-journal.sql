-- The one way into the journal. Numbers and hashes are given here, one batch at a time, so that the chain has no gap.
create or replace function journal.canonical(d journal.decisions) returns bytea
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select convert_to(concat_ws(E'\x1f',
    d.number::text,
    to_char(d.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
    to_char(d.until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
    d.requests::text, coalesce(d.login, ''), coalesce(d.organisation, ''), array_to_string(d.roles, ','),
    d.action, d.dataset, d.outcome, d.rule, d.article, d.facts::text, d.generation::text,
    array_to_string(d.obligations, ','), coalesce(d.note, '')), 'UTF8')
$$;

create or replace function journal.append(entries jsonb) returns bigint
language plpgsql
security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
  entry jsonb;
  d journal.decisions;
  last bigint;
  head bytea;
begin
  perform pg_advisory_xact_lock(hashtext('idg journal'));
  select number, hash into last, head from journal.decisions order by number desc limit 1;
  if not found then
    select c.last_number, c.head into last, head from journal.cuts c order by c.last_number desc limit 1;
  end if;
  last := coalesce(last, 0);
  head := coalesce(head, '\x'::bytea);
  for entry in select value from jsonb_array_elements(entries) loop
    last := last + 1;
    d := jsonb_populate_record(null::journal.decisions, entry);
    d.number := last;
    d.roles := coalesce(d.roles, '{}');
    d.obligations := coalesce(d.obligations, '{}');
    d.previous := head;
    head := public.digest(head || journal.canonical(d), 'sha256');
    d.hash := head;
    insert into journal.decisions select (d).*;
  end loop;
  return last;
end
$$;
revoke execute on function journal.append(jsonb), journal.canonical(journal.decisions) from public;
grant execute on function journal.append(jsonb) to idg_app;
