-- The server loads facts (20-29) and credentials itself: it reads what rights need, it never writes there.
grant usage on schema registry, data to idg_app;
grant select on
  registry.account, registry.token, registry.epoch, registry.publication, registry.data_version
to idg_app;
