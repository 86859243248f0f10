-- The update frequency that each published collection declares, and the last day it was updated as we know: the date
-- declared, or that of its last published deposit.
select
  c.key as dataset,
  c.value #>> '{declaration,update_frequency}' as frequency,
  greatest(
    (substring(c.value #>> '{declaration,updated}' from '^\d{4}-\d{2}-\d{2}'))::date,
    (select max((d.published at time zone 'Europe/Paris')::date) from deposits.deposit d where d.dataset = c.key)
  ) as updated
from (select collections from registry.publication order by number desc limit 1) p
cross join lateral jsonb_each(p.collections) c
where c.value #>> '{declaration,update_frequency}' is not null
order by c.key
