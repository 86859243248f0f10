-- The comparison with a null said nothing: a vintage in force could have been marked as removed.
alter table raster.vintage
  drop constraint never_pruned_in_force,
  add constraint never_pruned_in_force check (
    pruned_at is null or published_at is null or coalesce(pruned_at >= replaced_at, false)
  );
