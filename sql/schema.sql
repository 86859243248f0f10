-- PostgreSQL 15: what the migrations and replaceable objects make (mig-idg db dump).

CREATE SCHEMA consolidation;

COMMENT ON SCHEMA consolidation IS 'One base from everyone''s: written by the owner of the registry, read by nobody else.';

CREATE SCHEMA deposits;

CREATE SCHEMA desks;

COMMENT ON SCHEMA desks IS 'What desks keep beside the registry: drafts, pieces of evidence, receipts.';

CREATE SCHEMA edits;

COMMENT ON SCHEMA edits IS 'Edits of features on line (OGC API Features, part 4), each with its author: added to, never changed.';

CREATE SCHEMA harvest;

CREATE SCHEMA jobs;

CREATE SCHEMA journal;

COMMENT ON SCHEMA journal IS 'Decisions on data that are not open; append-only.';

CREATE SCHEMA notices;

COMMENT ON SCHEMA notices IS 'Messages to bodies and people: what was to be told, to whom, and what became of it.';

CREATE SCHEMA open_data;

COMMENT ON SCHEMA open_data IS 'Opening of data: the last scan of each dataset for what looks like personal data.';

CREATE SCHEMA procrastinate;

CREATE SCHEMA proposals;

COMMENT ON SCHEMA proposals IS 'Changes proposed to coproduced layers: what, by whom, what the working group made of them.';

CREATE SCHEMA raster;

COMMENT ON SCHEMA raster IS 'Vintages of raster collections and the footprint of each of their files.';

CREATE SCHEMA registry;

COMMENT ON SCHEMA registry IS 'Dated facts of the charter: nothing is deleted, a correction adds a row.';

CREATE SCHEMA remarks;

COMMENT ON SCHEMA remarks IS 'Remarks, questions, requests for publication: what was said, by whom, what became of it.';

CREATE SCHEMA sensors;

COMMENT ON SCHEMA sensors IS 'OGC SensorThings 1.1: things, datastreams and observations, under the rights of their datasets.';

CREATE SCHEMA served;

COMMENT ON SCHEMA served IS 'One security_invoker view per view profile.';

CREATE TYPE procrastinate.procrastinate_job_event_type AS ENUM (
    'deferred',
    'started',
    'deferred_for_retry',
    'failed',
    'succeeded',
    'cancelled',
    'abort_requested',
    'aborted',
    'scheduled',
    'retried'
);

CREATE TYPE procrastinate.procrastinate_job_status AS ENUM (
    'todo',
    'doing',
    'succeeded',
    'failed',
    'cancelled',
    'aborting',
    'aborted'
);

CREATE TYPE procrastinate.procrastinate_job_to_defer_v1 AS (
	queue_name character varying,
	task_name character varying,
	priority integer,
	lock text,
	queueing_lock text,
	args jsonb,
	scheduled_at timestamp with time zone
);

CREATE DOMAIN sensors.document AS jsonb
	CONSTRAINT document_check CHECK ((octet_length((VALUE)::text) <= 65536));

CREATE FUNCTION consolidation.recode(properties jsonb, name text, list jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select case
    when list ? (properties->>name) then jsonb_set(properties, array[name], list->(properties->>name))
    else properties
  end
$$;

CREATE FUNCTION consolidation.rescale(properties jsonb, name text, factor double precision) RETURNS jsonb
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select case jsonb_typeof(properties->name)
    when 'number' then jsonb_set(properties, array[name], to_jsonb((properties->>name)::double precision * factor))
    else properties
  end
$$;

CREATE FUNCTION deposits.referents(body text, day date) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select coalesce(jsonb_agg(jsonb_build_object('role', m.role, 'person', m.person, 'email', m.email)
    order by m.role desc), '[]')
  from registry.mandate m
  where m.organisation = body and m.role in ('technical_referent', 'deputy') and m.valid @> day and m.closed_by is null
$$;

CREATE FUNCTION deposits.step(deposit uuid, expected text, target text, name text, said jsonb, author jsonb, job jsonb) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION deposits.take(given jsonb, author jsonb, job jsonb, most integer) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION edits.note(collection text, feature text, action text, login text, organisation text, attributes text[], moved boolean) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  insert into edits.edit (collection, feature, action, login, organisation, attributes, moved)
  values (collection, feature, action, nullif(login, ''), nullif(organisation, ''), attributes, moved)
  returning id
$$;

CREATE FUNCTION jobs.submit(job jsonb, most_of_caller integer, most integer) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  made jobs.job;
begin
  if (select count(*) from jobs.job j where j.status in ('accepted', 'running')) >= most
    or (select count(*) from jobs.job j
        where j.status in ('accepted', 'running') and j.login is not distinct from job->>'login') >= most_of_caller
  then
    return null;
  end if;
  insert into jobs.job (kind, subject, login, principal, request, layers, seconds)
  values (
    job->>'kind', job->>'subject', job->>'login', job->'principal', job->'request',
    coalesce(job->'layers', '[]'), (job->>'seconds')::integer
  )
  returning * into made;
  perform procrastinate.procrastinate_defer_jobs_v1(array[row(
    'jobs', 'run', coalesce((job->>'priority')::integer, 0), null, made.id::text,
    jsonb_build_object('job', made.id), null
  )::procrastinate.procrastinate_job_to_defer_v1]);
  return to_jsonb(made);
end
$$;

CREATE FUNCTION journal.append(entries jsonb) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
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

CREATE TABLE journal.decisions (
    number bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    requests integer NOT NULL,
    login text,
    organisation text,
    roles text[] DEFAULT '{}'::text[] NOT NULL,
    action text NOT NULL,
    dataset text NOT NULL,
    outcome text NOT NULL,
    rule text NOT NULL,
    article text NOT NULL,
    facts bigint NOT NULL,
    generation bigint NOT NULL,
    obligations text[] DEFAULT '{}'::text[] NOT NULL,
    note text,
    previous bytea NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT decisions_outcome_check CHECK ((outcome = ANY (ARRAY['permit'::text, 'deny'::text]))),
    CONSTRAINT decisions_requests_check CHECK ((requests > 0))
);

CREATE FUNCTION journal.canonical(d journal.decisions) RETURNS bytea
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select convert_to(concat_ws(E'\x1f',
    d.number::text,
    to_char(d.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
    to_char(d.until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
    d.requests::text, coalesce(d.login, ''), coalesce(d.organisation, ''), array_to_string(d.roles, ','),
    d.action, d.dataset, d.outcome, d.rule, d.article, d.facts::text, d.generation::text,
    array_to_string(d.obligations, ','), coalesce(d.note, '')), 'UTF8')
$$;

CREATE FUNCTION journal.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
  if current_setting('journal.cutting', true) = 'yes' and tg_op = 'DELETE' and tg_level = 'STATEMENT' then
    return null;
  end if;
  raise exception 'the journal is append-only' using errcode = 'insufficient_privilege';
end
$$;

CREATE FUNCTION journal.seal_finished() RETURNS date
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  yesterday date := (now() at time zone 'Europe/Paris')::date - 1;
begin
  perform pg_advisory_xact_lock(hashtext('idg journal'));
  insert into journal.seals (day, last_number, head)
  select yesterday, number, hash
  from journal.decisions
  where (at at time zone 'Europe/Paris')::date <= yesterday
  order by number desc
  limit 1
  on conflict (day) do nothing;
  return yesterday;
end
$$;

CREATE FUNCTION notices.standing() RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select jsonb_build_object(
    'states', (select coalesce(jsonb_object_agg(state, many), '{}')
      from (select m.state, count(*) as many from notices.message m group by m.state) t),
    'oldest', (select min(m.at) from notices.message m where m.state in ('queued', 'sending')))
$$;

CREATE FUNCTION notices.wake() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform procrastinate.procrastinate_defer_jobs_v1(array[row(
    'jobs', 'scheduled-notices', 10, null, 'notices', jsonb_build_object('timestamp', 0), null
  )::procrastinate.procrastinate_job_to_defer_v1]);
exception when unique_violation then
  null;
end
$$;

CREATE FUNCTION procrastinate.procrastinate_cancel_job_v1(job_id bigint, abort boolean, delete_job boolean) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'procrastinate', 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status = 'todo'
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        IF abort THEN
            UPDATE procrastinate_jobs
            SET abort_requested = true,
                status = CASE status
                    WHEN 'todo' THEN 'cancelled'::procrastinate_job_status ELSE status
                END
            WHERE id = job_id AND status IN ('todo', 'doing')
            RETURNING id INTO _job_id;
        ELSE
            UPDATE procrastinate_jobs
            SET status = 'cancelled'::procrastinate_job_status
            WHERE id = job_id AND status = 'todo'
            RETURNING id INTO _job_id;
        END IF;
    END IF;
    RETURN _job_id;
END;
$$;

CREATE FUNCTION procrastinate.procrastinate_defer_jobs_v1(jobs procrastinate.procrastinate_job_to_defer_v1[]) RETURNS bigint[]
    LANGUAGE plpgsql
    SET search_path TO 'procrastinate', 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    job_ids bigint[];
BEGIN
    WITH inserted_jobs AS (
        INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)
        SELECT (job).queue_name,
               (job).task_name,
               (job).priority,
               (job).lock,
               (job).queueing_lock,
               (job).args,
               (job).scheduled_at
        FROM unnest(jobs) AS job
        RETURNING id
    )
    SELECT array_agg(id) FROM inserted_jobs INTO job_ids;

    RETURN job_ids;
END;
$$;

CREATE FUNCTION procrastinate.procrastinate_defer_periodic_job_v2(_queue_name character varying, _lock character varying, _queueing_lock character varying, _task_name character varying, _priority integer, _periodic_id character varying, _defer_timestamp bigint, _args jsonb) RETURNS bigint
    LANGUAGE plpgsql
    SET search_path TO 'procrastinate', 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
	_job_id bigint;
	_defer_id bigint;
BEGIN
    INSERT
        INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp)
        VALUES (_task_name, _periodic_id, _defer_timestamp)
        ON CONFLICT DO NOTHING
        RETURNING id into _defer_id;

    IF _defer_id IS NULL THEN
        RETURN NULL;
    END IF;

    UPDATE procrastinate_periodic_defers
        SET job_id = (
            SELECT COALESCE((
                SELECT unnest(procrastinate_defer_jobs_v1(
                    ARRAY[
                        ROW(
                            _queue_name,
                            _task_name,
                            _priority,
                            _lock,
                            _queueing_lock,
                            _args,
                            NULL::timestamptz
                        )
                    ]::procrastinate_job_to_defer_v1[]
                ))
            ), NULL)
        )
        WHERE id = _defer_id
        RETURNING job_id INTO _job_id;

    DELETE
        FROM procrastinate_periodic_defers
        USING (
            SELECT id
            FROM procrastinate_periodic_defers
            WHERE procrastinate_periodic_defers.task_name = _task_name
            AND procrastinate_periodic_defers.periodic_id = _periodic_id
            AND procrastinate_periodic_defers.defer_timestamp < _defer_timestamp
            ORDER BY id
            FOR UPDATE
        ) to_delete
        WHERE procrastinate_periodic_defers.id = to_delete.id;

    RETURN _job_id;
END;
$$;

CREATE TABLE procrastinate.procrastinate_jobs (
    id bigint NOT NULL,
    queue_name character varying(128) NOT NULL,
    task_name character varying(128) NOT NULL,
    priority integer DEFAULT 0 NOT NULL,
    lock text,
    queueing_lock text,
    args jsonb DEFAULT '{}'::jsonb NOT NULL,
    status procrastinate.procrastinate_job_status DEFAULT 'todo'::procrastinate.procrastinate_job_status NOT NULL,
    scheduled_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    abort_requested boolean DEFAULT false NOT NULL,
    worker_id bigint,
    CONSTRAINT check_not_todo_abort_requested CHECK ((NOT ((status = 'todo'::procrastinate.procrastinate_job_status) AND (abort_requested = true))))
);

CREATE FUNCTION procrastinate.procrastinate_fetch_job_v2(target_queue_names character varying[], p_worker_id bigint) RETURNS procrastinate.procrastinate_jobs
    LANGUAGE plpgsql
    SET search_path TO 'procrastinate', 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
	found_jobs procrastinate_jobs;
BEGIN
    WITH candidate AS (
        SELECT jobs.*
            FROM procrastinate_jobs AS jobs
            WHERE
                -- reject the job if its lock has earlier or higher priority jobs
                NOT EXISTS (
                    SELECT 1
                        FROM procrastinate_jobs AS other_jobs
                        WHERE
                            jobs.lock IS NOT NULL
                            AND other_jobs.lock = jobs.lock
                            AND (
                                -- job with same lock is already running
                                other_jobs.status = 'doing'
                                OR
                                -- job with same lock is waiting and has higher priority (or same priority but was queued first)
                                (
                                    other_jobs.status = 'todo'
                                    AND (
                                        other_jobs.priority > jobs.priority
                                        OR (
                                        other_jobs.priority = jobs.priority
                                        AND other_jobs.id < jobs.id
                                        )
                                    )
                                )
                            )
                )
                AND jobs.status = 'todo'
                AND (target_queue_names IS NULL OR jobs.queue_name = ANY( target_queue_names ))
                AND (jobs.scheduled_at IS NULL OR jobs.scheduled_at <= now())
            ORDER BY jobs.priority DESC, jobs.id ASC LIMIT 1
            FOR UPDATE OF jobs SKIP LOCKED
    )
    UPDATE procrastinate_jobs
        SET status = 'doing', worker_id = p_worker_id
        FROM candidate
        WHERE procrastinate_jobs.id = candidate.id
        RETURNING procrastinate_jobs.* INTO found_jobs;

 RETURN found_jobs;
END;
$$;

CREATE FUNCTION procrastinate.procrastinate_finish_job_v1(job_id bigint, end_status procrastinate.procrastinate_job_status, delete_job boolean) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'procrastinate', 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF end_status NOT IN ('succeeded', 'failed', 'aborted') THEN
        RAISE 'End status should be either "succeeded", "failed" or "aborted" (job id: %)', job_id;
    END IF;
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = end_status,
            abort_requested = false,
            attempts = CASE status
                WHEN 'doing' THEN attempts + 1 ELSE attempts
            END
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" or "todo" status (job id: %)', job_id;
    END IF;
END;
$$;

CREATE FUNCTION procrastinate.procrastinate_notify_queue_abort_job_v1() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'procrastinate', 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'abort_job_requested', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;

CREATE FUNCTION procrastinate.procrastinate_notify_queue_job_inserted_v1() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'procrastinate', 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'job_inserted', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;

CREATE FUNCTION procrastinate.procrastinate_prune_stalled_workers_v1(seconds_since_heartbeat double precision) RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    SET search_path TO 'procrastinate', 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    RETURN QUERY
    DELETE FROM procrastinate_workers
    WHERE last_heartbeat < NOW() - (seconds_since_heartbeat || 'SECOND')::INTERVAL
    RETURNING procrastinate_workers.id;
END;
$$;

CREATE FUNCTION procrastinate.procrastinate_register_worker_v1() RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    SET search_path TO 'procrastinate', 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    RETURN QUERY
    INSERT INTO procrastinate_workers DEFAULT VALUES
    RETURNING procrastinate_workers.id;
END;
$$;

CREATE FUNCTION procrastinate.procrastinate_retry_job_v1(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'procrastinate', 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
BEGIN
    SELECT abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status = 'doing'
    FOR UPDATE
    INTO _abort_requested;
    IF _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    END IF;

    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" status (job id: %)', job_id;
    END IF;
END;
$$;

CREATE FUNCTION procrastinate.procrastinate_retry_job_v2(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'procrastinate', 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
    _current_status procrastinate_job_status;
BEGIN
    SELECT status, abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status IN ('doing', 'failed')
    FOR UPDATE
    INTO _current_status, _abort_requested;
    IF _current_status = 'doing' AND _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status IN ('doing', 'failed')
        RETURNING id INTO _job_id;
    END IF;

    IF _job_id IS NULL THEN
        RAISE 'Job was not found or has an invalid status to retry (job id: %)', job_id;
    END IF;

END;
$$;

CREATE FUNCTION procrastinate.procrastinate_trigger_abort_requested_events_procedure_v1() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'procrastinate', 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'abort_requested'::procrastinate_job_event_type);
    RETURN NEW;
END;
$$;

CREATE FUNCTION procrastinate.procrastinate_trigger_function_scheduled_events_v1() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'procrastinate', 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type, at)
        VALUES (NEW.id, 'scheduled'::procrastinate_job_event_type, NEW.scheduled_at);

	RETURN NEW;
END;
$$;

CREATE FUNCTION procrastinate.procrastinate_trigger_function_status_events_insert_v1() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'procrastinate', 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'deferred'::procrastinate_job_event_type);
	RETURN NEW;
END;
$$;

CREATE FUNCTION procrastinate.procrastinate_trigger_function_status_events_update_v1() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'procrastinate', 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    WITH t AS (
        SELECT CASE
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND NEW.status = 'doing'::procrastinate_job_status
                THEN 'started'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'deferred_for_retry'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'failed'::procrastinate_job_status
                THEN 'failed'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'succeeded'::procrastinate_job_status
                THEN 'succeeded'::procrastinate_job_event_type
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND (
                    NEW.status = 'cancelled'::procrastinate_job_status
                    OR NEW.status = 'failed'::procrastinate_job_status
                    OR NEW.status = 'succeeded'::procrastinate_job_status
                )
                THEN 'cancelled'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'aborted'::procrastinate_job_status
                THEN 'aborted'::procrastinate_job_event_type
            WHEN OLD.status = 'failed'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'retried'::procrastinate_job_event_type
            ELSE NULL
        END as event_type
    )
    INSERT INTO procrastinate_events(job_id, type)
        SELECT NEW.id, t.event_type
        FROM t
        WHERE t.event_type IS NOT NULL;
	RETURN NEW;
END;
$$;

CREATE FUNCTION procrastinate.procrastinate_unlink_periodic_defers_v1() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'procrastinate', 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    UPDATE procrastinate_periodic_defers
    SET job_id = NULL
    WHERE job_id = OLD.id;
    RETURN OLD;
END;
$$;

CREATE FUNCTION procrastinate.procrastinate_unregister_worker_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'procrastinate', 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    DELETE FROM procrastinate_workers
    WHERE id = worker_id;
END;
$$;

CREATE FUNCTION procrastinate.procrastinate_update_heartbeat_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'procrastinate', 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    UPDATE procrastinate_workers
    SET last_heartbeat = NOW()
    WHERE id = worker_id;
END;
$$;

CREATE FUNCTION proposals.keep_base() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
declare
  source served.published;
  id_type text;
  shape_column name;
begin
  if tg_op = 'UPDATE' then
    -- An amendment may name other columns: what is shown of the row follows.
    new.before := (select jsonb_object_agg(k, new.base -> k) from jsonb_object_keys(new.values) k where new.base ? k);
    return new;
  end if;
  new.base := null; new.before := null; new.place := null;
  select * into source from served.published where collection = new.dataset;
  if source.collection is null then
    raise exception 'the collection is not published' using errcode = 'no_data_found';
  end if;
  if new.feature is null then
    return new;
  end if;
  select format_type(atttypid, atttypmod) into id_type
  from pg_attribute where attrelid = source.relation and attname = source.id_column;
  select attname into shape_column
  from pg_attribute
  where attrelid = source.relation and atttypid = 'public.geometry'::regtype and attnum > 0 and not attisdropped
    and attname = any (source.columns)
  order by attnum limit 1;
  execute format('select to_jsonb(t), %s from %s t where t.%I = %L::%s',
    case when shape_column is null then 'null::geometry' else format('t.%I', shape_column) end,
    source.relation, source.id_column, new.feature, id_type)
    into new.base, new.place;
  if new.base is null then
    raise exception 'there is no such feature' using errcode = 'no_data_found';
  end if;
  -- A whole replacement names every column: those that it leaves as they are do not change.
  new.values := coalesce((
    select jsonb_object_agg(k, v) from jsonb_each(new.values) t (k, v)
    where not new.base ? k or (new.base ->> k) is distinct from (v #>> '{}')), '{}');
  new.before := (select jsonb_object_agg(k, new.base -> k) from jsonb_object_keys(new.values) k where new.base ? k);
  return new;
end
$$;

CREATE FUNCTION raster.publish(wanted bigint) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  fresh raster.vintage;
begin
  select * into strict fresh from raster.vintage where id = wanted and published_at is null and pruned_at is null for update;
  if not exists (select from raster.file where vintage = wanted) then
    raise exception 'vintage without a file' using errcode = 'check_violation';
  end if;
  update raster.vintage set replaced_at = now()
  where collection = fresh.collection and name = fresh.name and published_at is not null and replaced_at is null;
  update raster.vintage set published_at = now() where id = wanted;
  insert into registry.data_version as v (collection, number) values (fresh.collection, 1)
  on conflict (collection) do update set number = v.number + 1, changed_at = now();
end
$$;

CREATE FUNCTION registry.adherent_on(body text, day date) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select exists (
    select from registry.membership m
    where m.organisation = body and m.state = 'adherent' and m.valid @> day and upper_inf(m.known))
$$;

CREATE FUNCTION registry.bump_epoch() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  next_number bigint;
begin
  update registry.epoch set number = number + 1 returning number into next_number;
  perform pg_notify('idg_epoch', next_number::text);
  return null;
end
$$;

COMMENT ON FUNCTION registry.bump_epoch() IS 'Statement trigger of every table whose rows decide who may do what: moves the epoch and tells the workers.';

CREATE FUNCTION registry.check_agreement() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'registry', 'pg_temp'
    AS $$
begin
  if new.state <> 'asked' and not registry.owns_on(new.answered_by, new.dataset, lower(new.valid)) then
    perform registry.refuse('only_the_owner_answers', format('%s does not own %s', new.answered_by, new.dataset));
  end if;
  return null;
end
$$;

CREATE FUNCTION registry.check_attendance() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'registry', 'pg_temp'
    AS $$
declare
  sitting meeting;
begin
  select * into sitting from meeting m where m.id = new.meeting;
  if sitting.committee_kind in ('steering', 'technical')
     and not registry.adherent_on(new.organisation, sitting.held_on) then
    perform registry.refuse('only_partners_sit',
      format('%s was not a partner on %s', new.organisation, sitting.held_on));
  end if;
  return null;
end
$$;

CREATE FUNCTION registry.check_co_owner() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'registry', 'pg_temp'
    AS $$
begin
  if not exists (
    select from decision_result r
    where r.id = new.decision and r.committee_kind = 'technical' and r.subject = 'dataset'
      and r.subject_id = new.dataset and r.adopted) then
    perform registry.refuse('validation_by_the_technical_committee',
      format('no adopted decision of the technical committee on %s', new.dataset));
  end if;
  if exists (
    select from co_owner c where c.dataset = new.dataset and c.version = new.version and c.act <> new.act) then
    perform registry.refuse('co_owners_are_frozen_at_validation',
      format('the co-owners of %s %s are frozen', new.dataset, new.version));
  end if;
  return null;
end
$$;

CREATE FUNCTION registry.check_dataset_state() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'registry', 'pg_temp'
    AS $$
begin
  if new.state <> 'validated' then
    return null;
  end if;
  if not exists (select from co_owner c where c.dataset = new.dataset and c.decision = new.decision) then
    perform registry.refuse('validated_has_frozen_co_owners', format('%s has no frozen co-owners', new.dataset));
  end if;
  if not exists (select from inventory_entry i where i.dataset = new.dataset and i.decision = new.decision) then
    perform registry.refuse('validated_is_in_the_inventory', format('%s is not in the inventory', new.dataset));
  end if;
  return null;
end
$$;

CREATE FUNCTION registry.check_decision() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'registry', 'pg_temp'
    AS $$
begin
  if not exists (select from meeting m where m.id = new.meeting and m.committee_kind = new.committee_kind) then
    perform registry.refuse('decision_of_its_own_committee', 'the meeting is of another committee');
  end if;
  return null;
end
$$;

CREATE FUNCTION registry.check_frozen_audience() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'registry', 'pg_temp'
    AS $$
begin
  if exists (
    select from frozen_audience f
    where f.dataset = new.dataset and f.id <> new.id and f.valid && new.valid
      and not new.organisations <@ f.organisations) then
    perform registry.refuse('nobody_joins_a_frozen_audience', format('the audience of %s is frozen', new.dataset));
  end if;
  return null;
end
$$;

CREATE FUNCTION registry.check_instrument_acceptance() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'registry', 'pg_temp'
    AS $$
begin
  if exists (select from instrument i where i.id = new.instrument and i.kind = 'amendment')
     and not exists (
       select from instrument_term t
       where t.instrument = new.instrument and lower(t.valid) <= new.accepted_on and upper_inf(t.known)) then
    perform registry.refuse('a_change_is_accepted_once_it_is_approved',
      format('%s was not in force on %s', new.instrument, new.accepted_on));
  end if;
  return null;
end
$$;

CREATE FUNCTION registry.check_instrument_term() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'registry', 'pg_temp'
    AS $$
declare
  before registry.instrument_term;
begin
  select * into before
  from instrument_term t
  where t.instrument = new.instrument and t.id < new.id
  order by t.id desc
  limit 1;
  if found and new.kind = 'charter'
     and coalesce(upper(new.valid), 'infinity') > coalesce(upper(before.valid), 'infinity')
     and not exists (
       select from decision_result r
       where r.id = new.decision and r.committee_kind = 'steering' and r.subject = 'continuation' and r.adopted) then
    perform registry.refuse('prolongation_is_decided_by_the_steering_committee',
      format('no adopted decision prolongs %s', new.instrument));
  end if;
  if new.kind = 'amendment' and not exists (
    select from decision_result r
    where r.id = new.decision and r.committee_kind = 'steering' and r.subject = 'charter_change'
      and r.nature = 'decision' and r.subject_id = new.instrument and r.adopted and r.held_on <= lower(new.valid)) then
    perform registry.refuse('a_change_is_approved_by_the_steering_committee',
      format('no adopted decision changes the charter by %s', new.instrument));
  end if;
  if new.kind = 'amendment' and not exists (
    select from decision_result o
    join decision_result d on d.id = new.decision and o.held_on <= d.held_on
    where o.committee_kind = 'technical' and o.subject = 'charter_change' and o.subject_id = new.instrument) then
    perform registry.refuse('the_technical_opinion_on_a_change_comes_first',
      format('the technical committee gave no opinion on %s', new.instrument));
  end if;
  return null;
end
$$;

CREATE FUNCTION registry.check_membership() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'registry', 'pg_temp'
    AS $$
declare
  missing text;
  latest date;
begin
  if not exists (
    select from organisation o
    where o.organisation = new.organisation and o.kind not in ('company', 'association') and upper_inf(o.known)) then
    perform registry.refuse('only_public_authorities_adhere', format('%s is not a public authority', new.organisation));
  end if;
  if new.state in ('approved', 'refused') and not exists (
    select from decision_result r
    where r.id = new.decision and r.committee_kind = 'steering' and r.subject = 'admission'
      and r.subject_id = new.organisation and r.adopted = (new.state = 'approved')) then
    perform registry.refuse('admission_is_decided_by_the_steering_committee',
      format('no steering decision says %s of %s', new.state, new.organisation));
  end if;
  if new.state in ('approved', 'refused') and not exists (
    select from decision_result o
    join decision_result d on d.id = new.decision and o.held_on <= d.held_on
    where o.committee_kind = 'technical' and o.nature = 'opinion' and o.subject = 'admission'
      and o.subject_id = new.organisation) then
    perform registry.refuse('opinion_comes_before_the_decision',
      format('the technical committee gave no opinion on %s', new.organisation));
  end if;
  if new.state <> 'adherent' then
    return null;
  end if;
  select string_agg(wanted, ', ') into missing
  from unnest(array['deliberation', 'form', 'email_return', 'postal_return']) as w (wanted)
  where not exists (
    select from piece p
    where p.organisation = new.organisation and p.application = new.application and p.kind = wanted
      and upper_inf(p.known));
  if missing is not null then
    perform registry.refuse('adherent_has_all_pieces', format('%s: missing %s', new.organisation, missing));
  end if;
  select max(received_on) into latest
  from piece p
  where p.organisation = new.organisation and p.application = new.application
    and p.kind <> 'withdrawal_letter' and upper_inf(p.known);
  if lower(new.valid) < latest then
    perform registry.refuse('adhesion_starts_when_all_is_received',
      format('%s: the last piece came on %s', new.organisation, latest));
  end if;
  if not exists (
    select from instrument_acceptance a where a.organisation = new.organisation and upper_inf(a.known)) then
    perform registry.refuse('adherent_accepted_the_charter', format('%s accepted no instrument', new.organisation));
  end if;
  if not new.listed and not exists (
    select from membership m
    join decision_result r on r.id = m.decision and r.adopted
    where m.organisation = new.organisation and m.application = new.application and m.state = 'approved') then
    perform registry.refuse('admission_is_decided_by_the_steering_committee',
      format('%s was not approved', new.organisation));
  end if;
  return null;
end
$$;

CREATE FUNCTION registry.check_sub_distribution() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'registry', 'pg_temp'
    AS $$
begin
  if not exists (
    select from territorial_membership t
    where t.ept = new.ept and t.commune = new.commune and upper_inf(t.known) and t.valid && new.valid
      and (lower_inf(new.valid) or t.valid @> lower(new.valid))) then
    perform registry.refuse('an_ept_serves_its_own_communes',
      format('%s is not a member commune of %s that day', new.commune, new.ept));
  end if;
  return null;
end
$$;

CREATE FUNCTION registry.check_terms() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'registry', 'pg_temp'
    AS $$
begin
  if not registry.owns_on(new.set_by, new.dataset, lower(new.valid)) then
    perform registry.refuse('only_the_owner_sets_terms', format('%s does not own %s', new.set_by, new.dataset));
  end if;
  return null;
end
$$;

CREATE FUNCTION registry.check_vote() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'registry', 'pg_temp'
    AS $$
begin
  if not exists (
    select from decision d
    join attendance a on a.meeting = d.meeting and upper_inf(a.known)
    where d.id = new.decision and a.organisation = new.organisation) then
    perform registry.refuse('only_those_present_vote', format('%s was not present', new.organisation));
  end if;
  return null;
end
$$;

CREATE FUNCTION registry.epoch_unmoved() RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  this text := pg_current_xact_id()::text;
begin
  if current_setting('idg.epoch_moved_by', true) = this then
    return false;
  end if;
  perform set_config('idg.epoch_moved_by', this, true);
  return true;
end
$$;

CREATE PROCEDURE registry.keep_history(IN relation regclass)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

COMMENT ON PROCEDURE registry.keep_history(IN relation regclass) IS 'Makes a table remember: acts, known spans, no rewriting, epoch; open to the acts of desks.';

CREATE PROCEDURE registry.keep_identity(IN relation regclass)
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  execute format(
    'create trigger keep before update or delete on %s for each row execute function registry.refuse_rewriting()',
    relation);
  execute format(
    'create trigger keep_all before truncate on %s for each statement execute function registry.refuse_rewriting()',
    relation);
end
$$;

CREATE FUNCTION registry.owns_on(body text, wanted text, day date) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select exists (
    select from registry.ownership o
    where o.dataset = wanted and o.organisation = body and upper_inf(o.known)
      and (day is null or o.valid @> day))
$$;

CREATE FUNCTION registry.refuse(constraint_name text, message text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  raise exception '%', message using errcode = 'check_violation', constraint = constraint_name, schema = 'registry';
end
$$;

CREATE FUNCTION registry.refuse_rewriting() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  raise exception 'history is not rewritten: % on %.% refused', lower(tg_op), tg_table_schema, tg_table_name
    using errcode = 'restrict_violation', constraint = 'history_is_not_rewritten',
          table = tg_table_name, schema = tg_table_schema;
end
$$;

CREATE FUNCTION registry.remember() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION registry.stamp_act() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

CREATE FUNCTION sensors.body() RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select current_setting('idg.rows', true)::jsonb ->> 'body' where left(current_setting('idg.rows', true), 1) = '{'
$$;

CREATE FUNCTION sensors.count_again() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  update sensors.datastream_state s set
    observations = s.observations - case when tg_op = 'DELETE' then t.gone else 0 end,
    first_time = (select o.phenomenon_time from sensors.observation o
      where o.datastream = s.datastream order by o.phenomenon_time, o.id limit 1),
    last_time = (select coalesce(o.phenomenon_end, o.phenomenon_time) from sensors.observation o
      where o.datastream = s.datastream order by o.phenomenon_time desc, o.id desc limit 1)
  from (select datastream, count(*) as gone from removed group by datastream order by datastream) t
  where s.datastream = t.datastream;
  return null;
end
$$;

CREATE FUNCTION sensors.count_in() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  insert into sensors.datastream_state as s
    (datastream, observations, first_time, last_time, first_result_time, last_result_time)
  select datastream, count(*), min(phenomenon_time), max(coalesce(phenomenon_end, phenomenon_time)),
    min(result_time), max(result_time)
  from added group by datastream order by datastream
  on conflict (datastream) do update set
    observations = s.observations + excluded.observations,
    first_time = least(s.first_time, excluded.first_time),
    last_time = greatest(s.last_time, excluded.last_time),
    first_result_time = least(s.first_result_time, excluded.first_result_time),
    last_result_time = greatest(s.last_result_time, excluded.last_result_time);
  insert into sensors.datastream_feature (datastream, feature)
  select distinct datastream, feature from added where feature is not null
  order by 1, 2
  on conflict do nothing;
  return null;
end
$$;

CREATE FUNCTION sensors.floors() RETURNS jsonb
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select nullif(current_setting('idg.rows', true)::jsonb -> 'floors', '{}')
  where left(current_setting('idg.rows', true), 1) = '{'
$$;

CREATE FUNCTION sensors.granted(wanted text) RETURNS text[]
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select array(select jsonb_array_elements_text(current_setting('idg.rows', true)::jsonb -> wanted))
  where left(current_setting('idg.rows', true), 1) = '{'
$$;

CREATE FUNCTION sensors.horizon(dataset text) RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select case when sensors.floors() ? dataset
    then now() - make_interval(secs => (sensors.floors() ->> dataset)::double precision)
    else 'infinity' end
$$;

CREATE FUNCTION sensors.instant(at timestamp with time zone) RETURNS text
    LANGUAGE sql STABLE
    AS $$ select (pg_catalog.to_json(at at time zone 'UTC') #>> '{}') || 'Z' $$;

CREATE FUNCTION sensors.make_room(months date[]) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  month date;
  name text;
  made integer := 0;
begin
  for month in
    select distinct date_trunc('month', m)::date from unnest(months) m
    where m >= date '2000-01-01' and m < (now() + interval '2 months')::date order by 1
  loop
    name := 'observation_' || to_char(month, 'YYYY_MM');
    if to_regclass('sensors.' || name) is null then
      perform pg_advisory_xact_lock(hashtext('sensors.make_room'));
      if to_regclass('sensors.' || name) is null
        and not exists (select from sensors.observation_other
                        where phenomenon_time >= month::timestamp at time zone 'UTC'
                          and phenomenon_time < (month + interval '1 month')::timestamp at time zone 'UTC') then
        execute format('create table sensors.%I partition of sensors.observation for values from (%L) to (%L)',
          name, month::timestamp at time zone 'UTC', (month + interval '1 month')::timestamp at time zone 'UTC');
        made := made + 1;
      end if;
    end if;
  end loop;
  return made;
end
$$;

CREATE FUNCTION sensors.own(kind text, asked bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select case kind
    when 'thing' then exists (select from sensors.thing x where x.id = asked and x.depositor = sensors.body())
    when 'location' then exists (select from sensors.location x where x.id = asked and x.depositor = sensors.body())
    when 'sensor' then exists (select from sensors.sensor x where x.id = asked and x.depositor = sensors.body())
    when 'property' then exists (
      select from sensors.observed_property x where x.id = asked and x.depositor = sensors.body())
    when 'feature' then exists (
      select from sensors.feature_of_interest x where x.id = asked and x.depositor = sensors.body())
    when 'history' then exists (
      select from sensors.historical_location h join sensors.thing x on x.id = h.thing
      where h.id = asked and x.depositor = sensors.body())
    else false end
$$;

CREATE FUNCTION sensors.period(since timestamp with time zone, until timestamp with time zone) RETURNS text
    LANGUAGE sql STABLE
    AS $$ select sensors.instant(since) || coalesce('/' || sensors.instant(until), '') $$;

CREATE FUNCTION served.accenti(value text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN public.unaccent('public.unaccent'::regdictionary, value);

COMMENT ON FUNCTION served.accenti(value text) IS 'ACCENTI of CQL2: the text without difference of accents.';

CREATE FUNCTION served.casei(value text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN lower((value COLLATE "und-x-icu"));

COMMENT ON FUNCTION served.casei(value text) IS 'CASEI of CQL2: the text without difference of case.';

CREATE FUNCTION served.enclose(enclosed regclass, test text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if (select not relrowsecurity from pg_class where oid = enclosed) then
    execute format('alter table %s enable row level security', enclosed);
  end if;
  if not exists (
    select from pg_description d
    join pg_policy y on y.oid = d.objoid and d.classoid = 'pg_policy'::regclass
    where y.polrelid = enclosed and y.polname = 'idg_rows' and d.description = test
  ) then
    execute format('drop policy if exists idg_rows on %s', enclosed);
    execute format('create policy idg_rows on %s to public using (%s) with check (%s)', enclosed, test, test);
    execute format('comment on policy idg_rows on %s is %L', enclosed, test);
  end if;
end
$$;

CREATE FUNCTION served.ensure_profile(wanted_collection text, wanted_columns text[]) RETURNS text
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$ select served.make_profile(wanted_collection, wanted_columns, 'v') $$;

COMMENT ON FUNCTION served.ensure_profile(wanted_collection text, wanted_columns text[]) IS 'Makes, once, the role and view of a view profile; refuses a table or column that is not published.';

CREATE FUNCTION served.ensure_vintage(wanted_collection text, wanted_columns text[]) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  source served.published;
  kept regclass;
  profile text := served.profile_name(wanted_collection, wanted_columns, 'p', null);
  column_list text;
begin
  select * into source from served.published where collection = wanted_collection;
  select relation into kept from versions.layer where collection = wanted_collection;
  if source.collection is null or kept is null then
    raise exception 'collection has no versions' using errcode = 'no_data_found';
  end if;
  if cardinality(wanted_columns) = 0 or not wanted_columns <@ source.columns
     or not source.id_column = any (wanted_columns)
     or wanted_columns && array['idg_feature', 'idg_native', 'idg_cut'] then
    raise exception 'columns are not published' using errcode = 'insufficient_privilege';
  end if;
  perform pg_advisory_xact_lock(hashtext('idg profiles'));
  select string_agg(quote_ident(c), ', ' order by n) into column_list
  from unnest(wanted_columns || array['idg_from', 'idg_to']) with ordinality as t (c, n);
  if not exists (select from pg_roles where rolname = profile) then
    execute format('create role %I nologin noinherit nobypassrls', profile);
  end if;
  execute format('grant %I to idg_app', profile);
  execute format('grant usage on schema served, vintages to %I', profile);
  execute format('revoke all on %s from %I', kept, profile);
  execute format('grant select (%s) on %s to %I', column_list, kept, profile);
  if not exists (
    select from pg_depend d
    join pg_rewrite r on r.oid = d.objid and d.classid = 'pg_rewrite'::regclass
    where r.ev_class = to_regclass(format('served.%I', profile)) and d.refobjid = kept
  ) then
    execute format('drop view if exists served.%I', profile);
    execute format('create view served.%I with (security_invoker = true) as select %s from %s',
      profile, column_list, kept);
  end if;
  execute format('grant select on served.%I to %I', profile, profile);
  return profile;
end
$$;

COMMENT ON FUNCTION served.ensure_vintage(wanted_collection text, wanted_columns text[]) IS 'Makes, once, the role and view of a profile on the rows of versions; refuses a column that is not published.';

CREATE FUNCTION served.ensure_writer(wanted_collection text, wanted_columns text[]) RETURNS text
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$ select served.make_profile(wanted_collection, wanted_columns, 'w') $$;

COMMENT ON FUNCTION served.ensure_writer(wanted_collection text, wanted_columns text[]) IS 'The same for an owner who edits: the columns named may also be inserted and updated, rows deleted.';

CREATE FUNCTION served.follow() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_catalog', 'pg_temp'
    AS $_$
declare
  drawn regclass := (
    select t.oid::regclass
    from served.copy c
    join pg_catalog.pg_class t on t.oid = c.tiles
    where c.relation = pg_catalog.to_regclass(tg_argv[0])
  );
  shapes text;
  changed box2d[] := '{}';
begin
  if pg_catalog.current_setting('idg.prepare', true) = 'later' then
    return null;
  end if;
  -- A copy that did not follow such an import is nobody's but of answers under way: what comes does not fit in it.
  if exists (
    select from served.copy c where c.relation = pg_catalog.to_regclass(tg_argv[0]) and c.definition = 'stale'
  ) then
    return null;
  end if;
  -- Of rows that are no more, nothing stays in any tile. A thousand shapes are placed one by one; beyond, or when
  -- coordinates are none of Web Mercator's, all tiles go.
  if drawn is not null then
    select string_agg(format('select %I as shape from %s', a.attname, read), ' union all ')
    into shapes
    from pg_attribute a
    join (values ('fresh', array['INSERT', 'UPDATE']), ('gone', array['UPDATE', 'DELETE'])) as t (read, events)
      on tg_op = any (t.events)
    where a.attrelid = to_regclass(tg_argv[0]) and a.attnum > 0 and not a.attisdropped
      and a.atttypid = 'geometry'::regtype;
    if shapes is not null then
      begin
        execute format($sql$
          select case
            when count(*) > 1000 or not bool_and(coalesce(st_xmax(box) < 'inf' and st_ymax(box) < 'inf'
              and st_xmin(box) > '-inf' and st_ymin(box) > '-inf', true)) then '{}'
            else coalesce(array_agg(box), array[null]::box2d[])
          end
          from (
            select box2d(st_transform(st_segmentize(st_envelope(shape),
              greatest(st_xmax(shape) - st_xmin(shape), st_ymax(shape) - st_ymin(shape), 1e-6) / 8), 3857)) as box
            from (%s limit 1001) as written
          ) as placed
        $sql$, shapes) into changed;
      exception
        when internal_error or data_exception then
          changed := '{}';
      end;
    end if;
    perform served.forget_tiles(drawn, to_regclass(tg_argv[0]), changed);
  end if;
  if tg_op = 'TRUNCATE' then
    execute pg_catalog.format('truncate %s', tg_argv[0]);
  end if;
  if tg_op in ('UPDATE', 'DELETE') then
    execute pg_catalog.format('delete from %s as kept using gone where kept.%I = gone.%I', tg_argv[0], tg_argv[1], tg_argv[1]);
  end if;
  if tg_op in ('UPDATE', 'INSERT') then
    execute pg_catalog.format('insert into %s (%s) select %s from fresh', tg_argv[0], tg_argv[2], tg_argv[3]);
  end if;
  return null;
exception
  -- The table is no longer what was published. A copy that no publication reads any more is in nobody's way.
  when undefined_column or undefined_table or datatype_mismatch or undefined_function then
    if exists (select from served.published p where p.prepared = pg_catalog.to_regclass(tg_argv[0])) then
      raise exception using
        errcode = 'object_not_in_prerequisite_state',
        message = pg_catalog.format(
          'La table %s a changé depuis sa publication. Table %1$s changed since it was published.', tg_relid::regclass),
        hint = 'mig-idg collections publish';
    end if;
    return null;
end
$_$;

COMMENT ON FUNCTION served.follow() IS 'Statement trigger of a table that has a copy: writes there what was written here.';

CREATE FUNCTION served.forget_copies() RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  old served.copy;
  one record;
  forgotten integer := 0;
begin
  for old in
    select c.* from served.copy c
    where not exists (select from served.published p where p.prepared = c.relation)
  loop
    begin
      set local lock_timeout = '200ms';
      for one in
        select t.tgname from pg_trigger t
        where t.tgrelid = old.source and t.tgfoid = 'served.follow()'::regprocedure
          and encode(t.tgargs, 'escape') like old.relation::text || '\\000%'
      loop
        execute format('drop trigger %I on %s', one.tgname, old.source);
      end loop;
      for one in
        select distinct v.relname
        from pg_depend d
        join pg_rewrite r on r.oid = d.objid and d.classid = 'pg_rewrite'::regclass
        join pg_class v on v.oid = r.ev_class
        where d.refobjid = old.relation and v.relnamespace = 'served'::regnamespace
      loop
        execute format('drop view served.%I', one.relname);
        execute format('drop owned by %I', one.relname);
        execute format('drop role %I', one.relname);
      end loop;
      if exists (select from pg_class where oid = old.tiles) then
        execute format('drop table if exists %s', old.tiles);
      end if;
      execute format('drop table if exists %s', old.relation);
      delete from served.copy where relation = old.relation;
      forgotten := forgotten + 1;
    exception
      when lock_not_available or dependent_objects_still_exist or insufficient_privilege then
        null;
    end;
  end loop;
  return forgotten;
end
$$;

CREATE FUNCTION served.forget_tiles(drawn regclass, copy regclass, changed public.box2d[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_catalog', 'pg_temp'
    AS $_$
declare
  shown record;
begin
  for shown in
    execute format('select collection, version from %s where zoom = -2 order by collection for update', drawn)
  loop
    if cardinality(changed) > 0 and exists (
      select
      from served.published p
      join registry.data_version v using (collection)
      where p.collection = shown.collection and p.prepared = copy and v.number = shown.version
    ) then
      execute format($sql$
        with box as (
          select st_xmin(one) as xmin, st_ymin(one) as ymin, st_xmax(one) as xmax, st_ymax(one) as ymax
          from unnest($2) as one
          where one is not null
        ),
        level as (
          select zoom, 2 * 20037508.342789244 / 2 ^ zoom as width, 2 ^ zoom as last
          from generate_series(-1, (select max(zoom) from %1$s where collection = $1)) as zoom
        ),
        place as (
          select distinct zoom,
            least(greatest(floor((20037508.342789244 - ymax) / width - 0.55), -1), last)::integer as top,
            least(greatest(floor((20037508.342789244 - ymin) / width + 0.55), -1), last)::integer as bottom,
            least(greatest(floor((20037508.342789244 + xmin) / width - 0.55), -1), last)::integer as west,
            least(greatest(floor((20037508.342789244 + xmax) / width + 0.55), -1), last)::integer as east
          from box, level
        )
        delete from %1$s as tile
        using place
        where tile.collection = $1
          and tile.zoom = place.zoom
          and (place.zoom < 6 or tile.tile_row between top and bottom and tile.tile_column between west and east)
      $sql$, drawn) using shown.collection, changed;
      execute format('update %s set version = version + 1 where collection = $1 and zoom = -2', drawn)
        using shown.collection;
    else
      execute format('delete from %s where collection = $1', drawn) using shown.collection;
    end if;
  end loop;
end
$_$;

CREATE FUNCTION served.make_profile(wanted_collection text, wanted_columns text[], kind text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  source served.published;
  profile text;
  target regclass;
  drawn regclass;
  numbers regclass;
  column_list text;
begin
  select * into source from served.published where collection = wanted_collection;
  if not found then
    raise exception 'collection is not published' using errcode = 'no_data_found';
  end if;
  -- Readers have the copy, editors the table itself.
  target := case kind when 'v' then coalesce(source.prepared, source.relation) else source.relation end;
  profile := served.profile_name(
    wanted_collection, wanted_columns, kind,
    case when target = source.prepared then (select relname::text from pg_class where oid = target) end);
  if cardinality(wanted_columns) = 0 or not wanted_columns <@ source.columns
     or not source.id_column = any (wanted_columns) then
    raise exception 'columns are not published' using errcode = 'insufficient_privilege';
  end if;
  -- The prepared text and its pieces tell every column: they go with all of them, or not at all.
  if wanted_columns && array['idg_feature', 'idg_native', 'idg_cut'] and not wanted_columns @> source.columns then
    raise exception 'the prepared text is for whoever sees all columns' using errcode = 'insufficient_privilege';
  end if;
  -- The shape that tiles draw tells the geometry: it goes with it.
  if 'idg_web' = any (wanted_columns) and not exists (
    select from pg_attribute
    where attrelid = target and attname = any (wanted_columns) and atttypid = 'public.geometry'::regtype
  ) then
    raise exception 'the shape of tiles is for whoever sees the geometry' using errcode = 'insufficient_privilege';
  end if;
  perform pg_advisory_xact_lock(hashtext('idg profiles'));

  select string_agg(quote_ident(c), ', ' order by n) into column_list
  from unnest(wanted_columns) with ordinality as t (c, n);

  if not exists (select from pg_roles where rolname = profile) then
    execute format('create role %I nologin noinherit nobypassrls', profile);
  end if;
  execute format('grant %I to idg_app', profile);
  execute format('grant usage on schema served, data, prepared to %I', profile);
  execute format('revoke all on %s from %I', target, profile);
  execute format('grant select (%s) on %s to %I', column_list, target, profile);
  -- Tiles drawn ahead tell every column of every row: they go with all columns, and their policy wants all rows.
  select t.oid::regclass into drawn
  from served.copy c
  join pg_class t on t.oid = c.tiles
  where c.relation = target;
  if drawn is not null and wanted_columns @> source.columns then
    execute format('grant select on %s to %I', drawn, profile);
  end if;
  if kind = 'w' then
    execute format('grant insert (%1$s), update (%1$s), delete on %2$s to %3$I', column_list, target, profile);
    -- Each row that is written is noted with its author, in the same statement.
    execute format('grant usage on schema edits to %I', profile);
    execute format(
      'grant execute on function edits.note(text, text, text, text, text, text[], boolean) to %I', profile);
    -- Where a default numbers the rows (`serial`), whoever adds one draws a number.
    for numbers in
      select s.oid::regclass
      from pg_attrdef a
      join pg_depend d on d.classid = 'pg_attrdef'::regclass and d.objid = a.oid
      join pg_class s on d.refclassid = 'pg_class'::regclass and s.oid = d.refobjid and s.relkind = 'S'
      where a.adrelid = target
    loop
      execute format('grant usage on sequence %s to %I', numbers, profile);
    end loop;
  end if;
  if not exists (
    select from pg_depend d
    join pg_rewrite r on r.oid = d.objid and d.classid = 'pg_rewrite'::regclass
    where r.ev_class = to_regclass(format('served.%I', profile)) and d.refobjid = target
  ) then
    execute format('drop view if exists served.%I', profile);
    execute format('create view served.%I with (security_invoker = true) as select %s from %s',
      profile, column_list, target);
  end if;
  execute format('grant %s on served.%I to %I',
    case kind when 'v' then 'select' else 'select, insert, update, delete' end, profile, profile);
  return profile;
end
$_$;

CREATE FUNCTION served.outline(codes text[]) RETURNS public.geometry
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
  source served.published;
  shape name;
  outline public.geometry;
begin
  select * into source from served.published where collection = 'communes' and territory is not null;
  if not found then
    return null;
  end if;
  select a.attname into shape
  from pg_attribute a
  join pg_type t on t.oid = a.atttypid
  where a.attrelid = source.relation
    and t.typname = 'geometry'
    and a.attgenerated = ''
    and not a.attisdropped
    and a.attname = any (source.columns)
  order by a.attnum
  limit 1;
  if shape is null then
    return null;
  end if;
  execute format('select public.st_union(%I) from %s where %I = any ($1)', shape, source.relation, source.territory)
  into outline
  using codes;
  return coalesce(outline, public.st_geomfromtext('POLYGON EMPTY', 2154));
end
$_$;

CREATE TEXT SEARCH CONFIGURATION served.french_words (
    PARSER = pg_catalog."default" );

ALTER TEXT SEARCH CONFIGURATION served.french_words
    ADD MAPPING FOR asciiword WITH french_stem;

ALTER TEXT SEARCH CONFIGURATION served.french_words
    ADD MAPPING FOR word WITH public.unaccent, french_stem;

ALTER TEXT SEARCH CONFIGURATION served.french_words
    ADD MAPPING FOR numword WITH simple;

ALTER TEXT SEARCH CONFIGURATION served.french_words
    ADD MAPPING FOR email WITH simple;

ALTER TEXT SEARCH CONFIGURATION served.french_words
    ADD MAPPING FOR url WITH simple;

ALTER TEXT SEARCH CONFIGURATION served.french_words
    ADD MAPPING FOR host WITH simple;

ALTER TEXT SEARCH CONFIGURATION served.french_words
    ADD MAPPING FOR sfloat WITH simple;

ALTER TEXT SEARCH CONFIGURATION served.french_words
    ADD MAPPING FOR version WITH simple;

ALTER TEXT SEARCH CONFIGURATION served.french_words
    ADD MAPPING FOR hword_numpart WITH simple;

ALTER TEXT SEARCH CONFIGURATION served.french_words
    ADD MAPPING FOR hword_part WITH public.unaccent, french_stem;

ALTER TEXT SEARCH CONFIGURATION served.french_words
    ADD MAPPING FOR hword_asciipart WITH french_stem;

ALTER TEXT SEARCH CONFIGURATION served.french_words
    ADD MAPPING FOR numhword WITH simple;

ALTER TEXT SEARCH CONFIGURATION served.french_words
    ADD MAPPING FOR asciihword WITH french_stem;

ALTER TEXT SEARCH CONFIGURATION served.french_words
    ADD MAPPING FOR hword WITH public.unaccent, french_stem;

ALTER TEXT SEARCH CONFIGURATION served.french_words
    ADD MAPPING FOR url_path WITH simple;

ALTER TEXT SEARCH CONFIGURATION served.french_words
    ADD MAPPING FOR file WITH simple;

ALTER TEXT SEARCH CONFIGURATION served.french_words
    ADD MAPPING FOR "float" WITH simple;

ALTER TEXT SEARCH CONFIGURATION served.french_words
    ADD MAPPING FOR "int" WITH simple;

ALTER TEXT SEARCH CONFIGURATION served.french_words
    ADD MAPPING FOR uint WITH simple;

CREATE FUNCTION served.phrase(value text) RETURNS tsquery
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN phraseto_tsquery('served.french_words'::regconfig, value);

COMMENT ON FUNCTION served.phrase(value text) IS 'What q looks for: the words of one term, one after the other.';

CREATE FUNCTION served.profile_name(wanted_collection text, wanted_columns text[], kind text, copy text) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select 'idg_' || kind || '_'
    || substr(md5(wanted_collection || chr(31) || array_to_string(wanted_columns, chr(31))
      || coalesce(chr(30) || copy, '')), 1, 16)
$$;

CREATE FUNCTION served.publish(new_collection text, new_relation regclass, new_columns text[], new_id text, new_territory text, new_prepared regclass DEFAULT NULL::regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  test text := served.row_test(new_territory);
  one regclass;
begin
  insert into served.published as p (collection, relation, columns, id_column, territory, prepared)
  values (new_collection, new_relation, new_columns, new_id, new_territory, new_prepared)
  on conflict (collection) do update
    set relation = excluded.relation, columns = excluded.columns,
        id_column = excluded.id_column, territory = excluded.territory, prepared = excluded.prepared;

  perform served.enclose(new_relation, test);
  if new_prepared is not null then
    perform served.enclose(new_prepared, test);
  end if;
  insert into registry.data_version (collection) values (new_collection) on conflict do nothing;
  for one in
    with recursive whole (part) as (
      select new_relation::oid
      union
      select i.inhrelid from whole join pg_inherits i on i.inhparent = whole.part
    )
    select part::regclass
    from whole
    where not exists (select from pg_trigger where tgrelid = part and tgname = 'idg_touch')
      and (select relkind in ('r', 'p') from pg_class where oid = part)
  loop
    execute format(
      'create trigger idg_touch after insert or update or delete or truncate on %s'
      ' for each statement execute function served.touch(%L)', one, new_collection);
  end loop;
end
$$;

CREATE FUNCTION served.row_test(territory text) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
  select '(select pg_catalog.current_setting(''idg.rows'', true)) = ''*'''
    || case when territory is null then ''
       else format(
         ' or %I = any ((select pg_catalog.string_to_array(pg_catalog.current_setting(''idg.rows'', true), '',''))::text[])',
         territory)
       end
$$;

CREATE FUNCTION served.touch() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  insert into registry.data_version as v (collection, number)
  with recursive whole (part) as (
    select tg_relid
    union
    select i.inhparent from whole join pg_inherits i on i.inhrelid = whole.part
  )
  select p.collection, 1
  from served.published p
  where p.relation in (select part from whole)
  on conflict (collection) do update set number = v.number + 1, changed_at = now();
  return null;
end
$$;

COMMENT ON FUNCTION served.touch() IS 'Statement trigger of every published table: moves its data version.';

CREATE FUNCTION served.words(value text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN to_tsvector('served.french_words'::regconfig, COALESCE(value, ''::text));

COMMENT ON FUNCTION served.words(value text) IS 'What q searches in: French stems without accents.';

CREATE FUNCTION served.words_in(texts text[]) RETURNS tsvector
    LANGUAGE plpgsql IMMUTABLE LEAKPROOF PARALLEL SAFE
    AS $$
begin
  return to_tsvector('served.french_words'::regconfig, left(array_to_string(texts, ' '), 100000));
end
$$;

COMMENT ON FUNCTION served.words_in(texts text[]) IS 'What q searches in: French stems without accents, of several columns.';

CREATE TABLE consolidation.compared (
    contribution bigint NOT NULL,
    other bigint NOT NULL
);

CREATE TABLE consolidation.contribution (
    id bigint NOT NULL,
    recipe text NOT NULL,
    preparation text NOT NULL,
    contributor text NOT NULL,
    source text NOT NULL,
    version text NOT NULL,
    sha256 text NOT NULL,
    columns text[] NOT NULL,
    rows integer NOT NULL,
    examined boolean DEFAULT false NOT NULL,
    staged_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT contribution_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text))
);

ALTER TABLE consolidation.contribution ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME consolidation.contribution_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE consolidation.decision (
    id bigint NOT NULL,
    recipe text NOT NULL,
    identity text NOT NULL,
    resolution text NOT NULL,
    reason text NOT NULL,
    author text NOT NULL,
    decided_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT decision_reason_check CHECK ((btrim(reason) <> ''::text)),
    CONSTRAINT decision_resolution_check CHECK ((resolution = ANY (ARRAY['keep_first'::text, 'keep_second'::text, 'keep_both'::text, 'drop'::text, 'none'::text])))
);

ALTER TABLE consolidation.decision ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME consolidation.decision_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE consolidation.exclusion (
    id bigint NOT NULL,
    recipe text NOT NULL,
    contributor text NOT NULL,
    reason text NOT NULL,
    article text NOT NULL,
    author text NOT NULL,
    from_on date NOT NULL,
    until_on date,
    recorded_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT exclusion_check CHECK ((until_on > from_on)),
    CONSTRAINT exclusion_reason_check CHECK ((btrim(reason) <> ''::text))
);

ALTER TABLE consolidation.exclusion ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME consolidation.exclusion_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE consolidation.feature (
    contribution bigint NOT NULL,
    n integer NOT NULL,
    key text NOT NULL,
    code text,
    natural_key text,
    geometry public.geometry,
    properties jsonb NOT NULL,
    digest bytea NOT NULL
);

CREATE TABLE consolidation.finding (
    contribution bigint NOT NULL,
    other bigint,
    identity text NOT NULL,
    kind text NOT NULL,
    n integer,
    key text,
    other_key text,
    proposal text NOT NULL,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    geometry public.geometry
);

CREATE TABLE consolidation.origin (
    dataset text NOT NULL,
    id text NOT NULL,
    key text NOT NULL,
    digest bytea NOT NULL,
    contributor text NOT NULL,
    source text NOT NULL,
    version text NOT NULL,
    sha256 text NOT NULL,
    recipe text NOT NULL,
    recipe_version integer NOT NULL,
    run bigint NOT NULL
);

CREATE TABLE consolidation.result (
    run bigint NOT NULL,
    key text NOT NULL,
    contribution bigint NOT NULL,
    n integer NOT NULL
);

CREATE TABLE consolidation.run (
    id bigint NOT NULL,
    recipe text NOT NULL,
    recipe_version integer NOT NULL,
    recipe_digest text NOT NULL,
    dataset text NOT NULL,
    contributions jsonb NOT NULL,
    lacking text[] DEFAULT '{}'::text[] NOT NULL,
    gaps text[] DEFAULT '{}'::text[] NOT NULL,
    excluded jsonb DEFAULT '[]'::jsonb NOT NULL,
    rows integer NOT NULL,
    sha256 text NOT NULL,
    counts jsonb NOT NULL,
    blocking text[] DEFAULT '{}'::text[] NOT NULL,
    author text NOT NULL,
    started_at timestamp with time zone NOT NULL,
    finished_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    adopted_at timestamp with time zone,
    adopted_by text,
    written_at timestamp with time zone,
    CONSTRAINT run_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text))
);

ALTER TABLE consolidation.run ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME consolidation.run_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE deposits.deposit (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    dataset text NOT NULL,
    kind text NOT NULL,
    organisation text NOT NULL,
    login text,
    depositor text NOT NULL,
    file text NOT NULL,
    size bigint NOT NULL,
    sha256 text,
    state text NOT NULL,
    certification jsonb,
    checklist jsonb,
    scan jsonb,
    report jsonb,
    difference jsonb,
    lacks jsonb DEFAULT '[]'::jsonb NOT NULL,
    signature jsonb,
    problem jsonb,
    job uuid,
    created timestamp with time zone DEFAULT now() NOT NULL,
    updated timestamp with time zone DEFAULT now() NOT NULL,
    published timestamp with time zone,
    CONSTRAINT a_whole_file_has_its_hash CHECK (((state = ANY (ARRAY['receiving'::text, 'withdrawn'::text])) OR (sha256 IS NOT NULL))),
    CONSTRAINT deposit_kind_check CHECK ((kind = ANY (ARRAY['mutualised'::text, 'coproduced'::text]))),
    CONSTRAINT deposit_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT deposit_size_check CHECK ((size >= 0)),
    CONSTRAINT deposit_state_check CHECK ((state = ANY (ARRAY['receiving'::text, 'draft'::text, 'refused'::text, 'checked'::text, 'signed_off'::text, 'published'::text, 'archived'::text, 'withdrawn'::text]))),
    CONSTRAINT signed_implies_checked_certified_answered CHECK (((state <> ALL (ARRAY['signed_off'::text, 'published'::text, 'archived'::text])) OR ((signature IS NOT NULL) AND (certification IS NOT NULL) AND (checklist IS NOT NULL) AND (report IS NOT NULL) AND ((scan ->> 'verdict'::text) = ANY (ARRAY['clean'::text, 'off'::text, 'unavailable'::text])))))
);

CREATE TABLE deposits.event (
    deposit uuid NOT NULL,
    number integer NOT NULL,
    move text NOT NULL,
    before text,
    after text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    by jsonb NOT NULL
);

CREATE TABLE deposits.move (
    before text NOT NULL,
    after text NOT NULL
);

CREATE TABLE desks.draft (
    id text NOT NULL,
    login text NOT NULL,
    act text NOT NULL,
    fields jsonb NOT NULL,
    saved_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT draft_fields_check CHECK ((octet_length((fields)::text) <= 65536)),
    CONSTRAINT draft_id_check CHECK ((length(id) >= 32))
);

CREATE TABLE desks.feed (
    sha256 bytea NOT NULL,
    login text NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    revoked_at timestamp with time zone,
    CONSTRAINT feed_sha256_check CHECK ((octet_length(sha256) = 32))
);

CREATE TABLE desks.piece (
    id text NOT NULL,
    login text NOT NULL,
    organisation text,
    name text NOT NULL,
    media_type text NOT NULL,
    size integer NOT NULL,
    sha256 bytea NOT NULL,
    content bytea NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT piece_id_check CHECK ((length(id) >= 32)),
    CONSTRAINT piece_media_type_check CHECK ((media_type = ANY (ARRAY['application/pdf'::text, 'image/jpeg'::text, 'image/png'::text]))),
    CONSTRAINT piece_sha256_check CHECK ((octet_length(sha256) = 32)),
    CONSTRAINT piece_size_check CHECK ((size > 0))
);

CREATE TABLE desks.receipt (
    form text NOT NULL,
    act bigint,
    kind text NOT NULL,
    login text NOT NULL,
    organisation text,
    concerned text[] DEFAULT '{}'::text[] NOT NULL,
    words_fr text NOT NULL,
    words_en text NOT NULL,
    article text NOT NULL,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    effects jsonb DEFAULT '[]'::jsonb NOT NULL,
    piece text,
    done_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE edits.edit (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    collection text NOT NULL,
    feature text NOT NULL,
    action text NOT NULL,
    login text,
    organisation text,
    attributes text[] DEFAULT '{}'::text[] NOT NULL,
    moved boolean DEFAULT false NOT NULL,
    CONSTRAINT edit_action_check CHECK ((action = ANY (ARRAY['create'::text, 'update'::text, 'delete'::text])))
);

ALTER TABLE edits.edit ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME edits.edit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE harvest.copy (
    takedown bigint NOT NULL,
    downstream text NOT NULL,
    dataset text NOT NULL,
    told timestamp with time zone DEFAULT now() NOT NULL,
    state text DEFAULT 'told'::text NOT NULL,
    checked timestamp with time zone,
    reply text,
    CONSTRAINT copy_check CHECK (((state = 'told'::text) OR (checked IS NOT NULL))),
    CONSTRAINT copy_state_check CHECK ((state = ANY (ARRAY['told'::text, 'there'::text, 'gone'::text, 'unread'::text])))
);

COMMENT ON COLUMN harvest.copy.state IS 'told: not checked yet; there: its page still answers; gone: it answers no more; unread: it could not be asked.';

CREATE TABLE harvest.downstream (
    name text NOT NULL,
    title text NOT NULL,
    email text,
    page text,
    author text NOT NULL,
    since timestamp with time zone DEFAULT now() NOT NULL,
    ended timestamp with time zone,
    CONSTRAINT downstream_email_check CHECK ((email ~ '^[^@[:cntrl:][:space:]]+@[^@[:cntrl:][:space:]]+$'::text)),
    CONSTRAINT downstream_name_check CHECK ((name ~ '^[a-z0-9][a-z0-9-]{0,62}$'::text)),
    CONSTRAINT downstream_page_check CHECK (((page ~ '^https?://'::text) AND (page ~~ '%{id}%'::text))),
    CONSTRAINT downstream_title_check CHECK ((btrim(title) <> ''::text))
);

COMMENT ON TABLE harvest.downstream IS 'Known harvesters of this catalogue: told of withdrawals, and checked until they are done.';

CREATE TABLE harvest.finding (
    source text NOT NULL,
    run integer NOT NULL,
    number integer NOT NULL,
    level text NOT NULL,
    code text NOT NULL,
    record text,
    words jsonb NOT NULL,
    CONSTRAINT finding_level_check CHECK ((level = ANY (ARRAY['error'::text, 'warning'::text, 'info'::text])))
);

CREATE TABLE harvest.page (
    source text NOT NULL,
    address text NOT NULL,
    etag text,
    last_modified text,
    identifiers text[] NOT NULL,
    follow jsonb NOT NULL
);

CREATE TABLE harvest.pair (
    one text NOT NULL,
    other text NOT NULL,
    verdict text NOT NULL,
    reason text NOT NULL,
    author text NOT NULL,
    decided date NOT NULL,
    CONSTRAINT pair_check CHECK ((one < other)),
    CONSTRAINT pair_reason_check CHECK ((btrim(reason) <> ''::text)),
    CONSTRAINT pair_verdict_check CHECK ((verdict = ANY (ARRAY['same'::text, 'complements'::text, 'keep_both'::text])))
);

CREATE TABLE harvest.record (
    id text NOT NULL,
    source text NOT NULL,
    identifier text NOT NULL,
    document jsonb NOT NULL,
    state text NOT NULL,
    missed integer DEFAULT 0 NOT NULL,
    first_seen timestamp with time zone NOT NULL,
    changed timestamp with time zone NOT NULL,
    archived timestamp with time zone,
    CONSTRAINT record_state_check CHECK ((state = ANY (ARRAY['live'::text, 'archived'::text])))
);

CREATE TABLE harvest.run (
    source text NOT NULL,
    number integer NOT NULL,
    status text NOT NULL,
    full_ boolean NOT NULL,
    since timestamp with time zone,
    started timestamp with time zone NOT NULL,
    heard timestamp with time zone NOT NULL,
    finished timestamp with time zone,
    cursor jsonb,
    counts jsonb DEFAULT '{}'::jsonb NOT NULL,
    problem jsonb,
    CONSTRAINT run_status_check CHECK ((status = ANY (ARRAY['running'::text, 'done'::text, 'unchanged'::text, 'failed'::text])))
);

CREATE TABLE harvest.source (
    source text NOT NULL,
    declaration jsonb NOT NULL,
    audience text NOT NULL,
    last_success timestamp with time zone,
    last_full timestamp with time zone,
    failures integer DEFAULT 0 NOT NULL,
    CONSTRAINT source_audience_check CHECK ((audience = ANY (ARRAY['public'::text, 'partners'::text]))),
    CONSTRAINT source_source_check CHECK ((source ~ '^[a-z0-9][a-z0-9-]*$'::text))
);

CREATE TABLE harvest.staged (
    source text NOT NULL,
    run integer NOT NULL,
    identifier text NOT NULL,
    document jsonb
);

CREATE TABLE harvest.version (
    number bigint NOT NULL
);

CREATE TABLE jobs.job (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    login text,
    principal jsonb NOT NULL,
    request jsonb NOT NULL,
    layers jsonb DEFAULT '[]'::jsonb NOT NULL,
    status text DEFAULT 'accepted'::text NOT NULL,
    progress integer DEFAULT 0 NOT NULL,
    message jsonb,
    problem jsonb,
    outputs jsonb DEFAULT '[]'::jsonb NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    seconds integer NOT NULL,
    created timestamp with time zone DEFAULT now() NOT NULL,
    started timestamp with time zone,
    finished timestamp with time zone,
    updated timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT job_progress_check CHECK (((progress >= 0) AND (progress <= 100))),
    CONSTRAINT job_status_check CHECK ((status = ANY (ARRAY['accepted'::text, 'running'::text, 'successful'::text, 'failed'::text, 'dismissed'::text])))
);

CREATE TABLE jobs.piece (
    job uuid NOT NULL,
    output text NOT NULL,
    number integer NOT NULL,
    bytes bytea NOT NULL
);
ALTER TABLE ONLY jobs.piece ALTER COLUMN bytes SET STORAGE EXTERNAL;

CREATE TABLE journal.cuts (
    last_number bigint NOT NULL,
    head bytea NOT NULL,
    cut_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE journal.reads_by_month (
    month date NOT NULL,
    organisation text,
    dataset text NOT NULL,
    action text NOT NULL,
    outcome text NOT NULL,
    rule text NOT NULL,
    requests bigint NOT NULL
);

CREATE TABLE journal.seals (
    day date NOT NULL,
    last_number bigint NOT NULL,
    head bytea NOT NULL,
    sealed_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE notices.contact (
    login text NOT NULL,
    email text,
    lang text,
    author text NOT NULL,
    since timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT contact_email_check CHECK ((email ~ '^[^@[:cntrl:][:space:]]+@[^@[:cntrl:][:space:]]+$'::text)),
    CONSTRAINT contact_lang_check CHECK ((lang = ANY (ARRAY['fr'::text, 'en'::text])))
);

CREATE TABLE notices.gate (
    one boolean DEFAULT true NOT NULL,
    CONSTRAINT gate_one_check CHECK (one)
);

COMMENT ON TABLE notices.gate IS 'Links are counted and asked for one at a time: a limit holds for callers in a hurry too.';

CREATE TABLE notices.message (
    id bigint NOT NULL,
    key text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    kind text NOT NULL,
    act bigint,
    organisation text,
    login text,
    address text,
    lang text,
    subject_fr text NOT NULL,
    subject_en text NOT NULL,
    words_fr text NOT NULL,
    words_en text NOT NULL,
    link text,
    secret text,
    expires_at timestamp with time zone,
    state text DEFAULT 'queued'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    next_at timestamp with time zone DEFAULT now() NOT NULL,
    sent_at timestamp with time zone,
    message_id text,
    reply text,
    CONSTRAINT message_address_check CHECK ((address ~ '^[^@[:cntrl:][:space:]]+@[^@[:cntrl:][:space:]]+$'::text)),
    CONSTRAINT message_check CHECK (((address IS NOT NULL) OR (state = 'kept'::text))),
    CONSTRAINT message_check1 CHECK (((state = 'sent'::text) = (sent_at IS NOT NULL))),
    CONSTRAINT message_key_check CHECK ((btrim(key) <> ''::text)),
    CONSTRAINT message_kind_check CHECK ((btrim(kind) <> ''::text)),
    CONSTRAINT message_lang_check CHECK ((lang = ANY (ARRAY['fr'::text, 'en'::text]))),
    CONSTRAINT message_link_check CHECK ((link ~~ '/%'::text)),
    CONSTRAINT message_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'sending'::text, 'sent'::text, 'refused'::text, 'failed'::text, 'expired'::text, 'kept'::text])))
);

COMMENT ON COLUMN notices.message.state IS 'queued: will be sent; refused: the mail server, or a bounce, said no for good; failed: given up after retries; expired: too late to be of use; kept: nobody to write to, shown on the desk.';

ALTER TABLE notices.message ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME notices.message_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE notices.sign_in (
    id bigint NOT NULL,
    login text,
    sha256 bytea,
    browser bytea NOT NULL,
    address bytea NOT NULL,
    caller bytea NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT sign_in_browser_check CHECK ((octet_length(browser) = 32)),
    CONSTRAINT sign_in_check CHECK ((expires_at <= (asked_at + '00:10:00'::interval))),
    CONSTRAINT sign_in_sha256_check CHECK ((octet_length(sha256) = 32))
);

ALTER TABLE notices.sign_in ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME notices.sign_in_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE open_data.scan (
    dataset text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    source text NOT NULL,
    version bigint NOT NULL,
    rows bigint NOT NULL,
    findings jsonb NOT NULL,
    CONSTRAINT scan_findings_check CHECK ((jsonb_typeof(findings) = 'array'::text)),
    CONSTRAINT scan_rows_check CHECK ((rows >= 0))
);

CREATE TABLE open_data.validation (
    dataset text NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    source text NOT NULL,
    version bigint NOT NULL,
    standard text NOT NULL,
    standard_version text,
    valid boolean NOT NULL,
    errors bigint NOT NULL,
    warnings bigint NOT NULL,
    CONSTRAINT validation_errors_check CHECK ((errors >= 0)),
    CONSTRAINT validation_warnings_check CHECK ((warnings >= 0))
);

CREATE TABLE procrastinate.procrastinate_events (
    id bigint NOT NULL,
    job_id bigint NOT NULL,
    type procrastinate.procrastinate_job_event_type,
    at timestamp with time zone DEFAULT now()
);

CREATE SEQUENCE procrastinate.procrastinate_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE procrastinate.procrastinate_events_id_seq OWNED BY procrastinate.procrastinate_events.id;

CREATE SEQUENCE procrastinate.procrastinate_jobs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE procrastinate.procrastinate_jobs_id_seq OWNED BY procrastinate.procrastinate_jobs.id;

CREATE TABLE procrastinate.procrastinate_periodic_defers (
    id bigint NOT NULL,
    task_name character varying(128) NOT NULL,
    defer_timestamp bigint,
    job_id bigint,
    periodic_id character varying(128) DEFAULT ''::character varying NOT NULL
);

CREATE SEQUENCE procrastinate.procrastinate_periodic_defers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE procrastinate.procrastinate_periodic_defers_id_seq OWNED BY procrastinate.procrastinate_periodic_defers.id;

CREATE TABLE procrastinate.procrastinate_workers (
    id bigint NOT NULL,
    last_heartbeat timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE procrastinate.procrastinate_workers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME procrastinate.procrastinate_workers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE proposals.event (
    proposal bigint NOT NULL,
    number integer NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    before text,
    after text NOT NULL,
    by text NOT NULL,
    words text,
    change jsonb
);

CREATE TABLE proposals.proposal (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    dataset text NOT NULL,
    action text NOT NULL,
    feature text,
    "values" jsonb DEFAULT '{}'::jsonb NOT NULL,
    shaped boolean DEFAULT false NOT NULL,
    shape public.geometry,
    base jsonb,
    before jsonb,
    place public.geometry,
    words text,
    login text NOT NULL,
    organisation text NOT NULL,
    amended boolean DEFAULT false NOT NULL,
    state text DEFAULT 'proposed'::text NOT NULL,
    decided_at timestamp with time zone,
    decided_by text,
    reason text,
    applied_at timestamp with time zone,
    CONSTRAINT proposal_action_check CHECK ((action = ANY (ARRAY['create'::text, 'update'::text, 'delete'::text]))),
    CONSTRAINT proposal_check CHECK (((action = 'create'::text) = (feature IS NULL))),
    CONSTRAINT proposal_check1 CHECK (((action <> 'delete'::text) OR (("values" = '{}'::jsonb) AND (NOT shaped)))),
    CONSTRAINT proposal_feature_check CHECK ((length(feature) <= 400)),
    CONSTRAINT proposal_reason_check CHECK ((length(reason) <= 2000)),
    CONSTRAINT proposal_state_check CHECK ((state = ANY (ARRAY['proposed'::text, 'taken'::text, 'declined'::text, 'withdrawn'::text, 'applied'::text, 'overtaken'::text]))),
    CONSTRAINT proposal_values_check CHECK ((octet_length(("values")::text) <= 1048576)),
    CONSTRAINT proposal_words_check CHECK ((length(words) <= 2000))
);

ALTER TABLE proposals.proposal ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME proposals.proposal_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE raster.file (
    vintage bigint NOT NULL,
    name text NOT NULL,
    path text NOT NULL,
    source text NOT NULL,
    source_sha256 text NOT NULL,
    sha256 text NOT NULL,
    size bigint NOT NULL,
    width integer,
    height integer,
    west double precision NOT NULL,
    south double precision NOT NULL,
    east double precision NOT NULL,
    north double precision NOT NULL,
    pixel double precision,
    footprint public.geometry(Polygon,4326) NOT NULL,
    properties jsonb DEFAULT '{}'::jsonb NOT NULL,
    imported_at timestamp with time zone DEFAULT now() NOT NULL,
    suffix text DEFAULT '.tif'::text NOT NULL,
    points bigint,
    CONSTRAINT file_check CHECK ((east > west)),
    CONSTRAINT file_check1 CHECK ((north > south)),
    CONSTRAINT file_height_check CHECK ((height > 0)),
    CONSTRAINT file_name_check CHECK ((name ~ '^[0-9A-Za-z][0-9A-Za-z_.-]{0,126}$'::text)),
    CONSTRAINT file_path_check CHECK ((path !~ '(^/|(^|/)\.\.(/|$)|:|\\)'::text)),
    CONSTRAINT file_pixel_check CHECK ((pixel > (0)::double precision)),
    CONSTRAINT file_points_check CHECK ((points > 0)),
    CONSTRAINT file_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT file_size_check CHECK ((size > 0)),
    CONSTRAINT file_source_sha256_check CHECK ((source_sha256 ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT file_suffix_check CHECK ((suffix = ANY (ARRAY['.tif'::text, '.copc.laz'::text, '.laz'::text, '.las'::text]))),
    CONSTRAINT file_width_check CHECK ((width > 0)),
    CONSTRAINT pixels_or_points CHECK (
CASE
    WHEN (suffix = '.tif'::text) THEN ((num_nulls(width, height, pixel) = 0) AND (points IS NULL))
    ELSE ((num_nonnulls(width, height, pixel) = 0) AND (points IS NOT NULL))
END)
);

COMMENT ON TABLE raster.file IS 'One file of a vintage: a STAC item. A COG, or a tile of points.';

COMMENT ON COLUMN raster.file.points IS 'How many points the tile holds; null for a picture.';

CREATE TABLE raster.vintage (
    id bigint NOT NULL,
    collection text NOT NULL,
    name text NOT NULL,
    during daterange NOT NULL,
    srid integer NOT NULL,
    overview text,
    overview_pixel double precision,
    opened_at timestamp with time zone DEFAULT now() NOT NULL,
    published_at timestamp with time zone,
    replaced_at timestamp with time zone,
    author text NOT NULL,
    report jsonb DEFAULT '{}'::jsonb NOT NULL,
    pruned_at timestamp with time zone,
    pruned_by text,
    CONSTRAINT never_pruned_in_force CHECK (((pruned_at IS NULL) OR (published_at IS NULL) OR COALESCE((pruned_at >= replaced_at), false))),
    CONSTRAINT pruned_by_somebody CHECK (((pruned_at IS NULL) = (pruned_by IS NULL))),
    CONSTRAINT vintage_check CHECK ((replaced_at >= published_at)),
    CONSTRAINT vintage_during_check CHECK (((NOT isempty(during)) AND (NOT lower_inf(during)) AND (NOT upper_inf(during)))),
    CONSTRAINT vintage_name_check CHECK ((name ~ '^[0-9A-Za-z][0-9A-Za-z_.-]{0,62}$'::text)),
    CONSTRAINT vintage_srid_check CHECK ((srid > 0))
);

COMMENT ON TABLE raster.vintage IS 'A vintage is prepared aside, published whole, and replaced whole by the next one of its name.';

COMMENT ON COLUMN raster.vintage.pruned_at IS 'When its files were removed; their rows tell what they were.';

ALTER TABLE raster.vintage ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME raster.vintage_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.account (
    login text NOT NULL,
    name text NOT NULL,
    kind text DEFAULT 'person'::text NOT NULL,
    organisation text,
    roles text[] DEFAULT '{}'::text[] NOT NULL,
    oidc_issuer text,
    oidc_subject text,
    note text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    closed_at timestamp with time zone,
    author text NOT NULL,
    CONSTRAINT account_kind_check CHECK ((kind = ANY (ARRAY['person'::text, 'service'::text]))),
    CONSTRAINT account_login_check CHECK ((login ~ '^[a-z0-9][a-z0-9._@-]{1,63}$'::text)),
    CONSTRAINT account_roles_check CHECK ((roles <@ ARRAY['pilot_staff'::text, 'technical_committee'::text, 'administrator'::text]))
);

CREATE TABLE registry.act (
    id bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    verb text NOT NULL,
    article text NOT NULL,
    effective date NOT NULL,
    author text NOT NULL,
    evidence_kind text NOT NULL,
    evidence_reference text NOT NULL,
    evidence_date date NOT NULL,
    summary text NOT NULL,
    CONSTRAINT act_article_check CHECK ((btrim(article) <> ''::text)),
    CONSTRAINT act_author_check CHECK ((btrim(author) <> ''::text)),
    CONSTRAINT act_evidence_kind_check CHECK ((btrim(evidence_kind) <> ''::text)),
    CONSTRAINT act_evidence_reference_check CHECK ((btrim(evidence_reference) <> ''::text)),
    CONSTRAINT act_verb_check CHECK ((btrim(verb) <> ''::text))
);

COMMENT ON TABLE registry.act IS 'One act of the charter: who recorded what, under which article, on which evidence.';

COMMENT ON COLUMN registry.act.recorded_at IS 'When we knew: given by the database, each act later than the one before; a replay may name instants, in order.';

ALTER TABLE registry.act ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.act_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.agenda_item (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    committee text NOT NULL,
    opened_on date NOT NULL,
    subject text NOT NULL,
    subject_id text NOT NULL,
    words text NOT NULL,
    decision bigint
);

ALTER TABLE registry.agenda_item ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.agenda_item_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE SEQUENCE registry.case_number
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE registry.agreement (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    number bigint DEFAULT nextval('registry.case_number'::regclass) NOT NULL,
    dataset text NOT NULL,
    kind text DEFAULT 'mutualised'::text NOT NULL,
    requester text NOT NULL,
    purpose text NOT NULL,
    state text NOT NULL,
    answered_by text,
    reasons text,
    actions text[],
    CONSTRAINT agreement_kind_check CHECK ((kind = 'mutualised'::text)),
    CONSTRAINT agreement_lists_known_actions CHECK (((cardinality(actions) > 0) AND (actions <@ ARRAY['discover'::text, 'view'::text, 'query'::text, 'download'::text, 'subscribe'::text, 'contribute'::text, 'configure'::text, 'publish_open'::text, 'redistribute'::text, 'grant'::text, 'validate'::text, 'audit'::text, 'takedown'::text, 'execute'::text]))),
    CONSTRAINT agreement_purpose_check CHECK ((btrim(purpose) <> ''::text)),
    CONSTRAINT agreement_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'granted'::text, 'refused'::text]))),
    CONSTRAINT answer_has_an_author CHECK (((state = 'asked'::text) OR (answered_by IS NOT NULL))),
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid))),
    CONSTRAINT refusal_has_reasons CHECK (((state <> 'refused'::text) OR (COALESCE(btrim(reasons), ''::text) <> ''::text)))
);

COMMENT ON TABLE registry.agreement IS 'A request for the owner''s agreement, and its answer (terms on_agreement).';

ALTER TABLE registry.agreement ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.agreement_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.annex_line (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    line bigint DEFAULT nextval('registry.case_number'::regclass) NOT NULL,
    convention text NOT NULL,
    annex text NOT NULL,
    asset text,
    dataset text,
    host text NOT NULL,
    depositor text NOT NULL,
    support text,
    network text,
    host_contact jsonb,
    depositor_contact jsonb,
    access text,
    licence text,
    extent text,
    format text,
    provision text,
    routes text[] DEFAULT '{}'::text[] NOT NULL,
    remark text,
    network_data_agreed boolean DEFAULT false NOT NULL,
    requests_per_day integer,
    latency_floor interval,
    CONSTRAINT a_line_names_what_it_is_about CHECK ((((annex = 'dataset'::text) = (dataset IS NOT NULL)) AND ((annex = 'dataset'::text) = (asset IS NULL)))),
    CONSTRAINT annex_line_access_check CHECK ((access = ANY (ARRAY['open'::text, 'restricted'::text]))),
    CONSTRAINT annex_line_annex_check CHECK ((annex = ANY (ARRAY['equipment'::text, 'support'::text, 'network'::text, 'dataset'::text]))),
    CONSTRAINT annex_line_latency_floor_check CHECK ((latency_floor >= '00:00:00'::interval)),
    CONSTRAINT annex_line_provision_check CHECK ((provision = ANY (ARRAY['api'::text, 'cold'::text]))),
    CONSTRAINT annex_line_requests_per_day_check CHECK ((requests_per_day > 0)),
    CONSTRAINT annex_line_routes_check CHECK ((routes <@ ARRAY['lorawan_feed'::text, 'iot_platform'::text, 'data_platform'::text, 'api'::text])),
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid)))
);

COMMENT ON COLUMN registry.annex_line.network_data_agreed IS 'The depositor agrees that the network''s host exploits what crosses its network (art. 8).';

ALTER TABLE registry.annex_line ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.annex_line_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.asset (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    asset text NOT NULL,
    class text NOT NULL,
    type text NOT NULL,
    description text,
    address text,
    owner text NOT NULL,
    maintenance text,
    energy text,
    peripherals text[] DEFAULT '{}'::text[] NOT NULL,
    geometry public.geometry(Geometry,2154),
    CONSTRAINT asset_asset_check CHECK ((asset ~ '^[a-z0-9][a-z0-9._-]*$'::text)),
    CONSTRAINT asset_class_check CHECK ((class = ANY (ARRAY['support'::text, 'equipment'::text, 'network'::text, 'platform'::text]))),
    CONSTRAINT asset_type_check CHECK ((btrim(type) <> ''::text)),
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid))),
    CONSTRAINT type_of_its_class CHECK ((((class = 'support'::text) AND (type = ANY (ARRAY['land'::text, 'building'::text, 'street_furniture'::text, 'vehicle'::text]))) OR ((class = 'network'::text) AND (type = ANY (ARRAY['wired'::text, 'cellular'::text, 'lorawan'::text, 'other'::text]))) OR (class = ANY (ARRAY['equipment'::text, 'platform'::text]))))
);

ALTER TABLE registry.asset ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.asset_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.attendance (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    meeting bigint NOT NULL,
    organisation text NOT NULL,
    person text
);

ALTER TABLE registry.attendance ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.attendance_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.body (
    id text NOT NULL,
    CONSTRAINT body_id_check CHECK (((id <> ''::text) AND (id = btrim(id))))
);

COMMENT ON TABLE registry.body IS 'Identity of an organisation: INSEE code for a commune, a short name otherwise.';

CREATE TABLE registry.body_figures (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    organisation text NOT NULL,
    inhabitants integer,
    agents integer,
    siret text,
    CONSTRAINT body_figures_agents_check CHECK ((agents >= 0)),
    CONSTRAINT body_figures_inhabitants_check CHECK ((inhabitants >= 0)),
    CONSTRAINT body_figures_siret_check CHECK ((siret ~ '^\d{14}$'::text)),
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid))),
    CONSTRAINT figures_say_something CHECK ((num_nonnulls(inhabitants, agents, siret) > 0))
);

ALTER TABLE registry.body_figures ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.body_figures_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.co_owner (
    id bigint NOT NULL,
    act bigint NOT NULL,
    dataset text NOT NULL,
    kind text DEFAULT 'coproduced'::text NOT NULL,
    version text NOT NULL,
    organisation text NOT NULL,
    decision bigint NOT NULL,
    since date NOT NULL,
    CONSTRAINT co_owner_kind_check CHECK ((kind = 'coproduced'::text))
);

ALTER TABLE registry.co_owner ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.co_owner_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.committee (
    id text NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    CONSTRAINT committee_id_check CHECK ((btrim(id) <> ''::text)),
    CONSTRAINT committee_kind_check CHECK ((kind = ANY (ARRAY['steering'::text, 'technical'::text, 'working_group'::text, 'regional'::text])))
);

CREATE TABLE registry.competence (
    committee text NOT NULL,
    subject text NOT NULL,
    nature text NOT NULL,
    article text NOT NULL,
    CONSTRAINT competence_nature_check CHECK ((nature = ANY (ARRAY['opinion'::text, 'decision'::text])))
);

CREATE TABLE registry.coproduction (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    dataset text NOT NULL,
    kind text DEFAULT 'coproduced'::text NOT NULL,
    working_group text NOT NULL,
    CONSTRAINT coproduction_kind_check CHECK ((kind = 'coproduced'::text)),
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid)))
);

ALTER TABLE registry.coproduction ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.coproduction_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.data_version (
    collection text NOT NULL,
    number bigint DEFAULT 0 NOT NULL,
    changed_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE registry.dataset (
    id text NOT NULL,
    kind text NOT NULL,
    CONSTRAINT dataset_id_check CHECK (((id <> ''::text) AND (id = btrim(id)))),
    CONSTRAINT dataset_kind_check CHECK ((kind = ANY (ARRAY['mutualised'::text, 'coproduced'::text])))
);

CREATE TABLE registry.dataset_attributes (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    dataset text NOT NULL,
    attributes text[] NOT NULL,
    CONSTRAINT dataset_attributes_attributes_check CHECK ((array_position(attributes, NULL::text) IS NULL)),
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid)))
);

ALTER TABLE registry.dataset_attributes ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.dataset_attributes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.dataset_exception (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    number bigint DEFAULT nextval('registry.case_number'::regclass) NOT NULL,
    dataset text NOT NULL,
    ground text NOT NULL,
    legal_text text NOT NULL,
    attributes text[],
    feature_filter text,
    area text,
    author text NOT NULL,
    review_on date NOT NULL,
    state text NOT NULL,
    objection_proved boolean DEFAULT false NOT NULL,
    law_allows boolean DEFAULT false NOT NULL,
    beneficiaries text[],
    licence_reference text,
    CONSTRAINT dataset_exception_attributes_check CHECK ((cardinality(attributes) > 0)),
    CONSTRAINT dataset_exception_author_check CHECK ((btrim(author) <> ''::text)),
    CONSTRAINT dataset_exception_ground_check CHECK ((ground = ANY (ARRAY['E0'::text, 'E1'::text, 'E2'::text, 'E3'::text, 'E4'::text, 'E5'::text, 'E6'::text]))),
    CONSTRAINT dataset_exception_legal_text_check CHECK ((btrim(legal_text) <> ''::text)),
    CONSTRAINT dataset_exception_state_check CHECK ((state = ANY (ARRAY['alleged'::text, 'active'::text]))),
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid))),
    CONSTRAINT e4_has_both_facts CHECK (((ground <> 'E4'::text) OR (state = 'alleged'::text) OR (objection_proved AND law_allows))),
    CONSTRAINT e5_names_its_beneficiaries CHECK (((ground <> 'E5'::text) OR (beneficiaries IS NOT NULL))),
    CONSTRAINT precaution_lasts_thirty_days CHECK (((state <> 'alleged'::text) OR COALESCE(((upper(valid) - lower(valid)) <= 30), false)))
);

ALTER TABLE registry.dataset_exception ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.dataset_exception_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.dataset_licence (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    dataset text NOT NULL,
    licence text NOT NULL,
    CONSTRAINT dataset_licence_licence_check CHECK ((btrim(licence) <> ''::text)),
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid)))
);

ALTER TABLE registry.dataset_licence ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.dataset_licence_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.dataset_metadata (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    dataset text NOT NULL,
    visibility text NOT NULL,
    CONSTRAINT dataset_metadata_visibility_check CHECK ((visibility = ANY (ARRAY['public'::text, 'partners'::text, 'hidden'::text]))),
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid)))
);

ALTER TABLE registry.dataset_metadata ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.dataset_metadata_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.dataset_standard (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    dataset text NOT NULL,
    standard text NOT NULL,
    version text,
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid)))
);

COMMENT ON TABLE registry.dataset_standard IS 'Which standards a dataset follows, and the version that it conforms to.';

ALTER TABLE registry.dataset_standard ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.dataset_standard_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.dataset_state (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    dataset text NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    decision bigint,
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid))),
    CONSTRAINT state_of_its_kind CHECK ((((kind = 'mutualised'::text) AND (state = ANY (ARRAY['draft'::text, 'published'::text, 'archived'::text]))) OR ((kind = 'coproduced'::text) AND (state = ANY (ARRAY['proposed'::text, 'structured'::text, 'collecting'::text, 'consolidated'::text, 'submitted'::text, 'validated'::text, 'rejected'::text, 'archived'::text]))))),
    CONSTRAINT validation_names_its_decision CHECK (((state <> 'validated'::text) OR (decision IS NOT NULL)))
);

ALTER TABLE registry.dataset_state ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.dataset_state_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.dataset_version (
    id bigint NOT NULL,
    act bigint NOT NULL,
    dataset text NOT NULL,
    version text NOT NULL,
    produced daterange,
    validity daterange,
    sha256 text,
    crs text,
    structure jsonb,
    CONSTRAINT dataset_version_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT dataset_version_version_check CHECK ((btrim(version) <> ''::text))
);

COMMENT ON TABLE registry.dataset_version IS 'Immutable content: publishing is a pointer, a version is never rewritten.';

ALTER TABLE registry.dataset_version ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.dataset_version_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.dated (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid)))
);

COMMENT ON TABLE registry.dated IS 'Template, always empty: a remembered row that is true over a span of days.';

ALTER TABLE registry.dated ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.dated_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.decision (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    meeting bigint NOT NULL,
    committee_kind text NOT NULL,
    item integer NOT NULL,
    subject text NOT NULL,
    subject_id text NOT NULL,
    nature text NOT NULL,
    motion text NOT NULL,
    CONSTRAINT decision_item_check CHECK ((item > 0)),
    CONSTRAINT decision_motion_check CHECK ((btrim(motion) <> ''::text))
);

ALTER TABLE registry.decision ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.decision_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.meeting (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    committee text NOT NULL,
    committee_kind text NOT NULL,
    held_on date NOT NULL,
    minutes text NOT NULL,
    CONSTRAINT meeting_minutes_check CHECK ((btrim(minutes) <> ''::text))
);

CREATE TABLE registry.vote (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    decision bigint NOT NULL,
    organisation text NOT NULL,
    voice text NOT NULL,
    CONSTRAINT vote_voice_check CHECK ((voice = ANY (ARRAY['for'::text, 'against'::text, 'abstention'::text])))
);

CREATE VIEW registry.decision_result AS
 SELECT d.id,
    d.committee_kind,
    d.subject,
    d.subject_id,
    d.nature,
    d.motion,
    d.item,
    m.id AS meeting,
    m.held_on,
    (EXISTS ( SELECT
           FROM registry.attendance a
          WHERE ((a.meeting = m.id) AND upper_inf(a.known)))) AS quorate,
    ((NOT (EXISTS ( SELECT
           FROM registry.vote v
          WHERE ((v.decision = d.id) AND upper_inf(v.known) AND (v.voice = 'against'::text))))) AND (EXISTS ( SELECT
           FROM registry.attendance a
          WHERE ((a.meeting = m.id) AND upper_inf(a.known))))) AS adopted
   FROM (registry.decision d
     JOIN registry.meeting m ON ((m.id = d.meeting)))
  WHERE upper_inf(d.known);

COMMENT ON VIEW registry.decision_result IS 'What a committee decided, computed from attendance and votes.';

CREATE TABLE registry.declared (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    dataset text NOT NULL,
    facet text NOT NULL,
    value jsonb NOT NULL
);

ALTER TABLE registry.declared ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.declared_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.delegation (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    number bigint DEFAULT nextval('registry.case_number'::regclass) NOT NULL,
    delegator text NOT NULL,
    contractor text NOT NULL,
    contract text NOT NULL,
    datasets text[],
    acknowledged boolean NOT NULL,
    acknowledged_on date,
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid))),
    CONSTRAINT delegate_acknowledgement_is_dated CHECK (((NOT acknowledged) OR (acknowledged_on IS NOT NULL))),
    CONSTRAINT delegation_check CHECK ((delegator <> contractor)),
    CONSTRAINT delegation_contract_check CHECK ((btrim(contract) <> ''::text))
);

ALTER TABLE registry.delegation ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.delegation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.deliberation (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    instrument text NOT NULL,
    organisation text NOT NULL,
    number text NOT NULL,
    session_on date NOT NULL,
    present integer NOT NULL,
    represented integer DEFAULT 0 NOT NULL,
    votes_for integer NOT NULL,
    votes_against integer DEFAULT 0 NOT NULL,
    abstentions integer DEFAULT 0 NOT NULL,
    received_on date,
    posted_on date,
    CONSTRAINT deliberation_abstentions_check CHECK ((abstentions >= 0)),
    CONSTRAINT deliberation_check CHECK ((received_on >= session_on)),
    CONSTRAINT deliberation_check1 CHECK ((posted_on >= session_on)),
    CONSTRAINT deliberation_number_check CHECK ((btrim(number) <> ''::text)),
    CONSTRAINT deliberation_present_check CHECK ((present > 0)),
    CONSTRAINT deliberation_represented_check CHECK ((represented >= 0)),
    CONSTRAINT deliberation_votes_against_check CHECK ((votes_against >= 0)),
    CONSTRAINT deliberation_votes_for_check CHECK ((votes_for >= 0)),
    CONSTRAINT votes_are_of_those_who_sat CHECK ((((votes_for + votes_against) + abstentions) <= (present + represented)))
);

COMMENT ON COLUMN registry.deliberation.received_on IS 'Receipt by the prefecture: with posted_on, what makes it executory.';

ALTER TABLE registry.deliberation ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.deliberation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.epoch (
    singleton boolean DEFAULT true NOT NULL,
    number bigint NOT NULL,
    CONSTRAINT epoch_singleton_check CHECK (singleton)
);

CREATE TABLE registry.exchange_acceptance (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    convention text NOT NULL,
    organisation text NOT NULL,
    document text NOT NULL,
    accepted_on date NOT NULL,
    piece text NOT NULL,
    CONSTRAINT exchange_acceptance_document_check CHECK ((document = ANY (ARRAY['data_charter'::text, 'interface_clause'::text]))),
    CONSTRAINT exchange_acceptance_piece_check CHECK ((btrim(piece) <> ''::text))
);

ALTER TABLE registry.exchange_acceptance ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.exchange_acceptance_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.exit_item (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    instrument text NOT NULL,
    item text NOT NULL,
    outcome text NOT NULL,
    reason text NOT NULL,
    due date NOT NULL,
    done_on date,
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid))),
    CONSTRAINT exit_item_item_check CHECK ((btrim(item) <> ''::text)),
    CONSTRAINT exit_item_outcome_check CHECK ((outcome = ANY (ARRAY['removed'::text, 'kept'::text]))),
    CONSTRAINT exit_item_reason_check CHECK ((btrim(reason) <> ''::text))
);

COMMENT ON TABLE registry.exit_item IS 'What is removed or kept at the end of a convention, by when and why (Aix-Marseille-Provence convention, art. 11).';

ALTER TABLE registry.exit_item ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.exit_item_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.follow_up (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    number bigint DEFAULT nextval('registry.case_number'::regclass) NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    subject text NOT NULL,
    opened_on date NOT NULL,
    organisation text,
    parties text[] DEFAULT '{}'::text[] NOT NULL,
    dataset text,
    instrument text,
    working_group text,
    due date,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    words text,
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid))),
    CONSTRAINT follow_up_kind_check CHECK ((btrim(kind) <> ''::text)),
    CONSTRAINT follow_up_state_check CHECK ((btrim(state) <> ''::text)),
    CONSTRAINT follow_up_subject_check CHECK ((btrim(subject) <> ''::text))
);

ALTER TABLE registry.follow_up ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.follow_up_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.frozen_audience (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    dataset text NOT NULL,
    kind text DEFAULT 'mutualised'::text NOT NULL,
    organisations text[] NOT NULL,
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid))),
    CONSTRAINT frozen_audience_kind_check CHECK ((kind = 'mutualised'::text))
);

COMMENT ON TABLE registry.frozen_audience IS '004 §2.3.2: who had the data when its owner left; nobody is added.';

ALTER TABLE registry.frozen_audience ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.frozen_audience_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.group_member (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    working_group text NOT NULL,
    organisation text NOT NULL,
    facilitator boolean DEFAULT false NOT NULL,
    guest boolean DEFAULT false NOT NULL,
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid))),
    CONSTRAINT guests_leave CHECK (((NOT guest) OR (NOT upper_inf(valid))))
);

ALTER TABLE registry.group_member ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.group_member_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.instrument (
    id text NOT NULL,
    kind text NOT NULL,
    version text NOT NULL,
    title text NOT NULL,
    CONSTRAINT instrument_id_check CHECK ((btrim(id) <> ''::text)),
    CONSTRAINT instrument_kind_check CHECK ((kind = ANY (ARRAY['charter'::text, 'convention'::text, 'amendment'::text, 'annex'::text]))),
    CONSTRAINT instrument_version_check CHECK ((btrim(version) <> ''::text))
);

CREATE TABLE registry.instrument_acceptance (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    organisation text NOT NULL,
    instrument text NOT NULL,
    accepted_on date NOT NULL,
    piece text NOT NULL,
    CONSTRAINT instrument_acceptance_piece_check CHECK ((btrim(piece) <> ''::text))
);

COMMENT ON TABLE registry.instrument_acceptance IS 'Who accepted which instrument, and when: the charter on joining it, an amendment under each body''s own rules (004 §2.6).';

ALTER TABLE registry.instrument_acceptance ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.instrument_acceptance_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.instrument_clause (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    instrument text NOT NULL,
    clause text NOT NULL,
    words text NOT NULL,
    CONSTRAINT instrument_clause_clause_check CHECK ((clause = ANY (ARRAY['non_exclusive'::text, 'free_of_charge'::text, 'insurance'::text, 'reciprocal'::text, 'minor_energy'::text, 'court'::text, 'responsibility'::text]))),
    CONSTRAINT instrument_clause_words_check CHECK ((btrim(words) <> ''::text))
);

ALTER TABLE registry.instrument_clause ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.instrument_clause_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.instrument_notice (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    notice bigint DEFAULT nextval('registry.case_number'::regclass) NOT NULL,
    instrument text NOT NULL,
    cause text NOT NULL,
    state text NOT NULL,
    organisation text NOT NULL,
    reference text NOT NULL,
    received_on date NOT NULL,
    breaches text,
    deadline date,
    observations text,
    effect_on date,
    CONSTRAINT a_formal_notice_names_breaches_and_a_deadline CHECK (((cause <> 'fault'::text) OR ((COALESCE(btrim(breaches), ''::text) <> ''::text) AND (deadline > received_on)))),
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid))),
    CONSTRAINT instrument_notice_cause_check CHECK ((cause = ANY (ARRAY['fault'::text, 'agreement'::text, 'period_end'::text]))),
    CONSTRAINT instrument_notice_reference_check CHECK ((btrim(reference) <> ''::text)),
    CONSTRAINT instrument_notice_state_check CHECK ((state = ANY (ARRAY['given'::text, 'answered'::text, 'performed'::text, 'effective'::text])))
);

ALTER TABLE registry.instrument_notice ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.instrument_notice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.instrument_party (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    instrument text NOT NULL,
    organisation text NOT NULL,
    signed_on date NOT NULL
);

ALTER TABLE registry.instrument_party ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.instrument_party_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.instrument_term (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    instrument text NOT NULL,
    kind text NOT NULL,
    signed_on date,
    notified_on date,
    renewal text DEFAULT 'none'::text NOT NULL,
    notice_months integer,
    court text,
    deliberation text,
    decision bigint,
    model text,
    part_of text,
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid))),
    CONSTRAINT instrument_term_notice_months_check CHECK ((notice_months >= 0)),
    CONSTRAINT instrument_term_renewal_check CHECK ((renewal ~ '^(none|tacit [0-9]+)$'::text))
);

COMMENT ON COLUMN registry.instrument_term.valid IS 'In force: the charter of seed 004 from 2022-01-01 for five years.';

ALTER TABLE registry.instrument_term ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.instrument_term_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.intervention (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    number bigint DEFAULT nextval('registry.case_number'::regclass) NOT NULL,
    convention text NOT NULL,
    support text NOT NULL,
    depositor text NOT NULL,
    host text NOT NULL,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    modalities text NOT NULL,
    requested_conditions text,
    commissioning text,
    operators text[] DEFAULT '{}'::text[] NOT NULL,
    state text NOT NULL,
    conditions text,
    reasons text,
    removal_by date,
    CONSTRAINT a_refused_intervention_has_reasons CHECK (((state <> ALL (ARRAY['refused'::text, 'stopped'::text])) OR (COALESCE(btrim(reasons), ''::text) <> ''::text))),
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid))),
    CONSTRAINT intervention_check CHECK ((ends_on >= starts_on)),
    CONSTRAINT intervention_modalities_check CHECK ((btrim(modalities) <> ''::text)),
    CONSTRAINT intervention_state_check CHECK ((state = ANY (ARRAY['asked'::text, 'agreed'::text, 'refused'::text, 'done'::text, 'stopped'::text])))
);

ALTER TABLE registry.intervention ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.intervention_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.inventory_entry (
    id bigint NOT NULL,
    act bigint NOT NULL,
    dataset text NOT NULL,
    kind text DEFAULT 'coproduced'::text NOT NULL,
    version text NOT NULL,
    decision bigint NOT NULL,
    CONSTRAINT inventory_entry_kind_check CHECK ((kind = 'coproduced'::text))
);

ALTER TABLE registry.inventory_entry ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.inventory_entry_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.mandate (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    organisation text NOT NULL,
    role text NOT NULL,
    person text NOT NULL,
    email text,
    phone text,
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid))),
    CONSTRAINT mandate_person_check CHECK ((btrim(person) <> ''::text)),
    CONSTRAINT mandate_role_check CHECK ((role = ANY (ARRAY['technical_referent'::text, 'deputy'::text, 'steering_representative'::text, 'facilitator'::text, 'pilot_project_manager'::text, 'resource_person'::text, 'host_contact'::text, 'depositor_contact'::text])))
);

ALTER TABLE registry.mandate ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.mandate_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE registry.meeting ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.meeting_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.membership (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    organisation text NOT NULL,
    application bigint DEFAULT nextval('registry.case_number'::regclass) NOT NULL,
    listed boolean NOT NULL,
    state text NOT NULL,
    reasons text,
    notified_on date,
    decision bigint,
    CONSTRAINT approval_names_its_decision CHECK (((state <> ALL (ARRAY['approved'::text, 'refused'::text])) OR (decision IS NOT NULL))),
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid))),
    CONSTRAINT listed_bodies_are_admissible CHECK (((NOT listed) OR (state <> ALL (ARRAY['opinion_pending'::text, 'decision_pending'::text, 'approved'::text, 'refused'::text])))),
    CONSTRAINT membership_state_check CHECK ((state = ANY (ARRAY['applied'::text, 'admissible'::text, 'opinion_pending'::text, 'decision_pending'::text, 'approved'::text, 'refused'::text, 'pieces_pending'::text, 'adherent'::text, 'former'::text]))),
    CONSTRAINT others_await_opinion_and_decision CHECK ((listed OR (state <> 'admissible'::text))),
    CONSTRAINT refusal_has_reasons_and_notice CHECK (((state <> 'refused'::text) OR ((COALESCE(btrim(reasons), ''::text) <> ''::text) AND (notified_on IS NOT NULL))))
);

ALTER TABLE registry.membership ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.membership_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.next_version (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    dataset text NOT NULL,
    kind text DEFAULT 'coproduced'::text NOT NULL,
    state text NOT NULL,
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid))),
    CONSTRAINT next_version_kind_check CHECK ((kind = 'coproduced'::text)),
    CONSTRAINT next_version_state_check CHECK ((state = ANY (ARRAY['structured'::text, 'collecting'::text, 'consolidated'::text, 'submitted'::text, 'rejected'::text])))
);

COMMENT ON TABLE registry.next_version IS 'The stage of the version that is prepared while the validated one is served (004 §3.2.2, §3.4).';

ALTER TABLE registry.next_version ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.next_version_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.notice (
    number bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    organisation text NOT NULL,
    subject text NOT NULL,
    words_fr text NOT NULL,
    words_en text NOT NULL,
    read_at timestamp with time zone
);

COMMENT ON TABLE registry.notice IS 'What a body must be told: shown to its accounts on the page of the collection.';

ALTER TABLE registry.notice ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.notice_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.opening_answer (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    dataset text NOT NULL,
    source text NOT NULL,
    question text NOT NULL,
    detector text,
    field text,
    verdict text NOT NULL,
    organisation text NOT NULL,
    reason text NOT NULL,
    CONSTRAINT a_finding_is_of_a_column CHECK (((detector IS NULL) = (field IS NULL))),
    CONSTRAINT a_finding_is_of_personal_data CHECK (((detector IS NULL) OR (question = 'personal_data'::text))),
    CONSTRAINT opening_answer_question_check CHECK ((question = ANY (ARRAY['personal_data'::text, 'secrets'::text, 'intellectual_property'::text, 'internal_security'::text]))),
    CONSTRAINT opening_answer_reason_check CHECK (((length(btrim(reason)) >= 3) AND (length(btrim(reason)) <= 2000))),
    CONSTRAINT opening_answer_source_check CHECK ((btrim(source) <> ''::text)),
    CONSTRAINT opening_answer_verdict_check CHECK ((verdict = ANY (ARRAY['clear'::text, 'barred'::text])))
);

ALTER TABLE registry.opening_answer ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.opening_answer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.opening_notice (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    dataset text NOT NULL,
    kind text DEFAULT 'coproduced'::text NOT NULL,
    by_organisation text NOT NULL,
    licence text NOT NULL,
    notified text[] NOT NULL,
    decision bigint,
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid))),
    CONSTRAINT odbl_names_its_decision CHECK (((licence <> 'ODbL-1.0'::text) OR (decision IS NOT NULL))),
    CONSTRAINT opening_notice_kind_check CHECK ((kind = 'coproduced'::text)),
    CONSTRAINT opening_notice_licence_check CHECK ((licence = ANY (ARRAY['LO-2.0'::text, 'ODbL-1.0'::text])))
);

COMMENT ON TABLE registry.opening_notice IS 'A co-owner opens coproduced data: whom it told, and from which day they are open (004 §3.4, reading 21).';

ALTER TABLE registry.opening_notice ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.opening_notice_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.organisation (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    organisation text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    listed boolean DEFAULT false NOT NULL,
    insee text,
    siren text,
    siret text,
    commercial_missions text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid))),
    CONSTRAINT organisation_insee_check CHECK ((insee ~ '^[0-9AB]{5}$'::text)),
    CONSTRAINT organisation_kind_check CHECK ((kind = ANY (ARRAY['commune'::text, 'ept'::text, 'departement'::text, 'state_service'::text, 'public_establishment'::text, 'emergency_service'::text, 'other_authority'::text, 'company'::text, 'association'::text]))),
    CONSTRAINT organisation_name_check CHECK ((btrim(name) <> ''::text)),
    CONSTRAINT organisation_siren_check CHECK ((siren ~ '^[0-9]{9}$'::text)),
    CONSTRAINT organisation_siret_check CHECK ((siret ~ '^[0-9]{14}$'::text))
);

ALTER TABLE registry.organisation ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.organisation_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.ownership (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    dataset text NOT NULL,
    kind text DEFAULT 'mutualised'::text NOT NULL,
    organisation text NOT NULL,
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid))),
    CONSTRAINT ownership_kind_check CHECK ((kind = 'mutualised'::text))
);

ALTER TABLE registry.ownership ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.ownership_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.piece (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    organisation text NOT NULL,
    application bigint NOT NULL,
    kind text NOT NULL,
    reference text NOT NULL,
    dated_on date NOT NULL,
    received_on date NOT NULL,
    CONSTRAINT piece_check CHECK ((received_on >= dated_on)),
    CONSTRAINT piece_kind_check CHECK ((kind = ANY (ARRAY['deliberation'::text, 'form'::text, 'email_return'::text, 'postal_return'::text, 'withdrawal_letter'::text]))),
    CONSTRAINT piece_reference_check CHECK ((btrim(reference) <> ''::text))
);

ALTER TABLE registry.piece ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.piece_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.pilotage (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    organisation text NOT NULL,
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid)))
);

ALTER TABLE registry.pilotage ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.pilotage_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.publication (
    number bigint NOT NULL,
    published_at timestamp with time zone DEFAULT now() NOT NULL,
    author text NOT NULL,
    sha256 text NOT NULL,
    collections jsonb NOT NULL
);

ALTER TABLE registry.publication ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.publication_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.reading (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    number integer NOT NULL,
    choice text NOT NULL,
    days integer DEFAULT 0 NOT NULL,
    decision bigint NOT NULL,
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid))),
    CONSTRAINT reading_choice_check CHECK ((btrim(choice) <> ''::text)),
    CONSTRAINT reading_days_check CHECK (((days >= 0) AND (days <= 366))),
    CONSTRAINT reading_number_check CHECK (((number >= 1) AND (number <= 99)))
);

COMMENT ON TABLE registry.reading IS 'The reading taken of an ambiguity (charter readings), from the day of its act; without a row, the proposed one.';

ALTER TABLE registry.reading ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.reading_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.remembered (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint
);

COMMENT ON TABLE registry.remembered IS 'Template, always empty: what the registry remembers of every row.';

ALTER TABLE registry.remembered ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.remembered_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.standard_version (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    standard text NOT NULL,
    version text NOT NULL,
    scope text NOT NULL,
    title text NOT NULL,
    published_on date NOT NULL,
    decree text,
    deadline date,
    url text,
    CONSTRAINT a_deadline_follows_its_publication CHECK ((deadline >= published_on)),
    CONSTRAINT a_deadline_is_fixed_by_a_decree CHECK (((deadline IS NULL) OR ((scope = 'national'::text) AND (COALESCE(btrim(decree), ''::text) <> ''::text)))),
    CONSTRAINT standard_version_scope_check CHECK ((scope = ANY (ARRAY['national'::text, 'territorial'::text, 'de_facto'::text]))),
    CONSTRAINT standard_version_standard_check CHECK ((standard ~ '^[a-z0-9][a-z0-9._-]*$'::text)),
    CONSTRAINT standard_version_title_check CHECK ((btrim(title) <> ''::text)),
    CONSTRAINT standard_version_url_check CHECK ((url ~ '^https?://'::text)),
    CONSTRAINT standard_version_version_check CHECK ((btrim(version) <> ''::text))
);

ALTER TABLE registry.standard_version ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.standard_version_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.sub_distribution (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    number bigint DEFAULT nextval('registry.case_number'::regclass) NOT NULL,
    ept text NOT NULL,
    commune text NOT NULL,
    datasets text[],
    own_territory boolean DEFAULT false NOT NULL,
    state text NOT NULL,
    acknowledged_on date,
    reasons text,
    CONSTRAINT acknowledgement_is_dated CHECK (((state <> 'acknowledged'::text) OR (acknowledged_on IS NOT NULL))),
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid))),
    CONSTRAINT sub_distribution_check CHECK ((ept <> commune)),
    CONSTRAINT sub_distribution_state_check CHECK ((state = ANY (ARRAY['offered'::text, 'acknowledged'::text, 'suspended'::text])))
);

ALTER TABLE registry.sub_distribution ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.sub_distribution_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.takedown (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    number bigint DEFAULT nextval('registry.case_number'::regclass) NOT NULL,
    dataset text NOT NULL,
    scope text NOT NULL,
    requester text NOT NULL,
    channel text NOT NULL,
    state text NOT NULL,
    tombstone jsonb,
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid))),
    CONSTRAINT takedown_channel_check CHECK ((btrim(channel) <> ''::text)),
    CONSTRAINT takedown_leaves_a_tombstone CHECK (((state <> 'executed'::text) OR (tombstone IS NOT NULL))),
    CONSTRAINT takedown_requester_check CHECK ((btrim(requester) <> ''::text)),
    CONSTRAINT takedown_scope_check CHECK ((scope = ANY (ARRAY['public'::text, 'all'::text]))),
    CONSTRAINT takedown_state_check CHECK ((state = ANY (ARRAY['received'::text, 'executed'::text])))
);

ALTER TABLE registry.takedown ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.takedown_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.terms (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    dataset text NOT NULL,
    kind text DEFAULT 'mutualised'::text NOT NULL,
    set_by text NOT NULL,
    mode text NOT NULL,
    actions text[] NOT NULL,
    named text[] DEFAULT '{}'::text[] NOT NULL,
    agreed text[] DEFAULT '{}'::text[] NOT NULL,
    hidden_attributes text[] DEFAULT '{}'::text[] NOT NULL,
    extends_to_ept_communes boolean DEFAULT false NOT NULL,
    allows_contractors boolean DEFAULT false NOT NULL,
    own_territory boolean DEFAULT false NOT NULL,
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid))),
    CONSTRAINT terms_actions_check CHECK ((actions <@ ARRAY['discover'::text, 'view'::text, 'query'::text, 'download'::text, 'subscribe'::text, 'contribute'::text, 'configure'::text, 'publish_open'::text, 'redistribute'::text, 'grant'::text, 'validate'::text, 'audit'::text, 'takedown'::text, 'execute'::text])),
    CONSTRAINT terms_kind_check CHECK ((kind = 'mutualised'::text)),
    CONSTRAINT terms_mode_check CHECK ((mode = ANY (ARRAY['all_partners'::text, 'named'::text, 'on_agreement'::text, 'closed'::text])))
);

ALTER TABLE registry.terms ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.terms_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.territorial_membership (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    ept text NOT NULL,
    commune text NOT NULL,
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid))),
    CONSTRAINT territorial_membership_check CHECK ((ept <> commune))
);

ALTER TABLE registry.territorial_membership ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.territorial_membership_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.third_party_transfer (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    number bigint DEFAULT nextval('registry.case_number'::regclass) NOT NULL,
    giver text NOT NULL,
    recipient text NOT NULL,
    dataset text NOT NULL,
    version text,
    notice_sha256 text NOT NULL,
    acknowledged boolean NOT NULL,
    acknowledged_on date,
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid))),
    CONSTRAINT third_party_transfer_check CHECK ((giver <> recipient)),
    CONSTRAINT third_party_transfer_notice_sha256_check CHECK ((notice_sha256 ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT transfer_acknowledgement_is_dated CHECK (((NOT acknowledged) OR (acknowledged_on IS NOT NULL)))
);

ALTER TABLE registry.third_party_transfer ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.third_party_transfer_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.token (
    id text NOT NULL,
    login text NOT NULL,
    sha256 bytea NOT NULL,
    label text DEFAULT ''::text NOT NULL,
    collections text[],
    actions text[],
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    author text NOT NULL,
    motive text,
    acting_for text,
    CONSTRAINT token_check CHECK (((expires_at > created_at) AND (expires_at <= (created_at + '366 days'::interval)))),
    CONSTRAINT token_glass_is_short CHECK (((motive IS NULL) OR ((length(motive) >= 10) AND (expires_at <= (created_at + '1 day'::interval))))),
    CONSTRAINT token_glass_is_whole CHECK (((motive IS NULL) = (acting_for IS NULL))),
    CONSTRAINT token_sha256_check CHECK ((octet_length(sha256) = 32))
);

COMMENT ON COLUMN registry.token.motive IS 'Why an administrator broke the glass; such a token lasts a day at most.';

COMMENT ON COLUMN registry.token.acting_for IS 'The body a break-glass token reads as: the owner of the dataset.';

ALTER TABLE registry.vote ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.vote_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE registry.working_group (
    id text NOT NULL,
    CONSTRAINT working_group_id_check CHECK ((btrim(id) <> ''::text))
);

CREATE TABLE registry.working_group_term (
    id bigint NOT NULL,
    act bigint NOT NULL,
    known tstzrange NOT NULL,
    closed_by bigint,
    valid daterange DEFAULT daterange(NULL::date, NULL::date) NOT NULL,
    working_group text NOT NULL,
    title text NOT NULL,
    decision bigint NOT NULL,
    CONSTRAINT dated_valid_check CHECK ((NOT isempty(valid))),
    CONSTRAINT working_group_term_title_check CHECK ((btrim(title) <> ''::text))
);

COMMENT ON TABLE registry.working_group_term IS 'A working group that the technical committee constituted, from the day of its decision (004 §2.4.2).';

ALTER TABLE registry.working_group_term ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME registry.working_group_term_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE remarks.event (
    remark bigint NOT NULL,
    number integer NOT NULL,
    at timestamp with time zone NOT NULL,
    before text,
    after text NOT NULL,
    by text NOT NULL,
    words text
);

CREATE TABLE remarks.gate (
    one boolean DEFAULT true NOT NULL,
    CONSTRAINT gate_one_check CHECK (one)
);

COMMENT ON TABLE remarks.gate IS 'Remarks are counted and received one at a time: a limit is a limit for callers in a hurry too.';

CREATE TABLE remarks.remark (
    id bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    kind text NOT NULL,
    dataset text,
    record text,
    feature text,
    geometry jsonb,
    organisation text NOT NULL,
    relay text,
    words text NOT NULL,
    lang text NOT NULL,
    author_name text,
    author_email text,
    author_login text,
    author_organisation text,
    caller bytea,
    due date NOT NULL,
    state text DEFAULT 'received'::text NOT NULL,
    answer text,
    answered_at timestamp with time zone,
    public boolean DEFAULT false NOT NULL,
    public_words text,
    CONSTRAINT remark_answer_check CHECK ((length(answer) <= 4000)),
    CONSTRAINT remark_author_email_check CHECK ((author_email ~ '^[^@[:cntrl:][:space:]]+@[^@[:cntrl:][:space:]]+$'::text)),
    CONSTRAINT remark_author_name_check CHECK ((length(author_name) <= 100)),
    CONSTRAINT remark_check CHECK (((dataset IS NULL) OR (record IS NULL))),
    CONSTRAINT remark_check1 CHECK (((NOT public) OR ((answer IS NOT NULL) AND (public_words IS NOT NULL)))),
    CONSTRAINT remark_check2 CHECK (((state <> ALL (ARRAY['answered'::text, 'acted'::text, 'declined'::text])) OR (answer IS NOT NULL))),
    CONSTRAINT remark_feature_check CHECK ((length(feature) <= 200)),
    CONSTRAINT remark_geometry_check CHECK ((octet_length((geometry)::text) <= 65536)),
    CONSTRAINT remark_kind_check CHECK ((kind = ANY (ARRAY['remark'::text, 'question'::text, 'publication'::text]))),
    CONSTRAINT remark_lang_check CHECK ((lang = ANY (ARRAY['fr'::text, 'en'::text]))),
    CONSTRAINT remark_public_words_check CHECK ((length(public_words) <= 4000)),
    CONSTRAINT remark_state_check CHECK ((state = ANY (ARRAY['received'::text, 'read'::text, 'answered'::text, 'acted'::text, 'declined'::text, 'closed'::text]))),
    CONSTRAINT remark_words_check CHECK (((length(btrim(words)) >= 3) AND (length(btrim(words)) <= 4000)))
);

ALTER TABLE remarks.remark ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME remarks.remark_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE sensors.datastream (
    id bigint NOT NULL,
    depositor text NOT NULL,
    dataset text NOT NULL,
    thing bigint NOT NULL,
    sensor bigint NOT NULL,
    observed_property bigint NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    observation_type text NOT NULL,
    unit sensors.document NOT NULL,
    observed_area sensors.document,
    properties sensors.document,
    entitled text[] DEFAULT '{}'::text[] NOT NULL
);

COMMENT ON COLUMN sensors.datastream.entitled IS 'dataset:code of each body that it measures the territory or stands on the support of (art. 10).';

CREATE TABLE sensors.datastream_feature (
    datastream bigint NOT NULL,
    feature bigint NOT NULL
);

ALTER TABLE sensors.datastream ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME sensors.datastream_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE sensors.datastream_state (
    datastream bigint NOT NULL,
    observations bigint DEFAULT 0 NOT NULL,
    first_time timestamp with time zone,
    last_time timestamp with time zone,
    first_result_time timestamp with time zone,
    last_result_time timestamp with time zone
)
WITH (fillfactor='50');

CREATE TABLE sensors.feature_of_interest (
    id bigint NOT NULL,
    depositor text NOT NULL,
    location bigint,
    name text NOT NULL,
    description text NOT NULL,
    encoding_type text NOT NULL,
    feature sensors.document NOT NULL,
    geometry public.geometry(Geometry,4326),
    properties sensors.document
);

ALTER TABLE sensors.feature_of_interest ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME sensors.feature_of_interest_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE sensors.historical_location (
    id bigint NOT NULL,
    thing bigint NOT NULL,
    "time" timestamp with time zone NOT NULL
);

ALTER TABLE sensors.historical_location ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME sensors.historical_location_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE sensors.historical_place (
    historical_location bigint NOT NULL,
    location bigint NOT NULL
);

CREATE TABLE sensors.location (
    id bigint NOT NULL,
    depositor text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    encoding_type text NOT NULL,
    location sensors.document NOT NULL,
    geometry public.geometry(Geometry,4326),
    properties sensors.document
);

ALTER TABLE sensors.location ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME sensors.location_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE SEQUENCE sensors.observation_number
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE sensors.observation (
    id bigint DEFAULT nextval('sensors.observation_number'::regclass) NOT NULL,
    datastream bigint NOT NULL,
    phenomenon_time timestamp with time zone NOT NULL,
    phenomenon_end timestamp with time zone,
    result_time timestamp with time zone,
    result_number double precision,
    result sensors.document,
    feature bigint,
    result_quality sensors.document,
    valid_from timestamp with time zone,
    valid_to timestamp with time zone,
    parameters sensors.document,
    CONSTRAINT observation_check CHECK ((phenomenon_end >= phenomenon_time)),
    CONSTRAINT one_result CHECK ((num_nonnulls(result_number, result) = 1))
)
PARTITION BY RANGE (phenomenon_time);

CREATE TABLE sensors.observation_other (
    id bigint DEFAULT nextval('sensors.observation_number'::regclass) NOT NULL,
    datastream bigint NOT NULL,
    phenomenon_time timestamp with time zone NOT NULL,
    phenomenon_end timestamp with time zone,
    result_time timestamp with time zone,
    result_number double precision,
    result sensors.document,
    feature bigint,
    result_quality sensors.document,
    valid_from timestamp with time zone,
    valid_to timestamp with time zone,
    parameters sensors.document,
    CONSTRAINT observation_check CHECK ((phenomenon_end >= phenomenon_time)),
    CONSTRAINT one_result CHECK ((num_nonnulls(result_number, result) = 1))
);

CREATE TABLE sensors.observed_property (
    id bigint NOT NULL,
    depositor text NOT NULL,
    name text NOT NULL,
    definition text NOT NULL,
    description text NOT NULL,
    properties sensors.document
);

ALTER TABLE sensors.observed_property ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME sensors.observed_property_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE sensors.sensor (
    id bigint NOT NULL,
    depositor text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    encoding_type text NOT NULL,
    metadata sensors.document NOT NULL,
    properties sensors.document
);

ALTER TABLE sensors.sensor ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME sensors.sensor_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE sensors.thing (
    id bigint NOT NULL,
    depositor text NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    properties sensors.document,
    CONSTRAINT thing_name_check CHECK ((btrim(name) <> ''::text))
);

ALTER TABLE sensors.thing ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME sensors.thing_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE sensors.thing_location (
    thing bigint NOT NULL,
    location bigint NOT NULL
);

CREATE TABLE served.copy (
    relation regclass NOT NULL,
    source regclass NOT NULL,
    definition text NOT NULL,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    tiles regclass
);

COMMENT ON TABLE served.copy IS 'Which copy is made of which table, and from what definition.';

COMMENT ON COLUMN served.copy.tiles IS 'Tiles drawn ahead from this copy, for whoever sees all of it; null: tiles are drawn when they are asked for.';

CREATE SEQUENCE served.copy_number
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE served.published (
    collection text NOT NULL,
    relation regclass NOT NULL,
    columns text[] NOT NULL,
    id_column text NOT NULL,
    territory text,
    prepared regclass
);

COMMENT ON TABLE served.published IS 'Allow-list of tables and columns that view profiles may be granted.';

COMMENT ON COLUMN served.published.prepared IS 'The copy that view profiles read; null: they read the table itself.';

CREATE VIEW served.raster_file AS
 SELECT ((((v.collection || '/'::text) || v.name) || '/'::text) || f.name) AS key,
    v.collection,
    v.id AS vintage,
    v.name AS vintage_name,
    v.during,
    v.srid,
    v.published_at,
    f.name,
    f.path,
    f.sha256,
    f.size,
    f.width,
    f.height,
    f.west,
    f.south,
    f.east,
    f.north,
    f.pixel,
    f.footprint,
    f.properties,
    f.imported_at,
    f.suffix,
    f.points
   FROM (raster.file f
     JOIN raster.vintage v ON ((v.id = f.vintage)))
  WHERE ((v.published_at IS NOT NULL) AND (v.replaced_at IS NULL));

COMMENT ON VIEW served.raster_file IS 'Files of the vintages in force; names of files, never pixels.';

CREATE VIEW served.raster_vintage AS
 SELECT v.id,
    v.collection,
    v.name,
    v.during,
    v.srid,
    v.overview,
    v.overview_pixel,
    v.published_at
   FROM raster.vintage v
  WHERE ((v.published_at IS NOT NULL) AND (v.replaced_at IS NULL));

COMMENT ON VIEW served.raster_vintage IS 'Vintages in force.';

ALTER TABLE ONLY sensors.observation ATTACH PARTITION sensors.observation_other DEFAULT;

ALTER TABLE ONLY procrastinate.procrastinate_events ALTER COLUMN id SET DEFAULT nextval('procrastinate.procrastinate_events_id_seq'::regclass);

ALTER TABLE ONLY procrastinate.procrastinate_jobs ALTER COLUMN id SET DEFAULT nextval('procrastinate.procrastinate_jobs_id_seq'::regclass);

ALTER TABLE ONLY procrastinate.procrastinate_periodic_defers ALTER COLUMN id SET DEFAULT nextval('procrastinate.procrastinate_periodic_defers_id_seq'::regclass);

ALTER TABLE ONLY consolidation.compared
    ADD CONSTRAINT compared_pkey PRIMARY KEY (contribution, other);

ALTER TABLE ONLY consolidation.contribution
    ADD CONSTRAINT contribution_pkey PRIMARY KEY (id);

ALTER TABLE ONLY consolidation.contribution
    ADD CONSTRAINT contribution_recipe_preparation_contributor_sha256_key UNIQUE (recipe, preparation, contributor, sha256);

ALTER TABLE ONLY consolidation.decision
    ADD CONSTRAINT decision_pkey PRIMARY KEY (id);

ALTER TABLE ONLY consolidation.exclusion
    ADD CONSTRAINT exclusion_pkey PRIMARY KEY (id);

ALTER TABLE ONLY consolidation.feature
    ADD CONSTRAINT feature_pkey PRIMARY KEY (contribution, n);

ALTER TABLE ONLY consolidation.origin
    ADD CONSTRAINT origin_pkey PRIMARY KEY (dataset, id);

ALTER TABLE ONLY consolidation.result
    ADD CONSTRAINT result_pkey PRIMARY KEY (run, key);

ALTER TABLE ONLY consolidation.run
    ADD CONSTRAINT run_pkey PRIMARY KEY (id);

ALTER TABLE ONLY deposits.deposit
    ADD CONSTRAINT deposit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY deposits.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (deposit, number);

ALTER TABLE ONLY deposits.move
    ADD CONSTRAINT move_pkey PRIMARY KEY (before, after);

ALTER TABLE ONLY desks.draft
    ADD CONSTRAINT draft_pkey PRIMARY KEY (id);

ALTER TABLE ONLY desks.feed
    ADD CONSTRAINT feed_pkey PRIMARY KEY (sha256);

ALTER TABLE ONLY desks.piece
    ADD CONSTRAINT piece_pkey PRIMARY KEY (id);

ALTER TABLE ONLY desks.receipt
    ADD CONSTRAINT receipt_pkey PRIMARY KEY (form);

ALTER TABLE ONLY edits.edit
    ADD CONSTRAINT edit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY harvest.copy
    ADD CONSTRAINT copy_pkey PRIMARY KEY (takedown, downstream);

ALTER TABLE ONLY harvest.downstream
    ADD CONSTRAINT downstream_pkey PRIMARY KEY (name);

ALTER TABLE ONLY harvest.finding
    ADD CONSTRAINT finding_pkey PRIMARY KEY (source, run, number);

ALTER TABLE ONLY harvest.page
    ADD CONSTRAINT page_pkey PRIMARY KEY (source, address);

ALTER TABLE ONLY harvest.pair
    ADD CONSTRAINT pair_pkey PRIMARY KEY (one, other);

ALTER TABLE ONLY harvest.record
    ADD CONSTRAINT record_pkey PRIMARY KEY (id);

ALTER TABLE ONLY harvest.record
    ADD CONSTRAINT record_source_identifier_key UNIQUE (source, identifier);

ALTER TABLE ONLY harvest.run
    ADD CONSTRAINT run_pkey PRIMARY KEY (source, number);

ALTER TABLE ONLY harvest.source
    ADD CONSTRAINT source_pkey PRIMARY KEY (source);

ALTER TABLE ONLY harvest.staged
    ADD CONSTRAINT staged_pkey PRIMARY KEY (source, run, identifier);

ALTER TABLE ONLY jobs.job
    ADD CONSTRAINT job_pkey PRIMARY KEY (id);

ALTER TABLE ONLY jobs.piece
    ADD CONSTRAINT piece_pkey PRIMARY KEY (job, output, number);

ALTER TABLE ONLY journal.cuts
    ADD CONSTRAINT cuts_pkey PRIMARY KEY (last_number);

ALTER TABLE ONLY journal.decisions
    ADD CONSTRAINT decisions_pkey PRIMARY KEY (number);

ALTER TABLE ONLY journal.reads_by_month
    ADD CONSTRAINT reads_by_month_month_organisation_dataset_action_outcome_ru_key UNIQUE NULLS NOT DISTINCT (month, organisation, dataset, action, outcome, rule);

ALTER TABLE ONLY journal.seals
    ADD CONSTRAINT seals_pkey PRIMARY KEY (day);

ALTER TABLE ONLY notices.contact
    ADD CONSTRAINT contact_pkey PRIMARY KEY (login);

ALTER TABLE ONLY notices.gate
    ADD CONSTRAINT gate_pkey PRIMARY KEY (one);

ALTER TABLE ONLY notices.message
    ADD CONSTRAINT message_key_key UNIQUE (key);

ALTER TABLE ONLY notices.message
    ADD CONSTRAINT message_message_id_key UNIQUE (message_id);

ALTER TABLE ONLY notices.message
    ADD CONSTRAINT message_pkey PRIMARY KEY (id);

ALTER TABLE ONLY notices.sign_in
    ADD CONSTRAINT sign_in_pkey PRIMARY KEY (id);

ALTER TABLE ONLY open_data.scan
    ADD CONSTRAINT scan_pkey PRIMARY KEY (dataset);

ALTER TABLE ONLY open_data.validation
    ADD CONSTRAINT validation_pkey PRIMARY KEY (dataset);

ALTER TABLE ONLY procrastinate.procrastinate_events
    ADD CONSTRAINT procrastinate_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY procrastinate.procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY procrastinate.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY procrastinate.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_unique UNIQUE (task_name, periodic_id, defer_timestamp);

ALTER TABLE ONLY procrastinate.procrastinate_workers
    ADD CONSTRAINT procrastinate_workers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY proposals.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (proposal, number);

ALTER TABLE ONLY proposals.proposal
    ADD CONSTRAINT proposal_pkey PRIMARY KEY (id);

ALTER TABLE ONLY raster.file
    ADD CONSTRAINT file_pkey PRIMARY KEY (vintage, name);

ALTER TABLE ONLY raster.vintage
    ADD CONSTRAINT vintage_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.instrument_acceptance
    ADD CONSTRAINT accepted_once EXCLUDE USING gist (organisation WITH =, instrument WITH =, known WITH &&);

ALTER TABLE ONLY registry.account
    ADD CONSTRAINT account_oidc_issuer_oidc_subject_key UNIQUE (oidc_issuer, oidc_subject);

ALTER TABLE ONLY registry.account
    ADD CONSTRAINT account_pkey PRIMARY KEY (login);

ALTER TABLE ONLY registry.act
    ADD CONSTRAINT act_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.sub_distribution
    ADD CONSTRAINT act_said_once EXCLUDE USING gist (number WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY registry.agenda_item
    ADD CONSTRAINT agenda_item_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.agreement
    ADD CONSTRAINT agreement_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.annex_line
    ADD CONSTRAINT annex_line_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.asset
    ADD CONSTRAINT asset_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.attendance
    ADD CONSTRAINT attendance_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.body_figures
    ADD CONSTRAINT body_figures_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.body
    ADD CONSTRAINT body_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.instrument_clause
    ADD CONSTRAINT clause_said_once EXCLUDE USING gist (instrument WITH =, clause WITH =, known WITH &&);

ALTER TABLE ONLY registry.co_owner
    ADD CONSTRAINT co_owner_dataset_version_organisation_key UNIQUE (dataset, version, organisation);

ALTER TABLE ONLY registry.co_owner
    ADD CONSTRAINT co_owner_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.committee
    ADD CONSTRAINT committee_id_kind_key UNIQUE (id, kind);

ALTER TABLE ONLY registry.committee
    ADD CONSTRAINT committee_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.competence
    ADD CONSTRAINT competence_pkey PRIMARY KEY (committee, subject, nature);

ALTER TABLE ONLY registry.coproduction
    ADD CONSTRAINT coproduction_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.data_version
    ADD CONSTRAINT data_version_pkey PRIMARY KEY (collection);

ALTER TABLE ONLY registry.dataset_attributes
    ADD CONSTRAINT dataset_attributes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.dataset_exception
    ADD CONSTRAINT dataset_exception_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.dataset
    ADD CONSTRAINT dataset_id_kind_key UNIQUE (id, kind);

ALTER TABLE ONLY registry.dataset_licence
    ADD CONSTRAINT dataset_licence_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.dataset_metadata
    ADD CONSTRAINT dataset_metadata_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.dataset
    ADD CONSTRAINT dataset_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.dataset_standard
    ADD CONSTRAINT dataset_standard_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.dataset_state
    ADD CONSTRAINT dataset_state_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.dataset_version
    ADD CONSTRAINT dataset_version_dataset_version_key UNIQUE (dataset, version);

ALTER TABLE ONLY registry.dataset_version
    ADD CONSTRAINT dataset_version_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.dated
    ADD CONSTRAINT dated_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.decision
    ADD CONSTRAINT decision_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.declared
    ADD CONSTRAINT declared_once EXCLUDE USING gist (dataset WITH =, facet WITH =, known WITH &&);

ALTER TABLE ONLY registry.declared
    ADD CONSTRAINT declared_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.delegation
    ADD CONSTRAINT delegation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.delegation
    ADD CONSTRAINT delegation_said_once EXCLUDE USING gist (number WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY registry.deliberation
    ADD CONSTRAINT deliberation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.exchange_acceptance
    ADD CONSTRAINT document_accepted_once EXCLUDE USING gist (convention WITH =, organisation WITH =, document WITH =, known WITH &&);

ALTER TABLE ONLY registry.epoch
    ADD CONSTRAINT epoch_pkey PRIMARY KEY (singleton);

ALTER TABLE ONLY registry.dataset_exception
    ADD CONSTRAINT exception_said_once EXCLUDE USING gist (number WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY registry.exchange_acceptance
    ADD CONSTRAINT exchange_acceptance_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.exit_item
    ADD CONSTRAINT exit_item_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.follow_up
    ADD CONSTRAINT follow_up_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.frozen_audience
    ADD CONSTRAINT frozen_audience_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.group_member
    ADD CONSTRAINT group_member_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.instrument_acceptance
    ADD CONSTRAINT instrument_acceptance_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.instrument_clause
    ADD CONSTRAINT instrument_clause_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.instrument
    ADD CONSTRAINT instrument_id_kind_key UNIQUE (id, kind);

ALTER TABLE ONLY registry.instrument_notice
    ADD CONSTRAINT instrument_notice_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.instrument_party
    ADD CONSTRAINT instrument_party_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.instrument
    ADD CONSTRAINT instrument_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.instrument_term
    ADD CONSTRAINT instrument_term_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.intervention
    ADD CONSTRAINT intervention_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.inventory_entry
    ADD CONSTRAINT inventory_entry_dataset_version_key UNIQUE (dataset, version);

ALTER TABLE ONLY registry.inventory_entry
    ADD CONSTRAINT inventory_entry_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.decision
    ADD CONSTRAINT item_ruled_once EXCLUDE USING gist (meeting WITH =, item WITH =, known WITH &&);

ALTER TABLE ONLY registry.mandate
    ADD CONSTRAINT mandate_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.meeting
    ADD CONSTRAINT meeting_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.group_member
    ADD CONSTRAINT member_once EXCLUDE USING gist (working_group WITH =, organisation WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY registry.membership
    ADD CONSTRAINT membership_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.next_version
    ADD CONSTRAINT next_version_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.notice
    ADD CONSTRAINT notice_pkey PRIMARY KEY (number);

ALTER TABLE ONLY registry.agreement
    ADD CONSTRAINT one_answer_at_any_date EXCLUDE USING gist (number WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY registry.opening_answer
    ADD CONSTRAINT one_answer_of_a_question EXCLUDE USING gist (dataset WITH =, source WITH =, question WITH =, COALESCE(detector, ''::text) WITH =, COALESCE(field, ''::text) WITH =, known WITH &&);

ALTER TABLE ONLY registry.instrument_term
    ADD CONSTRAINT one_charter_in_force EXCLUDE USING gist (valid WITH &&, known WITH &&) WHERE ((kind = 'charter'::text));

ALTER TABLE ONLY registry.deliberation
    ADD CONSTRAINT one_deliberation_of_a_party EXCLUDE USING gist (instrument WITH =, organisation WITH =, known WITH &&);

ALTER TABLE ONLY registry.standard_version
    ADD CONSTRAINT one_description_of_a_version EXCLUDE USING gist (standard WITH =, version WITH =, known WITH &&);

ALTER TABLE ONLY registry.asset
    ADD CONSTRAINT one_description_of_an_asset EXCLUDE USING gist (asset WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY registry.territorial_membership
    ADD CONSTRAINT one_ept_per_commune EXCLUDE USING gist (commune WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY registry.frozen_audience
    ADD CONSTRAINT one_frozen_audience EXCLUDE USING gist (dataset WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY registry.coproduction
    ADD CONSTRAINT one_group_at_any_date EXCLUDE USING gist (dataset WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY registry.mandate
    ADD CONSTRAINT one_holder_at_any_date EXCLUDE USING gist (organisation WITH =, role WITH =, valid WITH &&, known WITH &&) WHERE ((role = ANY (ARRAY['technical_referent'::text, 'deputy'::text, 'steering_representative'::text, 'pilot_project_manager'::text])));

ALTER TABLE ONLY registry.dataset_licence
    ADD CONSTRAINT one_licence EXCLUDE USING gist (dataset WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY registry.dataset_attributes
    ADD CONSTRAINT one_list_of_attributes EXCLUDE USING gist (dataset WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY registry.meeting
    ADD CONSTRAINT one_meeting_a_day EXCLUDE USING gist (committee WITH =, held_on WITH =, known WITH &&);

ALTER TABLE ONLY registry.opening_notice
    ADD CONSTRAINT one_opening_at_any_date EXCLUDE USING gist (dataset WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY registry.exit_item
    ADD CONSTRAINT one_outcome_of_an_item EXCLUDE USING gist (instrument WITH =, item WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY registry.ownership
    ADD CONSTRAINT one_owner_at_any_date EXCLUDE USING gist (dataset WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY registry.piece
    ADD CONSTRAINT one_piece_of_a_kind EXCLUDE USING gist (organisation WITH =, application WITH =, kind WITH =, known WITH &&);

ALTER TABLE ONLY registry.pilotage
    ADD CONSTRAINT one_pilot_at_any_date EXCLUDE USING gist (valid WITH &&, known WITH &&);

ALTER TABLE ONLY registry.reading
    ADD CONSTRAINT one_reading_at_any_date EXCLUDE USING gist (number WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY registry.terms
    ADD CONSTRAINT one_set_of_terms EXCLUDE USING gist (dataset WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY registry.instrument_party
    ADD CONSTRAINT one_signature_of_a_party EXCLUDE USING gist (instrument WITH =, organisation WITH =, known WITH &&);

ALTER TABLE ONLY registry.body_figures
    ADD CONSTRAINT one_size_of_a_body EXCLUDE USING gist (organisation WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY registry.next_version
    ADD CONSTRAINT one_stage_of_the_next_version EXCLUDE USING gist (dataset WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY registry.membership
    ADD CONSTRAINT one_standing_at_any_date EXCLUDE USING gist (organisation WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY registry.dataset_state
    ADD CONSTRAINT one_state_at_any_date EXCLUDE USING gist (dataset WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY registry.follow_up
    ADD CONSTRAINT one_state_of_a_case EXCLUDE USING gist (number WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY registry.annex_line
    ADD CONSTRAINT one_state_of_a_line EXCLUDE USING gist (line WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY registry.instrument_notice
    ADD CONSTRAINT one_state_of_a_notice EXCLUDE USING gist (notice WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY registry.intervention
    ADD CONSTRAINT one_state_of_an_intervention EXCLUDE USING gist (number WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY registry.working_group_term
    ADD CONSTRAINT one_term_of_a_group EXCLUDE USING gist (working_group WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY registry.instrument_term
    ADD CONSTRAINT one_term_per_instrument EXCLUDE USING gist (instrument WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY registry.dataset_standard
    ADD CONSTRAINT one_version_of_a_standard EXCLUDE USING gist (dataset WITH =, standard WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY registry.dataset_metadata
    ADD CONSTRAINT one_visibility EXCLUDE USING gist (dataset WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY registry.vote
    ADD CONSTRAINT one_voice_per_body EXCLUDE USING gist (decision WITH =, organisation WITH =, known WITH &&);

ALTER TABLE ONLY registry.opening_answer
    ADD CONSTRAINT opening_answer_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.opening_notice
    ADD CONSTRAINT opening_notice_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.organisation
    ADD CONSTRAINT organisation_described_once EXCLUDE USING gist (organisation WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY registry.organisation
    ADD CONSTRAINT organisation_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.ownership
    ADD CONSTRAINT ownership_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.piece
    ADD CONSTRAINT piece_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.pilotage
    ADD CONSTRAINT pilotage_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.attendance
    ADD CONSTRAINT present_once EXCLUDE USING gist (meeting WITH =, organisation WITH =, known WITH &&);

ALTER TABLE ONLY registry.publication
    ADD CONSTRAINT publication_pkey PRIMARY KEY (number);

ALTER TABLE ONLY registry.reading
    ADD CONSTRAINT reading_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.remembered
    ADD CONSTRAINT remembered_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.standard_version
    ADD CONSTRAINT standard_version_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.sub_distribution
    ADD CONSTRAINT sub_distribution_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.takedown
    ADD CONSTRAINT takedown_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.takedown
    ADD CONSTRAINT takedown_said_once EXCLUDE USING gist (number WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY registry.terms
    ADD CONSTRAINT terms_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.territorial_membership
    ADD CONSTRAINT territorial_membership_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.third_party_transfer
    ADD CONSTRAINT third_party_transfer_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.token
    ADD CONSTRAINT token_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.token
    ADD CONSTRAINT token_sha256_key UNIQUE (sha256);

ALTER TABLE ONLY registry.third_party_transfer
    ADD CONSTRAINT transfer_said_once EXCLUDE USING gist (number WITH =, valid WITH &&, known WITH &&);

ALTER TABLE ONLY registry.vote
    ADD CONSTRAINT vote_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.working_group
    ADD CONSTRAINT working_group_pkey PRIMARY KEY (id);

ALTER TABLE ONLY registry.working_group_term
    ADD CONSTRAINT working_group_term_pkey PRIMARY KEY (id);

ALTER TABLE ONLY remarks.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (remark, number);

ALTER TABLE ONLY remarks.gate
    ADD CONSTRAINT gate_pkey PRIMARY KEY (one);

ALTER TABLE ONLY remarks.remark
    ADD CONSTRAINT remark_pkey PRIMARY KEY (id);

ALTER TABLE ONLY sensors.datastream_feature
    ADD CONSTRAINT datastream_feature_pkey PRIMARY KEY (datastream, feature);

ALTER TABLE ONLY sensors.datastream
    ADD CONSTRAINT datastream_pkey PRIMARY KEY (id);

ALTER TABLE ONLY sensors.datastream_state
    ADD CONSTRAINT datastream_state_pkey PRIMARY KEY (datastream);

ALTER TABLE ONLY sensors.feature_of_interest
    ADD CONSTRAINT feature_of_interest_pkey PRIMARY KEY (id);

ALTER TABLE ONLY sensors.historical_location
    ADD CONSTRAINT historical_location_pkey PRIMARY KEY (id);

ALTER TABLE ONLY sensors.historical_place
    ADD CONSTRAINT historical_place_pkey PRIMARY KEY (historical_location, location);

ALTER TABLE ONLY sensors.location
    ADD CONSTRAINT location_pkey PRIMARY KEY (id);

ALTER TABLE ONLY sensors.observation
    ADD CONSTRAINT observation_pkey PRIMARY KEY (phenomenon_time, id);

ALTER TABLE ONLY sensors.observation_other
    ADD CONSTRAINT observation_other_pkey PRIMARY KEY (phenomenon_time, id);

ALTER TABLE ONLY sensors.observed_property
    ADD CONSTRAINT observed_property_pkey PRIMARY KEY (id);

ALTER TABLE ONLY sensors.sensor
    ADD CONSTRAINT sensor_pkey PRIMARY KEY (id);

ALTER TABLE ONLY sensors.thing_location
    ADD CONSTRAINT thing_location_pkey PRIMARY KEY (thing, location);

ALTER TABLE ONLY sensors.thing
    ADD CONSTRAINT thing_pkey PRIMARY KEY (id);

ALTER TABLE ONLY served.copy
    ADD CONSTRAINT copy_pkey PRIMARY KEY (relation);

ALTER TABLE ONLY served.published
    ADD CONSTRAINT published_pkey PRIMARY KEY (collection);

CREATE INDEX decision_latest ON consolidation.decision USING btree (recipe, identity, id DESC);

CREATE INDEX feature_geometry ON consolidation.feature USING gist (geometry);

CREATE INDEX feature_key ON consolidation.feature USING btree (contribution, key);

CREATE INDEX feature_natural_key ON consolidation.feature USING btree (natural_key, contribution);

CREATE UNIQUE INDEX finding_once ON consolidation.finding USING btree (contribution, COALESCE(other, (0)::bigint), identity);

CREATE INDEX origin_contributor ON consolidation.origin USING btree (dataset, contributor);

CREATE INDEX deposit_of_body ON deposits.deposit USING btree (organisation, created DESC, id);

CREATE UNIQUE INDEX one_live_deposit_of_a_content ON deposits.deposit USING btree (dataset, organisation, sha256) WHERE (state = ANY (ARRAY['draft'::text, 'checked'::text, 'signed_off'::text, 'published'::text]));

CREATE INDEX draft_of ON desks.draft USING btree (login, saved_at);

CREATE UNIQUE INDEX feed_of ON desks.feed USING btree (login) WHERE (revoked_at IS NULL);

CREATE UNIQUE INDEX receipt_act ON desks.receipt USING btree (act);

CREATE INDEX receipt_login ON desks.receipt USING btree (login, done_at DESC);

CREATE INDEX edit_of_feature ON edits.edit USING btree (collection, feature, id DESC);

CREATE INDEX record_by_identifier ON harvest.record USING btree (identifier);

CREATE INDEX job_of_login ON jobs.job USING btree (login, created DESC, id);

CREATE INDEX job_open ON jobs.job USING btree (created) WHERE (status = ANY (ARRAY['accepted'::text, 'running'::text]));

CREATE INDEX decisions_at ON journal.decisions USING btree (at);

CREATE INDEX decisions_dataset ON journal.decisions USING btree (dataset, at);

CREATE INDEX decisions_organisation ON journal.decisions USING btree (organisation, at);

CREATE UNIQUE INDEX contact_email ON notices.contact USING btree (lower(email));

CREATE INDEX message_due ON notices.message USING btree (next_at) WHERE (state = ANY (ARRAY['queued'::text, 'sending'::text]));

CREATE INDEX message_of_body ON notices.message USING btree (organisation, id DESC) WHERE (organisation IS NOT NULL);

CREATE INDEX message_of_login ON notices.message USING btree (login, id DESC) WHERE (login IS NOT NULL);

CREATE INDEX sign_in_by_address ON notices.sign_in USING btree (address, asked_at);

CREATE INDEX sign_in_by_caller ON notices.sign_in USING btree (caller, asked_at);

CREATE INDEX idx_procrastinate_jobs_worker_not_null ON procrastinate.procrastinate_jobs USING btree (worker_id) WHERE ((worker_id IS NOT NULL) AND (status = 'doing'::procrastinate.procrastinate_job_status));

CREATE INDEX idx_procrastinate_workers_last_heartbeat ON procrastinate.procrastinate_workers USING btree (last_heartbeat);

CREATE INDEX procrastinate_events_job_id_fkey_v1 ON procrastinate.procrastinate_events USING btree (job_id);

CREATE INDEX procrastinate_jobs_id_lock_idx_v1 ON procrastinate.procrastinate_jobs USING btree (id, lock) WHERE (status = ANY (ARRAY['todo'::procrastinate.procrastinate_job_status, 'doing'::procrastinate.procrastinate_job_status]));

CREATE UNIQUE INDEX procrastinate_jobs_lock_idx_v1 ON procrastinate.procrastinate_jobs USING btree (lock) WHERE (status = 'doing'::procrastinate.procrastinate_job_status);

CREATE INDEX procrastinate_jobs_priority_idx_v1 ON procrastinate.procrastinate_jobs USING btree (priority DESC, id) WHERE (status = 'todo'::procrastinate.procrastinate_job_status);

CREATE INDEX procrastinate_jobs_queue_name_idx_v1 ON procrastinate.procrastinate_jobs USING btree (queue_name);

CREATE UNIQUE INDEX procrastinate_jobs_queueing_lock_idx_v1 ON procrastinate.procrastinate_jobs USING btree (queueing_lock) WHERE (status = 'todo'::procrastinate.procrastinate_job_status);

CREATE INDEX procrastinate_periodic_defers_job_id_fkey_v1 ON procrastinate.procrastinate_periodic_defers USING btree (job_id);

CREATE INDEX proposal_of_dataset ON proposals.proposal USING btree (dataset, id DESC);

CREATE INDEX proposal_of_feature ON proposals.proposal USING btree (dataset, feature) WHERE (feature IS NOT NULL);

CREATE INDEX proposal_of_login ON proposals.proposal USING btree (login, at);

CREATE INDEX file_footprint ON raster.file USING gist (vintage, footprint);

CREATE UNIQUE INDEX vintage_in_force ON raster.vintage USING btree (collection, name) WHERE ((published_at IS NOT NULL) AND (replaced_at IS NULL));

CREATE UNIQUE INDEX vintage_prepared ON raster.vintage USING btree (collection, name) WHERE ((published_at IS NULL) AND (pruned_at IS NULL));

CREATE INDEX act_recorded_at ON registry.act USING btree (recorded_at);

CREATE INDEX asset_geometry ON registry.asset USING gist (geometry);

CREATE INDEX follow_up_by_kind ON registry.follow_up USING btree (kind) WHERE (closed_by IS NULL);

CREATE INDEX notice_organisation ON registry.notice USING btree (organisation, at);

CREATE INDEX opening_answer_of ON registry.opening_answer USING btree (dataset) WHERE (closed_by IS NULL);

CREATE INDEX remark_of_author ON remarks.remark USING btree (author_login, id DESC) WHERE (author_login IS NOT NULL);

CREATE INDEX remark_of_body ON remarks.remark USING btree (organisation, id DESC);

CREATE INDEX remark_of_caller ON remarks.remark USING btree (caller, at) WHERE (caller IS NOT NULL);

CREATE INDEX remark_of_dataset ON remarks.remark USING btree (dataset, id DESC) WHERE (dataset IS NOT NULL);

CREATE INDEX datastream_dataset ON sensors.datastream USING btree (dataset);

CREATE INDEX datastream_entitled ON sensors.datastream USING gin (entitled);

CREATE INDEX datastream_feature_feature ON sensors.datastream_feature USING btree (feature);

CREATE INDEX datastream_observed_property ON sensors.datastream USING btree (observed_property);

CREATE INDEX datastream_sensor ON sensors.datastream USING btree (sensor);

CREATE INDEX datastream_thing ON sensors.datastream USING btree (thing);

CREATE INDEX feature_of_interest_geometry ON sensors.feature_of_interest USING gist (geometry);

CREATE INDEX feature_of_interest_location ON sensors.feature_of_interest USING btree (location);

CREATE INDEX historical_location_thing ON sensors.historical_location USING btree (thing, "time");

CREATE INDEX historical_place_location ON sensors.historical_place USING btree (location);

CREATE INDEX location_geometry ON sensors.location USING gist (geometry);

CREATE INDEX observation_number_of ON ONLY sensors.observation USING btree (id);

CREATE INDEX observation_of_datastream ON ONLY sensors.observation USING btree (datastream, phenomenon_time, id);

CREATE INDEX observation_other_datastream_phenomenon_time_id_idx ON sensors.observation_other USING btree (datastream, phenomenon_time, id);

CREATE INDEX observation_other_id_idx ON sensors.observation_other USING btree (id);

CREATE INDEX thing_location_location ON sensors.thing_location USING btree (location);

CREATE INDEX copy_source ON served.copy USING btree (source);

ALTER INDEX sensors.observation_of_datastream ATTACH PARTITION sensors.observation_other_datastream_phenomenon_time_id_idx;

ALTER INDEX sensors.observation_number_of ATTACH PARTITION sensors.observation_other_id_idx;

ALTER INDEX sensors.observation_pkey ATTACH PARTITION sensors.observation_other_pkey;

CREATE TRIGGER decisions_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON journal.decisions FOR EACH STATEMENT EXECUTE FUNCTION journal.refuse_change();

CREATE TRIGGER seals_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON journal.seals FOR EACH STATEMENT EXECUTE FUNCTION journal.refuse_change();

CREATE TRIGGER contact_bumps AFTER INSERT OR DELETE OR UPDATE ON notices.contact FOR EACH STATEMENT EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER procrastinate_jobs_notify_queue_job_aborted_v1 AFTER UPDATE OF abort_requested ON procrastinate.procrastinate_jobs FOR EACH ROW WHEN (((old.abort_requested = false) AND (new.abort_requested = true) AND (new.status = 'doing'::procrastinate.procrastinate_job_status))) EXECUTE FUNCTION procrastinate.procrastinate_notify_queue_abort_job_v1();

CREATE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 AFTER INSERT ON procrastinate.procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::procrastinate.procrastinate_job_status)) EXECUTE FUNCTION procrastinate.procrastinate_notify_queue_job_inserted_v1();

CREATE TRIGGER procrastinate_trigger_abort_requested_events_v1 AFTER UPDATE OF abort_requested ON procrastinate.procrastinate_jobs FOR EACH ROW WHEN ((new.abort_requested = true)) EXECUTE FUNCTION procrastinate.procrastinate_trigger_abort_requested_events_procedure_v1();

CREATE TRIGGER procrastinate_trigger_delete_jobs_v1 BEFORE DELETE ON procrastinate.procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION procrastinate.procrastinate_unlink_periodic_defers_v1();

CREATE TRIGGER procrastinate_trigger_scheduled_events_v1 AFTER INSERT OR UPDATE ON procrastinate.procrastinate_jobs FOR EACH ROW WHEN (((new.scheduled_at IS NOT NULL) AND (new.status = 'todo'::procrastinate.procrastinate_job_status))) EXECUTE FUNCTION procrastinate.procrastinate_trigger_function_scheduled_events_v1();

CREATE TRIGGER procrastinate_trigger_status_events_insert_v1 AFTER INSERT ON procrastinate.procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::procrastinate.procrastinate_job_status)) EXECUTE FUNCTION procrastinate.procrastinate_trigger_function_status_events_insert_v1();

CREATE TRIGGER procrastinate_trigger_status_events_update_v1 AFTER UPDATE OF status ON procrastinate.procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION procrastinate.procrastinate_trigger_function_status_events_update_v1();

CREATE TRIGGER base BEFORE INSERT OR UPDATE OF "values" ON proposals.proposal FOR EACH ROW EXECUTE FUNCTION proposals.keep_base();

CREATE TRIGGER account_bumps AFTER INSERT OR DELETE OR UPDATE ON registry.account FOR EACH STATEMENT EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.agenda_item FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.agreement FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.annex_line FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.asset FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.attendance FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.body_figures FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT ON registry.co_owner FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.coproduction FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.dataset_attributes FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.dataset_exception FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.dataset_licence FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.dataset_metadata FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.dataset_standard FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.dataset_state FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT ON registry.dataset_version FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.decision FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.declared FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.delegation FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.deliberation FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.exchange_acceptance FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.exit_item FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.follow_up FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.frozen_audience FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.group_member FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.instrument_acceptance FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.instrument_clause FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.instrument_notice FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.instrument_party FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.instrument_term FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.intervention FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT ON registry.inventory_entry FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.mandate FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.meeting FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.membership FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.next_version FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.opening_answer FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.opening_notice FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.organisation FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.ownership FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.piece FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.pilotage FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.reading FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.standard_version FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.sub_distribution FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.takedown FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.terms FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.territorial_membership FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.third_party_transfer FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.vote FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER epoch AFTER INSERT OR UPDATE ON registry.working_group_term FOR EACH STATEMENT WHEN (registry.epoch_unmoved()) EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER invariant AFTER INSERT ON registry.agreement FOR EACH ROW EXECUTE FUNCTION registry.check_agreement();

CREATE TRIGGER invariant AFTER INSERT ON registry.attendance FOR EACH ROW EXECUTE FUNCTION registry.check_attendance();

CREATE TRIGGER invariant AFTER INSERT ON registry.co_owner FOR EACH ROW EXECUTE FUNCTION registry.check_co_owner();

CREATE TRIGGER invariant AFTER INSERT ON registry.dataset_state FOR EACH ROW EXECUTE FUNCTION registry.check_dataset_state();

CREATE TRIGGER invariant AFTER INSERT ON registry.decision FOR EACH ROW EXECUTE FUNCTION registry.check_decision();

CREATE TRIGGER invariant AFTER INSERT ON registry.frozen_audience FOR EACH ROW EXECUTE FUNCTION registry.check_frozen_audience();

CREATE TRIGGER invariant AFTER INSERT ON registry.instrument_acceptance FOR EACH ROW EXECUTE FUNCTION registry.check_instrument_acceptance();

CREATE TRIGGER invariant AFTER INSERT ON registry.instrument_term FOR EACH ROW EXECUTE FUNCTION registry.check_instrument_term();

CREATE TRIGGER invariant AFTER INSERT ON registry.membership FOR EACH ROW EXECUTE FUNCTION registry.check_membership();

CREATE TRIGGER invariant AFTER INSERT ON registry.sub_distribution FOR EACH ROW EXECUTE FUNCTION registry.check_sub_distribution();

CREATE TRIGGER invariant AFTER INSERT ON registry.terms FOR EACH ROW EXECUTE FUNCTION registry.check_terms();

CREATE TRIGGER invariant AFTER INSERT ON registry.vote FOR EACH ROW EXECUTE FUNCTION registry.check_vote();

CREATE TRIGGER keep BEFORE DELETE OR UPDATE ON registry.act FOR EACH ROW EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep BEFORE DELETE OR UPDATE ON registry.body FOR EACH ROW EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep BEFORE DELETE OR UPDATE ON registry.co_owner FOR EACH ROW EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep BEFORE DELETE OR UPDATE ON registry.committee FOR EACH ROW EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep BEFORE DELETE OR UPDATE ON registry.dataset FOR EACH ROW EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep BEFORE DELETE OR UPDATE ON registry.dataset_version FOR EACH ROW EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep BEFORE DELETE OR UPDATE ON registry.instrument FOR EACH ROW EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep BEFORE DELETE OR UPDATE ON registry.inventory_entry FOR EACH ROW EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep BEFORE DELETE OR UPDATE ON registry.working_group FOR EACH ROW EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.act FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.agenda_item FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.agreement FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.annex_line FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.asset FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.attendance FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.body FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.body_figures FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.co_owner FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.committee FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.coproduction FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.dataset FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.dataset_attributes FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.dataset_exception FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.dataset_licence FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.dataset_metadata FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.dataset_standard FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.dataset_state FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.dataset_version FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.decision FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.declared FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.delegation FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.deliberation FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.exchange_acceptance FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.exit_item FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.follow_up FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.frozen_audience FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.group_member FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.instrument FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.instrument_acceptance FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.instrument_clause FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.instrument_notice FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.instrument_party FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.instrument_term FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.intervention FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.inventory_entry FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.mandate FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.meeting FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.membership FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.next_version FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.opening_answer FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.opening_notice FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.organisation FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.ownership FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.piece FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.pilotage FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.reading FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.standard_version FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.sub_distribution FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.takedown FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.terms FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.territorial_membership FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.third_party_transfer FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.vote FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.working_group FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER keep_all BEFORE TRUNCATE ON registry.working_group_term FOR EACH STATEMENT EXECUTE FUNCTION registry.refuse_rewriting();

CREATE TRIGGER publication_bumps AFTER INSERT ON registry.publication FOR EACH STATEMENT EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.agenda_item FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.agreement FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.annex_line FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.asset FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.attendance FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.body_figures FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.coproduction FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.dataset_attributes FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.dataset_exception FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.dataset_licence FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.dataset_metadata FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.dataset_standard FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.dataset_state FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.decision FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.declared FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.delegation FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.deliberation FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.exchange_acceptance FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.exit_item FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.follow_up FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.frozen_audience FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.group_member FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.instrument_acceptance FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.instrument_clause FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.instrument_notice FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.instrument_party FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.instrument_term FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.intervention FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.mandate FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.meeting FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.membership FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.next_version FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.opening_answer FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.opening_notice FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.organisation FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.ownership FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.piece FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.pilotage FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.reading FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.standard_version FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.sub_distribution FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.takedown FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.terms FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.territorial_membership FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.third_party_transfer FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.vote FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER remember BEFORE INSERT OR DELETE OR UPDATE ON registry.working_group_term FOR EACH ROW EXECUTE FUNCTION registry.remember();

CREATE TRIGGER stamp BEFORE INSERT ON registry.act FOR EACH ROW EXECUTE FUNCTION registry.stamp_act();

CREATE TRIGGER token_bumps AFTER INSERT OR DELETE OR UPDATE ON registry.token FOR EACH STATEMENT EXECUTE FUNCTION registry.bump_epoch();

CREATE TRIGGER version_validated AFTER INSERT ON registry.dataset_version FOR EACH ROW EXECUTE FUNCTION versions.validated();

CREATE TRIGGER count_corrected AFTER UPDATE ON sensors.observation REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION sensors.count_again();

CREATE TRIGGER count_in AFTER INSERT ON sensors.observation REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION sensors.count_in();

CREATE TRIGGER count_removed AFTER DELETE ON sensors.observation REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION sensors.count_again();

ALTER TABLE ONLY consolidation.compared
    ADD CONSTRAINT compared_contribution_fkey FOREIGN KEY (contribution) REFERENCES consolidation.contribution(id) ON DELETE CASCADE;

ALTER TABLE ONLY consolidation.compared
    ADD CONSTRAINT compared_other_fkey FOREIGN KEY (other) REFERENCES consolidation.contribution(id) ON DELETE CASCADE;

ALTER TABLE ONLY consolidation.feature
    ADD CONSTRAINT feature_contribution_fkey FOREIGN KEY (contribution) REFERENCES consolidation.contribution(id) ON DELETE CASCADE;

ALTER TABLE ONLY consolidation.finding
    ADD CONSTRAINT finding_contribution_fkey FOREIGN KEY (contribution) REFERENCES consolidation.contribution(id) ON DELETE CASCADE;

ALTER TABLE ONLY consolidation.finding
    ADD CONSTRAINT finding_other_fkey FOREIGN KEY (other) REFERENCES consolidation.contribution(id) ON DELETE CASCADE;

ALTER TABLE ONLY consolidation.origin
    ADD CONSTRAINT origin_run_fkey FOREIGN KEY (run) REFERENCES consolidation.run(id);

ALTER TABLE ONLY consolidation.result
    ADD CONSTRAINT result_contribution_n_fkey FOREIGN KEY (contribution, n) REFERENCES consolidation.feature(contribution, n);

ALTER TABLE ONLY consolidation.result
    ADD CONSTRAINT result_run_fkey FOREIGN KEY (run) REFERENCES consolidation.run(id) ON DELETE CASCADE;

ALTER TABLE ONLY deposits.event
    ADD CONSTRAINT event_deposit_fkey FOREIGN KEY (deposit) REFERENCES deposits.deposit(id);

ALTER TABLE ONLY desks.draft
    ADD CONSTRAINT draft_login_fkey FOREIGN KEY (login) REFERENCES registry.account(login);

ALTER TABLE ONLY desks.feed
    ADD CONSTRAINT feed_login_fkey FOREIGN KEY (login) REFERENCES registry.account(login);

ALTER TABLE ONLY desks.piece
    ADD CONSTRAINT piece_login_fkey FOREIGN KEY (login) REFERENCES registry.account(login);

ALTER TABLE ONLY desks.receipt
    ADD CONSTRAINT receipt_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY desks.receipt
    ADD CONSTRAINT receipt_piece_fkey FOREIGN KEY (piece) REFERENCES desks.piece(id);

ALTER TABLE ONLY harvest.copy
    ADD CONSTRAINT copy_downstream_fkey FOREIGN KEY (downstream) REFERENCES harvest.downstream(name);

ALTER TABLE ONLY harvest.finding
    ADD CONSTRAINT finding_source_run_fkey FOREIGN KEY (source, run) REFERENCES harvest.run(source, number) ON DELETE CASCADE;

ALTER TABLE ONLY harvest.page
    ADD CONSTRAINT page_source_fkey FOREIGN KEY (source) REFERENCES harvest.source(source);

ALTER TABLE ONLY harvest.record
    ADD CONSTRAINT record_source_fkey FOREIGN KEY (source) REFERENCES harvest.source(source);

ALTER TABLE ONLY harvest.run
    ADD CONSTRAINT run_source_fkey FOREIGN KEY (source) REFERENCES harvest.source(source);

ALTER TABLE ONLY harvest.staged
    ADD CONSTRAINT staged_source_run_fkey FOREIGN KEY (source, run) REFERENCES harvest.run(source, number) ON DELETE CASCADE;

ALTER TABLE ONLY jobs.piece
    ADD CONSTRAINT piece_job_fkey FOREIGN KEY (job) REFERENCES jobs.job(id) ON DELETE CASCADE;

ALTER TABLE ONLY notices.contact
    ADD CONSTRAINT contact_login_fkey FOREIGN KEY (login) REFERENCES registry.account(login);

ALTER TABLE ONLY notices.message
    ADD CONSTRAINT message_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY notices.message
    ADD CONSTRAINT message_login_fkey FOREIGN KEY (login) REFERENCES registry.account(login);

ALTER TABLE ONLY notices.sign_in
    ADD CONSTRAINT sign_in_login_fkey FOREIGN KEY (login) REFERENCES registry.account(login);

ALTER TABLE ONLY procrastinate.procrastinate_events
    ADD CONSTRAINT procrastinate_events_job_id_fkey FOREIGN KEY (job_id) REFERENCES procrastinate.procrastinate_jobs(id) ON DELETE CASCADE;

ALTER TABLE ONLY procrastinate.procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES procrastinate.procrastinate_workers(id) ON DELETE SET NULL;

ALTER TABLE ONLY procrastinate.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_job_id_fkey FOREIGN KEY (job_id) REFERENCES procrastinate.procrastinate_jobs(id);

ALTER TABLE ONLY proposals.event
    ADD CONSTRAINT event_proposal_fkey FOREIGN KEY (proposal) REFERENCES proposals.proposal(id);

ALTER TABLE ONLY proposals.proposal
    ADD CONSTRAINT proposal_login_fkey FOREIGN KEY (login) REFERENCES registry.account(login);

ALTER TABLE ONLY raster.file
    ADD CONSTRAINT file_vintage_fkey FOREIGN KEY (vintage) REFERENCES raster.vintage(id) ON DELETE CASCADE;

ALTER TABLE ONLY registry.agenda_item
    ADD CONSTRAINT agenda_item_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.agenda_item
    ADD CONSTRAINT agenda_item_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.agenda_item
    ADD CONSTRAINT agenda_item_committee_fkey FOREIGN KEY (committee) REFERENCES registry.committee(id);

ALTER TABLE ONLY registry.agenda_item
    ADD CONSTRAINT agenda_item_decision_fkey FOREIGN KEY (decision) REFERENCES registry.decision(id);

ALTER TABLE ONLY registry.agreement
    ADD CONSTRAINT agreement_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.agreement
    ADD CONSTRAINT agreement_answered_by_fkey FOREIGN KEY (answered_by) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.agreement
    ADD CONSTRAINT agreement_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.agreement
    ADD CONSTRAINT agreement_dataset_kind_fkey FOREIGN KEY (dataset, kind) REFERENCES registry.dataset(id, kind);

ALTER TABLE ONLY registry.agreement
    ADD CONSTRAINT agreement_requester_fkey FOREIGN KEY (requester) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.annex_line
    ADD CONSTRAINT annex_line_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.annex_line
    ADD CONSTRAINT annex_line_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.annex_line
    ADD CONSTRAINT annex_line_convention_fkey FOREIGN KEY (convention) REFERENCES registry.instrument(id);

ALTER TABLE ONLY registry.annex_line
    ADD CONSTRAINT annex_line_depositor_fkey FOREIGN KEY (depositor) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.annex_line
    ADD CONSTRAINT annex_line_host_fkey FOREIGN KEY (host) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.asset
    ADD CONSTRAINT asset_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.asset
    ADD CONSTRAINT asset_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.asset
    ADD CONSTRAINT asset_maintenance_fkey FOREIGN KEY (maintenance) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.asset
    ADD CONSTRAINT asset_owner_fkey FOREIGN KEY (owner) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.attendance
    ADD CONSTRAINT attendance_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.attendance
    ADD CONSTRAINT attendance_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.attendance
    ADD CONSTRAINT attendance_meeting_fkey FOREIGN KEY (meeting) REFERENCES registry.meeting(id);

ALTER TABLE ONLY registry.attendance
    ADD CONSTRAINT attendance_organisation_fkey FOREIGN KEY (organisation) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.body_figures
    ADD CONSTRAINT body_figures_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.body_figures
    ADD CONSTRAINT body_figures_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.body_figures
    ADD CONSTRAINT body_figures_organisation_fkey FOREIGN KEY (organisation) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.co_owner
    ADD CONSTRAINT co_owner_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.co_owner
    ADD CONSTRAINT co_owner_dataset_kind_fkey FOREIGN KEY (dataset, kind) REFERENCES registry.dataset(id, kind);

ALTER TABLE ONLY registry.co_owner
    ADD CONSTRAINT co_owner_dataset_version_fkey FOREIGN KEY (dataset, version) REFERENCES registry.dataset_version(dataset, version);

ALTER TABLE ONLY registry.co_owner
    ADD CONSTRAINT co_owner_decision_fkey FOREIGN KEY (decision) REFERENCES registry.decision(id);

ALTER TABLE ONLY registry.co_owner
    ADD CONSTRAINT co_owner_organisation_fkey FOREIGN KEY (organisation) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.coproduction
    ADD CONSTRAINT coproduction_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.coproduction
    ADD CONSTRAINT coproduction_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.coproduction
    ADD CONSTRAINT coproduction_dataset_kind_fkey FOREIGN KEY (dataset, kind) REFERENCES registry.dataset(id, kind);

ALTER TABLE ONLY registry.coproduction
    ADD CONSTRAINT coproduction_working_group_fkey FOREIGN KEY (working_group) REFERENCES registry.working_group(id);

ALTER TABLE ONLY registry.dataset_attributes
    ADD CONSTRAINT dataset_attributes_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.dataset_attributes
    ADD CONSTRAINT dataset_attributes_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.dataset_attributes
    ADD CONSTRAINT dataset_attributes_dataset_fkey FOREIGN KEY (dataset) REFERENCES registry.dataset(id);

ALTER TABLE ONLY registry.dataset_exception
    ADD CONSTRAINT dataset_exception_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.dataset_exception
    ADD CONSTRAINT dataset_exception_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.dataset_exception
    ADD CONSTRAINT dataset_exception_dataset_fkey FOREIGN KEY (dataset) REFERENCES registry.dataset(id);

ALTER TABLE ONLY registry.dataset_licence
    ADD CONSTRAINT dataset_licence_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.dataset_licence
    ADD CONSTRAINT dataset_licence_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.dataset_licence
    ADD CONSTRAINT dataset_licence_dataset_fkey FOREIGN KEY (dataset) REFERENCES registry.dataset(id);

ALTER TABLE ONLY registry.dataset_metadata
    ADD CONSTRAINT dataset_metadata_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.dataset_metadata
    ADD CONSTRAINT dataset_metadata_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.dataset_metadata
    ADD CONSTRAINT dataset_metadata_dataset_fkey FOREIGN KEY (dataset) REFERENCES registry.dataset(id);

ALTER TABLE ONLY registry.dataset_standard
    ADD CONSTRAINT dataset_standard_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.dataset_standard
    ADD CONSTRAINT dataset_standard_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.dataset_standard
    ADD CONSTRAINT dataset_standard_dataset_fkey FOREIGN KEY (dataset) REFERENCES registry.dataset(id);

ALTER TABLE ONLY registry.dataset_state
    ADD CONSTRAINT dataset_state_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.dataset_state
    ADD CONSTRAINT dataset_state_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.dataset_state
    ADD CONSTRAINT dataset_state_dataset_kind_fkey FOREIGN KEY (dataset, kind) REFERENCES registry.dataset(id, kind);

ALTER TABLE ONLY registry.dataset_state
    ADD CONSTRAINT dataset_state_decision_fkey FOREIGN KEY (decision) REFERENCES registry.decision(id);

ALTER TABLE ONLY registry.dataset_version
    ADD CONSTRAINT dataset_version_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.dataset_version
    ADD CONSTRAINT dataset_version_dataset_fkey FOREIGN KEY (dataset) REFERENCES registry.dataset(id);

ALTER TABLE ONLY registry.decision
    ADD CONSTRAINT decision_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.decision
    ADD CONSTRAINT decision_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.decision
    ADD CONSTRAINT decision_committee_kind_subject_nature_fkey FOREIGN KEY (committee_kind, subject, nature) REFERENCES registry.competence(committee, subject, nature);

ALTER TABLE ONLY registry.decision
    ADD CONSTRAINT decision_meeting_fkey FOREIGN KEY (meeting) REFERENCES registry.meeting(id);

ALTER TABLE ONLY registry.declared
    ADD CONSTRAINT declared_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.declared
    ADD CONSTRAINT declared_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.declared
    ADD CONSTRAINT declared_dataset_fkey FOREIGN KEY (dataset) REFERENCES registry.dataset(id);

ALTER TABLE ONLY registry.delegation
    ADD CONSTRAINT delegation_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.delegation
    ADD CONSTRAINT delegation_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.delegation
    ADD CONSTRAINT delegation_contractor_fkey FOREIGN KEY (contractor) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.delegation
    ADD CONSTRAINT delegation_delegator_fkey FOREIGN KEY (delegator) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.deliberation
    ADD CONSTRAINT deliberation_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.deliberation
    ADD CONSTRAINT deliberation_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.deliberation
    ADD CONSTRAINT deliberation_instrument_fkey FOREIGN KEY (instrument) REFERENCES registry.instrument(id);

ALTER TABLE ONLY registry.deliberation
    ADD CONSTRAINT deliberation_organisation_fkey FOREIGN KEY (organisation) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.exchange_acceptance
    ADD CONSTRAINT exchange_acceptance_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.exchange_acceptance
    ADD CONSTRAINT exchange_acceptance_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.exchange_acceptance
    ADD CONSTRAINT exchange_acceptance_convention_fkey FOREIGN KEY (convention) REFERENCES registry.instrument(id);

ALTER TABLE ONLY registry.exchange_acceptance
    ADD CONSTRAINT exchange_acceptance_organisation_fkey FOREIGN KEY (organisation) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.exit_item
    ADD CONSTRAINT exit_item_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.exit_item
    ADD CONSTRAINT exit_item_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.exit_item
    ADD CONSTRAINT exit_item_instrument_fkey FOREIGN KEY (instrument) REFERENCES registry.instrument(id);

ALTER TABLE ONLY registry.follow_up
    ADD CONSTRAINT follow_up_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.follow_up
    ADD CONSTRAINT follow_up_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.follow_up
    ADD CONSTRAINT follow_up_instrument_fkey FOREIGN KEY (instrument) REFERENCES registry.instrument(id);

ALTER TABLE ONLY registry.follow_up
    ADD CONSTRAINT follow_up_organisation_fkey FOREIGN KEY (organisation) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.follow_up
    ADD CONSTRAINT follow_up_working_group_fkey FOREIGN KEY (working_group) REFERENCES registry.working_group(id);

ALTER TABLE ONLY registry.frozen_audience
    ADD CONSTRAINT frozen_audience_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.frozen_audience
    ADD CONSTRAINT frozen_audience_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.frozen_audience
    ADD CONSTRAINT frozen_audience_dataset_kind_fkey FOREIGN KEY (dataset, kind) REFERENCES registry.dataset(id, kind);

ALTER TABLE ONLY registry.group_member
    ADD CONSTRAINT group_member_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.group_member
    ADD CONSTRAINT group_member_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.group_member
    ADD CONSTRAINT group_member_organisation_fkey FOREIGN KEY (organisation) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.group_member
    ADD CONSTRAINT group_member_working_group_fkey FOREIGN KEY (working_group) REFERENCES registry.working_group(id);

ALTER TABLE ONLY registry.instrument_acceptance
    ADD CONSTRAINT instrument_acceptance_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.instrument_acceptance
    ADD CONSTRAINT instrument_acceptance_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.instrument_acceptance
    ADD CONSTRAINT instrument_acceptance_instrument_fkey FOREIGN KEY (instrument) REFERENCES registry.instrument(id);

ALTER TABLE ONLY registry.instrument_acceptance
    ADD CONSTRAINT instrument_acceptance_organisation_fkey FOREIGN KEY (organisation) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.instrument_clause
    ADD CONSTRAINT instrument_clause_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.instrument_clause
    ADD CONSTRAINT instrument_clause_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.instrument_clause
    ADD CONSTRAINT instrument_clause_instrument_fkey FOREIGN KEY (instrument) REFERENCES registry.instrument(id);

ALTER TABLE ONLY registry.instrument_notice
    ADD CONSTRAINT instrument_notice_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.instrument_notice
    ADD CONSTRAINT instrument_notice_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.instrument_notice
    ADD CONSTRAINT instrument_notice_instrument_fkey FOREIGN KEY (instrument) REFERENCES registry.instrument(id);

ALTER TABLE ONLY registry.instrument_notice
    ADD CONSTRAINT instrument_notice_organisation_fkey FOREIGN KEY (organisation) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.instrument_party
    ADD CONSTRAINT instrument_party_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.instrument_party
    ADD CONSTRAINT instrument_party_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.instrument_party
    ADD CONSTRAINT instrument_party_instrument_fkey FOREIGN KEY (instrument) REFERENCES registry.instrument(id);

ALTER TABLE ONLY registry.instrument_party
    ADD CONSTRAINT instrument_party_organisation_fkey FOREIGN KEY (organisation) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.instrument_term
    ADD CONSTRAINT instrument_term_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.instrument_term
    ADD CONSTRAINT instrument_term_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.instrument_term
    ADD CONSTRAINT instrument_term_decision_fkey FOREIGN KEY (decision) REFERENCES registry.decision(id);

ALTER TABLE ONLY registry.instrument_term
    ADD CONSTRAINT instrument_term_instrument_kind_fkey FOREIGN KEY (instrument, kind) REFERENCES registry.instrument(id, kind);

ALTER TABLE ONLY registry.instrument_term
    ADD CONSTRAINT instrument_term_part_of_fkey FOREIGN KEY (part_of) REFERENCES registry.instrument(id);

ALTER TABLE ONLY registry.intervention
    ADD CONSTRAINT intervention_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.intervention
    ADD CONSTRAINT intervention_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.intervention
    ADD CONSTRAINT intervention_convention_fkey FOREIGN KEY (convention) REFERENCES registry.instrument(id);

ALTER TABLE ONLY registry.intervention
    ADD CONSTRAINT intervention_depositor_fkey FOREIGN KEY (depositor) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.intervention
    ADD CONSTRAINT intervention_host_fkey FOREIGN KEY (host) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.inventory_entry
    ADD CONSTRAINT inventory_entry_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.inventory_entry
    ADD CONSTRAINT inventory_entry_dataset_kind_fkey FOREIGN KEY (dataset, kind) REFERENCES registry.dataset(id, kind);

ALTER TABLE ONLY registry.inventory_entry
    ADD CONSTRAINT inventory_entry_dataset_version_fkey FOREIGN KEY (dataset, version) REFERENCES registry.dataset_version(dataset, version);

ALTER TABLE ONLY registry.inventory_entry
    ADD CONSTRAINT inventory_entry_decision_fkey FOREIGN KEY (decision) REFERENCES registry.decision(id);

ALTER TABLE ONLY registry.mandate
    ADD CONSTRAINT mandate_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.mandate
    ADD CONSTRAINT mandate_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.mandate
    ADD CONSTRAINT mandate_organisation_fkey FOREIGN KEY (organisation) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.meeting
    ADD CONSTRAINT meeting_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.meeting
    ADD CONSTRAINT meeting_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.meeting
    ADD CONSTRAINT meeting_committee_committee_kind_fkey FOREIGN KEY (committee, committee_kind) REFERENCES registry.committee(id, kind);

ALTER TABLE ONLY registry.membership
    ADD CONSTRAINT membership_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.membership
    ADD CONSTRAINT membership_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.membership
    ADD CONSTRAINT membership_decision_fkey FOREIGN KEY (decision) REFERENCES registry.decision(id);

ALTER TABLE ONLY registry.membership
    ADD CONSTRAINT membership_organisation_fkey FOREIGN KEY (organisation) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.next_version
    ADD CONSTRAINT next_version_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.next_version
    ADD CONSTRAINT next_version_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.next_version
    ADD CONSTRAINT next_version_dataset_kind_fkey FOREIGN KEY (dataset, kind) REFERENCES registry.dataset(id, kind);

ALTER TABLE ONLY registry.opening_answer
    ADD CONSTRAINT opening_answer_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.opening_answer
    ADD CONSTRAINT opening_answer_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.opening_answer
    ADD CONSTRAINT opening_answer_dataset_fkey FOREIGN KEY (dataset) REFERENCES registry.dataset(id);

ALTER TABLE ONLY registry.opening_answer
    ADD CONSTRAINT opening_answer_organisation_fkey FOREIGN KEY (organisation) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.opening_notice
    ADD CONSTRAINT opening_notice_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.opening_notice
    ADD CONSTRAINT opening_notice_by_organisation_fkey FOREIGN KEY (by_organisation) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.opening_notice
    ADD CONSTRAINT opening_notice_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.opening_notice
    ADD CONSTRAINT opening_notice_dataset_kind_fkey FOREIGN KEY (dataset, kind) REFERENCES registry.dataset(id, kind);

ALTER TABLE ONLY registry.opening_notice
    ADD CONSTRAINT opening_notice_decision_fkey FOREIGN KEY (decision) REFERENCES registry.decision(id);

ALTER TABLE ONLY registry.organisation
    ADD CONSTRAINT organisation_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.organisation
    ADD CONSTRAINT organisation_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.organisation
    ADD CONSTRAINT organisation_organisation_fkey FOREIGN KEY (organisation) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.ownership
    ADD CONSTRAINT ownership_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.ownership
    ADD CONSTRAINT ownership_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.ownership
    ADD CONSTRAINT ownership_dataset_kind_fkey FOREIGN KEY (dataset, kind) REFERENCES registry.dataset(id, kind);

ALTER TABLE ONLY registry.ownership
    ADD CONSTRAINT ownership_organisation_fkey FOREIGN KEY (organisation) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.piece
    ADD CONSTRAINT piece_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.piece
    ADD CONSTRAINT piece_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.piece
    ADD CONSTRAINT piece_organisation_fkey FOREIGN KEY (organisation) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.pilotage
    ADD CONSTRAINT pilotage_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.pilotage
    ADD CONSTRAINT pilotage_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.pilotage
    ADD CONSTRAINT pilotage_organisation_fkey FOREIGN KEY (organisation) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.reading
    ADD CONSTRAINT reading_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.reading
    ADD CONSTRAINT reading_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.reading
    ADD CONSTRAINT reading_decision_fkey FOREIGN KEY (decision) REFERENCES registry.decision(id);

ALTER TABLE ONLY registry.standard_version
    ADD CONSTRAINT standard_version_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.standard_version
    ADD CONSTRAINT standard_version_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.sub_distribution
    ADD CONSTRAINT sub_distribution_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.sub_distribution
    ADD CONSTRAINT sub_distribution_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.sub_distribution
    ADD CONSTRAINT sub_distribution_commune_fkey FOREIGN KEY (commune) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.sub_distribution
    ADD CONSTRAINT sub_distribution_ept_fkey FOREIGN KEY (ept) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.takedown
    ADD CONSTRAINT takedown_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.takedown
    ADD CONSTRAINT takedown_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.takedown
    ADD CONSTRAINT takedown_dataset_fkey FOREIGN KEY (dataset) REFERENCES registry.dataset(id);

ALTER TABLE ONLY registry.terms
    ADD CONSTRAINT terms_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.terms
    ADD CONSTRAINT terms_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.terms
    ADD CONSTRAINT terms_dataset_kind_fkey FOREIGN KEY (dataset, kind) REFERENCES registry.dataset(id, kind);

ALTER TABLE ONLY registry.terms
    ADD CONSTRAINT terms_set_by_fkey FOREIGN KEY (set_by) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.territorial_membership
    ADD CONSTRAINT territorial_membership_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.territorial_membership
    ADD CONSTRAINT territorial_membership_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.territorial_membership
    ADD CONSTRAINT territorial_membership_commune_fkey FOREIGN KEY (commune) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.territorial_membership
    ADD CONSTRAINT territorial_membership_ept_fkey FOREIGN KEY (ept) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.third_party_transfer
    ADD CONSTRAINT third_party_transfer_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.third_party_transfer
    ADD CONSTRAINT third_party_transfer_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.third_party_transfer
    ADD CONSTRAINT third_party_transfer_dataset_fkey FOREIGN KEY (dataset) REFERENCES registry.dataset(id);

ALTER TABLE ONLY registry.third_party_transfer
    ADD CONSTRAINT third_party_transfer_giver_fkey FOREIGN KEY (giver) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.third_party_transfer
    ADD CONSTRAINT third_party_transfer_recipient_fkey FOREIGN KEY (recipient) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.token
    ADD CONSTRAINT token_login_fkey FOREIGN KEY (login) REFERENCES registry.account(login);

ALTER TABLE ONLY registry.vote
    ADD CONSTRAINT vote_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.vote
    ADD CONSTRAINT vote_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.vote
    ADD CONSTRAINT vote_decision_fkey FOREIGN KEY (decision) REFERENCES registry.decision(id);

ALTER TABLE ONLY registry.vote
    ADD CONSTRAINT vote_organisation_fkey FOREIGN KEY (organisation) REFERENCES registry.body(id);

ALTER TABLE ONLY registry.working_group_term
    ADD CONSTRAINT working_group_term_act_fkey FOREIGN KEY (act) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.working_group_term
    ADD CONSTRAINT working_group_term_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES registry.act(id);

ALTER TABLE ONLY registry.working_group_term
    ADD CONSTRAINT working_group_term_decision_fkey FOREIGN KEY (decision) REFERENCES registry.decision(id);

ALTER TABLE ONLY registry.working_group_term
    ADD CONSTRAINT working_group_term_working_group_fkey FOREIGN KEY (working_group) REFERENCES registry.working_group(id);

ALTER TABLE ONLY remarks.event
    ADD CONSTRAINT event_remark_fkey FOREIGN KEY (remark) REFERENCES remarks.remark(id);

ALTER TABLE ONLY remarks.remark
    ADD CONSTRAINT remark_author_login_fkey FOREIGN KEY (author_login) REFERENCES registry.account(login);

ALTER TABLE ONLY sensors.datastream
    ADD CONSTRAINT datastream_depositor_fkey FOREIGN KEY (depositor) REFERENCES registry.body(id);

ALTER TABLE ONLY sensors.datastream_feature
    ADD CONSTRAINT datastream_feature_datastream_fkey FOREIGN KEY (datastream) REFERENCES sensors.datastream(id) ON DELETE CASCADE;

ALTER TABLE ONLY sensors.datastream_feature
    ADD CONSTRAINT datastream_feature_feature_fkey FOREIGN KEY (feature) REFERENCES sensors.feature_of_interest(id) ON DELETE CASCADE;

ALTER TABLE ONLY sensors.datastream
    ADD CONSTRAINT datastream_observed_property_fkey FOREIGN KEY (observed_property) REFERENCES sensors.observed_property(id) ON DELETE CASCADE;

ALTER TABLE ONLY sensors.datastream
    ADD CONSTRAINT datastream_sensor_fkey FOREIGN KEY (sensor) REFERENCES sensors.sensor(id) ON DELETE CASCADE;

ALTER TABLE ONLY sensors.datastream_state
    ADD CONSTRAINT datastream_state_datastream_fkey FOREIGN KEY (datastream) REFERENCES sensors.datastream(id) ON DELETE CASCADE;

ALTER TABLE ONLY sensors.datastream
    ADD CONSTRAINT datastream_thing_fkey FOREIGN KEY (thing) REFERENCES sensors.thing(id) ON DELETE CASCADE;

ALTER TABLE ONLY sensors.feature_of_interest
    ADD CONSTRAINT feature_of_interest_depositor_fkey FOREIGN KEY (depositor) REFERENCES registry.body(id);

ALTER TABLE ONLY sensors.feature_of_interest
    ADD CONSTRAINT feature_of_interest_location_fkey FOREIGN KEY (location) REFERENCES sensors.location(id) ON DELETE SET NULL;

ALTER TABLE ONLY sensors.historical_location
    ADD CONSTRAINT historical_location_thing_fkey FOREIGN KEY (thing) REFERENCES sensors.thing(id) ON DELETE CASCADE;

ALTER TABLE ONLY sensors.historical_place
    ADD CONSTRAINT historical_place_historical_location_fkey FOREIGN KEY (historical_location) REFERENCES sensors.historical_location(id) ON DELETE CASCADE;

ALTER TABLE ONLY sensors.historical_place
    ADD CONSTRAINT historical_place_location_fkey FOREIGN KEY (location) REFERENCES sensors.location(id) ON DELETE CASCADE;

ALTER TABLE ONLY sensors.location
    ADD CONSTRAINT location_depositor_fkey FOREIGN KEY (depositor) REFERENCES registry.body(id);

ALTER TABLE sensors.observation
    ADD CONSTRAINT observation_datastream_fkey FOREIGN KEY (datastream) REFERENCES sensors.datastream(id) ON DELETE CASCADE;

ALTER TABLE sensors.observation
    ADD CONSTRAINT observation_feature_fkey FOREIGN KEY (feature) REFERENCES sensors.feature_of_interest(id) ON DELETE CASCADE;

ALTER TABLE ONLY sensors.observed_property
    ADD CONSTRAINT observed_property_depositor_fkey FOREIGN KEY (depositor) REFERENCES registry.body(id);

ALTER TABLE ONLY sensors.sensor
    ADD CONSTRAINT sensor_depositor_fkey FOREIGN KEY (depositor) REFERENCES registry.body(id);

ALTER TABLE ONLY sensors.thing
    ADD CONSTRAINT thing_depositor_fkey FOREIGN KEY (depositor) REFERENCES registry.body(id);

ALTER TABLE ONLY sensors.thing_location
    ADD CONSTRAINT thing_location_location_fkey FOREIGN KEY (location) REFERENCES sensors.location(id) ON DELETE CASCADE;

ALTER TABLE ONLY sensors.thing_location
    ADD CONSTRAINT thing_location_thing_fkey FOREIGN KEY (thing) REFERENCES sensors.thing(id) ON DELETE CASCADE;

ALTER TABLE sensors.datastream ENABLE ROW LEVEL SECURITY;

ALTER TABLE sensors.datastream_feature ENABLE ROW LEVEL SECURITY;

ALTER TABLE sensors.datastream_state ENABLE ROW LEVEL SECURITY;

ALTER TABLE sensors.feature_of_interest ENABLE ROW LEVEL SECURITY;

ALTER TABLE sensors.historical_location ENABLE ROW LEVEL SECURITY;

ALTER TABLE sensors.historical_place ENABLE ROW LEVEL SECURITY;

ALTER TABLE sensors.location ENABLE ROW LEVEL SECURITY;

ALTER TABLE sensors.observation ENABLE ROW LEVEL SECURITY;

ALTER TABLE sensors.observed_property ENABLE ROW LEVEL SECURITY;

CREATE POLICY own_delete ON sensors.datastream FOR DELETE TO idg_sensor_writer USING (((depositor = ( SELECT sensors.body() AS body)) AND (dataset = ANY (( SELECT sensors.granted('write'::text) AS granted)::text[])) AND sensors.own('thing'::text, thing) AND sensors.own('sensor'::text, sensor) AND sensors.own('property'::text, observed_property)));

CREATE POLICY own_delete ON sensors.feature_of_interest FOR DELETE TO idg_sensor_writer USING ((depositor = ( SELECT sensors.body() AS body)));

CREATE POLICY own_delete ON sensors.historical_location FOR DELETE TO idg_sensor_writer USING (sensors.own('thing'::text, thing));

CREATE POLICY own_delete ON sensors.historical_place FOR DELETE TO idg_sensor_writer USING (sensors.own('history'::text, historical_location));

CREATE POLICY own_delete ON sensors.location FOR DELETE TO idg_sensor_writer USING ((depositor = ( SELECT sensors.body() AS body)));

CREATE POLICY own_delete ON sensors.observation FOR DELETE TO idg_sensor_writer USING (((EXISTS ( SELECT
   FROM sensors.datastream d
  WHERE ((d.id = observation.datastream) AND (d.depositor = ( SELECT sensors.body() AS body)) AND (d.dataset = ANY (( SELECT sensors.granted('write'::text) AS granted)::text[]))))) AND ((feature IS NULL) OR sensors.own('feature'::text, feature))));

CREATE POLICY own_delete ON sensors.observed_property FOR DELETE TO idg_sensor_writer USING ((depositor = ( SELECT sensors.body() AS body)));

CREATE POLICY own_delete ON sensors.sensor FOR DELETE TO idg_sensor_writer USING ((depositor = ( SELECT sensors.body() AS body)));

CREATE POLICY own_delete ON sensors.thing FOR DELETE TO idg_sensor_writer USING ((depositor = ( SELECT sensors.body() AS body)));

CREATE POLICY own_delete ON sensors.thing_location FOR DELETE TO idg_sensor_writer USING ((sensors.own('thing'::text, thing) AND sensors.own('location'::text, location)));

CREATE POLICY own_insert ON sensors.datastream FOR INSERT TO idg_sensor_writer WITH CHECK (((depositor = ( SELECT sensors.body() AS body)) AND (dataset = ANY (( SELECT sensors.granted('write'::text) AS granted)::text[])) AND sensors.own('thing'::text, thing) AND sensors.own('sensor'::text, sensor) AND sensors.own('property'::text, observed_property)));

CREATE POLICY own_insert ON sensors.feature_of_interest FOR INSERT TO idg_sensor_writer WITH CHECK ((depositor = ( SELECT sensors.body() AS body)));

CREATE POLICY own_insert ON sensors.historical_location FOR INSERT TO idg_sensor_writer WITH CHECK (sensors.own('thing'::text, thing));

CREATE POLICY own_insert ON sensors.historical_place FOR INSERT TO idg_sensor_writer WITH CHECK (sensors.own('history'::text, historical_location));

CREATE POLICY own_insert ON sensors.location FOR INSERT TO idg_sensor_writer WITH CHECK ((depositor = ( SELECT sensors.body() AS body)));

CREATE POLICY own_insert ON sensors.observation FOR INSERT TO idg_sensor_writer WITH CHECK (((EXISTS ( SELECT
   FROM sensors.datastream d
  WHERE ((d.id = observation.datastream) AND (d.depositor = ( SELECT sensors.body() AS body)) AND (d.dataset = ANY (( SELECT sensors.granted('write'::text) AS granted)::text[]))))) AND ((feature IS NULL) OR sensors.own('feature'::text, feature))));

CREATE POLICY own_insert ON sensors.observed_property FOR INSERT TO idg_sensor_writer WITH CHECK ((depositor = ( SELECT sensors.body() AS body)));

CREATE POLICY own_insert ON sensors.sensor FOR INSERT TO idg_sensor_writer WITH CHECK ((depositor = ( SELECT sensors.body() AS body)));

CREATE POLICY own_insert ON sensors.thing FOR INSERT TO idg_sensor_writer WITH CHECK ((depositor = ( SELECT sensors.body() AS body)));

CREATE POLICY own_insert ON sensors.thing_location FOR INSERT TO idg_sensor_writer WITH CHECK ((sensors.own('thing'::text, thing) AND sensors.own('location'::text, location)));

CREATE POLICY own_update ON sensors.datastream FOR UPDATE TO idg_sensor_writer USING (((depositor = ( SELECT sensors.body() AS body)) AND (dataset = ANY (( SELECT sensors.granted('write'::text) AS granted)::text[])) AND sensors.own('thing'::text, thing) AND sensors.own('sensor'::text, sensor) AND sensors.own('property'::text, observed_property))) WITH CHECK (((depositor = ( SELECT sensors.body() AS body)) AND (dataset = ANY (( SELECT sensors.granted('write'::text) AS granted)::text[])) AND sensors.own('thing'::text, thing) AND sensors.own('sensor'::text, sensor) AND sensors.own('property'::text, observed_property)));

CREATE POLICY own_update ON sensors.feature_of_interest FOR UPDATE TO idg_sensor_writer USING ((depositor = ( SELECT sensors.body() AS body))) WITH CHECK ((depositor = ( SELECT sensors.body() AS body)));

CREATE POLICY own_update ON sensors.historical_location FOR UPDATE TO idg_sensor_writer USING (sensors.own('thing'::text, thing)) WITH CHECK (sensors.own('thing'::text, thing));

CREATE POLICY own_update ON sensors.historical_place FOR UPDATE TO idg_sensor_writer USING (sensors.own('history'::text, historical_location)) WITH CHECK (sensors.own('history'::text, historical_location));

CREATE POLICY own_update ON sensors.location FOR UPDATE TO idg_sensor_writer USING ((depositor = ( SELECT sensors.body() AS body))) WITH CHECK ((depositor = ( SELECT sensors.body() AS body)));

CREATE POLICY own_update ON sensors.observation FOR UPDATE TO idg_sensor_writer USING (((EXISTS ( SELECT
   FROM sensors.datastream d
  WHERE ((d.id = observation.datastream) AND (d.depositor = ( SELECT sensors.body() AS body)) AND (d.dataset = ANY (( SELECT sensors.granted('write'::text) AS granted)::text[]))))) AND ((feature IS NULL) OR sensors.own('feature'::text, feature)))) WITH CHECK (((EXISTS ( SELECT
   FROM sensors.datastream d
  WHERE ((d.id = observation.datastream) AND (d.depositor = ( SELECT sensors.body() AS body)) AND (d.dataset = ANY (( SELECT sensors.granted('write'::text) AS granted)::text[]))))) AND ((feature IS NULL) OR sensors.own('feature'::text, feature))));

CREATE POLICY own_update ON sensors.observed_property FOR UPDATE TO idg_sensor_writer USING ((depositor = ( SELECT sensors.body() AS body))) WITH CHECK ((depositor = ( SELECT sensors.body() AS body)));

CREATE POLICY own_update ON sensors.sensor FOR UPDATE TO idg_sensor_writer USING ((depositor = ( SELECT sensors.body() AS body))) WITH CHECK ((depositor = ( SELECT sensors.body() AS body)));

CREATE POLICY own_update ON sensors.thing FOR UPDATE TO idg_sensor_writer USING ((depositor = ( SELECT sensors.body() AS body))) WITH CHECK ((depositor = ( SELECT sensors.body() AS body)));

CREATE POLICY own_update ON sensors.thing_location FOR UPDATE TO idg_sensor_writer USING ((sensors.own('thing'::text, thing) AND sensors.own('location'::text, location))) WITH CHECK ((sensors.own('thing'::text, thing) AND sensors.own('location'::text, location)));

CREATE POLICY seen ON sensors.datastream FOR SELECT TO idg_sensor_reader, idg_sensor_writer USING (((dataset = ANY (( SELECT sensors.granted('whole'::text) AS granted)::text[])) OR (entitled && ( SELECT sensors.granted('part'::text) AS granted))));

CREATE POLICY seen ON sensors.datastream_feature FOR SELECT TO idg_sensor_reader, idg_sensor_writer USING ((EXISTS ( SELECT
   FROM sensors.datastream d
  WHERE (d.id = datastream_feature.datastream))));

CREATE POLICY seen ON sensors.datastream_state FOR SELECT TO idg_sensor_reader, idg_sensor_writer USING ((EXISTS ( SELECT
   FROM sensors.datastream d
  WHERE (d.id = datastream_state.datastream))));

CREATE POLICY seen ON sensors.feature_of_interest FOR SELECT TO idg_sensor_reader, idg_sensor_writer USING (((depositor = ( SELECT sensors.body() AS body)) OR (EXISTS ( SELECT
   FROM (sensors.datastream_feature f
     JOIN sensors.datastream d ON ((d.id = f.datastream)))
  WHERE (f.feature = feature_of_interest.id)))));

CREATE POLICY seen ON sensors.historical_location FOR SELECT TO idg_sensor_reader, idg_sensor_writer USING ((EXISTS ( SELECT
   FROM sensors.thing t
  WHERE (t.id = historical_location.thing))));

CREATE POLICY seen ON sensors.historical_place FOR SELECT TO idg_sensor_reader, idg_sensor_writer USING ((EXISTS ( SELECT
   FROM sensors.historical_location h
  WHERE (h.id = historical_place.historical_location))));

CREATE POLICY seen ON sensors.location FOR SELECT TO idg_sensor_reader, idg_sensor_writer USING (((depositor = ( SELECT sensors.body() AS body)) OR (EXISTS ( SELECT
   FROM (sensors.thing_location l
     JOIN sensors.datastream d ON ((d.thing = l.thing)))
  WHERE (l.location = location.id))) OR (EXISTS ( SELECT
   FROM ((sensors.historical_place p
     JOIN sensors.historical_location h ON ((h.id = p.historical_location)))
     JOIN sensors.datastream d ON ((d.thing = h.thing)))
  WHERE (p.location = location.id)))));

CREATE POLICY seen ON sensors.observation FOR SELECT TO idg_sensor_reader, idg_sensor_writer USING (((EXISTS ( SELECT
   FROM sensors.datastream d
  WHERE (d.id = observation.datastream))) AND ((( SELECT sensors.floors() AS floors) IS NULL) OR (phenomenon_time <= ( SELECT sensors.horizon(d.dataset) AS horizon
   FROM sensors.datastream d
  WHERE (d.id = observation.datastream))))));

CREATE POLICY seen ON sensors.observed_property FOR SELECT TO idg_sensor_reader, idg_sensor_writer USING (((depositor = ( SELECT sensors.body() AS body)) OR (EXISTS ( SELECT
   FROM sensors.datastream d
  WHERE (d.observed_property = observed_property.id)))));

CREATE POLICY seen ON sensors.sensor FOR SELECT TO idg_sensor_reader, idg_sensor_writer USING (((depositor = ( SELECT sensors.body() AS body)) OR (EXISTS ( SELECT
   FROM sensors.datastream d
  WHERE (d.sensor = sensor.id)))));

CREATE POLICY seen ON sensors.thing FOR SELECT TO idg_sensor_reader, idg_sensor_writer USING (((depositor = ( SELECT sensors.body() AS body)) OR (EXISTS ( SELECT
   FROM sensors.datastream d
  WHERE (d.thing = thing.id)))));

CREATE POLICY seen ON sensors.thing_location FOR SELECT TO idg_sensor_reader, idg_sensor_writer USING ((EXISTS ( SELECT
   FROM sensors.thing t
  WHERE (t.id = thing_location.thing))));

ALTER TABLE sensors.sensor ENABLE ROW LEVEL SECURITY;

ALTER TABLE sensors.thing ENABLE ROW LEVEL SECURITY;

ALTER TABLE sensors.thing_location ENABLE ROW LEVEL SECURITY;

GRANT USAGE ON SCHEMA consolidation TO idg_clerk;

GRANT USAGE ON SCHEMA deposits TO idg_app;
GRANT USAGE ON SCHEMA deposits TO idg_clerk;

GRANT USAGE ON SCHEMA desks TO idg_clerk;

GRANT USAGE ON SCHEMA edits TO idg_clerk;

GRANT USAGE ON SCHEMA harvest TO idg_app;
GRANT USAGE ON SCHEMA harvest TO idg_clerk;

GRANT USAGE ON SCHEMA jobs TO idg_app;

GRANT USAGE ON SCHEMA journal TO idg_app;
GRANT USAGE ON SCHEMA journal TO idg_clerk;

GRANT USAGE ON SCHEMA notices TO idg_clerk;
GRANT USAGE ON SCHEMA notices TO idg_app;

GRANT USAGE ON SCHEMA open_data TO idg_clerk;
GRANT USAGE ON SCHEMA open_data TO idg_app;

GRANT USAGE ON SCHEMA procrastinate TO idg_app;

GRANT USAGE ON SCHEMA proposals TO idg_clerk;

GRANT USAGE ON SCHEMA registry TO idg_app;
GRANT USAGE ON SCHEMA registry TO idg_clerk;

GRANT USAGE ON SCHEMA remarks TO idg_clerk;

GRANT USAGE ON SCHEMA sensors TO idg_sensor_reader;
GRANT USAGE ON SCHEMA sensors TO idg_sensor_writer;

GRANT USAGE ON SCHEMA served TO idg_app;

REVOKE ALL ON FUNCTION deposits.referents(body text, day date) FROM PUBLIC;
GRANT ALL ON FUNCTION deposits.referents(body text, day date) TO idg_app;

REVOKE ALL ON FUNCTION deposits.step(deposit uuid, expected text, target text, name text, said jsonb, author jsonb, job jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION deposits.step(deposit uuid, expected text, target text, name text, said jsonb, author jsonb, job jsonb) TO idg_app;

REVOKE ALL ON FUNCTION deposits.take(given jsonb, author jsonb, job jsonb, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION deposits.take(given jsonb, author jsonb, job jsonb, most integer) TO idg_app;

REVOKE ALL ON FUNCTION edits.note(collection text, feature text, action text, login text, organisation text, attributes text[], moved boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION jobs.submit(job jsonb, most_of_caller integer, most integer) FROM PUBLIC;
GRANT ALL ON FUNCTION jobs.submit(job jsonb, most_of_caller integer, most integer) TO idg_app;

REVOKE ALL ON FUNCTION journal.append(entries jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION journal.append(entries jsonb) TO idg_app;

GRANT SELECT ON TABLE journal.decisions TO idg_clerk;

REVOKE ALL ON FUNCTION journal.canonical(d journal.decisions) FROM PUBLIC;

REVOKE ALL ON FUNCTION journal.seal_finished() FROM PUBLIC;
GRANT ALL ON FUNCTION journal.seal_finished() TO idg_app;

REVOKE ALL ON FUNCTION notices.standing() FROM PUBLIC;
GRANT ALL ON FUNCTION notices.standing() TO idg_app;

REVOKE ALL ON FUNCTION notices.wake() FROM PUBLIC;
GRANT ALL ON FUNCTION notices.wake() TO idg_clerk;
GRANT ALL ON FUNCTION notices.wake() TO idg_app;

REVOKE ALL ON FUNCTION procrastinate.procrastinate_cancel_job_v1(job_id bigint, abort boolean, delete_job boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_cancel_job_v1(job_id bigint, abort boolean, delete_job boolean) TO idg_app;

REVOKE ALL ON FUNCTION procrastinate.procrastinate_defer_jobs_v1(jobs procrastinate.procrastinate_job_to_defer_v1[]) FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_defer_jobs_v1(jobs procrastinate.procrastinate_job_to_defer_v1[]) TO idg_app;

REVOKE ALL ON FUNCTION procrastinate.procrastinate_defer_periodic_job_v2(_queue_name character varying, _lock character varying, _queueing_lock character varying, _task_name character varying, _priority integer, _periodic_id character varying, _defer_timestamp bigint, _args jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_defer_periodic_job_v2(_queue_name character varying, _lock character varying, _queueing_lock character varying, _task_name character varying, _priority integer, _periodic_id character varying, _defer_timestamp bigint, _args jsonb) TO idg_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE procrastinate.procrastinate_jobs TO idg_app;

REVOKE ALL ON FUNCTION procrastinate.procrastinate_fetch_job_v2(target_queue_names character varying[], p_worker_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_fetch_job_v2(target_queue_names character varying[], p_worker_id bigint) TO idg_app;

REVOKE ALL ON FUNCTION procrastinate.procrastinate_finish_job_v1(job_id bigint, end_status procrastinate.procrastinate_job_status, delete_job boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_finish_job_v1(job_id bigint, end_status procrastinate.procrastinate_job_status, delete_job boolean) TO idg_app;

REVOKE ALL ON FUNCTION procrastinate.procrastinate_notify_queue_abort_job_v1() FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_notify_queue_abort_job_v1() TO idg_app;

REVOKE ALL ON FUNCTION procrastinate.procrastinate_notify_queue_job_inserted_v1() FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_notify_queue_job_inserted_v1() TO idg_app;

REVOKE ALL ON FUNCTION procrastinate.procrastinate_prune_stalled_workers_v1(seconds_since_heartbeat double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_prune_stalled_workers_v1(seconds_since_heartbeat double precision) TO idg_app;

REVOKE ALL ON FUNCTION procrastinate.procrastinate_register_worker_v1() FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_register_worker_v1() TO idg_app;

REVOKE ALL ON FUNCTION procrastinate.procrastinate_retry_job_v1(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_retry_job_v1(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) TO idg_app;

REVOKE ALL ON FUNCTION procrastinate.procrastinate_retry_job_v2(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_retry_job_v2(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) TO idg_app;

REVOKE ALL ON FUNCTION procrastinate.procrastinate_trigger_abort_requested_events_procedure_v1() FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_trigger_abort_requested_events_procedure_v1() TO idg_app;

REVOKE ALL ON FUNCTION procrastinate.procrastinate_trigger_function_scheduled_events_v1() FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_trigger_function_scheduled_events_v1() TO idg_app;

REVOKE ALL ON FUNCTION procrastinate.procrastinate_trigger_function_status_events_insert_v1() FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_trigger_function_status_events_insert_v1() TO idg_app;

REVOKE ALL ON FUNCTION procrastinate.procrastinate_trigger_function_status_events_update_v1() FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_trigger_function_status_events_update_v1() TO idg_app;

REVOKE ALL ON FUNCTION procrastinate.procrastinate_unlink_periodic_defers_v1() FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_unlink_periodic_defers_v1() TO idg_app;

REVOKE ALL ON FUNCTION procrastinate.procrastinate_unregister_worker_v1(worker_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_unregister_worker_v1(worker_id bigint) TO idg_app;

REVOKE ALL ON FUNCTION procrastinate.procrastinate_update_heartbeat_v1(worker_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_update_heartbeat_v1(worker_id bigint) TO idg_app;

REVOKE ALL ON FUNCTION proposals.keep_base() FROM PUBLIC;

REVOKE ALL ON FUNCTION registry.epoch_unmoved() FROM PUBLIC;
GRANT ALL ON FUNCTION registry.epoch_unmoved() TO idg_clerk;

REVOKE ALL ON FUNCTION sensors.make_room(months date[]) FROM PUBLIC;
GRANT ALL ON FUNCTION sensors.make_room(months date[]) TO idg_sensor_writer;

REVOKE ALL ON FUNCTION sensors.own(kind text, asked bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION sensors.own(kind text, asked bigint) TO idg_sensor_writer;

REVOKE ALL ON FUNCTION served.enclose(enclosed regclass, test text) FROM PUBLIC;

REVOKE ALL ON FUNCTION served.ensure_profile(wanted_collection text, wanted_columns text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION served.ensure_profile(wanted_collection text, wanted_columns text[]) TO idg_app;

REVOKE ALL ON FUNCTION served.ensure_vintage(wanted_collection text, wanted_columns text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION served.ensure_vintage(wanted_collection text, wanted_columns text[]) TO idg_app;

REVOKE ALL ON FUNCTION served.ensure_writer(wanted_collection text, wanted_columns text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION served.ensure_writer(wanted_collection text, wanted_columns text[]) TO idg_app;

REVOKE ALL ON FUNCTION served.follow() FROM PUBLIC;

REVOKE ALL ON FUNCTION served.forget_copies() FROM PUBLIC;

REVOKE ALL ON FUNCTION served.forget_tiles(drawn regclass, copy regclass, changed public.box2d[]) FROM PUBLIC;

REVOKE ALL ON FUNCTION served.make_profile(wanted_collection text, wanted_columns text[], kind text) FROM PUBLIC;

REVOKE ALL ON FUNCTION served.outline(codes text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION served.outline(codes text[]) TO idg_app;

REVOKE ALL ON FUNCTION served.profile_name(wanted_collection text, wanted_columns text[], kind text, copy text) FROM PUBLIC;

REVOKE ALL ON FUNCTION served.publish(new_collection text, new_relation regclass, new_columns text[], new_id text, new_territory text, new_prepared regclass) FROM PUBLIC;

REVOKE ALL ON FUNCTION served.row_test(territory text) FROM PUBLIC;

GRANT SELECT ON TABLE consolidation.contribution TO idg_clerk;

GRANT SELECT,INSERT ON TABLE consolidation.decision TO idg_clerk;

GRANT SELECT ON TABLE consolidation.finding TO idg_clerk;

GRANT SELECT ON TABLE consolidation.run TO idg_clerk;

GRANT SELECT,INSERT,UPDATE ON TABLE deposits.deposit TO idg_app;
GRANT SELECT ON TABLE deposits.deposit TO idg_clerk;

GRANT SELECT,INSERT ON TABLE deposits.event TO idg_app;
GRANT SELECT ON TABLE deposits.event TO idg_clerk;

GRANT SELECT ON TABLE deposits.move TO idg_app;

GRANT SELECT,INSERT,DELETE ON TABLE desks.draft TO idg_clerk;

GRANT SELECT,INSERT ON TABLE desks.feed TO idg_clerk;

GRANT UPDATE(revoked_at) ON TABLE desks.feed TO idg_clerk;

GRANT SELECT,INSERT,DELETE ON TABLE desks.piece TO idg_clerk;

GRANT SELECT,INSERT ON TABLE desks.receipt TO idg_clerk;

GRANT SELECT ON TABLE edits.edit TO idg_clerk;

GRANT SELECT,INSERT ON TABLE harvest.copy TO idg_clerk;

GRANT UPDATE(state) ON TABLE harvest.copy TO idg_clerk;

GRANT UPDATE(checked) ON TABLE harvest.copy TO idg_clerk;

GRANT UPDATE(reply) ON TABLE harvest.copy TO idg_clerk;

GRANT SELECT ON TABLE harvest.downstream TO idg_clerk;

GRANT SELECT ON TABLE harvest.finding TO idg_app;

GRANT SELECT ON TABLE harvest.pair TO idg_app;

GRANT SELECT ON TABLE harvest.record TO idg_app;

GRANT SELECT ON TABLE harvest.run TO idg_app;

GRANT SELECT ON TABLE harvest.source TO idg_app;

GRANT SELECT ON TABLE harvest.version TO idg_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE jobs.job TO idg_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE jobs.piece TO idg_app;

GRANT SELECT ON TABLE journal.reads_by_month TO idg_clerk;

GRANT SELECT,INSERT ON TABLE notices.contact TO idg_clerk;

GRANT SELECT(login) ON TABLE notices.contact TO idg_app;

GRANT UPDATE(email) ON TABLE notices.contact TO idg_clerk;
GRANT SELECT(email) ON TABLE notices.contact TO idg_app;

GRANT UPDATE(lang) ON TABLE notices.contact TO idg_clerk;

GRANT UPDATE(author) ON TABLE notices.contact TO idg_clerk;

GRANT UPDATE(since) ON TABLE notices.contact TO idg_clerk;

GRANT SELECT,UPDATE ON TABLE notices.gate TO idg_clerk;

GRANT SELECT,INSERT,DELETE ON TABLE notices.message TO idg_clerk;

GRANT UPDATE(state) ON TABLE notices.message TO idg_clerk;

GRANT UPDATE(attempts) ON TABLE notices.message TO idg_clerk;

GRANT UPDATE(next_at) ON TABLE notices.message TO idg_clerk;

GRANT UPDATE(sent_at) ON TABLE notices.message TO idg_clerk;

GRANT UPDATE(message_id) ON TABLE notices.message TO idg_clerk;

GRANT UPDATE(reply) ON TABLE notices.message TO idg_clerk;

GRANT SELECT,INSERT,DELETE ON TABLE notices.sign_in TO idg_clerk;

GRANT UPDATE(login) ON TABLE notices.sign_in TO idg_clerk;

GRANT UPDATE(sha256) ON TABLE notices.sign_in TO idg_clerk;

GRANT UPDATE(used_at) ON TABLE notices.sign_in TO idg_clerk;

GRANT SELECT ON TABLE open_data.scan TO idg_clerk;
GRANT SELECT ON TABLE open_data.scan TO idg_app;

GRANT SELECT ON TABLE open_data.validation TO idg_clerk;
GRANT SELECT ON TABLE open_data.validation TO idg_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE procrastinate.procrastinate_events TO idg_app;

GRANT USAGE ON SEQUENCE procrastinate.procrastinate_events_id_seq TO idg_app;

GRANT USAGE ON SEQUENCE procrastinate.procrastinate_jobs_id_seq TO idg_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE procrastinate.procrastinate_periodic_defers TO idg_app;

GRANT USAGE ON SEQUENCE procrastinate.procrastinate_periodic_defers_id_seq TO idg_app;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE procrastinate.procrastinate_workers TO idg_app;

GRANT USAGE ON SEQUENCE procrastinate.procrastinate_workers_id_seq TO idg_app;

GRANT SELECT,INSERT ON TABLE proposals.event TO idg_clerk;

GRANT INSERT ON TABLE proposals.proposal TO idg_clerk;

GRANT SELECT(id) ON TABLE proposals.proposal TO idg_clerk;

GRANT SELECT(at) ON TABLE proposals.proposal TO idg_clerk;

GRANT SELECT(dataset) ON TABLE proposals.proposal TO idg_clerk;

GRANT SELECT(action) ON TABLE proposals.proposal TO idg_clerk;

GRANT SELECT(feature) ON TABLE proposals.proposal TO idg_clerk;

GRANT SELECT("values"),UPDATE("values") ON TABLE proposals.proposal TO idg_clerk;

GRANT SELECT(shaped),UPDATE(shaped) ON TABLE proposals.proposal TO idg_clerk;

GRANT SELECT(shape),UPDATE(shape) ON TABLE proposals.proposal TO idg_clerk;

GRANT SELECT(before),UPDATE(before) ON TABLE proposals.proposal TO idg_clerk;

GRANT SELECT(place) ON TABLE proposals.proposal TO idg_clerk;

GRANT SELECT(words) ON TABLE proposals.proposal TO idg_clerk;

GRANT SELECT(login) ON TABLE proposals.proposal TO idg_clerk;

GRANT SELECT(organisation) ON TABLE proposals.proposal TO idg_clerk;

GRANT SELECT(amended),UPDATE(amended) ON TABLE proposals.proposal TO idg_clerk;

GRANT SELECT(state),UPDATE(state) ON TABLE proposals.proposal TO idg_clerk;

GRANT SELECT(decided_at),UPDATE(decided_at) ON TABLE proposals.proposal TO idg_clerk;

GRANT SELECT(decided_by),UPDATE(decided_by) ON TABLE proposals.proposal TO idg_clerk;

GRANT SELECT(reason),UPDATE(reason) ON TABLE proposals.proposal TO idg_clerk;

GRANT SELECT(applied_at) ON TABLE proposals.proposal TO idg_clerk;

GRANT SELECT ON TABLE registry.account TO idg_app;
GRANT SELECT ON TABLE registry.account TO idg_clerk;

GRANT SELECT,INSERT ON TABLE registry.act TO idg_clerk;

GRANT SELECT(id) ON TABLE registry.act TO idg_app;

GRANT SELECT(recorded_at) ON TABLE registry.act TO idg_app;

GRANT SELECT(effective) ON TABLE registry.act TO idg_app;

GRANT USAGE ON SEQUENCE registry.act_id_seq TO idg_clerk;

GRANT SELECT,INSERT ON TABLE registry.agenda_item TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.agenda_item TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.agenda_item_id_seq TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.case_number TO idg_clerk;

GRANT SELECT ON TABLE registry.agreement TO idg_app;
GRANT SELECT,INSERT ON TABLE registry.agreement TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.agreement TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.agreement_id_seq TO idg_clerk;

GRANT SELECT,INSERT ON TABLE registry.annex_line TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.annex_line TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.annex_line_id_seq TO idg_clerk;

GRANT SELECT,INSERT ON TABLE registry.asset TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.asset TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.asset_id_seq TO idg_clerk;

GRANT SELECT,INSERT ON TABLE registry.attendance TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.attendance TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.attendance_id_seq TO idg_clerk;

GRANT SELECT ON TABLE registry.body TO idg_app;
GRANT SELECT,INSERT ON TABLE registry.body TO idg_clerk;

GRANT SELECT,INSERT ON TABLE registry.body_figures TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.body_figures TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.body_figures_id_seq TO idg_clerk;

GRANT SELECT ON TABLE registry.co_owner TO idg_app;
GRANT SELECT,INSERT ON TABLE registry.co_owner TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.co_owner_id_seq TO idg_clerk;

GRANT SELECT,INSERT ON TABLE registry.committee TO idg_clerk;

GRANT SELECT,INSERT ON TABLE registry.competence TO idg_clerk;

GRANT SELECT ON TABLE registry.coproduction TO idg_app;
GRANT SELECT,INSERT ON TABLE registry.coproduction TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.coproduction TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.coproduction_id_seq TO idg_clerk;

GRANT SELECT ON TABLE registry.data_version TO idg_app;
GRANT SELECT ON TABLE registry.data_version TO idg_clerk;

GRANT SELECT ON TABLE registry.dataset TO idg_app;
GRANT SELECT,INSERT ON TABLE registry.dataset TO idg_clerk;

GRANT SELECT ON TABLE registry.dataset_attributes TO idg_app;
GRANT SELECT,INSERT ON TABLE registry.dataset_attributes TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.dataset_attributes TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.dataset_attributes_id_seq TO idg_clerk;

GRANT SELECT ON TABLE registry.dataset_exception TO idg_app;
GRANT SELECT,INSERT ON TABLE registry.dataset_exception TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.dataset_exception TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.dataset_exception_id_seq TO idg_clerk;

GRANT SELECT ON TABLE registry.dataset_licence TO idg_app;
GRANT SELECT,INSERT ON TABLE registry.dataset_licence TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.dataset_licence TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.dataset_licence_id_seq TO idg_clerk;

GRANT SELECT ON TABLE registry.dataset_metadata TO idg_app;
GRANT SELECT,INSERT ON TABLE registry.dataset_metadata TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.dataset_metadata TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.dataset_metadata_id_seq TO idg_clerk;

GRANT SELECT,INSERT ON TABLE registry.dataset_standard TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.dataset_standard TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.dataset_standard_id_seq TO idg_clerk;

GRANT SELECT ON TABLE registry.dataset_state TO idg_app;
GRANT SELECT,INSERT ON TABLE registry.dataset_state TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.dataset_state TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.dataset_state_id_seq TO idg_clerk;

GRANT SELECT ON TABLE registry.dataset_version TO idg_app;
GRANT SELECT,INSERT ON TABLE registry.dataset_version TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.dataset_version_id_seq TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.dated_id_seq TO idg_clerk;

GRANT SELECT,INSERT ON TABLE registry.decision TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.decision TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.decision_id_seq TO idg_clerk;

GRANT SELECT,INSERT ON TABLE registry.meeting TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.meeting TO idg_clerk;

GRANT SELECT,INSERT ON TABLE registry.vote TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.vote TO idg_clerk;

GRANT SELECT ON TABLE registry.decision_result TO idg_clerk;

GRANT SELECT,INSERT ON TABLE registry.declared TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.declared TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.declared_id_seq TO idg_clerk;

GRANT SELECT ON TABLE registry.delegation TO idg_app;
GRANT SELECT,INSERT ON TABLE registry.delegation TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.delegation TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.delegation_id_seq TO idg_clerk;

GRANT SELECT,INSERT ON TABLE registry.deliberation TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.deliberation TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.deliberation_id_seq TO idg_clerk;

GRANT SELECT ON TABLE registry.epoch TO idg_app;
GRANT SELECT,UPDATE ON TABLE registry.epoch TO idg_clerk;

GRANT SELECT,INSERT ON TABLE registry.exchange_acceptance TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.exchange_acceptance TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.exchange_acceptance_id_seq TO idg_clerk;

GRANT SELECT,INSERT ON TABLE registry.exit_item TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.exit_item TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.exit_item_id_seq TO idg_clerk;

GRANT SELECT,INSERT ON TABLE registry.follow_up TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.follow_up TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.follow_up_id_seq TO idg_clerk;

GRANT SELECT ON TABLE registry.frozen_audience TO idg_app;
GRANT SELECT,INSERT ON TABLE registry.frozen_audience TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.frozen_audience TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.frozen_audience_id_seq TO idg_clerk;

GRANT SELECT ON TABLE registry.group_member TO idg_app;
GRANT SELECT,INSERT ON TABLE registry.group_member TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.group_member TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.group_member_id_seq TO idg_clerk;

GRANT SELECT ON TABLE registry.instrument TO idg_app;
GRANT SELECT,INSERT ON TABLE registry.instrument TO idg_clerk;

GRANT SELECT ON TABLE registry.instrument_acceptance TO idg_app;
GRANT SELECT,INSERT ON TABLE registry.instrument_acceptance TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.instrument_acceptance TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.instrument_acceptance_id_seq TO idg_clerk;

GRANT SELECT,INSERT ON TABLE registry.instrument_clause TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.instrument_clause TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.instrument_clause_id_seq TO idg_clerk;

GRANT SELECT,INSERT ON TABLE registry.instrument_notice TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.instrument_notice TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.instrument_notice_id_seq TO idg_clerk;

GRANT SELECT,INSERT ON TABLE registry.instrument_party TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.instrument_party TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.instrument_party_id_seq TO idg_clerk;

GRANT SELECT ON TABLE registry.instrument_term TO idg_app;
GRANT SELECT,INSERT ON TABLE registry.instrument_term TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.instrument_term TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.instrument_term_id_seq TO idg_clerk;

GRANT SELECT,INSERT ON TABLE registry.intervention TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.intervention TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.intervention_id_seq TO idg_clerk;

GRANT SELECT ON TABLE registry.inventory_entry TO idg_app;
GRANT SELECT,INSERT ON TABLE registry.inventory_entry TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.inventory_entry_id_seq TO idg_clerk;

GRANT SELECT,INSERT ON TABLE registry.mandate TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.mandate TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.mandate_id_seq TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.meeting_id_seq TO idg_clerk;

GRANT SELECT ON TABLE registry.membership TO idg_app;
GRANT SELECT,INSERT ON TABLE registry.membership TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.membership TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.membership_id_seq TO idg_clerk;

GRANT SELECT,INSERT ON TABLE registry.next_version TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.next_version TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.next_version_id_seq TO idg_clerk;

GRANT SELECT,INSERT ON TABLE registry.notice TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.notice_number_seq TO idg_clerk;

GRANT SELECT,INSERT ON TABLE registry.opening_answer TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.opening_answer TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.opening_answer_id_seq TO idg_clerk;

GRANT SELECT,INSERT ON TABLE registry.opening_notice TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.opening_notice TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.opening_notice_id_seq TO idg_clerk;

GRANT SELECT ON TABLE registry.organisation TO idg_app;
GRANT SELECT,INSERT ON TABLE registry.organisation TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.organisation TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.organisation_id_seq TO idg_clerk;

GRANT SELECT ON TABLE registry.ownership TO idg_app;
GRANT SELECT,INSERT ON TABLE registry.ownership TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.ownership TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.ownership_id_seq TO idg_clerk;

GRANT SELECT,INSERT ON TABLE registry.piece TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.piece TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.piece_id_seq TO idg_clerk;

GRANT SELECT ON TABLE registry.pilotage TO idg_app;
GRANT SELECT,INSERT ON TABLE registry.pilotage TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.pilotage TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.pilotage_id_seq TO idg_clerk;

GRANT SELECT ON TABLE registry.publication TO idg_app;
GRANT SELECT ON TABLE registry.publication TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.publication_number_seq TO idg_clerk;

GRANT SELECT ON TABLE registry.reading TO idg_app;
GRANT SELECT,INSERT ON TABLE registry.reading TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.reading TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.reading_id_seq TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.remembered_id_seq TO idg_clerk;

GRANT SELECT,INSERT ON TABLE registry.standard_version TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.standard_version TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.standard_version_id_seq TO idg_clerk;

GRANT SELECT ON TABLE registry.sub_distribution TO idg_app;
GRANT SELECT,INSERT ON TABLE registry.sub_distribution TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.sub_distribution TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.sub_distribution_id_seq TO idg_clerk;

GRANT SELECT ON TABLE registry.takedown TO idg_app;
GRANT SELECT,INSERT ON TABLE registry.takedown TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.takedown TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.takedown_id_seq TO idg_clerk;

GRANT SELECT ON TABLE registry.terms TO idg_app;
GRANT SELECT,INSERT ON TABLE registry.terms TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.terms TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.terms_id_seq TO idg_clerk;

GRANT SELECT ON TABLE registry.territorial_membership TO idg_app;
GRANT SELECT,INSERT ON TABLE registry.territorial_membership TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.territorial_membership TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.territorial_membership_id_seq TO idg_clerk;

GRANT SELECT ON TABLE registry.third_party_transfer TO idg_app;
GRANT SELECT,INSERT ON TABLE registry.third_party_transfer TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.third_party_transfer TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.third_party_transfer_id_seq TO idg_clerk;

GRANT SELECT ON TABLE registry.token TO idg_app;
GRANT INSERT ON TABLE registry.token TO idg_clerk;

GRANT SELECT(id) ON TABLE registry.token TO idg_clerk;

GRANT SELECT(login) ON TABLE registry.token TO idg_clerk;

GRANT SELECT(label) ON TABLE registry.token TO idg_clerk;

GRANT SELECT(collections) ON TABLE registry.token TO idg_clerk;

GRANT SELECT(actions) ON TABLE registry.token TO idg_clerk;

GRANT SELECT(created_at) ON TABLE registry.token TO idg_clerk;

GRANT SELECT(expires_at) ON TABLE registry.token TO idg_clerk;

GRANT SELECT(revoked_at),UPDATE(revoked_at) ON TABLE registry.token TO idg_clerk;

GRANT SELECT(author) ON TABLE registry.token TO idg_clerk;

GRANT SELECT(motive) ON TABLE registry.token TO idg_clerk;

GRANT SELECT(acting_for) ON TABLE registry.token TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.vote_id_seq TO idg_clerk;

GRANT SELECT ON TABLE registry.working_group TO idg_app;
GRANT SELECT,INSERT ON TABLE registry.working_group TO idg_clerk;

GRANT SELECT,INSERT ON TABLE registry.working_group_term TO idg_clerk;

GRANT UPDATE(closed_by) ON TABLE registry.working_group_term TO idg_clerk;

GRANT USAGE ON SEQUENCE registry.working_group_term_id_seq TO idg_clerk;

GRANT SELECT,INSERT ON TABLE remarks.event TO idg_clerk;

GRANT SELECT,UPDATE ON TABLE remarks.gate TO idg_clerk;

GRANT SELECT,INSERT ON TABLE remarks.remark TO idg_clerk;

GRANT UPDATE(organisation) ON TABLE remarks.remark TO idg_clerk;

GRANT UPDATE(author_name) ON TABLE remarks.remark TO idg_clerk;

GRANT UPDATE(author_email) ON TABLE remarks.remark TO idg_clerk;

GRANT UPDATE(caller) ON TABLE remarks.remark TO idg_clerk;

GRANT UPDATE(state) ON TABLE remarks.remark TO idg_clerk;

GRANT UPDATE(answer) ON TABLE remarks.remark TO idg_clerk;

GRANT UPDATE(answered_at) ON TABLE remarks.remark TO idg_clerk;

GRANT UPDATE(public) ON TABLE remarks.remark TO idg_clerk;

GRANT UPDATE(public_words) ON TABLE remarks.remark TO idg_clerk;

GRANT SELECT ON TABLE sensors.datastream TO idg_sensor_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE sensors.datastream TO idg_sensor_writer;

GRANT SELECT ON TABLE sensors.datastream_feature TO idg_sensor_reader;
GRANT SELECT ON TABLE sensors.datastream_feature TO idg_sensor_writer;

GRANT USAGE ON SEQUENCE sensors.datastream_id_seq TO idg_sensor_writer;

GRANT SELECT ON TABLE sensors.datastream_state TO idg_sensor_reader;
GRANT SELECT ON TABLE sensors.datastream_state TO idg_sensor_writer;

GRANT SELECT ON TABLE sensors.feature_of_interest TO idg_sensor_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE sensors.feature_of_interest TO idg_sensor_writer;

GRANT USAGE ON SEQUENCE sensors.feature_of_interest_id_seq TO idg_sensor_writer;

GRANT SELECT ON TABLE sensors.historical_location TO idg_sensor_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE sensors.historical_location TO idg_sensor_writer;

GRANT USAGE ON SEQUENCE sensors.historical_location_id_seq TO idg_sensor_writer;

GRANT SELECT ON TABLE sensors.historical_place TO idg_sensor_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE sensors.historical_place TO idg_sensor_writer;

GRANT SELECT ON TABLE sensors.location TO idg_sensor_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE sensors.location TO idg_sensor_writer;

GRANT USAGE ON SEQUENCE sensors.location_id_seq TO idg_sensor_writer;

GRANT USAGE ON SEQUENCE sensors.observation_number TO idg_sensor_writer;

GRANT SELECT ON TABLE sensors.observation TO idg_sensor_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE sensors.observation TO idg_sensor_writer;

GRANT SELECT ON TABLE sensors.observed_property TO idg_sensor_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE sensors.observed_property TO idg_sensor_writer;

GRANT USAGE ON SEQUENCE sensors.observed_property_id_seq TO idg_sensor_writer;

GRANT SELECT ON TABLE sensors.sensor TO idg_sensor_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE sensors.sensor TO idg_sensor_writer;

GRANT USAGE ON SEQUENCE sensors.sensor_id_seq TO idg_sensor_writer;

GRANT SELECT ON TABLE sensors.thing TO idg_sensor_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE sensors.thing TO idg_sensor_writer;

GRANT USAGE ON SEQUENCE sensors.thing_id_seq TO idg_sensor_writer;

GRANT SELECT ON TABLE sensors.thing_location TO idg_sensor_reader;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE sensors.thing_location TO idg_sensor_writer;

GRANT SELECT ON TABLE served.raster_file TO idg_app;

GRANT SELECT ON TABLE served.raster_vintage TO idg_app;
