"""`/tileMatrixSets`: the grids, as definitions that clients of OGC API Tiles read."""

from __future__ import annotations

from mig_idg.errors import Text
from mig_idg.guard.answer import Answer, json_answer, link, page_answer
from mig_idg.guard.visit import Visit
from mig_idg.ogc.describe.formats import JSON_PAGES, only, wanted
from mig_idg.ogc.tiles.grids import GRIDS
from mig_idg.ogc.tiles.place import grid_named


async def every_grid(visit: Visit) -> Answer:
    """`GET /tileMatrixSets`."""
    only(visit)
    form = wanted(visit, JSON_PAGES)
    listed = [
        {
            "id": grid.id,
            "title": grid.title.in_(visit.lang),
            **({"uri": grid.uri} if grid.uri else {}),
            "crs": grid.crs,
            "links": [
                link(
                    visit.url(f"/tileMatrixSets/{grid.id}?f=json"), "self", "application/json",
                    grid.title.in_(visit.lang),
                )
            ],
        }
        for grid in GRIDS.values()
    ]  # fmt: skip
    title = Text("Jeux de matrices de tuiles", "Tile matrix sets").in_(visit.lang)
    links = [link(visit.url("/tileMatrixSets?f=json"), "self", "application/json", title)]
    document = {"tileMatrixSets": listed, "links": links}
    if form == "html":
        return page_answer("grids", {"document": document, "grid": None})
    return json_answer(document)


async def one_grid(visit: Visit) -> Answer:
    """`GET /tileMatrixSets/{tms}`."""
    only(visit)
    form = wanted(visit, JSON_PAGES)
    grid = grid_named(visit.params["tms"])
    title = grid.title.in_(visit.lang)
    links = [link(visit.url(f"/tileMatrixSets/{grid.id}?f=json"), "self", "application/json", title)]
    document = {**grid.document, "title": title, "links": links}
    if form == "html":
        return page_answer("grids", {"document": document, "grid": grid.id})
    return json_answer(document)
