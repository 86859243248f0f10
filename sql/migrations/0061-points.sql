-- Tiles of points (LiDAR) beside pictures: no pixels, a count of points, and the suffix they were brought under.
alter table raster.file
  alter column width drop not null,
  alter column height drop not null,
  alter column pixel drop not null,
  add column suffix text not null default '.tif' check (suffix in ('.tif', '.copc.laz', '.laz', '.las')),
  add column points bigint check (points > 0);
alter table raster.file add constraint pixels_or_points check (
  case
    when suffix = '.tif' then num_nulls(width, height, pixel) = 0 and points is null
    else num_nonnulls(width, height, pixel) = 0 and points is not null
  end
);
comment on column raster.file.points is 'How many points the tile holds; null for a picture.';
comment on table raster.file is 'One file of a vintage: a STAC item. A COG, or a tile of points.';

-- What was replaced, or never published, may be taken off the disk; the rows stay, to say what was there.
alter table raster.vintage
  add column pruned_at timestamptz,
  add column pruned_by text,
  add constraint pruned_by_somebody check ((pruned_at is null) = (pruned_by is null)),
  add constraint never_pruned_in_force check (pruned_at is null or published_at is null or pruned_at >= replaced_at);
comment on column raster.vintage.pruned_at is 'When its files were removed; their rows tell what they were.';
-- A preparation given up leaves its place to the next one of its name.
drop index raster.vintage_prepared;
create unique index vintage_prepared on raster.vintage (collection, name)
  where published_at is null and pruned_at is null;
