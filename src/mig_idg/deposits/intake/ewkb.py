"""Geometries as the text PostGIS reads: hexadecimal EWKB, in Arrow columns.

Coordinates are given in the axis order of PostGIS, x (easting, longitude) first, and carry their SRID.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

_HEX = np.frombuffer(b"0123456789ABCDEF", np.uint8)
_PAIRS = np.stack([np.repeat(_HEX, 16), np.tile(_HEX, 16)], axis=1)
_HAS_SRID, _HAS_Z, _POINT = 0x20000000, 0x80000000, 1


def points(x: NDArray[np.float64], y: NDArray[np.float64], srid: int, z: NDArray[np.float64] | None = None) -> pa.Array:
    """A column of points. The bytes are laid out by numpy, without a geometry object for each: millions a second.

    A point whose x or y is not finite gives no geometry (null).
    """
    parts = (x, y) if z is None else (x, y, z)
    raw = np.empty((len(x), 9 + 8 * len(parts)), np.uint8)
    head = np.array([_HAS_SRID | (_HAS_Z if z is not None else 0) | _POINT, srid], "<u4")
    raw[:, 0] = 1
    raw[:, 1:9] = head.view(np.uint8)
    for rank, part in enumerate(parts):
        raw[:, 9 + 8 * rank : 17 + 8 * rank] = np.ascontiguousarray(part, "<f8").view(np.uint8).reshape(-1, 8)
    return _texts(_PAIRS[raw].reshape(len(x), -1), np.isfinite(x) & np.isfinite(y))


def geometries(shapes: NDArray[np.object_], srid: int) -> pa.Array:
    """A column of any geometries; None stays null. Heights are kept when there are any."""
    texts = shapely.to_wkb(shapely.set_srid(shapes, srid), hex=True, include_srid=True)
    return pa.array(texts, pa.large_string())


def _texts(rows: NDArray[np.uint8], valid: NDArray[np.bool_]) -> pa.Array:
    """Rows of characters, all of one width, as an Arrow column: the buffers are handed over, nothing is copied."""
    count, width = rows.shape
    offsets = np.arange(count + 1, dtype=np.int64) * width
    mask = None if valid.all() else pa.py_buffer(np.packbits(valid, bitorder="little"))
    buffers = [mask, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(rows))]
    return pa.Array.from_buffers(pa.large_string(), count, buffers)
