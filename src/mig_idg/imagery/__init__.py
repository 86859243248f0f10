"""Pixels: read, warped, drawn, encoded. It knows files and frames, and nothing of requests nor of callers.

gdal                 the options under which GDAL may open a file: local, GeoTIFF only, nothing beside it
dataset_cache        open datasets, per thread, the least used one closed
render_pool          a few threads and a short queue: a storm of tiles is told to come back, items never wait for it
frame                what is drawn, where, at which size
warp_grid            where the pixels of a frame are in a file
warp                 the pixels of a frame in any CRS: the grid, the level gdalwarp would read, numpy for the rest
bands                which bands and styles may be shown
mosaic               the files of a picture and what limits it
territory_mask       a territory, as a mask over pixels
render               from values to what is seen
attribution_overlay  the attribution drawn on a picture
geotiff_writer       values, strip by strip
encode               PNG, JPEG, WebP
engine               all of it held together, once for each application
"""
