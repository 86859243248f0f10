"""A mosaic in `./idg bench raster`: ten thousand files of a hundred metres, and one file of a part of them.

The same tiles are drawn from both, in this process, each file met for the first time. Below the scale of a vintage's
overview there is nothing to compare: it is one file. The files are made once and kept in IDG_HOME/bench-mosaic.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bench.maps import Measure
from mig_idg.cli.messages import say
from mig_idg.errors import Text

if TYPE_CHECKING:
    from mig_idg.imagery.dataset_cache import Source
    from mig_idg.imagery.frame import Frame

SIDE, PIXELS, METRES = 100, 500, 0.2
WEST, NORTH = 640_000.0, 6_870_000.0
PART, LEVELS, TILES = 20, (18, 19), 100


def mosaic(home: Path) -> Iterator[Measure]:
    """Milliseconds of processor for a tile read and encoded; the ratio is the one file's over the mosaic's."""
    from mig_idg.imagery import dataset_cache, encode, gdal, render
    from mig_idg.imagery.bands import BAND_NAMES
    from mig_idg.imagery.dataset_cache import Source
    from mig_idg.imagery.mosaic import Mosaic

    folder = _made(home / "bench-mosaic")
    style = render.Style("rgb", "natural")
    for level in LEVELS:
        frames = _frames(level)
        spent: dict[str, float] = {}
        for who in ("one file", "mosaic"):
            drawn = [(Source(folder / "one.tif"),) if who == "one file" else _met(folder, frame) for frame in frames]
            with gdal.environment():
                start = time.process_time()
                for files, frame in zip(drawn, frames, strict=True):
                    scene = Mosaic(files, 2154, "rgb", (), BAND_NAMES["rgb"])
                    encode.encode(render.picture(scene, frame, style), encode.JPEG)
                spent[who] = (time.process_time() - start) * 1000 / len(frames)
                dataset_cache.clear()
        what = f"tile of {SIDE * SIDE} files, z{level}"
        yield Measure(what, "mosaic", spent["mosaic"], "ms")
        yield Measure(what, "one file", spent["one file"], "ms", spent["one file"] / spent["mosaic"])


def _frames(level: int) -> list[Frame]:
    """Some tiles wholly inside the part that the one file holds too, always the same."""
    from mig_idg.imagery.frame import Frame
    from mig_idg.ogc.tiles.grids import GRIDS
    from mig_idg.store.crs import moved

    grid, edge = GRIDS["WebMercatorQuad"], PART * PIXELS * METRES
    matrix = grid.level(str(level))
    inside = moved((WEST + 200, NORTH - edge + 200, WEST + edge - 200, NORTH - 200), 2154, grid.srid)
    assert matrix is not None
    assert inside is not None
    limits = grid.covering(matrix, inside.bounds)
    assert limits is not None
    top, bottom, left, right = limits
    places = [(row, col) for row in range(top, bottom + 1) for col in range(left, right + 1)]
    random.Random(level).shuffle(places)  # noqa: S311 (an order, not a secret)
    return [Frame(grid.rectangle(matrix, *place).bounds, grid.srid, 256, 256) for place in places[:TILES]]


def _met(folder: Path, frame: Frame) -> tuple[Source, ...]:
    """The files a frame meets, as the spatial index of a vintage gives them."""
    from mig_idg.imagery.dataset_cache import Georeference, Source
    from mig_idg.store.crs import moved

    box, side = moved(frame.bounds, frame.srid, 2154), PIXELS * METRES
    assert box is not None
    xmin, ymin, xmax, ymax = box.bounds
    return tuple(
        Source(
            folder / f"{row:03}-{col:03}.tif",
            Georeference(
                (WEST + col * side, NORTH - (row + 1) * side, WEST + (col + 1) * side, NORTH - row * side),
                2154, PIXELS, PIXELS,
            ),
        )
        for row in range(int((NORTH - ymax) // side), int((NORTH - ymin) // side) + 1)
        for col in range(int((xmin - WEST) // side), int((xmax - WEST) // side) + 1)
    )  # fmt: skip


def _made(folder: Path) -> Path:
    """The folder of the files, made now if they are not all there."""
    if not (folder / "one.tif").is_file():
        say(Text("· mosaïque de 10 000 fichiers", "· a mosaic of 10,000 files"), err=True)
        folder.mkdir(parents=True, exist_ok=True)
        rows = [(folder, row) for row in range(SIDE)]
        with ProcessPoolExecutor(2) as process_pool:
            list(process_pool.map(_row_of_files, rows))
        _write(folder / "one.tif", 0, 0, PART * PIXELS)
    return folder


def _row_of_files(asked: tuple[Path, int]) -> None:
    folder, row = asked
    for col in range(SIDE):
        _write(folder / f"{row:03}-{col:03}.tif", row, col, PIXELS)


def _write(path: Path, row: int, col: int, side: int) -> None:
    """A COG of a picture that is a function of the place."""
    import rasterio

    y, x = np.ogrid[row * PIXELS : row * PIXELS + side, col * PIXELS : col * PIXELS + side]
    wave = np.sin(x / 37) * 60 + np.cos(y / 23) * 60 + ((x // 64 + y // 64) % 2) * 40 + 90
    picture = np.clip(np.stack((wave, wave * 0.8 + 20, 255 - wave)), 0, 255).astype(np.uint8)
    transform = rasterio.Affine(METRES, 0, WEST + col * PIXELS * METRES, 0, -METRES, NORTH - row * PIXELS * METRES)
    with rasterio.open(
        path, "w", driver="COG", width=side, height=side, count=3, dtype="uint8", crs="EPSG:2154", transform=transform,
        compress="JPEG", blocksize=512, overviews="AUTO",
    ) as made:  # fmt: skip
        made.write(picture)
