"""Files of values, written from first byte to last without going back: FlatGeobuf, GeoPackage, GeoParquet.

Each writer takes the rows as PostgreSQL sends them in binary (`store.cells`) and gives bytes that can leave at once:

    writer.begin() → bytes      before any row
    writer.add(rows) → bytes    some rows more
    writer.end() → bytes        the rest

docs/decisions/streamed-files.md says why they are ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from mig_idg.store.binary_values import Cell
from mig_idg.store.crs import Crs
from mig_idg.store.table import Geometry

Row = Sequence[bytes | None]

KINDS = {
    "POINT": "Point",
    "LINESTRING": "LineString",
    "POLYGON": "Polygon",
    "MULTIPOINT": "MultiPoint",
    "MULTILINESTRING": "MultiLineString",
    "MULTIPOLYGON": "MultiPolygon",
    "GEOMETRYCOLLECTION": "GeometryCollection",
}


@dataclass(frozen=True, slots=True)
class Layer:
    """What a file says of itself: names, what is owed, columns in order, geometry (last value of each row) and CRS.

    `rows` is how many there will be, counted in the snapshot they are read from; `weight` the bytes of their
    geometries in PostgreSQL's own form; `extent` (xmin, ymin, xmax, ymax) is known for whole layers only.
    """

    name: str
    title: str
    mention: str
    cells: tuple[Cell, ...]
    geometry: Geometry | None
    crs: Crs
    rows: int
    weight: int = 0
    extent: tuple[float, float, float, float] | None = None


class Writer(Protocol):
    """A file while it is written."""

    def begin(self) -> bytes:
        """What comes before any row."""

    def add(self, rows: Sequence[Row]) -> bytes:
        """Some rows; what they leave to send."""

    def end(self) -> bytes:
        """What comes after the last row."""


def writers() -> Mapping[str, Callable[[Layer], Writer]]:
    """The writers, by the word of `f`."""
    from mig_idg.ogc.features.files.flatgeobuf import FlatGeobuf
    from mig_idg.ogc.features.files.geopackage import GeoPackage
    from mig_idg.ogc.features.files.geoparquet import GeoParquet

    return {"fgb": FlatGeobuf, "gpkg": GeoPackage, "parquet": GeoParquet}
