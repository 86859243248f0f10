"""`/tileMatrixSets`: the grids, as definitions that clients of OGC API Tiles read."""

from __future__ import annotations

from mig_idg.errors import Text
from mig_idg.guard.answer import Answer, json_answer, link
from mig_idg.guard.visit import Visit
from mig_idg.ogc.describe.formats import only, wanted
from mig_idg.ogc.tiles.grids import GRIDS
from mig_idg.ogc.tiles.place import grid_named

_JSON = {"json": "application/json"}


async def every_grid(visit: Visit) -> Answer:
    """`GET /tileMatrixSets`."""
    only(visit)
    wanted(visit, _JSON)
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
    return json_answer({"tileMatrixSets": listed, "links": links})


async def one_grid(visit: Visit) -> Answer:
    """`GET /tileMatrixSets/{tms}`."""
    only(visit)
    wanted(visit, _JSON)
    grid = grid_named(visit.params["tms"])
    title = grid.title.in_(visit.lang)
    links = [link(visit.url(f"/tileMatrixSets/{grid.id}?f=json"), "self", "application/json", title)]
    return json_answer({**grid.document, "title": title, "links": links})
