"""The routes of rasters, and what each asks of the charter."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Protocol

from mig_idg.guard.answer import Answer
from mig_idg.guard.door import Door
from mig_idg.guard.visit import Visit
from mig_idg.ogc.raster import coverage_pages, coverages, edr, maps, ranges, stac, stac_search, tiles, tilesets, wmts
from mig_idg.ogc.raster.studio import open_studio
from mig_idg.ogc.tiles import place
from mig_idg.store.places import Place

_COLLECTION = "/collections/{collection}"
_STAC = "/stac/collections/{collection}"
_TILE = "{tms}/{z}/{row}/{col}"


async def map_tile(visit: Visit) -> Answer:
    """`GET /collections/{collection}/map/tiles/{tms}/{z}/{row}/{col}`."""
    return await tiles.tile(visit, place.read(visit.params))


DOORS = (
    Door(f"{_COLLECTION}/map", "view", maps.collection_map, lanes="tiles"),
    Door(f"{_COLLECTION}/styles/{{style}}/map", "view", maps.collection_map, lanes="tiles"),
    Door("/map", "listing", maps.dataset_map, lanes="tiles"),
    Door(f"{_COLLECTION}/map/tiles", "view", tilesets.tilesets, lanes="tiles"),
    Door(f"{_COLLECTION}/map/tiles/{{tms}}", "view", tilesets.tileset, lanes="tiles"),
    Door(f"{_COLLECTION}/map/tiles/{_TILE}", "view", map_tile, lanes="tiles"),
    Door(f"{_COLLECTION}/coverage", coverages.action, coverages.coverage, lanes="tiles", actions=("view", "download")),
    Door(f"{_COLLECTION}/coverage/schema", "view", coverage_pages.schema, lanes="tiles"),
    Door(f"{_COLLECTION}/coverage/rangetype", "view", coverage_pages.range_type, lanes="tiles"),
    Door(f"{_COLLECTION}/coverage/domainset", "view", coverage_pages.domain_set, lanes="tiles"),
    Door(f"{_COLLECTION}/files/{{name}}", "download", ranges.collection_file, lanes="tiles"),
    Door(f"{_COLLECTION}/files/{{vintage}}/{{name}}", "download", ranges.collection_file, lanes="tiles"),
    Door(f"{_COLLECTION}/position", "query", edr.position, lanes="tiles"),
    Door(f"{_COLLECTION}/trajectory", "query", edr.trajectory, lanes="tiles"),
    Door("/wmts", "listing", wmts.kvp, lanes="tiles"),
    Door("/wmts/1.0.0/WMTSCapabilities.xml", "listing", wmts.capabilities, lanes="tiles"),
    Door("/wmts/1.0.0/{collection}/{style}/{tms}/{z}/{row}/{file}", "view", wmts.rest_tile, lanes="tiles"),
    Door("/stac", "listing", stac.landing),
    Door("/stac/conformance", "open", stac.conformance, lanes="none"),
    Door("/stac/queryables", "open", stac.queryables, lanes="none"),
    Door("/stac/search", "listing", stac_search.search, methods=("GET", "HEAD", "POST"), body_limit=2**20),
    Door("/stac/collections", "listing", stac.collections),
    Door(_STAC, "discover", stac.collection),
    Door(f"{_STAC}/queryables", "discover", stac.queryables),
    Door(f"{_STAC}/items", "query", stac_search.items),
    Door(f"{_STAC}/items/{{item}}", "query", stac_search.item),
)


class Housed(Protocol):
    """What we read of the settings."""

    @property
    def home(self) -> Path:
        """IDG_HOME."""

    @property
    def empty_tiles(self) -> Literal["transparent", "204"]:
        """What a tile outside the data is."""

    def raster_place(self) -> Place:
        """Where the files of rasters are."""


def doors(settings: Housed) -> tuple[Door, ...]:
    """All doors, on the files of IDG_HOME/rasters, or of the bucket that the settings name."""
    home = Path(settings.home).resolve() / "rasters"
    open_studio(home, empty=settings.empty_tiles, place=settings.raster_place())
    return DOORS
