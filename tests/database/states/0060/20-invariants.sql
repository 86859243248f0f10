-- Invariants of the charter that span several tables (rules.md §3). Each refusal names its constraint: the acts
-- translate that name into the article and a sentence; see registry/refusals.py.

create or replace function registry.refuse(constraint_name text, message text) returns void
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception '%', message using errcode = 'check_violation', constraint = constraint_name, schema = 'registry';
end
$$;

-- 004 §2.4.1: unanimity of those present. An abstention is not an opposition; nobody present adopts nothing.
create or replace view registry.decision_result as
select
  d.id,
  d.committee_kind,
  d.subject,
  d.subject_id,
  d.nature,
  d.motion,
  d.item,
  m.id as meeting,
  m.held_on,
  exists (select from registry.attendance a where a.meeting = m.id and upper_inf(a.known)) as quorate,
  not exists (
    select from registry.vote v where v.decision = d.id and upper_inf(v.known) and v.voice = 'against'
  ) and exists (select from registry.attendance a where a.meeting = m.id and upper_inf(a.known)) as adopted
from registry.decision d
join registry.meeting m on m.id = d.meeting
where upper_inf(d.known);
comment on view registry.decision_result is 'What a committee decided, computed from attendance and votes.';

create or replace function registry.adherent_on(body text, day date) returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from registry.membership m
    where m.organisation = body and m.state = 'adherent' and m.valid @> day and upper_inf(m.known))
$$;

create or replace function registry.check_membership() returns trigger
language plpgsql
set search_path = pg_catalog, registry, pg_temp
as $$
declare
  missing text;
  latest date;
begin
  if not exists (
    select from organisation o
    where o.organisation = new.organisation and o.kind not in ('company', 'association') and upper_inf(o.known)) then
    perform registry.refuse('only_public_authorities_adhere', format('%s is not a public authority', new.organisation));
  end if;
  if new.state in ('approved', 'refused') and not exists (
    select from decision_result r
    where r.id = new.decision and r.committee_kind = 'steering' and r.subject = 'admission'
      and r.subject_id = new.organisation and r.adopted = (new.state = 'approved')) then
    perform registry.refuse('admission_is_decided_by_the_steering_committee',
      format('no steering decision says %s of %s', new.state, new.organisation));
  end if;
  if new.state in ('approved', 'refused') and not exists (
    select from decision_result o
    join decision_result d on d.id = new.decision and o.held_on <= d.held_on
    where o.committee_kind = 'technical' and o.nature = 'opinion' and o.subject = 'admission'
      and o.subject_id = new.organisation) then
    perform registry.refuse('opinion_comes_before_the_decision',
      format('the technical committee gave no opinion on %s', new.organisation));
  end if;
  if new.state <> 'adherent' then
    return null;
  end if;
  select string_agg(wanted, ', ') into missing
  from unnest(array['deliberation', 'form', 'email_return', 'postal_return']) as w (wanted)
  where not exists (
    select from piece p
    where p.organisation = new.organisation and p.application = new.application and p.kind = wanted
      and upper_inf(p.known));
  if missing is not null then
    perform registry.refuse('adherent_has_all_pieces', format('%s: missing %s', new.organisation, missing));
  end if;
  select max(received_on) into latest
  from piece p
  where p.organisation = new.organisation and p.application = new.application
    and p.kind <> 'withdrawal_letter' and upper_inf(p.known);
  if lower(new.valid) < latest then
    perform registry.refuse('adhesion_starts_when_all_is_received',
      format('%s: the last piece came on %s', new.organisation, latest));
  end if;
  if not exists (
    select from instrument_acceptance a where a.organisation = new.organisation and upper_inf(a.known)) then
    perform registry.refuse('adherent_accepted_the_charter', format('%s accepted no instrument', new.organisation));
  end if;
  if not new.listed and not exists (
    select from membership m
    join decision_result r on r.id = m.decision and r.adopted
    where m.organisation = new.organisation and m.application = new.application and m.state = 'approved') then
    perform registry.refuse('admission_is_decided_by_the_steering_committee',
      format('%s was not approved', new.organisation));
  end if;
  return null;
end
$$;

create or replace function registry.check_attendance() returns trigger
language plpgsql
set search_path = pg_catalog, registry, pg_temp
as $$
declare
  sitting meeting;
begin
  select * into sitting from meeting m where m.id = new.meeting;
  if sitting.committee_kind in ('steering', 'technical')
     and not registry.adherent_on(new.organisation, sitting.held_on) then
    perform registry.refuse('only_partners_sit',
      format('%s was not a partner on %s', new.organisation, sitting.held_on));
  end if;
  return null;
end
$$;

create or replace function registry.check_decision() returns trigger
language plpgsql
set search_path = pg_catalog, registry, pg_temp
as $$
begin
  if not exists (select from meeting m where m.id = new.meeting and m.committee_kind = new.committee_kind) then
    perform registry.refuse('decision_of_its_own_committee', 'the meeting is of another committee');
  end if;
  return null;
end
$$;

create or replace function registry.check_vote() returns trigger
language plpgsql
set search_path = pg_catalog, registry, pg_temp
as $$
begin
  if not exists (
    select from decision d
    join attendance a on a.meeting = d.meeting and upper_inf(a.known)
    where d.id = new.decision and a.organisation = new.organisation) then
    perform registry.refuse('only_those_present_vote', format('%s was not present', new.organisation));
  end if;
  return null;
end
$$;

create or replace function registry.check_co_owner() returns trigger
language plpgsql
set search_path = pg_catalog, registry, pg_temp
as $$
begin
  if not exists (
    select from decision_result r
    where r.id = new.decision and r.committee_kind = 'technical' and r.subject = 'dataset'
      and r.subject_id = new.dataset and r.adopted) then
    perform registry.refuse('validation_by_the_technical_committee',
      format('no adopted decision of the technical committee on %s', new.dataset));
  end if;
  if exists (
    select from co_owner c where c.dataset = new.dataset and c.version = new.version and c.act <> new.act) then
    perform registry.refuse('co_owners_are_frozen_at_validation',
      format('the co-owners of %s %s are frozen', new.dataset, new.version));
  end if;
  return null;
end
$$;

create or replace function registry.check_dataset_state() returns trigger
language plpgsql
set search_path = pg_catalog, registry, pg_temp
as $$
begin
  if new.state <> 'validated' then
    return null;
  end if;
  if not exists (select from co_owner c where c.dataset = new.dataset and c.decision = new.decision) then
    perform registry.refuse('validated_has_frozen_co_owners', format('%s has no frozen co-owners', new.dataset));
  end if;
  if not exists (select from inventory_entry i where i.dataset = new.dataset and i.decision = new.decision) then
    perform registry.refuse('validated_is_in_the_inventory', format('%s is not in the inventory', new.dataset));
  end if;
  return null;
end
$$;

create or replace function registry.owns_on(body text, wanted text, day date) returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from registry.ownership o
    where o.dataset = wanted and o.organisation = body and upper_inf(o.known)
      and (day is null or o.valid @> day))
$$;

create or replace function registry.check_terms() returns trigger
language plpgsql
set search_path = pg_catalog, registry, pg_temp
as $$
begin
  if not registry.owns_on(new.set_by, new.dataset, lower(new.valid)) then
    perform registry.refuse('only_the_owner_sets_terms', format('%s does not own %s', new.set_by, new.dataset));
  end if;
  return null;
end
$$;

create or replace function registry.check_agreement() returns trigger
language plpgsql
set search_path = pg_catalog, registry, pg_temp
as $$
begin
  if new.state <> 'asked' and not registry.owns_on(new.answered_by, new.dataset, lower(new.valid)) then
    perform registry.refuse('only_the_owner_answers', format('%s does not own %s', new.answered_by, new.dataset));
  end if;
  return null;
end
$$;

create or replace function registry.check_sub_distribution() returns trigger
language plpgsql
set search_path = pg_catalog, registry, pg_temp
as $$
begin
  if not exists (
    select from territorial_membership t
    where t.ept = new.ept and t.commune = new.commune and upper_inf(t.known) and t.valid && new.valid
      and (lower_inf(new.valid) or t.valid @> lower(new.valid))) then
    perform registry.refuse('an_ept_serves_its_own_communes',
      format('%s is not a member commune of %s that day', new.commune, new.ept));
  end if;
  return null;
end
$$;

create or replace function registry.check_frozen_audience() returns trigger
language plpgsql
set search_path = pg_catalog, registry, pg_temp
as $$
begin
  if exists (
    select from frozen_audience f
    where f.dataset = new.dataset and f.id <> new.id and f.valid && new.valid
      and not new.organisations <@ f.organisations) then
    perform registry.refuse('nobody_joins_a_frozen_audience', format('the audience of %s is frozen', new.dataset));
  end if;
  return null;
end
$$;

-- 004 §2.7: the charter's own end is its text's; a later one needs a decision of the steering committee.
create or replace function registry.check_instrument_term() returns trigger
language plpgsql
set search_path = pg_catalog, registry, pg_temp
as $$
declare
  before registry.instrument_term;
begin
  select * into before
  from instrument_term t
  where t.instrument = new.instrument and t.id < new.id
  order by t.id desc
  limit 1;
  if found and new.kind = 'charter'
     and coalesce(upper(new.valid), 'infinity') > coalesce(upper(before.valid), 'infinity')
     and not exists (
       select from decision_result r
       where r.id = new.decision and r.committee_kind = 'steering' and r.subject = 'continuation' and r.adopted) then
    perform registry.refuse('prolongation_is_decided_by_the_steering_committee',
      format('no adopted decision prolongs %s', new.instrument));
  end if;
  return null;
end
$$;

do $$
declare
  checked text;
begin
  foreach checked in array array['membership', 'attendance', 'decision', 'vote', 'co_owner', 'dataset_state', 'terms',
    'agreement', 'sub_distribution', 'frozen_audience', 'instrument_term'] loop
    execute format('drop trigger if exists invariant on registry.%I', checked);
    execute format(
      'create trigger invariant after insert on registry.%I for each row execute function registry.%I()',
      checked, 'check_' || checked);
  end loop;
end
$$;
