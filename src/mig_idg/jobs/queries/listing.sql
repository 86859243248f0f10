-- Newest first. Durations are those of what has run, to this moment for what is running.
with asked as (select $1::jsonb as a),
found as (
  select j.*, count(*) over () as matched
  from jobs.job j, asked
  where ((a->>'everybody')::boolean or j.login = a->>'login')
    and (a->>'kind' is null or j.kind = a->>'kind')
    and (jsonb_array_length(a->'subjects') = 0 or a->'subjects' ? j.subject)
    and (jsonb_array_length(a->'statuses') = 0 or a->'statuses' ? j.status)
    and (a->>'since' is null or j.created >= (a->>'since')::timestamptz)
    and (a->>'until' is null or j.created <= (a->>'until')::timestamptz)
    and (a->>'shortest' is null
      or coalesce(j.finished, now()) - j.started >= make_interval(secs => (a->>'shortest')::float))
    and (a->>'longest' is null
      or coalesce(j.finished, now()) - j.started <= make_interval(secs => (a->>'longest')::float))
  order by j.created desc, j.id
  limit (select (a->>'limit')::integer from asked)
  offset (select (a->>'offset')::integer from asked)
)
select to_jsonb(found) from found
