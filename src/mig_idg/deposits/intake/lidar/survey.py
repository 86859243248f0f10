"""One pass over the points of a tile, a million at a time: what memory holds does not grow with the file."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

CHUNK = 1_000_000
GRID = 200
# Fewest points that a cell holds on average, so that an empty cell is a hole and no chance.
PER_CELL = 12


@dataclass(frozen=True, slots=True)
class Span:
    """One dimension over all points, in its own units."""

    minimum: float
    maximum: float
    average: float
    variance: float


@dataclass(frozen=True, slots=True)
class Survey:
    """What the points are: how many, over which extent, classes and returns {code: count}, area covered (m²)."""

    count: int
    bounds: tuple[float, float, float, float]
    area: float
    classes: dict[int, int]
    returns: dict[int, int]
    spans: dict[str, Span]

    @property
    def density(self) -> float:
        """Points for each square metre of the ground that the tile covers."""
        return self.count / self.area if self.area else 0.0


class Tally:
    """Minimum, maximum, mean and variance of one dimension, chunk after chunk (Chan's update: stable)."""

    def __init__(self) -> None:
        self.count, self.mean, self._square = 0, 0.0, 0.0
        self.minimum, self.maximum = math.inf, -math.inf

    def add(self, values: np.ndarray) -> None:
        """Take a chunk in."""
        values = values.astype(np.float64, copy=False)
        more, mean = len(values), float(values.mean())
        square = float(np.square(values - mean).sum())
        shift, total = mean - self.mean, self.count + more
        self._square += square + shift * shift * self.count * more / total
        self.mean += shift * more / total
        self.count = total
        self.minimum = min(self.minimum, float(values.min()))
        self.maximum = max(self.maximum, float(values.max()))

    @property
    def span(self) -> Span:
        """What was seen."""
        return Span(self.minimum, self.maximum, self.mean, self._square / self.count)


class Ground:
    """Which cells of a grid over the announced extent hold a point: the area that the tile covers."""

    def __init__(self, bounds: tuple[float, float, float, float], count: int) -> None:
        xmin, ymin, xmax, ymax = bounds
        width, height = max(xmax - xmin, 1e-3), max(ymax - ymin, 1e-3)
        self._cell = max(max(width, height) / GRID, math.sqrt(PER_CELL * width * height / max(count, 1)))
        self._corner = (xmin, ymin)
        self._shape = (math.ceil(height / self._cell), math.ceil(width / self._cell))
        # Cells at the edges are cut by the extent: they count for what is inside.
        across = np.minimum(self._cell, width - self._cell * np.arange(self._shape[1]))
        along = np.minimum(self._cell, height - self._cell * np.arange(self._shape[0]))
        self._sizes = np.outer(along, across)
        self._seen = np.zeros(self._shape, bool)

    def add(self, x: np.ndarray, y: np.ndarray) -> None:
        """Mark the cells of a chunk; a point outside the announced extent marks the nearest."""
        col = np.clip(((x - self._corner[0]) / self._cell).astype(np.int64), 0, self._shape[1] - 1)
        row = np.clip(((y - self._corner[1]) / self._cell).astype(np.int64), 0, self._shape[0] - 1)
        self._seen[row, col] = True

    @property
    def area(self) -> float:
        """Square metres of the cells seen."""
        return float(self._sizes[self._seen].sum())


TOLD = ("X", "Y", "Z", "Intensity", "ReturnNumber", "NumberOfReturns", "Classification")


def survey(chunks: Iterable[Any], bounds: tuple[float, float, float, float], count: int) -> Survey:
    """The survey of the chunks of points (laspy's) of a tile that announces `bounds` and `count`."""
    ground, seen = Ground(bounds, count), 0
    tallies = {name: Tally() for name in TOLD}
    classes, returns = np.zeros(256, np.int64), np.zeros(16, np.int64)
    for points in chunks:
        if not len(points):
            break
        seen += len(points)
        x, y = np.asarray(points.x), np.asarray(points.y)
        kinds, numbers = np.asarray(points.classification), np.asarray(points.return_number)
        ground.add(x, y)
        classes += np.bincount(kinds, minlength=256)
        returns += np.bincount(numbers, minlength=16)
        depths = (np.asarray(points.z), np.asarray(points.intensity))
        values = (x, y, *depths, numbers, np.asarray(points.number_of_returns), kinds)
        for tally, found in zip(tallies.values(), values, strict=True):
            tally.add(found)
    spans = {name: tally.span for name, tally in tallies.items()} if seen else {}
    return Survey(
        count=seen,
        bounds=(spans["X"].minimum, spans["Y"].minimum, spans["X"].maximum, spans["Y"].maximum) if seen else bounds,
        area=ground.area,
        classes={code: int(many) for code, many in enumerate(classes) if many},
        returns={number: int(many) for number, many in enumerate(returns) if many},
        spans=spans,
    )
