"""A frame and its pixels: what is drawn, where, at which size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from affine import Affine
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Frame:
    """A north-up picture: bounds (xmin, ymin, xmax, ymax; x is easting or longitude) in `srid`, size in pixels."""

    bounds: tuple[float, float, float, float]
    srid: int
    width: int
    height: int

    @property
    def resolution(self) -> tuple[float, float]:
        """Width and height of a pixel in units of the CRS."""
        xmin, ymin, xmax, ymax = self.bounds
        return (xmax - xmin) / self.width, (ymax - ymin) / self.height

    @property
    def transform(self) -> Affine:
        """From column, row to x, y."""
        dx, dy = self.resolution
        return Affine(dx, 0.0, self.bounds[0], 0.0, -dy, self.bounds[3])

    def piece(self, col: int, row: int, width: int, height: int) -> Frame:
        """The part of the frame that starts at a column and a row (negative: outside it, by as much)."""
        dx, dy = self.resolution
        left, top = self.bounds[0] + col * dx, self.bounds[3] - row * dy
        return Frame((left, top - height * dy, left + width * dx, top), self.srid, width, height)

    def grown(self, pixels: int) -> Frame:
        """The same frame with a margin all around."""
        return self.piece(-pixels, -pixels, self.width + 2 * pixels, self.height + 2 * pixels)


@dataclass(slots=True)
class Pixels:
    """Values (band, row, column), and which of them are data (row, column)."""

    data: NDArray[Any]
    valid: NDArray[np.bool_]

    @property
    def full(self) -> bool:
        """True when no pixel is missing."""
        return bool(self.valid.all())

    @property
    def empty(self) -> bool:
        """True when there is no data at all."""
        return not self.valid.any()


def blank(frame: Frame, bands: int, dtype: Any, fill: float = 0) -> Pixels:
    """A frame without data."""
    return Pixels(np.full((bands, frame.height, frame.width), fill, dtype), np.zeros((frame.height, frame.width), bool))
