-- The server reads the facts that decide; names, letters and mandates of persons stay with the owner of the registry.
grant select on
  registry.body, registry.organisation, registry.pilotage, registry.territorial_membership,
  registry.instrument, registry.instrument_term, registry.instrument_acceptance, registry.membership,
  registry.dataset, registry.dataset_state, registry.dataset_attributes, registry.dataset_metadata,
  registry.dataset_licence, registry.dataset_version, registry.ownership, registry.co_owner, registry.inventory_entry,
  registry.working_group, registry.coproduction, registry.group_member, registry.terms, registry.agreement,
  registry.dataset_exception, registry.takedown, registry.sub_distribution, registry.delegation,
  registry.third_party_transfer, registry.frozen_audience, registry.reading
to idg_app;
-- When an act was recorded decides who was an adherent at a validation; who recorded it does not.
grant select (id, recorded_at, effective) on registry.act to idg_app;
