"""From values to what is seen: 8-bit pixels of an orthophotograph, of heights or of classes.

Heights are coloured by a ramp under a light from the north-west, or shown as light alone, slope or grey. Classes take
the palette of the file.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mig_idg.charter import Decision
from mig_idg.errors import InvalidParameter, Refused, Text, did_you_mean, nearest
from mig_idg.imagery import dataset_cache, warp
from mig_idg.imagery.bands import BAND_NAMES, closed, open_bands
from mig_idg.imagery.dataset_cache import Cog
from mig_idg.imagery.frame import Frame, Pixels
from mig_idg.imagery.mosaic import Mosaic
from mig_idg.store.collection import Collection

STYLES: dict[str, dict[str, Text]] = {
    "rgb": {"natural": Text("Couleurs naturelles", "Natural colours")},
    "rgbi": {
        "natural": Text("Couleurs naturelles", "Natural colours"),
        "infrared": Text("Infrarouge fausses couleurs", "False-colour infrared"),
    },
    "elevation": {
        "relief": Text("Teintes hypsométriques ombrées", "Shaded colour ramp"),
        "ramp": Text("Teintes hypsométriques", "Colour ramp"),
        "hillshade": Text("Estompage (lumière du nord-ouest)", "Hillshade (light from the north-west)"),
        "slope": Text("Pente en degrés", "Slope in degrees"),
        "grey": Text("Niveaux de gris", "Grey levels"),
    },
    "classes": {"classes": Text("Palette du fichier", "Palette of the file")},
}
# What a photograph's style shows as red, green and blue; the others show the one band there is.
BANDS = {"natural": ("red", "green", "blue"), "infrared": ("infrared", "red", "green")}

# Metres above sea level (NGF-IGN69) and their colours: the range of the Île-de-France region, and what lies around.
RAMP = (
    (-20.0, (70, 110, 160)), (10.0, (86, 140, 110)), (30.0, (120, 171, 104)), (60.0, (180, 205, 125)),
    (100.0, (236, 224, 158)), (150.0, (216, 176, 110)), (200.0, (176, 124, 84)), (400.0, (140, 98, 78)),
    (1000.0, (190, 180, 176)), (2500.0, (250, 250, 250)),
)  # fmt: skip
SLOPES = (
    (0.0, (255, 255, 255)), (5.0, (255, 245, 190)), (15.0, (253, 190, 110)), (30.0, (225, 90, 60)),
    (60.0, (110, 20, 60)),
)  # fmt: skip
SUN_AZIMUTH, SUN_HEIGHT = math.radians(315.0), math.radians(45.0)


@dataclass(frozen=True, slots=True)
class Style:
    """A style of a kind of raster, by its word."""

    kind: str
    word: str


def styles(kind: str, decision: Decision) -> dict[str, Text]:
    """The styles made of bands that the caller may see; none when something hidden is no band."""
    try:
        seen = open_bands(BAND_NAMES[kind], kind, decision)
    except Refused:
        return {}
    return {
        word: title
        for word, title in STYLES.get(kind, {}).items()
        if set(BANDS.get(word, BAND_NAMES[kind])) <= set(seen)
    }


def drawable(collection: Collection, decision: Decision) -> bool:
    """Whether a picture of the collection can be drawn for the caller: a style is open, and a limit can be masked."""
    raster = collection.raster or {}
    masked = decision.rows is None or bool(raster.get("mask_territory"))
    return masked and bool(styles(str(raster.get("bands", "rgb")), decision))


def style_named(kind: str, word: str | None, decision: Decision) -> Style:
    """The style asked for, or the first that is open. Raises InvalidParameter, proposing the nearest; Refused."""
    known, seen = STYLES[kind], styles(kind, decision)
    asked = None if word == "default" else word
    if asked is not None and asked not in known:
        raise InvalidParameter(
            "style",
            Text(f"Style inconnu : « {asked[:40]} ».", f"Unknown style: “{asked[:40]}”."),
            remedy=did_you_mean(nearest(asked, known))
            or Text(f"Styles : {', '.join(known)}.", f"Styles: {', '.join(known)}."),
        )
    if not seen or (asked is not None and asked not in seen):
        raise closed(decision)
    return Style(kind, asked or next(iter(seen)))


def picture(mosaic: Mosaic, frame: Frame, style: Style) -> Pixels:
    """The frame as it is seen, 8 bits, masked. To be called in the render pool."""
    if not set(BANDS.get(style.word, BAND_NAMES[style.kind])) <= set(mosaic.bands):
        raise ValueError(f"{style.word} shows a band that is not in the scene")
    cogs = [dataset_cache.take(source) for source in mosaic.files]
    if style.kind in ("rgb", "rgbi"):
        painted = _photograph(cogs, mosaic, frame, style)
    elif style.kind == "classes":
        painted = _classes(cogs, mosaic, frame)
    else:
        painted = _heights(cogs, mosaic, frame, style)
    return mosaic.territory_mask.mask(painted, frame) if mosaic.territory_mask else painted


def _photograph(cogs: Sequence[Cog], mosaic: Mosaic, frame: Frame, style: Style) -> Pixels:
    bands = tuple(BAND_NAMES[style.kind].index(name) + 1 for name in BANDS[style.word])
    if cogs and cogs[0].bands < max(bands):
        bands = (1,)
    seen = warp.read(cogs, frame, bands, srid=mosaic.srid)
    if seen.data.dtype != np.uint8:
        # 16-bit photographs: full scale to 8 bits, the same for every tile.
        seen = Pixels((seen.data >> 8).astype(np.uint8), seen.valid)
    return seen


def _classes(cogs: Sequence[Cog], mosaic: Mosaic, frame: Frame) -> Pixels:
    seen = warp.read(cogs, frame, (1,), srid=mosaic.srid)
    table = _palette(cogs[0]) if cogs else np.zeros((256, 3), np.uint8)
    codes = np.minimum(seen.data[0], 255).astype(np.uint8)
    return Pixels(table[codes].transpose(2, 0, 1), seen.valid)


def _palette(cog: Cog) -> NDArray[np.uint8]:
    try:
        known = cog.dataset.colormap(1)
    except ValueError:
        known = {}
    spread = [
        known.get(code, ((code * 67) % 256, (code * 131 + 60) % 256, (code * 197 + 120) % 256))[:3]
        for code in range(256)
    ]
    return np.array(spread, np.uint8)


def _heights(cogs: Sequence[Cog], mosaic: Mosaic, frame: Frame, style: Style) -> Pixels:
    wide = warp.read(cogs, frame.grown(1), (1,), "bilinear", srid=mosaic.srid)
    metres = wide.data[0].astype(np.float32)
    valid = wide.valid[1:-1, 1:-1]
    inner = metres[1:-1, 1:-1]
    if style.word == "grey":
        return Pixels(np.clip(inner, 0, 255).astype(np.uint8)[None], valid)
    if style.word == "ramp":
        return Pixels(_coloured(inner, RAMP), valid)
    east, south = _gradients(np.where(wide.valid, metres, _filler(metres, wide.valid)), frame)
    if style.word == "slope":
        return Pixels(_coloured(np.degrees(np.arctan(np.hypot(east, south))), SLOPES), valid)
    light = _light(east, south)
    if style.word == "hillshade":
        return Pixels((light * 255).astype(np.uint8)[None], valid)
    shaded = _coloured(inner, RAMP) * (0.45 + 0.55 * light / math.sin(SUN_HEIGHT))
    return Pixels(np.clip(shaded, 0, 255).astype(np.uint8), valid)


def _filler(metres: NDArray[np.float32], valid: NDArray[np.bool_]) -> np.float32:
    """What stands in for missing heights beside known ones: their mean, so that an edge is no cliff of 99 km."""
    return np.float32(metres[valid].mean()) if valid.any() else np.float32(0)


def _gradients(metres: NDArray[np.float32], frame: Frame) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Rise towards the east and the south, by Horn's eight neighbours, in metres for a metre."""
    dx, dy = _metres_per_pixel(frame)
    a, b, c = metres[:-2, :-2], metres[:-2, 1:-1], metres[:-2, 2:]
    d, f = metres[1:-1, :-2], metres[1:-1, 2:]
    g, h, i = metres[2:, :-2], metres[2:, 1:-1], metres[2:, 2:]
    east = ((c + 2 * f + i) - (a + 2 * d + g)) / (8 * dx)
    south = ((g + 2 * h + i) - (a + 2 * b + c)) / (8 * dy)
    return east.astype(np.float32, copy=False), south.astype(np.float32, copy=False)


def _metres_per_pixel(frame: Frame) -> tuple[float, float]:
    """A pixel on the ground: Web Mercator stretches with latitude, degrees are not metres."""
    dx, dy = frame.resolution
    middle = (frame.bounds[1] + frame.bounds[3]) / 2
    if frame.srid == 3857:
        shrink = 1 / math.cosh(middle / 6_378_137.0)
        return dx * shrink, dy * shrink
    if abs(frame.bounds[0]) <= 360 and abs(middle) <= 90:
        return dx * 111_320.0 * max(math.cos(math.radians(middle)), 0.01), dy * 110_574.0
    return dx, dy


def _light(east: NDArray[np.float32], south: NDArray[np.float32]) -> NDArray[Any]:
    """How much light a slope gets, 0 to 1 (cosine of the angle with the sun)."""
    flat = 1 / np.sqrt(1 + east**2 + south**2)
    toward_east, toward_north = math.sin(SUN_AZIMUTH), math.cos(SUN_AZIMUTH)
    level = math.cos(SUN_HEIGHT) * (-east * toward_east + south * toward_north)
    return np.clip((math.sin(SUN_HEIGHT) + level) * flat, 0, 1)


def _coloured(values: NDArray[Any], stops: Sequence[tuple[float, tuple[int, int, int]]]) -> NDArray[np.uint8]:
    at = [value for value, _ in stops]
    return np.stack([np.interp(values, at, [colour[band] for _, colour in stops]) for band in range(3)]).astype(
        np.uint8
    )
