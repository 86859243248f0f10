"""STAC API (1.0.0): the files of rasters and point clouds, as items that clients search."""
