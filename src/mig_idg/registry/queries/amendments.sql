-- Amendments of a convention, oldest first, with who authorised them and when.
select
  i.id as amendment,
  i.title,
  lower(t.valid) as in_force_on,
  (select jsonb_object_agg(p.organisation, p.signed_on)
   from registry.instrument_party p
   where p.instrument = i.id and p.closed_by is null) as authorised
from registry.instrument i
join registry.instrument_term t on t.instrument = i.id and t.closed_by is null
where t.part_of = %(instrument)s
order by lower(t.valid), i.id
