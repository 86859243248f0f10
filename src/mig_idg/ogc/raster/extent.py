"""Where a raster is: the extent a map or a coverage covers when no box is asked.

The extent declared, else that of the file or of the vintages in force. It says where pictures exist, not what is in
them; a caller under a territory limit sees the same one, and masked pixels in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mig_idg.charter import Decision
from mig_idg.guard.visit import Visit
from mig_idg.ogc.raster import asked, shelf
from mig_idg.ogc.raster.scene import srid_of
from mig_idg.ogc.raster.studio import Studio
from mig_idg.store import crs as reference
from mig_idg.store import rasters
from mig_idg.store.collection import Collection

Bounds = tuple[float, float, float, float]


async def of(room: Studio, visit: Visit, layers: Sequence[tuple[Collection, Decision]]) -> Bounds:
    """The extent of all layers together in CRS84 degrees. Raises InvalidParameter when nobody knows: ask a bbox."""
    boxes = [await _one(room, visit, collection, decision) for collection, decision in layers]
    return (
        min(box[0] for box in boxes), min(box[1] for box in boxes),
        max(box[2] for box in boxes), max(box[3] for box in boxes),
    )  # fmt: skip


async def _one(room: Studio, visit: Visit, collection: Collection, decision: Decision) -> Bounds:
    raster = collection.raster or {}
    if raster.get("vintages"):
        rows = await visit.fetch(rasters.extent(collection.id), (collection, None, decision))
        if rows and rows[0][0] is not None:
            return tuple(float(value or 0) for value in rows[0])  # type: ignore[return-value]
    elif raster.get("cog"):
        found = await room.darkroom.develop(bounds_of, room.path(str(raster["cog"])), srid_of(collection))
        if found:
            return found
    return asked.whole(collection)


def bounds_of(path: Path, srid: int) -> Bounds | None:
    """The extent of a file in CRS84 degrees, in the darkroom; None when it is not there."""
    try:
        cog = shelf.take(path)
    except OSError:
        return None
    moved = reference.moved(cog.bounds, cog.srid or srid, reference.WGS84)
    return moved.bounds if moved else None
