-- Terms and agreements may name « execute » (OGC API Processes): with an action that reads, by rule B3.
alter table registry.terms drop constraint terms_actions_check;
alter table registry.terms add constraint terms_actions_check check (actions <@ array[
  'discover', 'view', 'query', 'download', 'subscribe', 'contribute', 'configure', 'publish_open', 'redistribute', 'grant',
  'validate', 'audit', 'takedown', 'execute']);
alter table registry.agreement drop constraint agreement_lists_known_actions;
alter table registry.agreement add constraint agreement_lists_known_actions check (cardinality(actions) > 0 and actions <@ array[
  'discover', 'view', 'query', 'download', 'subscribe', 'contribute', 'configure', 'publish_open', 'redistribute', 'grant',
  'validate', 'audit', 'takedown', 'execute']);
