"""OGC API Maps (OGC 20-058): pictures of rasters, in any rectangle, CRS and size."""
