"""The routes of OGC API Maps, and what each asks of the charter: to see."""

from __future__ import annotations

from mig_idg.errors import Text
from mig_idg.guard.operation import MAPS, PICTURE_WORDS, PICTURES, Operation
from mig_idg.guard.route import Route
from mig_idg.ogc.maps import maps

_COLLECTION = "/collections/{collection}"
_WINDOW = (
    "bbox", "bbox-crs", "subset", "subset-crs", "center", "center-crs", "crs", "width", "height", "scale-denominator",
    "mm-per-pixel", "transparent", "bgcolor", "void-color", "void-transparent", "datetime",
)  # fmt: skip


def _map(id: str, fr: str, en: str, *parameters: str) -> tuple[Operation]:
    return (Operation(id, Text(fr, en), MAPS, PICTURES, parameters, PICTURE_WORDS, ("maps",), raster=True),)


ROUTES = (
    Route(f"{_COLLECTION}/map", "view", maps.collection_map, pool="tiles",
          operations=_map("map", "Une carte", "A map", *_WINDOW, "style")),
    Route(f"{_COLLECTION}/styles/{{style}}/map", "view", maps.collection_map, pool="tiles",
          operations=_map("styledMap", "Une carte dans un style", "A map in a style", "styleId", *_WINDOW)),
    Route("/map", "listing", maps.dataset_map, pool="tiles",
          operations=_map("datasetMap", "Une carte de plusieurs collections", "A map of several collections",
                          "several", *_WINDOW, "style")),
)  # fmt: skip
