-- Lines of the annexes on a day, with what they name; null leaves a criterion out.
select
  l.line,
  l.convention,
  l.annex,
  l.asset,
  l.dataset,
  a.type,
  a.description,
  a.address,
  a.owner,
  a.maintenance,
  a.energy,
  l.host,
  l.depositor,
  l.support,
  l.network,
  l.host_contact,
  l.depositor_contact,
  l.access,
  l.licence,
  l.extent,
  l.format,
  l.provision,
  l.routes,
  l.remark,
  l.network_data_agreed,
  l.requests_per_day,
  extract(epoch from l.latency_floor)::int as latency_floor_seconds,
  lower(l.valid) as since,
  st_asgeojson(st_transform(coalesce(a.geometry, s.geometry), 4326), 7)::jsonb as geometry
from registry.annex_line l
left join registry.asset a on a.asset = l.asset and a.closed_by is null and a.valid @> %(on)s::date
left join registry.asset s on s.asset = l.support and s.closed_by is null and s.valid @> %(on)s::date
where l.closed_by is null
  and l.valid @> %(on)s::date
  and (%(convention)s::text is null or l.convention = %(convention)s)
  and (%(organisation)s::text is null or %(organisation)s in (l.host, l.depositor))
order by l.convention, l.annex, l.line
