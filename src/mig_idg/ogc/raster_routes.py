"""The routes of rasters, and what each asks of the charter."""

from __future__ import annotations

from mig_idg.guard.request import Request
from mig_idg.guard.response import Response
from mig_idg.guard.route import Route
from mig_idg.ogc.coverages import coverages, description
from mig_idg.ogc.edr import edr
from mig_idg.ogc.files import files
from mig_idg.ogc.maps import maps
from mig_idg.ogc.stac import catalogue, search
from mig_idg.ogc.tiles import raster_tile, raster_tilesets, tile_address
from mig_idg.ogc.wmts import wmts

_COLLECTION = "/collections/{collection}"
_STAC = "/stac/collections/{collection}"
_TILE = "{tms}/{z}/{row}/{col}"


async def map_tile(request: Request) -> Response:
    """`GET /collections/{collection}/map/tiles/{tms}/{z}/{row}/{col}`."""
    return await raster_tile.tile(request, tile_address.read(request.params))


ROUTES = (
    Route(f"{_COLLECTION}/map", "view", maps.collection_map, pool="tiles"),
    Route(f"{_COLLECTION}/styles/{{style}}/map", "view", maps.collection_map, pool="tiles"),
    Route("/map", "listing", maps.dataset_map, pool="tiles"),
    Route(f"{_COLLECTION}/map/tiles", "view", raster_tilesets.tilesets, pool="tiles"),
    Route(f"{_COLLECTION}/map/tiles/{{tms}}", "view", raster_tilesets.tileset, pool="tiles"),
    Route(f"{_COLLECTION}/map/tiles/{_TILE}", "view", map_tile, pool="tiles"),
    Route(f"{_COLLECTION}/coverage", coverages.action, coverages.coverage, pool="tiles", actions=("view", "download")),
    Route(f"{_COLLECTION}/coverage/schema", "view", description.schema, pool="tiles"),
    Route(f"{_COLLECTION}/coverage/rangetype", "view", description.range_type, pool="tiles"),
    Route(f"{_COLLECTION}/coverage/domainset", "view", description.domain_set, pool="tiles"),
    Route(f"{_COLLECTION}/files/{{name}}", "download", files.collection_file, pool="tiles"),
    Route(f"{_COLLECTION}/files/{{vintage}}/{{name}}", "download", files.collection_file, pool="tiles"),
    Route(f"{_COLLECTION}/position", "query", edr.position, pool="tiles"),
    Route(f"{_COLLECTION}/trajectory", "query", edr.trajectory, pool="tiles"),
    Route("/wmts", "listing", wmts.kvp, pool="tiles"),
    Route("/wmts/1.0.0/WMTSCapabilities.xml", "listing", wmts.capabilities, pool="tiles"),
    Route("/wmts/1.0.0/{collection}/{style}/{tms}/{z}/{row}/{file}", "view", wmts.rest_tile, pool="tiles"),
    Route("/stac", "listing", catalogue.landing),
    Route("/stac/conformance", "open", catalogue.conformance, pool="none"),
    Route("/stac/queryables", "open", catalogue.queryables, pool="none"),
    Route("/stac/search", "listing", search.search, methods=("GET", "HEAD", "POST"), body_limit=2**20),
    Route("/stac/collections", "listing", catalogue.collections),
    Route(_STAC, "discover", catalogue.collection),
    Route(f"{_STAC}/queryables", "discover", catalogue.queryables),
    Route(f"{_STAC}/items", "query", search.items),
    Route(f"{_STAC}/items/{{item}}", "query", search.item),
)
