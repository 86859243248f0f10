"""What every API of rasters reads of a request: the rectangle, the axes, the picture's format, the files under a grant.

mosaic_selection  which files make a picture, found by the spatial index, and what limits it for this caller
parameters        box, reference system, size, background
subset_axes       axes as clients write them
extent            where a raster is and what its pixels are
picture_formats   which picture is wanted

Pixels themselves are `mig_idg.imagery`; the routes are those of `maps`, `coverages`, `edr`, `files`, `stac`, `wmts`.
"""
