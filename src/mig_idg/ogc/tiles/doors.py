"""The routes of OGC API Tiles, and what each asks of the charter: to see, whatever the form of what is seen."""

from __future__ import annotations

from mig_idg.guard.answer import Answer
from mig_idg.guard.door import Door
from mig_idg.guard.visit import Visit
from mig_idg.ogc.raster import tiles as raster_tiles
from mig_idg.ogc.raster import tilesets as raster_tilesets
from mig_idg.ogc.tiles import draw, place
from mig_idg.ogc.tiles.grid_pages import every_grid, one_grid
from mig_idg.ogc.tiles.tile import collection_tile, dataset_tile
from mig_idg.ogc.tiles.tileset import collection_tileset, collection_tilesets, dataset_tileset, dataset_tilesets

_COLLECTION = "/collections/{collection}/tiles"


async def tilesets(visit: Visit) -> Answer:
    """The tilesets of a collection, of shapes or of pixels."""
    return await (raster_tilesets.tilesets(visit, under="/tiles") if _pixels(visit) else collection_tilesets(visit))


async def tileset(visit: Visit) -> Answer:
    """One tileset of a collection, of shapes or of pixels."""
    return await (raster_tilesets.tileset(visit, under="/tiles") if _pixels(visit) else collection_tileset(visit))


async def tile(visit: Visit) -> Answer:
    """One tile of a collection, of shapes or of pixels."""
    return await (raster_tiles.tile(visit, place.read(visit.params)) if _pixels(visit) else collection_tile(visit))


def _pixels(visit: Visit) -> bool:
    return visit.collection is not None and visit.collection.raster is not None


DOORS = (
    Door("/tileMatrixSets", "open", every_grid, lanes="none"),
    Door("/tileMatrixSets/{tms}", "open", one_grid, lanes="none"),
    Door(_COLLECTION, "view", tilesets, lanes="tiles"),
    Door(f"{_COLLECTION}/{{tms}}", "view", tileset, lanes="tiles"),
    Door(f"{_COLLECTION}/{{tms}}/{{z}}/{{row}}/{{col}}", "view", tile, lanes="tiles"),
    Door("/tiles", "listing", dataset_tilesets, lanes="tiles"),
    Door("/tiles/{tms}", "listing", dataset_tileset, lanes="tiles"),
    Door("/tiles/{tms}/{z}/{row}/{col}", "listing", dataset_tile, lanes="tiles"),
)


def doors(kept: int) -> tuple[Door, ...]:
    """All doors; each worker keeps so many megabytes of finished tiles."""
    draw.keep(kept * 2**20)
    return DOORS
