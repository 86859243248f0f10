"""`/tileMatrixSets`: the grids, as definitions that clients of OGC API Tiles read."""

from __future__ import annotations

from mig_idg.errors import Text
from mig_idg.guard.negotiation import JSON_PAGES, only, wanted
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, json_answer, link, page_answer
from mig_idg.ogc.tiles.grids import GRIDS
from mig_idg.ogc.tiles.tile_address import grid_named


async def every_grid(request: Request) -> Response:
    """`GET /tileMatrixSets`."""
    only(request)
    form = wanted(request, JSON_PAGES)
    listed = [
        {
            "id": grid.id,
            "title": grid.title.in_(request.lang),
            **({"uri": grid.uri} if grid.uri else {}),
            "crs": grid.crs,
            "links": [
                link(
                    request.url(f"/tileMatrixSets/{grid.id}?f=json"), "self", "application/json",
                    grid.title.in_(request.lang),
                )
            ],
        }
        for grid in GRIDS.values()
    ]  # fmt: skip
    title = Text("Jeux de matrices de tuiles", "Tile matrix sets").in_(request.lang)
    links = [link(request.url("/tileMatrixSets?f=json"), "self", "application/json", title)]
    document = {"tileMatrixSets": listed, "links": links}
    if form == "html":
        return page_answer("grids", {"document": document, "grid": None})
    return json_answer(document)


async def one_grid(request: Request) -> Response:
    """`GET /tileMatrixSets/{tms}`."""
    only(request)
    form = wanted(request, JSON_PAGES)
    grid = grid_named(request.params["tms"])
    title = grid.title.in_(request.lang)
    links = [link(request.url(f"/tileMatrixSets/{grid.id}?f=json"), "self", "application/json", title)]
    document = {**grid.document, "title": title, "links": links}
    if form == "html":
        return page_answer("grids", {"document": document, "grid": grid.id})
    return json_answer(document)
