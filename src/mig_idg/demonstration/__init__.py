"""The demonstration partnership's data: real bodies and codes, fictitious objects, the same bytes on every machine.

    load(connection, home)           what is missing is made: eleven tables of `data`, one orthophotograph
    CONTENT                          the tables, and what draws their rows

Nothing that is already there is touched: a demonstration that was changed by hand keeps its changes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa

from mig_idg.demonstration import addresses, boundaries, networks, orthophoto, pcrs, places
from mig_idg.errors import Text
from mig_idg.store import layers
from mig_idg.store.layers import LayerTable

Progress = Callable[[Text, int, int], None]
ORTHOPHOTO = Path("rasters") / "orthophoto.tif"


@dataclass(frozen=True, slots=True)
class Content:
    """A layer of the demonstration: its collection, its table, what draws its rows at a scale."""

    collection: str
    table: LayerTable
    rows: Callable[[int], pa.Table]


CONTENT = (
    Content("communes", boundaries.COMMUNES, lambda scale: boundaries.communes()),
    Content("ept", boundaries.EPT, lambda scale: boundaries.epts()),
    Content("adresses", addresses.TABLE, addresses.rows),
    Content("pcrs", pcrs.LINES, pcrs.lines),
    Content("pcrs-affleurants", pcrs.POINTS, pcrs.points),
    Content("erp", places.ERP, places.erp),
    Content("equipements", places.EQUIPMENT, lambda scale: places.equipment()),
    Content("videosurveillance", places.CAMERAS, lambda scale: places.cameras()),
    Content("eclairage-public", networks.LIGHTING, lambda scale: networks.lighting()),
    Content("voies-cyclables", networks.CYCLING, lambda scale: networks.cycling()),
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What `load` did: rows written by collection, collections found there and kept, seconds."""

    written: dict[str, int]
    kept: tuple[str, ...]
    seconds: float


def load(
    connection: psycopg.Connection[Any],
    home: Path,
    scale: int = 1,
    progress: Progress | None = None,
    only: frozenset[str] | None = None,
) -> Loaded:
    """Make what is missing of the demonstration's data; `home` is IDG_HOME, where the raster goes.

    `scale` multiplies addresses, PCRS objects and ERP. `only` names the collections wanted (the benchmark wants three).
    Each table appears whole, in its own transaction (unless one is open): an interrupted load is finished by the next.
    `progress` is told what is being made, and how far: (what, done, all).
    """
    start = time.monotonic()
    written: dict[str, int] = {}
    kept: list[str] = []
    wanted = [content for content in CONTENT if only is None or content.collection in only]
    with connection.transaction():
        there = {content.collection for content in wanted if layers.present(connection, content.table.name)}
    steps = len(wanted) + (only is None or "orthophoto" in only)
    for done, content in enumerate(wanted):
        if progress:
            progress(Text(f"couche {content.collection}", f"layer {content.collection}"), done, steps)
        if content.collection in there:
            kept.append(content.collection)
        else:
            written[content.collection] = _make(connection, content, scale)
    if steps > len(wanted):
        _raster(home / ORTHOPHOTO, written, kept, progress, len(wanted), steps)
    if progress:
        progress(Text("données prêtes", "data ready"), steps, steps)
    return Loaded(written, tuple(kept), time.monotonic() - start)


def _make(connection: psycopg.Connection[Any], content: Content, scale: int) -> int:
    """One table, made, filled and indexed in one transaction; its rows are drawn before, so that none waits idle."""
    drawn = content.rows(scale)
    with connection.transaction():
        layers.make(connection, content.table)
        rows = layers.fill(connection, content.table, [drawn])
        layers.index(connection, content.table)
        layers.analyze(connection, content.table)
    return rows


def _raster(
    path: Path, written: dict[str, int], kept: list[str], progress: Progress | None, done: int, steps: int
) -> None:
    if path.exists():
        kept.append("orthophoto")
        return
    if progress:
        progress(Text("orthophotographie", "orthophotograph"), done, steps)
    orthophoto.write(path)
    written["orthophoto"] = 1
