"""Gaps and overlaps between the files of a tiling."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import shapely

from mig_idg.deposits.intake.rasters.report import Finding
from mig_idg.errors import Text

MOST_TOLD = 50


class Placed(Protocol):
    """A file of a tiling. `bounds` are xmin, ymin, xmax, ymax; `pixel` sets how far neighbours may be off."""

    @property
    def path(self) -> Path:
        """The file."""

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Where it is, in the CRS of the collection."""

    @property
    def pixel(self) -> float:
        """The size of what it is made of."""


def check(facts: Sequence[Placed]) -> Iterator[Finding]:
    """Files over one another (an error beyond a few pixels) and holes between them (a warning)."""
    if len(facts) < 2:
        return
    boxes = np.array([shapely.box(*one.bounds) for one in facts])
    yield from _overlaps(facts, boxes)
    yield from _holes(facts, boxes)


def _overlaps(facts: Sequence[Placed], boxes: np.ndarray) -> Iterator[Finding]:
    first, second = shapely.STRtree(boxes).query(boxes, predicate="intersects")
    pairs = [(i, j) for i, j in zip(first.tolist(), second.tolist(), strict=True) if i < j]
    told = 0
    for i, j in pairs:
        common = shapely.intersection(boxes[i], boxes[j])
        width = min(common.bounds[2] - common.bounds[0], common.bounds[3] - common.bounds[1]) if common.area else 0.0
        if width <= 2.5 * facts[i].pixel:
            continue
        told += 1
        if told <= MOST_TOLD:
            a, b = facts[i].path.name, facts[j].path.name
            yield Finding(
                "overlap", a,
                Text(f"Recouvre {b} sur {common.area:.0f} m².", f"Overlaps {b} over {common.area:.0f} m²."),
            )  # fmt: skip


def _holes(facts: Sequence[Placed], boxes: np.ndarray) -> Iterator[Finding]:
    """What the tiling surrounds without covering."""
    grown = shapely.union_all(shapely.buffer(boxes, facts[0].pixel, cap_style="square", join_style="mitre"))
    told = 0
    for part in shapely.get_parts(grown):
        for ring in shapely.get_rings(part)[1:]:
            hole = shapely.polygons(ring)
            told += 1
            if told <= MOST_TOLD:
                xmin, ymin, xmax, ymax = hole.bounds
                yield Finding(
                    "gap", "",
                    Text(f"Un trou de {hole.area:.0f} m² : x {xmin:.0f}–{xmax:.0f}, y {ymin:.0f}–{ymax:.0f}.",
                         f"A gap of {hole.area:.0f} m²: x {xmin:.0f}–{xmax:.0f}, y {ymin:.0f}–{ymax:.0f}."),
                    "warning",
                )  # fmt: skip
