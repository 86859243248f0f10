-- Acts of desks read what a consolidation found, and decide of its conflicts; they write nothing else here.
grant usage on schema consolidation to idg_clerk;
grant select on consolidation.run, consolidation.finding, consolidation.contribution, consolidation.decision to idg_clerk;
grant insert on consolidation.decision to idg_clerk;

-- A code as the target has it: what the list does not name stays as it is.
create or replace function consolidation.recode(properties jsonb, name text, list jsonb) returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when list ? (properties->>name) then jsonb_set(properties, array[name], list->(properties->>name))
    else properties
  end
$$;

-- A measure in the target's unit; what is no number stays as it is, and is found as such.
create or replace function consolidation.rescale(properties jsonb, name text, factor double precision) returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
  select case jsonb_typeof(properties->name)
    when 'number' then jsonb_set(properties, array[name], to_jsonb((properties->>name)::double precision * factor))
    else properties
  end
$$;
