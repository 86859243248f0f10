"""Where the pixels of a frame are in a file: exact at a lattice of nodes (pyproj), interpolated between them.

There are as many nodes as it takes to stay within a fiftieth of a pixel.
"""

from __future__ import annotations

import math
import threading
from functools import lru_cache

import numpy as np
from affine import Affine
from numpy.typing import NDArray
from pyproj import Transformer

from mig_idg.imagery.frame import Frame

Floats = NDArray[np.float64]

NODES = 17
MOST_NODES = 257
TOLERANCE = 0.02
_local = threading.local()


def positions(frame: Frame, srid: int, inverse: Affine, kept: Kept | None = None) -> tuple[Floats, Floats]:
    """Where nodes spread evenly over the frame are in the file, in full-resolution columns and rows.

    Far outside its domain a projection answers with infinities, which stay what they are: not in the file. `kept`
    remembers where the nodes are on the ground, for the next file of the same frame.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        if frame.srid == srid:
            return _lattice(frame, None, inverse, 2, kept)
        across = mover(frame.srid, srid)
        nodes = NODES
        while True:
            cols, rows = _lattice(frame, across, inverse, nodes, kept)
            if nodes >= MOST_NODES or _bend(cols, rows) <= TOLERANCE * stride(cols, rows, frame):
                return cols, rows
            nodes = 2 * nodes - 1


def _lattice(
    frame: Frame, across: Transformer | None, inverse: Affine, nodes: int, kept: Kept | None
) -> tuple[Floats, Floats]:
    xs, ys = _ground(frame, across, nodes) if kept is None else kept.get(frame, across, nodes)
    return inverse.a * xs + inverse.b * ys + inverse.c, inverse.d * xs + inverse.e * ys + inverse.f


def _ground(frame: Frame, across: Transformer | None, nodes: int) -> tuple[Floats, Floats]:
    xmin, ymin, xmax, ymax = frame.bounds
    xs, ys = np.meshgrid(np.linspace(xmin, xmax, nodes), np.linspace(ymax, ymin, nodes))
    return across.transform(xs, ys) if across is not None else (xs, ys)


class Kept:
    """Where the nodes of one frame are on the ground, by CRS and number of nodes: moved once for all its files."""

    def __init__(self) -> None:
        self._nodes: dict[tuple[int, int], tuple[Floats, Floats]] = {}

    def get(self, frame: Frame, across: Transformer | None, nodes: int) -> tuple[Floats, Floats]:
        """The nodes, moved now if they never were."""
        key = (id(across), nodes)
        if key not in self._nodes:
            self._nodes[key] = _ground(frame, across, nodes)
        return self._nodes[key]


def _bend(cols: Floats, rows: Floats) -> float:
    """How far, in source pixels, straight lines between nodes stray: a quarter of what every other node shows."""
    worst = 0.0
    for values in (cols, rows):
        across = np.abs(values[:, 1:-1:2] - (values[:, :-2:2] + values[:, 2::2]) / 2)
        down = np.abs(values[1:-1:2] - (values[:-2:2] + values[2::2]) / 2)
        bends = np.concatenate((across.ravel(), down.ravel()))
        finite = bends[np.isfinite(bends)]
        worst = max(worst, float(finite.max()) if finite.size else 0.0)
    return worst / 4


def stride(cols: Floats, rows: Floats, frame: Frame) -> float:
    """Source pixels for each pixel of the frame, at its middle; never under one."""
    middle, step = cols.shape[0] // 2, (cols.shape[0] - 1)
    near = max(middle - 1, 0)
    over_x = math.hypot(cols[middle, middle] - cols[middle, near], rows[middle, middle] - rows[middle, near])
    over_y = math.hypot(cols[middle, middle] - cols[near, middle], rows[middle, middle] - rows[near, middle])
    strides = [over_x * step / frame.width, over_y * step / frame.height]
    finite = [s for s in strides if math.isfinite(s)]
    return max(1.0, min(finite)) if finite else 1.0


def spread(nodes: Floats, frame: Frame, rows: slice = slice(None), cols: slice = slice(None)) -> NDArray[np.float32]:
    """Positions at the centre of every pixel, interpolated between the nodes, along rows and then along columns.

    Of a part of the frame only, when `rows` and `cols` say which. Not as a product of matrices: BLAS would start its
    own threads under ours.
    """
    plain = nodes.astype(np.float32)
    before, weight = (whole[cols] for whole in _weights(frame.width, nodes.shape[1]))
    with np.errstate(invalid="ignore", over="ignore"):
        across = plain[:, before + 1] - plain[:, before]
        across *= weight
        across += plain[:, before]
        before, weight = (whole[rows] for whole in _weights(frame.height, nodes.shape[0]))
        down = across[before + 1] - across[before]
        down *= weight[:, None]
        down += across[before]
    return down


def within(cols: Floats, rows: Floats, frame: Frame, width: int, height: int) -> tuple[slice, slice] | None:
    """Rows and columns of the frame that may meet a file of that size, by whole cells of the lattice; or None."""
    with np.errstate(invalid="ignore"):
        cells = []
        for values, edge in ((cols, width), (rows, height)):
            corners = np.stack((values[:-1, :-1], values[1:, :-1], values[:-1, 1:], values[1:, 1:]))
            # A corner that is nowhere says nothing: its cell is looked into.
            cells.append(~(corners.max(axis=0) < -1) & ~(corners.min(axis=0) > edge + 1))
    met = cells[0] & cells[1]
    down, across = np.flatnonzero(met.any(axis=1)), np.flatnonzero(met.any(axis=0))
    if not down.size:
        return None
    return _span(down, frame.height, met.shape[0]), _span(across, frame.width, met.shape[1])


def _span(cells: NDArray[np.intp], size: int, count: int) -> slice:
    return slice(int(cells[0]) * size // count, -(-(int(cells[-1]) + 1) * size // count))


@lru_cache(maxsize=64)
def _weights(size: int, nodes: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """For the centre of each of `size` pixels: the node before it, and how far it is towards the next (0 to 1)."""
    at = (np.arange(size) + 0.5) / size * (nodes - 1)
    before = np.minimum(at.astype(np.intp), nodes - 2)
    return before, (at - before).astype(np.float32)


def mover(source: int, target: int) -> Transformer:
    """From one CRS to another, x first; pyproj's objects belong to one thread."""
    known: dict[tuple[int, int], Transformer] | None = getattr(_local, "transformers", None)
    if known is None:
        known = _local.transformers = {}
    if (source, target) not in known:
        known[source, target] = Transformer.from_crs(source, target, always_xy=True)
    return known[source, target]
