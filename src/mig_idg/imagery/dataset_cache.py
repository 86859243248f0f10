"""Open datasets, one shelf for each thread: GDAL's handles are never shared between threads.

Opening a COG costs more than reading a tile of it. The least used file leaves when the shelf is full, and a file that
was replaced on disk (another time of change, another size) is opened anew.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from affine import Affine
from cachetools import LRUCache
from pyproj import CRS
from rasterio.enums import ColorInterp, MaskFlags

from mig_idg.imagery import gdal

OPEN_FILES = 160
_shelves = threading.local()


@dataclass(frozen=True, slots=True)
class Georeference:
    """Where a file is, as written down when it was brought: west, south, east, north in `srid`, size in pixels."""

    bounds: tuple[float, float, float, float]
    srid: int
    width: int
    height: int

    @property
    def transform(self) -> Affine:
        """From column, row to x, y."""
        west, south, east, north = self.bounds
        return Affine((east - west) / self.width, 0.0, west, 0.0, (south - north) / self.height, north)


@dataclass(frozen=True, slots=True)
class Source:
    """A file to draw from. `known` spares reading its CRS; None when nothing but its own tags tells where it is."""

    path: Path
    known: Georeference | None = None


@dataclass(slots=True)
class Cog:
    """One open COG: its full-resolution dataset and its overviews, opened when first read.

    `factors` are pixels of full resolution per pixel of each level, 1.0 first. `srid` is the horizontal CRS, None when
    the file does not name one. Where it is on the ground is told here, and not always by the dataset.
    """

    path: Path
    dataset: Any
    factors: tuple[float, ...]
    transform: Affine
    inverse: Affine
    srid: int | None
    alpha: int | None
    nodata: float | None
    masked: bool
    read_version: tuple[int, int]
    _levels: dict[int, Any] = field(default_factory=dict)

    def level(self, number: int) -> Any:
        """The dataset of a level, 0 being full resolution."""
        if number == 0:
            return self.dataset
        if number not in self._levels:
            self._levels[number] = gdal.open_tiff(self.path, placed=False, overview_level=number - 1)
        return self._levels[number]

    @property
    def bands(self) -> int:
        """How many bands hold data, alpha apart."""
        return int(self.dataset.count) - (self.alpha is not None)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the pixels."""
        return np.dtype(str(self.dataset.dtypes[0]))

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """xmin, ymin, xmax, ymax in the file's CRS."""
        west, north = self.transform @ (0, 0)
        east, south = self.transform @ (self.dataset.width, self.dataset.height)
        return west, south, east, north

    @property
    def resolution(self) -> tuple[float, float]:
        """Width and height of a pixel, in units of the CRS, both positive."""
        return self.transform.a, -self.transform.e

    def close(self) -> None:
        """Give the handles back."""
        for dataset in (self.dataset, *self._levels.values()):
            dataset.close()


class OpenFiles(LRUCache[Path, Cog]):
    """The files that a thread holds open: the one least asked for is closed as it leaves."""

    def popitem(self) -> tuple[Path, Cog]:
        """Let the least recently used go."""
        path, cog = super().popitem()
        cog.close()
        return path, cog


def take(source: Path | Source) -> Cog:
    """The open COG of a file, from this thread's shelf. Raises FileNotFoundError, rasterio.errors.RasterioIOError."""
    path, known = (source.path, source.known) if isinstance(source, Source) else (source, None)
    shelf: OpenFiles | None = getattr(_shelves, "open", None)
    if shelf is None:
        shelf = _shelves.open = OpenFiles(OPEN_FILES)
    # A file that publication wrote down is never written again: another vintage is another path.
    read_version = version_of(path) if known is None else (0, 0)
    cog = shelf.get(path)
    if cog is not None and cog.read_version == read_version:
        return cog
    if cog is not None:
        shelf.pop(path).close()
    cog = shelf[path] = _open(path, read_version, known)
    return cog


def clear() -> None:
    """Close what this thread holds open."""
    shelf: OpenFiles = getattr(_shelves, "open", None) or OpenFiles(OPEN_FILES)
    while shelf:
        shelf.popitem()


def version_of(path: Path) -> tuple[int, int]:
    """Time of last change (ns) and size: what names a state of the file. Raises FileNotFoundError."""
    state = path.stat()
    return state.st_mtime_ns, state.st_size


def _open(path: Path, read_version: tuple[int, int], known: Georeference | None) -> Cog:
    dataset = gdal.open_tiff(path, placed=known is None)
    if known is not None and (dataset.width, dataset.height) != (known.width, known.height):
        dataset.close()
        return _open(path, read_version, None)
    transform = known.transform if known else dataset.transform
    widths = [dataset.width, *(_overview_width(dataset, f) for f in dataset.overviews(1))]
    alpha = next((i + 1 for i, kind in enumerate(dataset.colorinterp) if kind == ColorInterp.alpha), None)
    return Cog(
        path=path,
        dataset=dataset,
        factors=tuple(dataset.width / width for width in widths),
        transform=transform,
        inverse=~transform,
        srid=known.srid if known else _srid(dataset.crs.to_wkt()) if dataset.crs else None,
        alpha=alpha,
        nodata=dataset.nodata,
        masked=MaskFlags.all_valid not in dataset.mask_flag_enums[0],
        read_version=read_version,
    )


def _overview_width(dataset: Any, factor: int) -> int:
    """An overview's width: GDAL rounds up, so that its true factor is a little under the nominal one."""
    return -(-int(dataset.width) // factor)


@lru_cache(maxsize=64)
def _srid(wkt: str) -> int | None:
    """The EPSG number of the horizontal part of a CRS, or None when PROJ knows no such number."""
    crs = CRS.from_wkt(wkt)
    if crs.is_compound:
        crs = crs.sub_crs_list[0]
    return crs.to_epsg(min_confidence=70)
