"""One operation of one route, as data: the table is read by the assembly, by the readable page and by the tests."""

from __future__ import annotations

from dataclasses import dataclass

from mig_idg.errors import Text

JSON = "application/json"
HTML = "text/html"

SERVICE = Text("Le service", "The service")
COLLECTIONS = Text("Les collections", "The collections")
FEATURES = Text("Les entités", "Features")
TILES = Text("Les tuiles", "Tiles")
MAPS = Text("Cartes et rasters", "Maps and rasters")
PROCESSES = Text("Les traitements", "Processes")
RIGHTS = Text("Les droits", "Rights")
CATALOGUE = Text("Le catalogue", "The catalogue")


@dataclass(frozen=True, slots=True)
class Operation:
    """A method of a route.

    `pattern` and `method` name it as the table of routes does; `action` is what the charter is asked (`listing` and
    `open` are for all); `answers` are (media type, schema) of a success; `formats` the words of `f`; `services` those
    that a collection must offer. `properties` says that each queryable attribute is a parameter too, `tabular` and
    `raster` that the collection must be of rows or of pixels, `editable` that its owner opened it to edition,
    `plugin` that a plug-in reads it; `suffix` ends the operationId, by which OGC 20-057 recognises the operations of
    tiles; `ows` says that errors are told as OGC exception reports.
    """

    pattern: str
    id: str
    summary: Text
    tag: Text
    action: str
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
    plugin: bool = False
    ows: bool = False
    suffix: str = ""

    @property
    def on_collection(self) -> bool:
        """True for the routes of one collection."""
        return "{collection}" in self.pattern
