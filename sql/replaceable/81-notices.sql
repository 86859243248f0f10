-- The clerk writes messages with its acts, and sends them: it changes what became of one, never what it says nor to whom.
grant usage on schema notices to idg_clerk;
grant select, insert on notices.message to idg_clerk;
grant update (state, attempts, next_at, sent_at, message_id, reply) on notices.message to idg_clerk;
grant delete on notices.message to idg_clerk;  -- mails to people who wrote or signed in, once they are old
grant select, insert, update (email, lang, author, since) on notices.contact to idg_clerk;

-- How many messages are in each state, and since when the oldest waits: for `/metrics` and `/readyz`, no word of any.
create or replace function notices.standing() returns jsonb
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select jsonb_build_object(
    'states', (select coalesce(jsonb_object_agg(state, many), '{}')
      from (select m.state, count(*) as many from notices.message m group by m.state) t),
    'oldest', (select min(m.at) from notices.message m where m.state in ('queued', 'sending')))
$$;

-- Ask the job that sends to come now; one demand is enough, however many messages wait.
create or replace function notices.wake() returns void
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform procrastinate.procrastinate_defer_jobs_v1(array[row(
    'jobs', 'scheduled-notices', 10, null, 'notices', jsonb_build_object('timestamp', 0), null
  )::procrastinate.procrastinate_job_to_defer_v1]);
exception when unique_violation then
  null;
end
$$;
revoke execute on function notices.standing(), notices.wake() from public;
grant usage on schema notices to idg_app;
grant execute on function notices.standing() to idg_app;
grant execute on function notices.wake() to idg_clerk, idg_app;

-- Sign-in by mail: asked for and used by the clerk; the server's role only learns which accounts have an address.
grant select, insert, update (login, sha256, used_at), delete on notices.sign_in to idg_clerk;
grant select, update on notices.gate to idg_clerk;  -- FOR UPDATE asks for the right to update
grant select (login, email) on notices.contact to idg_app;
