"""One operation of one route, as the API definition tells it: written in the row of its route, read by the assembly."""

from __future__ import annotations

from dataclasses import dataclass

from mig_idg.errors import Text

JSON = "application/json"
HTML = "text/html"
GEOJSON = "application/geo+json"
PAGES = ("json", "html")
JSON_OR_HTML = ((JSON, "object"), (HTML, "html"))
PICTURES = (("image/png", "binary"), ("image/jpeg", "binary"), ("image/webp", "binary"))
PICTURE_WORDS = ("png", "jpeg", "webp")

SERVICE = Text("Le service", "The service")
COLLECTIONS = Text("Les collections", "The collections")
RIGHTS = Text("Les droits", "Rights")
FEATURES = Text("Les entités", "Features")
TILES = Text("Les tuiles", "Tiles")
MAPS = Text("Cartes et rasters", "Maps and rasters")
STAC = Text("STAC : les fichiers des rasters", "STAC: the files of rasters")
WMTS = Text("WMTS, pour les logiciels plus anciens", "WMTS, for older software")
PROCESSES = Text("Les traitements", "Processes")
CATALOGUE = Text("Le catalogue", "The catalogue")
DEPOSITS = Text("Les dépôts", "Deposits")
REMARKS = Text("Remarques et questions", "Remarks and questions")
SENSORS = Text("Les mesures des capteurs", "Measurements of sensors")
# The chapters of the definition, in the order that they are read; within one, operations follow their routes.
TAGS = (
    SERVICE,
    COLLECTIONS,
    RIGHTS,
    FEATURES,
    TILES,
    MAPS,
    STAC,
    WMTS,
    PROCESSES,
    CATALOGUE,
    DEPOSITS,
    REMARKS,
    SENSORS,
)


@dataclass(frozen=True, slots=True)
class Operation:
    """A method of a route.

    `answers` are (media type, schema) of a success; `formats` the words of `f`; `services` those that a collection must
    offer. `properties` says that each queryable attribute is a parameter too, `tabular` and `raster` that the
    collection must be of rows or of pixels, `editable` that it is open to edition, `coproduced`
    that what is written to it is a proposal, `plugin` that a plug-in
    reads it, and what (`feature`, `coverage`, `edr`); `suffix` ends the operationId, by which OGC 20-057 recognises the
    operations of tiles; `ows` says that errors are told as OGC exception reports. `action` is what the caller must be
    permitted for the operation to be told (`listing` and `open` are for all): that of the route, unless it is named
    here. `pattern` is the route's own.
    """

    id: str
    summary: Text
    tag: Text
    answers: tuple[tuple[str, str], ...]
    parameters: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    method: str = "GET"
    success: str = "200"
    errors: tuple[int, ...] = (400, 401, 403, 404, 406, 429, 503)
    body: tuple[tuple[str, str], ...] = ()
    properties: bool = False
    tabular: bool = False
    raster: bool = False
    editable: bool = False
    coproduced: bool = False
    plugin: str = ""
    ows: bool = False
    suffix: str = ""
    action: str = ""
    pattern: str = ""

    @property
    def on_collection(self) -> bool:
        """True for the routes of one collection."""
        return "{collection}" in self.pattern
