"""Where a raster is and what its pixels are: what a map or a coverage covers when no box is asked.

It says where pictures exist, not what is in them; a caller under a territory limit sees the same extent, and masked
pixels in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mig_idg.charter import Decision
from mig_idg.errors import Text
from mig_idg.guard.request import Request
from mig_idg.imagery import dataset_cache
from mig_idg.imagery.bands import BAND_NAMES
from mig_idg.imagery.engine import RasterEngine
from mig_idg.ogc.raster import parameters
from mig_idg.ogc.raster.mosaic_selection import days, no_vintage, unreadable
from mig_idg.store import crs as reference
from mig_idg.store import rasters
from mig_idg.store.collection import Collection

Bounds = tuple[float, float, float, float]
BAND_LABELS: dict[str, Text] = {
    "red": Text("rouge", "red"),
    "green": Text("vert", "green"),
    "blue": Text("bleu", "blue"),
    "infrared": Text("proche infrarouge", "near infrared"),
    "elevation": Text("altitude", "elevation"),
    "class": Text("classe", "class"),
}


@dataclass(frozen=True, slots=True)
class Native:
    """A raster in its own CRS: bounds, size of a pixel, names of bands, type of values, what stands for none."""

    bounds: Bounds
    pixel: tuple[float, float]
    bands: tuple[str, ...]
    dtype: str
    nodata: float | None


async def of(room: RasterEngine, request: Request, layers: Sequence[tuple[Collection, Decision]]) -> Bounds:
    """The extent of all layers together in CRS84 degrees. Raises InvalidParameter when nobody knows: ask a bbox."""
    boxes = [await known(room, request, one, decision) or parameters.whole(one) for one, decision in layers]
    return (
        min(box[0] for box in boxes), min(box[1] for box in boxes),
        max(box[2] for box in boxes), max(box[3] for box in boxes),
    )  # fmt: skip


async def native(room: RasterEngine, request: Request, collection: Collection, datetime: str | None) -> Native:
    """The raster in its own CRS: of the file, or of the vintage of that moment. Raises NotFound, Unavailable."""
    raster = collection.raster or {}
    kind = str(raster.get("bands", "rgb"))
    if not raster.get("vintages"):
        return await room.render_pool.develop(_describe, room.path(str(raster["cog"])), kind, None, collection.id)
    rows = await request.fetch(rasters.footprint(collection.id, days(datetime) if datetime else None))
    if not rows or rows[0][0] is None:
        raise no_vintage(datetime, collection)
    xmin, ymin, xmax, ymax, path = rows[0]
    bounds = tuple(float(value or 0) for value in (xmin, ymin, xmax, ymax))
    file = room.path((path or b"").decode())
    return await room.render_pool.develop(_describe, file, kind, bounds, collection.id)


def _describe(path: Path, kind: str, bounds: Bounds | None, collection: str) -> Native:
    try:
        cog = dataset_cache.take(path)
    except OSError as error:
        raise unreadable(collection) from error
    names = BAND_NAMES[kind][: cog.bands]
    names += tuple(f"band{number + 1}" for number in range(len(names), cog.bands))
    return Native(bounds or cog.bounds, cog.resolution, names, str(cog.dtype), cog.nodata)


async def known(room: RasterEngine, request: Request, collection: Collection, decision: Decision) -> Bounds | None:
    """The extent of one collection in CRS84 degrees: that of its files, else the one declared, else None."""
    raster = collection.raster or {}
    if raster.get("vintages"):
        rows = await request.fetch(rasters.extent(collection.id), (collection, None, decision))
        if rows and rows[0][0] is not None:
            return tuple(float(value or 0) for value in rows[0][:4])  # type: ignore[return-value]
    elif raster.get("cog"):
        found = await room.render_pool.develop(bounds_of, room.path(str(raster["cog"])), collection.srid)
        if found:
            return found
    return collection.bbox


def bounds_of(path: Path, srid: int) -> Bounds | None:
    """The extent of a file in CRS84 degrees, in the render pool; None when it is not there."""
    try:
        cog = dataset_cache.take(path)
    except OSError:
        return None
    moved = reference.moved(cog.bounds, cog.srid or srid, reference.WGS84)
    return moved.bounds if moved else None
