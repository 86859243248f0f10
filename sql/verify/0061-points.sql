select suffix, points from raster.file where false;
select pruned_at, pruned_by from raster.vintage where false;
select 1 / count(*) from pg_constraint where conname = 'pixels_or_points';
select 1 / count(*) from pg_constraint where conname = 'never_pruned_in_force';
select 1 / count(*) from pg_indexes where schemaname = 'raster' and indexname = 'vintage_prepared' and indexdef like '%pruned_at%';
