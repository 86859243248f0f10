-- Rasters: which files make a vintage (millésime), where each is, what it was made from. Pixels are on disk.
create schema raster;
comment on schema raster is 'Vintages of raster collections and the footprint of each of their files.';

create table raster.vintage (
  id bigint generated always as identity primary key,
  collection text not null,
  name text not null check (name ~ '^[0-9A-Za-z][0-9A-Za-z_.-]{0,62}$'),
  during daterange not null check (not isempty(during) and not lower_inf(during) and not upper_inf(during)),
  srid integer not null check (srid > 0),
  overview text,                       -- the whole vintage at low resolution, for small scales
  overview_pixel double precision,     -- its pixel, in units of the CRS
  opened_at timestamptz not null default now(),
  published_at timestamptz,
  replaced_at timestamptz check (replaced_at >= published_at),
  author text not null,
  report jsonb not null default '{}'
);
comment on table raster.vintage is 'A vintage is prepared aside, published whole, and replaced whole by the next one of its name.';
create unique index vintage_in_force on raster.vintage (collection, name)
  where published_at is not null and replaced_at is null;
create unique index vintage_prepared on raster.vintage (collection, name) where published_at is null;

create table raster.file (
  vintage bigint not null references raster.vintage on delete cascade,
  name text not null check (name ~ '^[0-9A-Za-z][0-9A-Za-z_.-]{0,126}$'),
  path text not null check (path !~ '(^/|(^|/)\.\.(/|$)|:|\\)'),   -- under IDG_HOME/rasters
  source text not null,                                           -- the name it was brought under
  source_sha256 text not null check (source_sha256 ~ '^[0-9a-f]{64}$'),
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  size bigint not null check (size > 0),
  width integer not null check (width > 0),
  height integer not null check (height > 0),
  west double precision not null,
  south double precision not null,
  east double precision not null check (east > west),
  north double precision not null check (north > south),
  pixel double precision not null check (pixel > 0),
  footprint geometry(Polygon, 4326) not null,
  properties jsonb not null default '{}',
  imported_at timestamptz not null default now(),
  primary key (vintage, name)
);
comment on table raster.file is 'One COG of a vintage: a STAC item.';
create index file_footprint on raster.file using gist (vintage, footprint);
