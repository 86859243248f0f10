-- The clerk receives proposals and moves them on. The whole row that one starts from is for whoever applies it: neither
-- the clerk nor the server reads it.
grant usage on schema proposals to idg_clerk;
grant insert on proposals.proposal, proposals.event to idg_clerk;
grant select on proposals.event to idg_clerk;
grant select (id, at, dataset, action, feature, values, shaped, shape, before, place, words, login, organisation, amended,
  state, decided_at, decided_by, reason, applied_at) on proposals.proposal to idg_clerk;
grant update (values, shaped, shape, before, amended, state, decided_at, decided_by, reason) on proposals.proposal
  to idg_clerk;

-- What a proposal starts from is read here, from the table that is published, whatever its author says of it.
create or replace function proposals.keep_base() returns trigger
language plpgsql
security definer
set search_path = pg_catalog, public, pg_temp
as $$
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
drop trigger if exists base on proposals.proposal;
create trigger base before insert or update of values on proposals.proposal
  for each row execute function proposals.keep_base();
revoke execute on function proposals.keep_base() from public;
