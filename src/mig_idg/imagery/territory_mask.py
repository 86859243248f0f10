"""The territory of a caller, as a mask over pixels.

A pixel shows when its centre is inside. The outline comes from the published layer of communes; it is fetched once for
a version of that layer, and moved once into each CRS it is asked in.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from rasterio.features import geometry_mask
from shapely.geometry.base import BaseGeometry

from mig_idg.imagery.frame import Frame, Pixels

# Straight sides of a commune are cut at this length before they are moved: curved by less than a centimetre then.
SEGMENT = 200.0


@dataclass(slots=True)
class TerritoryMask:
    """The communes of one limit. `key` names them and the version of the layer they come from."""

    key: str
    shape: BaseGeometry
    srid: int
    _moved: dict[int, BaseGeometry] = field(default_factory=dict)

    def in_(self, srid: int) -> BaseGeometry:
        """The outline in another CRS, x first, prepared for tests."""
        if srid not in self._moved:
            moved = self.shape
            if srid != self.srid:
                mover = Transformer.from_crs(self.srid, srid, always_xy=True)
                moved = shapely.transform(
                    shapely.segmentize(moved, SEGMENT), lambda xy: np.column_stack(mover.transform(xy[:, 0], xy[:, 1]))
                )
            shapely.prepare(moved)
            self._moved[srid] = moved
        return self._moved[srid]

    def over(self, frame: Frame) -> NDArray[np.bool_] | None:
        """True where a pixel's centre is inside; None when the whole frame is."""
        shape, box = self.in_(frame.srid), shapely.box(*frame.bounds)
        if shapely.contains_properly(shape, box):
            return None
        if shape.is_empty or not shapely.intersects(shape, box):
            return np.zeros((frame.height, frame.width), bool)
        near = shapely.clip_by_rect(shape, *frame.grown(2).bounds)
        if near.is_empty:
            return np.zeros((frame.height, frame.width), bool)
        return np.asarray(
            geometry_mask([near], (frame.height, frame.width), frame.transform, all_touched=False, invert=True)
        )

    def mask(self, pixels: Pixels, frame: Frame) -> Pixels:
        """The pixels without those outside: not data, and no longer what they were."""
        inside = self.over(frame)
        if inside is None:
            return pixels
        return Pixels(np.where(inside, pixels.data, pixels.data.dtype.type(0)), pixels.valid & inside)


def from_hex(key: str, ewkb: str) -> TerritoryMask:
    """An outline read from hexadecimal EWKB."""
    shape = shapely.from_wkb(ewkb)
    return TerritoryMask(key, shape, int(shapely.get_srid(shape)) or 2154)
