"""The tile matrix sets offered (OGC 17-083r4): two of the OGC, and the national grid in Lambert-93.

The OGC's own definitions come from morecantile. `LAMB93_10cm` is the grid of the IGN (origin 0, 12 000 000; cells of
10 cm at level 21, twice larger at each level below), so that our tiles fall on those of the Géoplateforme.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import morecantile

from mig_idg.errors import Text
from mig_idg.store.tiles import Rectangle

TILING_SCHEME = "http://www.opengis.net/def/rel/ogc/1.0/tiling-scheme"
# Standardised rendering pixel size (OGC 17-083r4, 6.2.2): 0.28 mm.
PIXEL = 0.00028


@dataclass(frozen=True, slots=True)
class Level:
    """One tile matrix: cell size in CRS units, size in tiles."""

    id: str
    cell: float
    scale: float
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Grid:
    """One tile matrix set. `origin` is the top left corner, x first; tiles are 256 cells wide."""

    id: str
    title: Text
    crs: str
    srid: int
    origin: tuple[float, float]
    levels: tuple[Level, ...]
    uri: str | None = None
    scale_set: str | None = None
    axes: tuple[str, str] = ("X", "Y")
    _by_id: dict[str, Level] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._by_id.update((level.id, level) for level in self.levels)

    def level(self, id: str) -> Level | None:
        """The level of that name, or None."""
        return self._by_id.get(id)

    def rectangle(self, level: Level, row: int, column: int) -> Rectangle:
        """The bounds of a tile."""
        span = level.cell * 256
        x, y = self.origin[0] + column * span, self.origin[1] - row * span
        return Rectangle((x, y - span, x + span, y), self.srid)

    def covering(self, level: Level, bounds: tuple[float, float, float, float]) -> tuple[int, int, int, int] | None:
        """Rows and columns (first and last of each) whose tiles meet `bounds` of this CRS; None when none does."""
        span = level.cell * 256
        left, right = (math.floor((x - self.origin[0]) / span) for x in (bounds[0], bounds[2]))
        top, bottom = (math.floor((self.origin[1] - y) / span) for y in (bounds[3], bounds[1]))
        if right < 0 or bottom < 0 or left >= level.width or top >= level.height:
            return None
        return (max(top, 0), min(bottom, level.height - 1), max(left, 0), min(right, level.width - 1))

    @property
    def document(self) -> dict[str, Any]:
        """The definition as JSON (tileMatrixSet of OGC 17-083r4), with that of the first edition (17-083r2) beside it.

        GDAL before 3.7 reads the first edition only, and the standard lets a document have members it does not name.
        """
        origin = list(self.origin)
        made: dict[str, Any] = {
            "id": self.id,
            "title": self.title.fr,
            **({"uri": self.uri} if self.uri else {}),
            "crs": self.crs,
            "orderedAxes": list(self.axes),
            **({"wellKnownScaleSet": self.scale_set} if self.scale_set else {}),
        }
        made["tileMatrices"] = [
            {
                "id": level.id,
                "scaleDenominator": level.scale,
                "cellSize": level.cell,
                "cornerOfOrigin": "topLeft",
                "pointOfOrigin": origin,
                "tileWidth": 256,
                "tileHeight": 256,
                "matrixWidth": level.width,
                "matrixHeight": level.height,
            }
            for level in self.levels
        ]
        return made | self._first_edition()

    def _first_edition(self) -> dict[str, Any]:
        return {
            "type": "TileMatrixSetType",
            "identifier": self.id,
            "supportedCRS": self.crs,
            "tileMatrix": [
                {
                    "type": "TileMatrixType",
                    "identifier": level.id,
                    "scaleDenominator": level.scale,
                    "topLeftCorner": list(self.origin),
                    "tileWidth": 256,
                    "tileHeight": 256,
                    "matrixWidth": level.width,
                    "matrixHeight": level.height,
                }
                for level in self.levels
            ],
        }


def _of_the_ogc(id: str, title: Text, crs: str, srid: int, axes: tuple[str, str]) -> Grid:
    known = morecantile.tms.get(id)
    first = known.tileMatrices[0]
    return Grid(
        id=id,
        title=title,
        crs=crs,
        srid=srid,
        origin=(float(first.pointOfOrigin[0]), float(first.pointOfOrigin[1])),
        levels=tuple(
            Level(m.id, m.cellSize, m.scaleDenominator, m.matrixWidth, m.matrixHeight) for m in known.tileMatrices
        ),
        uri=str(known.uri),
        scale_set=str(known.wellKnownScaleSet) if known.wellKnownScaleSet else None,
        axes=axes,
    )


def _lambert93() -> Grid:
    """Levels 0 to 21, from 209 715.2 m to 0.1 m a cell, over x 0–1 290 240 m and y down to 1 237 529.6 m."""
    width, height = 1_290_240.0, 10_762_470.4
    cells = [2 ** (21 - number) / 10 for number in range(22)]
    levels = tuple(
        Level(str(number), cell, cell / PIXEL, math.ceil(width / cell / 256), math.ceil(height / cell / 256 - 1e-9))
        for number, cell in enumerate(cells)
    )
    return Grid(
        id="LAMB93_10cm",
        title=Text("Lambert-93, grille de l'IGN à 10 cm", "Lambert-93, the IGN's 10 cm grid"),
        crs="http://www.opengis.net/def/crs/EPSG/0/2154",
        srid=2154,
        origin=(0.0, 12_000_000.0),
        levels=levels,
    )


GRIDS: dict[str, Grid] = {
    grid.id: grid
    for grid in (
        _of_the_ogc(
            "WebMercatorQuad",
            Text("Web Mercator, le monde en carrés (compatible Google Maps)", "Google Maps Compatible for the World"),
            "http://www.opengis.net/def/crs/EPSG/0/3857",
            3857,
            ("X", "Y"),
        ),
        _of_the_ogc(
            "WorldCRS84Quad",
            Text("Longitude et latitude, le monde en deux carrés", "CRS84 for the World"),
            "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
            4326,
            ("Lon", "Lat"),
        ),
        _lambert93(),
    )
}
