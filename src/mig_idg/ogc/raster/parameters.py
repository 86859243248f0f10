"""What a client asks of a picture: box, reference system, size, background, read strictly."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from mig_idg.errors import InvalidParameter, Text
from mig_idg.guard.request import Request
from mig_idg.imagery.encode import Colour
from mig_idg.imagery.frame import Frame
from mig_idg.store import crs as reference
from mig_idg.store.collection import Collection
from mig_idg.store.crs import Crs

MOST_SIDE = 8192
LEAST, MOST = 1e-9, 1e12
MOST_PIXELS = 4096 * 4096
DEFAULT_SIDE = 1024
PIXEL_MM = 0.28
COLOURS: dict[str, Colour] = {
    "white": (255, 255, 255), "black": (0, 0, 0), "red": (255, 0, 0), "green": (0, 128, 0), "blue": (0, 0, 255),
    "grey": (128, 128, 128), "gray": (128, 128, 128), "silver": (192, 192, 192), "yellow": (255, 255, 0),
}  # fmt: skip
_HEX = re.compile(r"(?:0x|#)?([0-9a-fA-F]{6})(?:[0-9a-fA-F]{2})?")


@dataclass(frozen=True, slots=True)
class Region:
    """What is asked of the ground: a rectangle of a CRS, x first."""

    bounds: tuple[float, float, float, float]
    crs: Crs

    @property
    def aspect(self) -> float:
        """Width over height on the ground, roughly: a degree of longitude shrinks towards the poles."""
        xmin, ymin, xmax, ymax = self.bounds
        shrink = max(math.cos(math.radians((ymin + ymax) / 2)), 0.01) if self.crs.degrees else 1.0
        return (xmax - xmin) * shrink / (ymax - ymin)

    @property
    def metres(self) -> float:
        """Width on the ground, roughly."""
        return (self.bounds[2] - self.bounds[0]) * (
            111_320.0 * max(math.cos(math.radians((self.bounds[1] + self.bounds[3]) / 2)), 0.01)
            if self.crs.degrees
            else 1.0
        )


def crs_named(request: Request, parameter: str, srid: int, default: Crs) -> Crs:
    """The CRS of a parameter, out of those the collection offers. Raises InvalidParameter."""
    value = request.query.get(parameter)
    return reference.named(value, parameter, srid) if value is not None else default


def region(
    request: Request,
    srid: int,
    whole: tuple[float, float, float, float],
    given: tuple[tuple[float, float, float, float], Crs] | None = None,
) -> Region:
    """The region asked: `bbox` (in `bbox-crs`, CRS84 by default), or `given`, or `whole` (CRS84 degrees); in `crs`.

    Without `crs`, a box is drawn in its own CRS, so that the picture covers it exactly: clients that do not read
    `Content-Crs` (GDAL's OGCAPI driver) place it by the box they sent. Without a box either, the CRS of storage.
    Raises InvalidParameter: unreadable, empty, or wholly outside what the CRS can tell.
    """
    text, source = request.query.get("bbox"), crs_named(request, "bbox-crs", srid, reference.CRS84)
    if given is not None:
        source = given[1]
    target = crs_named(request, "crs", srid, reference.storage_crs(srid) if text is None and given is None else source)
    if given is not None:
        bounds = given[0]
        if not (bounds[2] > bounds[0] and bounds[3] > bounds[1]):
            raise _flat()
    elif text is None:
        source, bounds = reference.CRS84, whole
    else:
        box = reference.box(numbers("bbox", text), source)
        right = box.xmax if box.xmin <= box.xmax else box.xmax + 360.0
        bounds = (box.xmin, box.ymin, right, box.ymax)
        if not (bounds[2] > bounds[0] and bounds[3] > bounds[1]):
            raise _flat()
    if source.srid != target.srid:
        moved = reference.moved(bounds, source.srid, target.srid)
        if moved is None:
            raise InvalidParameter(
                "bbox",
                Text("L'emprise est hors du domaine du système demandé.", "The box is outside the domain of the CRS."),
                remedy=Text("Vérifiez l'ordre des axes de bbox-crs.", "Check the axis order of bbox-crs."),
            )
        bounds = moved.bounds
    if not (bounds[2] > bounds[0] and bounds[3] > bounds[1]):
        raise _flat()
    return Region(bounds, target)


def _flat() -> InvalidParameter:
    return InvalidParameter(
        "bbox",
        Text("L'emprise n'a pas de surface.", "The box has no area."),
        remedy=Text("minimum, minimum, maximum, maximum.", "minimum, minimum, maximum, maximum."),
    )


def frame(request: Request, asked: Region) -> Frame:
    """The frame of a map: `width` and `height`, one of them, a `scale-denominator`, or 1024 pixels on the longer side.

    Raises InvalidParameter over 4096 × 4096 pixels.
    """
    width: float | None
    height: float | None
    width, height = side(request, "width"), side(request, "height")
    denominator, pixel = positive(request, "scale-denominator"), positive(request, "mm-per-pixel") or PIXEL_MM
    aspect = asked.aspect
    if denominator is not None and width is None and height is None:
        wide = max(1, round(asked.metres * 1000 / denominator / pixel))
        width, height = wide, max(1, round(wide / aspect))
    elif width is None and height is None:
        width, height = (DEFAULT_SIDE, DEFAULT_SIDE / aspect) if aspect >= 1 else (DEFAULT_SIDE * aspect, DEFAULT_SIDE)
    elif height is None:
        height = width / aspect  # type: ignore[operator]
    elif width is None:
        width = height * aspect
    assert width is not None
    assert height is not None
    size = (max(1, round(width)), max(1, round(height)))
    if max(size) > MOST_SIDE or size[0] * size[1] > MOST_PIXELS:
        raise InvalidParameter(
            "width",
            Text(
                f"Image trop grande : {size[0]} × {size[1]} pixels, au plus {MOST_PIXELS:_}.".replace("_", " "),
                f"Picture too large: {size[0]} × {size[1]} pixels, at most {MOST_PIXELS:_}.".replace("_", ","),
            ),
            remedy=Text("Réduisez width et height, ou l'emprise.", "Use a smaller width and height, or box."),
        )
    return Frame(asked.bounds, asked.crs.srid, *size)


def side(request: Request, name: str) -> int | None:
    """A number of pixels. Raises InvalidParameter."""
    value = request.query.get(name)
    if value is None:
        return None
    if not re.fullmatch(r"[1-9][0-9]{0,5}", value):
        raise InvalidParameter(
            name,
            Text(f"« {name} » : un nombre de pixels est attendu.", f"“{name}”: a number of pixels is expected."),
            remedy=Text(f"Un entier de 1 à {MOST_SIDE}.", f"A whole number from 1 to {MOST_SIDE}."),
        )
    return int(value)


def positive(request: Request, name: str) -> float | None:
    """A number above zero that one can divide by and multiply with, or None when absent. Raises InvalidParameter."""
    value = request.query.get(name)
    if value is None:
        return None
    found = numbers(name, value)
    if len(found) != 1 or not LEAST <= found[0] <= MOST:
        raise InvalidParameter(
            name, Text(f"« {name} » : un nombre positif est attendu.", f"“{name}”: a positive number is expected.")
        )
    return found[0]


def numbers(name: str, text: str) -> list[float]:
    """Finite numbers between commas. Raises InvalidParameter."""
    try:
        found = [float(part) for part in text.split(",")] if len(text) < 1000 else []
    except ValueError:
        found = []
    if not found or not all(map(math.isfinite, found)):
        raise InvalidParameter(
            name,
            Text(
                f"« {name} » : des nombres séparés par des virgules sont attendus.",
                f"“{name}”: numbers between commas are expected.",
            ),
        )
    return found


def background(request: Request) -> Colour | None:
    """`bgcolor` and `transparent`: a plain colour, or None for transparency (the default). Raises InvalidParameter."""
    transparent = flag(request, "transparent", True if "bgcolor" not in request.query else None)
    # What lies outside the domain of a CRS is never in a frame of ours: these two are read, and nothing is coloured.
    flag(request, "void-transparent", None)
    if "void-color" in request.query:
        _colour("void-color", request.query["void-color"])
    colour = request.query.get("bgcolor")
    if colour is None:
        return None if transparent else (255, 255, 255)
    found = _colour("bgcolor", colour)
    return None if transparent else found


def _colour(name: str, word: str) -> Colour:
    found = COLOURS.get(word.lower())
    match = _HEX.fullmatch(word)
    if found is None and match is None:
        raise InvalidParameter(
            name,
            Text(f"Couleur illisible : « {word[:40]} ».", f"Unreadable colour: “{word[:40]}”."),
            remedy=Text("0xRRGGBB, ou un nom : white, black, grey…", "0xRRGGBB, or a name: white, black, grey…"),
        )
    if found is None:
        assert match is not None
        code = int(match.group(1), 16)
        found = (code >> 16, code >> 8 & 255, code & 255)
    return found


def flag(request: Request, name: str, default: bool | None) -> bool | None:
    """`true` or `false`. Raises InvalidParameter."""
    value = request.query.get(name)
    if value is None:
        return default
    if value.lower() not in ("true", "false"):
        raise InvalidParameter(
            name, Text(f"« {name} » : true ou false est attendu.", f"“{name}”: true or false is expected.")
        )
    return value.lower() == "true"


def whole(collection: Collection) -> tuple[float, float, float, float]:
    """The extent of a collection in CRS84 degrees. Raises InvalidParameter when it is not known: a bbox is needed."""
    if collection.bbox is None:
        raise InvalidParameter(
            "bbox",
            Text("Cette collection n'a pas d'étendue déclarée.", "This collection has no declared extent."),
            remedy=Text("Donnez une emprise : bbox=…", "Give a box: bbox=…"),
        )
    return collection.bbox
