-- An agreement may be for some of the terms' actions only (rules.md §1, Grant); null is all of them.

alter table registry.agreement
  add column actions text[]
  constraint agreement_lists_known_actions check (
    cardinality(actions) > 0
    and actions <@ array['discover', 'view', 'query', 'download', 'subscribe', 'contribute', 'configure', 'publish_open',
      'redistribute', 'grant', 'validate', 'audit', 'takedown']);

-- 004 §2.6: a change of the charter is an amendment, in force from the committee's approval; it binds each partner from
-- that partner's own (registry.instrument_acceptance).
comment on table registry.instrument_acceptance is
  'Who accepted which instrument, and when: the charter on joining it, an amendment under each body''s own rules (004 §2.6).';
