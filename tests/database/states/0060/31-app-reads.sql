-- The server loads facts and credentials itself: it reads the registry, it never writes there.
grant usage on schema registry, data to idg_app;
grant select on all tables in schema registry to idg_app;
