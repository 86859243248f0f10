-- The exceptions that hold on the day, those to review first.
select
  e.number as exception,
  e.dataset,
  e.ground,
  e.legal_text,
  e.attributes,
  e.state,
  e.author,
  e.review_on as review,
  e.review_on <= %(on)s::date as due,
  e.beneficiaries,
  lower(e.valid) as since,
  upper(e.valid) as until
from registry.dataset_exception e
where e.closed_by is null
  and e.valid @> %(on)s::date
  and (%(dataset)s::text is null or e.dataset = %(dataset)s::text)
order by e.review_on, e.number
