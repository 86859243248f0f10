select id, collection, name, during, srid, overview, published_at, replaced_at from raster.vintage where false;
select vintage, name, path, sha256, footprint, properties from raster.file where false;
select 1 / count(*) from pg_indexes where schemaname = 'raster' and indexname = 'file_footprint';
