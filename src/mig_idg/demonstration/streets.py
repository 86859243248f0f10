"""Streets of the demonstration: quarters, each with its own grid, gently bent, cut by water and woods.

Everything else stands along them: addresses, kerbs, façades, lamps, cycle lanes, the orthophotograph. The network is a
function of the seed and of the density alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray

from mig_idg.demonstration import terrain, vocabulary

SEED = 920_500_000
QUARTER_AREA = 450_000.0
MARGIN = 20.0
SHORTEST = 70.0


@dataclass(frozen=True, slots=True)
class Streets:
    """The network as columns: `axes[i]` (LineString, EPSG:2154), the row of its commune in `towns`, its name."""

    towns: tuple[terrain.Town, ...]
    axes: NDArray[np.object_]
    town: NDArray[np.int64]
    names: NDArray[np.object_]

    @property
    def lengths(self) -> NDArray[np.float64]:
        """Metres of each street."""
        return np.asarray(shapely.length(self.axes))


@lru_cache(maxsize=2)
def network(density: float = 1.0) -> Streets:
    """Every street of the territory; `density` divides the distance between two of them."""
    towns = terrain.towns()
    axes, owner, names = [], [], []
    for rank, town in enumerate(towns):
        rng = np.random.default_rng([SEED, int(town.commune.code)])
        lines = _of_town(town, rng, density)
        axes.append(lines)
        owner.append(np.full(len(lines), rank))
        names.append(_named(len(lines), rng))
    return Streets(towns, np.concatenate(axes), np.concatenate(owner), np.concatenate(names))


def along(
    lines: NDArray[np.object_], distance: NDArray[np.float64], aside: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Eastings, northings at `distance` metres along each line and `aside` metres to its left (negative: right)."""
    here = shapely.get_coordinates(shapely.line_interpolate_point(lines, distance))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(lines, distance + 1.0))
    behind = shapely.get_coordinates(shapely.line_interpolate_point(lines, np.maximum(distance - 1.0, 0.0)))
    way = ahead - behind
    way = way / np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-9)[:, None]
    return here[:, 0] - way[:, 1] * aside, here[:, 1] + way[:, 0] * aside


def _of_town(town: terrain.Town, rng: np.random.Generator, density: float) -> NDArray[np.object_]:
    """The street axes of one commune."""
    built = shapely.difference(shapely.buffer(town.polygon, -MARGIN, quad_segs=2), terrain.without_streets())
    quarters = _quarters(town.polygon, rng)
    grids = []
    first = rng.uniform(0, np.pi)
    for quarter in quarters:
        angle = first + rng.choice([0.0, 0.12, -0.12, 0.35, -0.35, 0.8]) + rng.normal(0, 0.05)
        width, depth = rng.uniform(85, 140) / density, rng.uniform(150, 250) / density
        grids.append(_grid(shapely.intersection(quarter, built), angle, width, depth, rng))
    # Rounded to the centimetre, so that the last bit of a sine, which depends on the processor, is of no consequence.
    lines = shapely.transform(np.concatenate(grids), lambda xy: np.round(xy, 2))
    return np.asarray(lines[np.asarray(shapely.length(lines)) >= SHORTEST], dtype=np.object_)


def _quarters(polygon: shapely.Polygon, rng: np.random.Generator) -> NDArray[np.object_]:
    """A partition of the commune into quarters: the Voronoi cells of seeds kept apart from each other."""
    wanted = max(2, round(shapely.area(polygon) / QUARTER_AREA))
    west, south, east, north = shapely.bounds(polygon)
    seeds: list[NDArray[np.float64]] = []
    for _ in range(wanted):
        tries = np.column_stack([rng.uniform(west, east, 12), rng.uniform(south, north, 12)])
        inside = tries[shapely.contains_xy(polygon, tries)]
        tries = inside if len(inside) else tries
        apart = [min((float(np.hypot(*(t - s))) for s in seeds), default=0.0) for t in tries]
        seeds.append(tries[int(np.argmax(apart))])
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(np.array(seeds)), extend_to=polygon))
    middles = shapely.get_coordinates(shapely.centroid(cells))
    return np.asarray(cells)[np.lexsort((middles[:, 1], middles[:, 0]))]


def _grid(
    quarter: shapely.Geometry, angle: float, width: float, depth: float, rng: np.random.Generator
) -> NDArray[np.object_]:
    """Two families of bent parallels, cut to the quarter; width and depth (m) are those of a block of houses."""
    if shapely.is_empty(quarter):
        return np.empty(0, object)
    west, south, east, north = shapely.bounds(quarter)
    centre = np.array([(west + east) / 2, (south + north) / 2])
    reach = float(np.hypot(east - west, north - south)) / 2 + 60
    families = [_parallels(centre, angle, depth, reach, rng), _parallels(centre, angle + np.pi / 2, width, reach, rng)]
    cut = shapely.intersection(np.concatenate(families), shapely.buffer(quarter, -6, quad_segs=1))
    parts = shapely.get_parts(cut)
    return np.asarray(parts[shapely.get_type_id(parts) == 1])


def _parallels(
    centre: NDArray[np.float64], angle: float, spacing: float, reach: float, rng: np.random.Generator
) -> NDArray[np.object_]:
    """Lines in one direction, every `spacing` metres or so, bent by the lie of the land."""
    offsets = np.arange(-reach, reach, spacing)
    offsets = offsets + rng.uniform(-0.12, 0.12, len(offsets)) * spacing
    run = np.arange(-reach, reach + 45, 45.0)
    along_, across = np.meshgrid(run, offsets)
    cos, sin = np.cos(angle), np.sin(angle)
    x = centre[0] + along_ * cos - across * sin
    y = centre[1] + along_ * sin + across * cos
    bent = np.stack([x + 28 * np.sin(y / 420) + 12 * np.sin((x + y) / 190), y + 28 * np.sin(x / 380)], axis=-1)
    return np.asarray(shapely.linestrings(bent))


def _named(count: int, rng: np.random.Generator) -> NDArray[np.object_]:
    """A name for each street of a commune, no two alike: every name once, then again under another kind."""
    names: list[str] = []
    turn = 0
    while len(names) < count:
        for pick in rng.permutation(len(vocabulary.STREETS)):
            kind = _kind(turn, int(pick))
            names.append(f"{kind} {vocabulary.STREETS[pick]}")
        turn += 1
    return np.array(names[:count], dtype=object)


def _kind(turn: int, pick: int) -> str:
    """The kind of street: two thirds are « rue », « avenue » or « allée » at the first turn, rarer ones afterwards."""
    start = (0, 0, 0, 1, 0, 2, 0, 3)[pick % 8]
    return vocabulary.KINDS[(start + turn) % len(vocabulary.KINDS)]
