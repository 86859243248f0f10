-- Partners of the day without a technical referent (004 §2.1.3).
select m.organisation
from registry.membership m
where m.state = 'adherent'
  and m.closed_by is null
  and m.valid @> %(on)s::date
  and not exists (
    select
    from registry.mandate r
    where r.organisation = m.organisation
      and r.role = 'technical_referent'
      and r.closed_by is null
      and r.valid @> %(on)s::date)
order by m.organisation
