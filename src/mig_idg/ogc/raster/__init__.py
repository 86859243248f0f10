"""Rasters: orthophotographs, altimetry, land cover, served from cloud-optimised GeoTIFF under the same threshold.

gdal        the options under which GDAL may open a file: local, GeoTIFF only, nothing beside it
render pool    a few threads and a short queue: a storm of tiles is told to come back, items never wait for it
shelf       open datasets, per thread, the least used one closed
frame       what is drawn, where, at which size
lattice     where the pixels of a frame are in a file
warp        the pixels of a frame in any CRS: the lattice, the level gdalwarp would read, numpy for the rest
bands       which bands and styles a caller may see
mosaic       which files make a picture, found by the spatial index, and what limits it
outline     the territory of the caller, as a mask
encode      PNG, JPEG, WebP, GeoTIFF
raster engine      all of it held together, once for each worker

tiles · maps · coverages · ranges · stac · wmts · elevation · edr      the routes
"""
