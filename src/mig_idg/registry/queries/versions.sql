-- The charter and its changes in force on the day: which partners each binds, and whose approval is awaited (004 §2.6).
with partner as (
  select m.organisation
  from registry.membership m
  where m.state = 'adherent'
    and m.valid @> %(on)s::date
    and m.known @> %(known_at)s::timestamptz
)
select
  i.id as version,
  i.kind,
  i.title,
  lower(t.valid) as since,
  upper(t.valid) as until,
  array(
    select p.organisation
    from partner p
    join registry.instrument_acceptance a
      on a.organisation = p.organisation and a.instrument = i.id and a.known @> %(known_at)s::timestamptz
    where a.accepted_on <= %(on)s::date
    order by p.organisation
  ) as binds,
  array(
    select p.organisation
    from partner p
    where not exists (
      select from registry.instrument_acceptance a
      where a.organisation = p.organisation
        and a.instrument = i.id
        and a.accepted_on <= %(on)s::date
        and a.known @> %(known_at)s::timestamptz)
    order by p.organisation
  ) as awaited
from registry.instrument_term t
join registry.instrument i on i.id = t.instrument
where t.kind in ('charter', 'amendment')
  and t.valid @> %(on)s::date
  and t.known @> %(known_at)s::timestamptz
order by t.kind desc, lower(t.valid), i.id
