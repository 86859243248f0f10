-- Desks read what a scan found (places, masked values): the cells themselves are for the owner of the tables.
grant usage on schema open_data to idg_clerk, idg_app;
grant select on open_data.scan, open_data.validation to idg_clerk, idg_app;
grant select on registry.data_version to idg_clerk;
