"""Several files drawn as one: the same pixels as a single file, and each file asked for its own part only."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray

from mig_idg.deposits.intake.rasters.convert import overview_step
from mig_idg.imagery import dataset_cache, gdal
from mig_idg.imagery.dataset_cache import Georeference, Source
from mig_idg.imagery.frame import Frame
from mig_idg.imagery.warp import How, read
from mig_idg.store.crs import moved

WEST, NORTH, SIDE = 640_000.0, 6_867_000.0, 300
BOX = (WEST + 10.5, NORTH - 280.5, WEST + 280.5, NORTH - 10.5)


@pytest.fixture(autouse=True)
def _environment() -> Iterator[None]:
    with gdal.environment():
        yield
        dataset_cache.clear()


def write(path: Path, values: NDArray[np.uint8], col: int, row: int, *, crs: str | None = "EPSG:2154") -> Path:
    """A file of one metre a pixel, `col` and `row` metres from the corner."""
    with rasterio.open(
        path, "w", driver="GTiff", width=values.shape[2], height=values.shape[1], count=len(values), dtype="uint8",
        crs=crs, transform=rasterio.Affine(1, 0, WEST + col, 0, -1, NORTH - row) if crs else None,
    ) as made:  # fmt: skip
        made.write(values)
    return path


@pytest.mark.parametrize("srid", [2154, 3857, 4326])
@pytest.mark.parametrize("how", ["nearest", "bilinear"])
def test_a_mosaic_shows_what_one_file_would(tmp_path: Path, srid: int, how: How) -> None:
    rows, cols = np.mgrid[0:SIDE, 0:SIDE]
    values = np.stack((rows % 251, cols % 251, (rows + cols) % 251)).astype(np.uint8)
    whole = write(tmp_path / "whole.tif", values, 0, 0)
    parts = []
    edges = [0, 37, 100, 101, 230, SIDE]
    for top, bottom in itertools.pairwise(edges):
        for left, right in itertools.pairwise(edges):
            path = write(tmp_path / f"{top}-{left}.tif", values[:, top:bottom, left:right], left, top)
            bounds = (WEST + left, NORTH - bottom, WEST + right, NORTH - top)
            parts.append(Source(path, Georeference(bounds, 2154, right - left, bottom - top)))
    region = moved(BOX, 2154, srid)
    assert region is not None
    frame = Frame(region.bounds, srid, 211, 190)
    alone = read([dataset_cache.take(whole)], frame, (1, 2, 3), how)
    together = read([dataset_cache.take(part) for part in parts], frame, (1, 2, 3), how)
    assert together.valid.sum() == pytest.approx(alone.valid.sum(), abs=40)
    both = together.valid & alone.valid
    # Where two files meet, each knows its own pixels only: a neighbour at most, and seldom.
    apart = np.abs(together.data.astype(int) - alone.data.astype(int))[:, both]
    assert np.mean(np.minimum(apart, 251 - apart) > (2 if how == "bilinear" else 0)) < 0.03


def test_a_file_whose_place_was_written_down_needs_no_tags(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", np.full((1, 10, 20), 7, np.uint8), 0, 0, crs=None)
    known = Georeference((WEST, NORTH - 10, WEST + 20, NORTH), 2154, 20, 10)
    cog = dataset_cache.take(Source(path, known))
    assert (cog.bounds, cog.resolution, cog.srid) == (known.bounds, (1.0, 1.0), 2154)
    frame = Frame((WEST + 5, NORTH - 5, WEST + 15, NORTH - 1), 2154, 10, 4)
    seen = read([cog], frame, (1,))
    assert seen.full
    assert set(np.unique(seen.data)) == {7}


def test_a_file_that_is_not_what_was_written_down_is_placed_by_its_own_tags(tmp_path: Path) -> None:
    path = write(tmp_path / "a.tif", np.full((1, 10, 20), 7, np.uint8), 40, 60)
    cog = dataset_cache.take(Source(path, Georeference((0.0, 0.0, 5.0, 5.0), 2154, 5, 5)))
    assert cog.bounds == (WEST + 40, NORTH - 70, WEST + 60, NORTH - 60)


@pytest.mark.parametrize(
    ("side", "file", "step"),
    [
        (2_000, 1_000, 2),  # a few files: half as fine as they are
        (40_000, 5_000, 8),  # kilometric tiles of a commune
        (25_600, 256, 2),  # ten thousand small files: a tile just finer meets three of them across
        (51_200, 512, 4),
        (500_000, 5_000, 32),  # a département: up to 32 768 pixels
        (2_000_000, 256, 64),
    ],
)
def test_the_overview_of_a_mosaic_is_fine_enough_for_no_tile_to_open_dozens(
    side: float, file: float, step: int
) -> None:
    assert overview_step(side, file) == step
    assert side / step <= 4 * 8_192
