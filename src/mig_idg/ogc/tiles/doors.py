"""The routes of OGC API Tiles, and what each asks of the charter: to see, whatever the form of what is seen."""

from __future__ import annotations

from mig_idg.guard.door import Door
from mig_idg.ogc.tiles.grid_pages import every_grid, one_grid
from mig_idg.ogc.tiles.tile import collection_tile, dataset_tile
from mig_idg.ogc.tiles.tileset import collection_tileset, collection_tilesets, dataset_tileset, dataset_tilesets

_COLLECTION = "/collections/{collection}/tiles"

DOORS = (
    Door("/tileMatrixSets", "open", every_grid, lanes="none"),
    Door("/tileMatrixSets/{tms}", "open", one_grid, lanes="none"),
    Door(_COLLECTION, "view", collection_tilesets, lanes="tiles"),
    Door(f"{_COLLECTION}/{{tms}}", "view", collection_tileset, lanes="tiles"),
    Door(f"{_COLLECTION}/{{tms}}/{{z}}/{{row}}/{{col}}", "view", collection_tile, lanes="tiles"),
    Door("/tiles", "listing", dataset_tilesets, lanes="tiles"),
    Door("/tiles/{tms}", "listing", dataset_tileset, lanes="tiles"),
    Door("/tiles/{tms}/{z}/{row}/{col}", "listing", dataset_tile, lanes="tiles"),
)
