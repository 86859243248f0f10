"""The routes of OGC API Tiles, and what each asks of the charter: to see, whatever the form of what is seen."""

from __future__ import annotations

from mig_idg.guard.request import Request
from mig_idg.guard.response import Response
from mig_idg.guard.route import Route
from mig_idg.ogc.tiles import operations, tile_address
from mig_idg.ogc.tiles import raster_tile as raster_tiles
from mig_idg.ogc.tiles import raster_tilesets as raster_tilesets
from mig_idg.ogc.tiles.grid_pages import every_grid, one_grid
from mig_idg.ogc.tiles.tile import collection_tile, dataset_tile
from mig_idg.ogc.tiles.tileset import collection_tileset, collection_tilesets, dataset_tileset, dataset_tilesets

_COLLECTION = "/collections/{collection}/tiles"
_MAP = "/collections/{collection}/map/tiles"


async def tilesets(request: Request) -> Response:
    """The tilesets of a collection, of shapes or of pixels."""
    return await (
        raster_tilesets.tilesets(request, under="/tiles") if _pixels(request) else collection_tilesets(request)
    )


async def tileset(request: Request) -> Response:
    """One tileset of a collection, of shapes or of pixels."""
    return await (raster_tilesets.tileset(request, under="/tiles") if _pixels(request) else collection_tileset(request))


async def tile(request: Request) -> Response:
    """One tile of a collection, of shapes or of pixels."""
    return await (
        raster_tiles.tile(request, tile_address.read(request.params)) if _pixels(request) else collection_tile(request)
    )


async def map_tile(request: Request) -> Response:
    """One tile of a collection of pixels, as OGC API Maps names it."""
    return await raster_tiles.tile(request, tile_address.read(request.params))


def _pixels(request: Request) -> bool:
    return request.collection is not None and request.collection.raster is not None


ROUTES = (
    Route("/tileMatrixSets", "open", every_grid, pool="none", operations=(operations.GRIDS,)),
    Route("/tileMatrixSets/{tms}", "open", one_grid, pool="none", operations=(operations.GRID,)),
    Route(_COLLECTION, "view", tilesets, pool="tiles", operations=(operations.TILESETS,)),
    Route(f"{_COLLECTION}/{{tms}}", "view", tileset, pool="tiles", operations=(operations.TILESET,)),
    Route(f"{_COLLECTION}/{{tms}}/{{z}}/{{row}}/{{col}}", "view", tile, pool="tiles", operations=operations.TILE),
    Route(_MAP, "view", raster_tilesets.tilesets, pool="tiles", operations=(operations.MAP_TILESETS,)),
    Route(f"{_MAP}/{{tms}}", "view", raster_tilesets.tileset, pool="tiles", operations=(operations.MAP_TILESET,)),
    Route(f"{_MAP}/{{tms}}/{{z}}/{{row}}/{{col}}", "view", map_tile, pool="tiles", operations=(operations.MAP_TILE,)),
    Route("/tiles", "listing", dataset_tilesets, pool="tiles", operations=(operations.DATASET_TILESETS,)),
    Route("/tiles/{tms}", "listing", dataset_tileset, pool="tiles", operations=(operations.DATASET_TILESET,)),
    Route("/tiles/{tms}/{z}/{row}/{col}", "listing", dataset_tile, pool="tiles",
          operations=(operations.DATASET_TILE,)),
)  # fmt: skip
