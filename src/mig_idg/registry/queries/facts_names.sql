-- How people name the bodies we knew, each by its latest name; only public authorities may adhere (004 §2.1.1).
select distinct on (o.organisation) o.organisation, o.name, o.kind not in ('company', 'association') as public_authority
from registry.organisation o
where o.known @> %(known_at)s::timestamptz
order by o.organisation, o.valid desc
