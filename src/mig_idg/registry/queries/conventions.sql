-- Conventions as they are known now: parties with their signatures, first day, end if one is known.
select
  i.id as instrument,
  i.title,
  t.model,
  t.court,
  case when t.valid = daterange(null, '1900-01-01') then null else lower(t.valid) end as start,
  case when t.valid = daterange(null, '1900-01-01') then null else upper(t.valid) end as "end",
  coalesce((
    select jsonb_agg(jsonb_build_object('organisation', p.organisation, 'signed_on', p.signed_on)
      order by p.organisation)
    from registry.instrument_party p
    where p.instrument = i.id and p.closed_by is null), '[]') as parties
from registry.instrument i
join registry.instrument_term t on t.instrument = i.id and t.closed_by is null
where i.kind = 'convention' and t.model is not null and t.part_of is null
order by i.id
