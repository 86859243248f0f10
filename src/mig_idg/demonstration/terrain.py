"""The ground of the demonstration: communes and EPT, the Seine, the woods, the heights. All approximate.

`communes.txt` draws the territory as text, one letter for each square of 200 m (Lambert-93), north upwards: anybody can
read it, and mend it with a text editor. The stairs it gives are smoothed arc by arc, an arc being shared by its two
communes, so that the boundaries still tile: no gap, no overlap. They resemble the real ones to about 150 m; the
official ones are loaded with `mig-idg import`.

Coordinates are Lambert-93 metres (EPSG:2154), easting then northing; heights are metres NGF-IGN69.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import shapely
from numpy.typing import NDArray

from mig_idg.territory.places import COMMUNES, Commune

CELL = 200.0
WEST, NORTH = 637_200.0, 6_875_200.0

# One letter for each commune, in the order of the INSEE codes; Argenteuil, 95018, comes last.
LETTERS = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijk", sorted(COMMUNES), strict=True))

# The axis of the Seine, upstream to downstream, in hectometres of Lambert-93.
SEINE = (
    (6466, 68598), (6458, 68594), (6453, 68591), (6446, 68583), (6440, 68580), (6435, 68580), (6432, 68586),
    (6430, 68594), (6430, 68604), (6431, 68612), (6434, 68617), (6438, 68627), (6440, 68636), (6442, 68640),
    (6448, 68645), (6450, 68651), (6453, 68656), (6457, 68662), (6466, 68666), (6472, 68669), (6477, 68672),
    (6481, 68675), (6486, 68679), (6493, 68683), (6498, 68686), (6503, 68690), (6506, 68696), (6509, 68702),
    (6512, 68708), (6514, 68714), (6512, 68719), (6507, 68723), (6498, 68725), (6490, 68727), (6480, 68725),
    (6470, 68722), (6460, 68717), (6451, 68710), (6443, 68705), (6436, 68699), (6431, 68694), (6426, 68690),
    (6420, 68685), (6414, 68681), (6408, 68677), (6401, 68672), (6395, 68668), (6390, 68663), (6386, 68655),
    (6384, 68646), (6380, 68640), (6377, 68633), (6374, 68622), (6370, 68612),
)  # fmt: skip
SEINE_HALF_WIDTH = 75.0

# Woods, parks, a harbour: centre (hm) and radius (m) of places without a street.
GREEN = (
    (6426, 68558, 1150), (6447, 68550, 520), (6393, 68584, 700), (6417, 68596, 850), (6483, 68523, 520),
    (6390, 68626, 900), (6421, 68635, 330), (6424, 68658, 240), (6480, 68719, 620), (6497, 68709, 330),
    (6409, 68623, 330), (6452, 68537, 330), (6386, 68598, 450), (6420, 68577, 300), (6436, 68722, 420),
)  # fmt: skip

# Hills (centre in hm, radius in m, height above the plain in m): Mont Valérien, Meudon, Châtillon, Orgemont…
HILLS = (
    (6419, 68636, 900, 105.0), (6425, 68555, 2600, 125.0), (6470, 68552, 1800, 105.0), (6395, 68595, 2300, 110.0),
    (6446, 68735, 800, 70.0), (6455, 68525, 2500, 80.0), (6390, 68625, 1800, 90.0),
)  # fmt: skip
PLAIN = 27.0


@dataclass(frozen=True, slots=True)
class Town:
    """A commune and its ground: `polygon` is approximate, in EPSG:2154."""

    commune: Commune
    polygon: shapely.Polygon


@cache
def towns() -> tuple[Town, ...]:
    """The 36 communes of the Hauts-de-Seine and Argenteuil, by INSEE code; they tile without overlap."""
    drawn = _smoothed(_squares())
    return tuple(Town(COMMUNES[code], drawn[letter]) for letter, code in LETTERS.items())


@cache
def river() -> shapely.Polygon:
    """The bed of the Seine, a ribbon of constant width."""
    axis = _softened(np.array(SEINE, float) * 100, rounds=2)
    return shapely.buffer(shapely.linestrings(axis), SEINE_HALF_WIDTH, quad_segs=2)


@cache
def without_streets() -> shapely.Geometry:
    """Water and woods: where no street, hence no address, is laid."""
    woods = [shapely.buffer(shapely.points(x * 100, y * 100), r, quad_segs=6) for x, y, r in GREEN]
    return shapely.union_all([*woods, shapely.buffer(river(), 25, quad_segs=2)])


def height(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Metres NGF-IGN69 of the ground at each point: a plain at 27 m and a few rounded hills."""
    z = np.full(np.shape(x), PLAIN)
    for cx, cy, radius, above in HILLS:
        z = z + above * np.exp(-((x - cx * 100) ** 2 + (y - cy * 100) ** 2) / (2 * (radius * 0.75) ** 2))
    return z


def _squares() -> dict[str, shapely.Geometry]:
    """The union of the squares of each letter: polygons with stairs."""
    text = files(__package__).joinpath("communes.txt").read_text(encoding="utf-8")
    found: dict[str, list[shapely.Polygon]] = {}
    for row, line in enumerate(text.splitlines()):
        for column, letter in enumerate(line):
            if letter != ".":
                x, y = WEST + column * CELL, NORTH - row * CELL
                found.setdefault(letter, []).append(shapely.box(x, y - CELL, x + CELL, y))
    return {letter: shapely.union_all(squares) for letter, squares in found.items()}


def _smoothed(squares: dict[str, shapely.Geometry]) -> dict[str, shapely.Polygon]:
    """The same communes with soft boundaries.

    Each arc between two meeting points is simplified, then rounded (Chaikin), once: both its neighbours get the very
    same line. The faces of the new lines are then given to the commune whose squares they cover most.
    """
    edges = shapely.line_merge(shapely.union_all([shapely.boundary(s) for s in squares.values()]))
    arcs = shapely.get_parts(edges)
    soft = [shapely.linestrings(_softened(shapely.get_coordinates(shapely.simplify(a, CELL * 0.75)), 2)) for a in arcs]
    faces = shapely.get_parts(shapely.polygonize(soft))
    letters = list(squares)
    overlap = np.array([[shapely.area(shapely.intersection(face, squares[k])) for k in letters] for face in faces])
    owner = overlap.argmax(axis=1)
    real = overlap.sum(axis=1) > 0.5 * shapely.area(faces)
    return {
        letter: max(
            shapely.get_parts(shapely.union_all(faces[(owner == i) & real])),
            key=lambda p: float(shapely.area(p)),
        )
        for i, letter in enumerate(letters)
    }


def _softened(points: NDArray[np.float64], rounds: int) -> NDArray[np.float64]:
    """Chaikin's corner cutting, the two ends kept; a closed line keeps its first point."""
    for _ in range(rounds):
        if len(points) < 3:
            return points
        a, b = points[:-1], points[1:]
        cut = np.empty((2 * len(a), 2))
        cut[0::2], cut[1::2] = 0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b
        points = np.vstack([points[:1], cut[1:-1], points[-1:]])
    return points
