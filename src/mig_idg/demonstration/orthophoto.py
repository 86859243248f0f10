"""A synthetic orthophotograph of the heart of Nanterre: roofs, streets, trees, drawn from the same network.

One square kilometre at 20 cm, red-green-blue, Lambert-93, as a cloud-optimised GeoTIFF with its overviews.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.features import rasterize
from rasterio.io import MemoryFile
from rasterio.shutil import copy as translate
from rasterio.transform import from_origin

from mig_idg.demonstration import streets, terrain
from mig_idg.demonstration.addresses import doors

WEST, NORTH, SIDE = 641_000.0, 6_866_000.0, 1_000.0
PIXEL = 0.2
SIZE = round(SIDE / PIXEL)
TRANSFORM = from_origin(WEST, NORTH, PIXEL, PIXEL)
FRAME = shapely.box(WEST, NORTH - SIDE, WEST + SIDE, NORTH)

# Palette: red, green, blue of each class of ground, and how rough it looks.
GARDEN, PAVEMENT, ROADWAY, MARK, SHADE, TREE, PARK, WATER, ROOF = range(9)
COLOURS = {
    GARDEN: (124, 132, 96), PAVEMENT: (176, 172, 164), ROADWAY: (112, 113, 117), MARK: (225, 225, 220),
    SHADE: (62, 66, 62), TREE: (58, 84, 46), PARK: (104, 128, 74), WATER: (74, 92, 88), ROOF: (158, 104, 84),
}  # fmt: skip
ROOFS = ((158, 104, 84), (142, 92, 78), (120, 122, 128), (196, 190, 180), (92, 96, 104), (172, 134, 110))
GRAIN = 9
SHADOW = np.array([2.4, 2.0])


def write(path: Path) -> Path:
    """Draw the photograph and write it as a COG at `path`, which appears only when it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.part")
    profile = {"driver": "GTiff", "width": SIZE, "height": SIZE, "count": 3, "dtype": "uint8", "crs": "EPSG:2154"}
    with MemoryFile() as memory:
        with memory.open(**profile, transform=TRANSFORM, photometric="RGB") as drawn:
            drawn.write(picture())
        with memory.open() as drawn:
            translate(
                drawn, unfinished, driver="COG", COMPRESS="JPEG", QUALITY="85", BLOCKSIZE="512",
                OVERVIEW_RESAMPLING="AVERAGE", RESAMPLING="AVERAGE", NUM_THREADS="1",
            )  # fmt: skip
    unfinished.replace(path)
    return path


def picture() -> NDArray[np.uint8]:
    """The pixels, (band, row, column)."""
    rng = np.random.default_rng([streets.SEED, 10])
    network = streets.network(1.0)
    axes = network.axes[shapely.intersects(network.axes, shapely.buffer(FRAME, 60))]
    houses = _houses(network, rng)
    layers = [
        (terrain.without_streets(), PARK),
        (terrain.river(), WATER),
        *((axis, PAVEMENT) for axis in shapely.buffer(axes, 7.2, cap_style="square")),
        *((house, SHADE) for house in shapely.transform(houses, lambda xy: xy + SHADOW)),
        *((roof, ROOF + kind) for roof, kind in zip(houses, rng.integers(0, len(ROOFS), len(houses)), strict=True)),
        *((axis, ROADWAY) for axis in shapely.buffer(axes, 4.2, cap_style="square")),
        *((axis, MARK) for axis in shapely.buffer(_dashes(axes), 0.12, cap_style="flat")),
        *((crown, TREE) for crown in _trees(network, rng)),
    ]
    classes = rasterize(layers, (SIZE, SIZE), transform=TRANSFORM, fill=GARDEN, dtype="uint8")
    return _coloured(classes, rng)


def _houses(network: streets.Streets, rng: np.random.Generator) -> NDArray[np.object_]:
    """A roof behind each address of the frame, and others deeper in the blocks, all square to their street."""
    found = doors(1)
    inside = np.flatnonzero(shapely.contains_xy(shapely.buffer(FRAME, 30), found.x, found.y))
    front = network.axes[found.street[inside]]
    place = shapely.line_locate_point(front, shapely.points(found.x[inside], found.y[inside]))
    side = np.where(found.number[inside] % 2 == 1, 1.0, -1.0)
    back = np.flatnonzero(rng.random(len(inside)) < 0.8)
    axes = np.concatenate([front, front[back]])
    middle = np.concatenate([place, np.maximum(place[back] + rng.uniform(-9, 9, len(back)), 0)])
    side = np.concatenate([side, side[back]])
    near = np.concatenate([rng.uniform(9, 12, len(inside)), rng.uniform(27, 36, len(back))])
    half, far = rng.uniform(5, 11, len(axes)), near + rng.uniform(8, 15, len(axes))
    corners = []
    for along, aside in ((-half, near), (half, near), (half, far), (-half, far)):
        corners.append(np.stack(streets.along(axes, np.maximum(middle + along, 0), side * aside), axis=-1))
    return np.asarray(shapely.polygons(np.stack(corners, axis=1)))


def _dashes(axes: NDArray[np.object_]) -> NDArray[np.object_]:
    """The broken line in the middle of the roadway: three metres drawn, ten left."""
    street, start = [], []
    for rank, length in enumerate(shapely.length(axes)):
        stops = np.arange(2.0, length - 4, 13.0)
        street.append(np.full(len(stops), rank))
        start.append(stops)
    line, begin = axes[np.concatenate(street)], np.concatenate(start)
    ends = [shapely.get_coordinates(shapely.line_interpolate_point(line, begin + reach)) for reach in (0.0, 3.0)]
    return np.asarray(shapely.linestrings(np.stack(ends, axis=1)))


def _trees(network: streets.Streets, rng: np.random.Generator) -> NDArray[np.object_]:
    """Crowns along the pavements, and at random in gardens and parks."""
    axes = network.axes[shapely.intersects(network.axes, FRAME)]
    picked = rng.integers(0, len(axes), 1_400)
    distance = rng.random(len(picked)) * shapely.length(axes[picked])
    x, y = streets.along(axes[picked], distance, rng.choice(np.array([-6.2, 6.2]), len(picked)))
    wild = rng.random((1_600, 2)) * SIDE + (WEST, NORTH - SIDE)
    spots = np.concatenate([np.stack([x, y], axis=-1), wild])
    return np.asarray(shapely.buffer(shapely.points(spots), rng.uniform(1.4, 3.6, len(spots)), quad_segs=3))


def _coloured(classes: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Classes to colours, with grain and large soft patches of light."""
    palette = np.array([*list(COLOURS.values())[:ROOF], *ROOFS], np.int16)
    grain = rng.integers(-GRAIN, GRAIN + 1, (SIZE, SIZE), dtype=np.int16) + _patches(rng)
    bands = [np.clip(palette[:, band][classes] + grain, 0, 255).astype(np.uint8) for band in range(3)]
    return np.stack(bands)


def _patches(rng: np.random.Generator, step: int = 100) -> NDArray[np.int16]:
    """Light that varies slowly: random values every `step` pixels, joined by straight slopes, in whole numbers."""
    coarse = rng.integers(-14, 15, (SIZE // step + 1, SIZE // step + 1), dtype=np.int16)
    return _stretched(_stretched(coarse, step).T, step).T


def _stretched(rows: NDArray[np.int16], step: int) -> NDArray[np.int16]:
    """Each pair of neighbouring rows joined by `step` rows."""
    share = np.arange(step, dtype=np.int16)[None, :, None]
    above, below = rows[:-1, None, :], rows[1:, None, :]
    return ((above * (step - share) + below * share) // step).reshape(-1, rows.shape[1])
