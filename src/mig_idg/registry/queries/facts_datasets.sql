-- The facets of every dataset as they stood on a day, and as we knew them at an instant.
select
  d.id,
  d.kind,
  s.state,
  o.organisation as owner,
  coalesce(a.attributes, '{}') as attributes,
  coalesce(m.visibility, 'hidden') as metadata,
  l.licence,
  f.organisations as frozen_audience,
  t.id is not null as has_terms,
  t.mode,
  t.actions,
  t.named,
  t.agreed,
  t.hidden_attributes,
  t.extends_to_ept_communes,
  t.allows_contractors,
  t.own_territory,
  lower(t.valid) as terms_from,
  upper(t.valid) as terms_to
from registry.dataset d
join registry.dataset_state s
  on s.dataset = d.id and s.valid @> %(on)s::date and s.known @> %(known_at)s::timestamptz
left join registry.ownership o
  on o.dataset = d.id and o.valid @> %(on)s::date and o.known @> %(known_at)s::timestamptz
left join registry.dataset_attributes a
  on a.dataset = d.id and a.valid @> %(on)s::date and a.known @> %(known_at)s::timestamptz
left join registry.dataset_metadata m
  on m.dataset = d.id and m.valid @> %(on)s::date and m.known @> %(known_at)s::timestamptz
left join registry.dataset_licence l
  on l.dataset = d.id and l.valid @> %(on)s::date and l.known @> %(known_at)s::timestamptz
left join registry.frozen_audience f
  on f.dataset = d.id and f.valid @> %(on)s::date and f.known @> %(known_at)s::timestamptz
left join registry.terms t
  on t.dataset = d.id and t.valid @> %(on)s::date and t.known @> %(known_at)s::timestamptz
order by d.id
