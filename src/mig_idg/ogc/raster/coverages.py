"""OGC API Coverages: values themselves, cut by a box or by axes, at another scale, in some bands, as GeoTIFF or COG.

In the CRS of storage and without scaling, pixels are those of the file, to the bit: the box is snapped outwards to the
grid. Otherwise they are the ones gdalwarp would take. A large answer is written strip by strip to a temporary file and
streamed from there, one at a time for each worker; the whole file, as it is on disk, is at `/files/`.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from mig_idg.errors import InvalidParameter, Text, TooLarge, did_you_mean, nearest
from mig_idg.guard.answer import Answer
from mig_idg.guard.obligations import attribution
from mig_idg.guard.visit import Visit
from mig_idg.ogc.describe.formats import only, wanted
from mig_idg.ogc.raster import asked, cut, encode, extent, formats, paint
from mig_idg.ogc.raster.bands import closed, open_bands
from mig_idg.ogc.raster.scene import Scene, raster_of, scene_of, srid_of
from mig_idg.ogc.raster.studio import Studio, studio
from mig_idg.ogc.raster.tiles import developed, known
from mig_idg.ogc.raster.warp import Frame
from mig_idg.store import crs as reference
from mig_idg.store.crs import Crs

PARAMETERS = (
    "bbox", "bbox-crs", "subset", "subset-crs", "crs", "scale-size", "scale-factor", "scale-axes", "width", "height",
    "properties", "datetime", "scaleSize", "scaleFactor", "scaleAxes",
)  # fmt: skip
# As GDAL's OGCAPI driver writes them, after an earlier draft; it places what it gets by the box it sent, in degrees.
DRAFT_NAMES = {"scaleSize": "scale-size", "scaleFactor": "scale-factor", "scaleAxes": "scale-axes"}
GEOTIFF = "image/tiff; application=geotiff"
FORMATS: Mapping[str, str] = {
    "geotiff": GEOTIFF,
    "cog": "image/tiff; application=geotiff; profile=cloud-optimized",
    "png": "image/png",
}
_WORDS = {"tiff": "geotiff", "tif": "geotiff", "GTiff": "geotiff", "image/tiff": "geotiff"}
MOST_PIXELS = 200_000_000
PREVIEW_PIXELS = 4096 * 4096
# Above this many pixels an answer goes to the press, so that tiles do not wait behind it.
SMALL_PIXELS = 2_000_000
EAST, NORTH = ("e", "x", "lon", "long", "longitude", "easting"), ("n", "y", "lat", "latitude", "northing")
_DEGREES = re.compile(r"(?i)\b(lat|lon|long|latitude|longitude)\s*\(")
_AXIS = re.compile(r"\s*([A-Za-z]+)\s*\(([^()]*)\)\s*")


@dataclass(frozen=True, slots=True)
class Cut:
    """What is asked: the frame, whether its pixels are those of the file, bands (1 is the first), vintage."""

    frame: Frame
    crs: Crs
    exact: bool
    bands: tuple[int, ...]
    names: tuple[str, ...]
    datetime: str | None


def action(method: str, query: Mapping[str, str], *_: object) -> str:
    """A picture is looked at; values are taken away."""
    return "view" if query.get("f") == "png" else "download"


async def coverage(visit: Visit) -> Answer:
    """`GET /collections/{collection}/coverage`."""
    raster_of(visit.collection, "coverages")
    only(visit, *PARAMETERS)
    visit.query = visit.query | {DRAFT_NAMES[name]: value for name, value in visit.query.items() if name in DRAFT_NAMES}
    assert visit.collection is not None
    room, format = studio(), _format(visit)
    native = await extent.native(room, visit, visit.collection, visit.query.get("datetime"))
    cut_ = _cut(visit, native)
    if format == "png" and cut_.frame.width * cut_.frame.height > PREVIEW_PIXELS:
        raise _too_large(cut_.frame, PREVIEW_PIXELS)
    scene = await scene_of(room, visit, cut_.frame, datetime=cut_.datetime)
    cut_ = _granted(cut_, scene, visit)
    etag = visit.etag("coverage", scene.key, cut_, format)
    headers = _headers(visit, cut_, format)
    if known(visit, etag):
        return Answer(etag=etag, headers=headers)
    if format == "png":
        style = paint.style_named(scene.kind, None, visit.decision)
        body, media = await developed(room.darkroom, visit, _preview, scene, cut_.frame, style)
        return Answer(body=body, media_type=media, headers=headers, etag=etag)
    made = await _made(room, visit, scene, cut_, cog=format == "cog")
    if isinstance(made, bytes):
        return Answer(body=made, media_type=FORMATS[format], headers=headers, etag=etag)
    headers["content-length"] = str(made.stat().st_size)
    return Answer(body=_streamed(made), media_type=FORMATS[format], headers=headers, etag=etag)


def _format(visit: Visit) -> str:
    word = visit.query.get("f")
    if word in _WORDS:
        return _WORDS[word]
    accept = visit.headers.get("accept", "")
    if word is None and ("image/tiff" in accept or "*/*" in accept or not accept):
        return "cog" if "profile=cloud-optimized" in accept else "geotiff"
    found = wanted(visit, FORMATS)
    if found == "png" and word is None:
        # The door asked for a download: what it did not see must not be served otherwise.
        return "geotiff"
    return found


def _preview(scene: Scene, frame: Frame, style: paint.Style) -> tuple[bytes, str]:
    pixels = paint.picture(scene, frame, style)
    return formats.finish(pixels, encode.PNG)


async def _made(room: Studio, visit: Visit, scene: Scene, asked_: Cut, *, cog: bool) -> bytes | Path:
    """The file: bytes when it is small, a temporary path otherwise."""
    assert visit.collection is not None
    assert visit.decision is not None
    words = cut.Words(
        title=visit.collection.title.in_(visit.lang),
        credit=attribution(visit.collection, visit.snapshot.mention, visit.decision.obligations),
    )
    pixels = asked_.frame.width * asked_.frame.height * len(asked_.bands)
    dark = room.darkroom if pixels <= SMALL_PIXELS else room.press
    return await developed(
        dark, visit, cut.write, scene, asked_.frame, asked_.bands, asked_.names, words, cog,
        pixels <= SMALL_PIXELS,
    )  # fmt: skip


async def _streamed(path: Path) -> AsyncIterator[bytes]:
    """The temporary file, in pieces; it is gone when the answer ends, however it ends."""
    opened = await asyncio.to_thread(path.open, "rb")
    try:
        path.unlink(missing_ok=True)
        while piece := await asyncio.to_thread(opened.read, 512 * 1024):
            yield piece
    finally:
        opened.close()


def _cut(visit: Visit, native: extent.Native) -> Cut:
    """The frame asked, out of bbox or subset, scale and CRS. Raises InvalidParameter, TooLarge."""
    assert visit.collection is not None
    srid = srid_of(visit.collection)
    target = asked.crs_named(visit, "crs", srid, _default_crs(visit, srid))
    bounds, datetime = _ground(visit, native, srid, target)
    exact = target.srid == srid and "scaleSize" not in visit.query
    if exact:
        bounds = _snapped(bounds, native)
        dx, dy = native.pixel
    else:
        dx, dy = _pixel_in(native, srid, target)
    full = (max(1, round((bounds[2] - bounds[0]) / dx)), max(1, round((bounds[3] - bounds[1]) / dy)))
    size = _scaled(visit, full)
    if size[0] * size[1] > MOST_PIXELS:
        raise _too_large(Frame(bounds, target.srid, *size), MOST_PIXELS)
    bands, names = _bands(visit, native)
    frame = Frame(bounds, target.srid, *size)
    return Cut(frame, target, exact and size == full, bands, names, datetime)


def _default_crs(visit: Visit, srid: int) -> Crs:
    """The CRS of storage; CRS84 for a subset along Lat and Lon, or a scale along them, which only make sense there."""
    geographic = _DEGREES.search(visit.query.get("subset", "") + visit.query.get("scaleSize", "")) is not None
    return reference.CRS84 if geographic and "subset-crs" not in visit.query else reference.storage_crs(srid)


def _ground(
    visit: Visit, native: extent.Native, srid: int, target: Crs
) -> tuple[tuple[float, float, float, float], str | None]:
    """The rectangle asked in the CRS of the answer, within the data; and the moment, from `subset=time(…)` if there."""
    query = visit.query
    datetime = query.get("datetime")
    for name in ("bbox-crs", "subset-crs"):
        asked.crs_named(visit, name, srid, reference.CRS84)
    if "bbox" in query and "subset" in query:
        raise InvalidParameter(
            "subset", Text("« bbox » ou « subset », l'un des deux.", "“bbox” or “subset”, one of the two.")
        )
    whole, own = native.bounds, reference.storage_crs(srid)
    box, source = whole, own
    if "bbox" in query:
        source = asked.crs_named(visit, "bbox-crs", srid, reference.CRS84)
        found = reference.box(asked.numbers("bbox", query["bbox"]), source)
        box = (found.xmin, found.ymin, found.xmax, found.ymax)
    elif "subset" in query:
        source = asked.crs_named(visit, "subset-crs", srid, _default_crs(visit, srid))
        limits = whole if source.srid == srid else _moved(whole, srid, source.srid, "subset-crs")
        box, moment = _subset(query["subset"], limits)
        datetime = datetime or moment
    if source.srid != target.srid:
        box = _moved(box, source.srid, target.srid, "bbox")
        whole = _moved(whole, srid, target.srid, "bbox")
    elif source.srid != srid:
        whole = _moved(whole, srid, target.srid, "bbox")
    if "scaleSize" in query and "bbox" in query:
        return box, datetime
    inside = (max(box[0], whole[0]), max(box[1], whole[1]), min(box[2], whole[2]), min(box[3], whole[3]))
    if inside[0] >= inside[2] or inside[1] >= inside[3]:
        raise InvalidParameter(
            "bbox" if "bbox" in query else "subset",
            Text("L'emprise demandée est hors de l'image.", "The region asked is outside the picture."),
            remedy=Text(
                f"L'image couvre {', '.join(f'{v:.3f}' for v in native.bounds)} (EPSG:{srid}).",
                f"The picture covers {', '.join(f'{v:.3f}' for v in native.bounds)} (EPSG:{srid}).",
            ),
        )
    return inside, datetime


def _moved(
    box: tuple[float, float, float, float], source: int, target: int, parameter: str
) -> tuple[float, float, float, float]:
    moved = reference.moved(box, source, target)
    if moved is None:
        raise InvalidParameter(
            parameter, Text("L'emprise est hors du domaine du système.", "The box is outside the domain of the CRS.")
        )
    return moved.bounds


def _subset(
    text: str, whole: tuple[float, float, float, float]
) -> tuple[tuple[float, float, float, float], str | None]:
    """`E(641000:642000),N(6865000:6866000),time("2025")`: the axes named, the others whole."""
    found, moment, at = list(whole), None, 0
    while at < len(text):
        match = _AXIS.match(text, at)
        if match is None or len(text) > 500:
            raise _bad_subset(text)
        name, inside = match.group(1).lower(), match.group(2)
        at = match.end()
        if at < len(text):
            if text[at] != ",":
                raise _bad_subset(text)
            at += 1
        if name in ("time", "t", "datetime", "phenomenontime"):
            moment = inside.replace('"', "").replace(":", "/", 1) if inside.count(":") == 1 else inside.replace('"', "")
            continue
        if name not in (*EAST, *NORTH):
            raise InvalidParameter(
                "subset",
                Text(f"Axe inconnu : « {match.group(1)[:20]} ».", f"Unknown axis: “{match.group(1)[:20]}”."),
                remedy=Text("Axes : E, N (ou X, Y ; Lon, Lat), time.", "Axes: E, N (or X, Y; Lon, Lat), time."),
            )
        low, high = _interval(inside, text)
        first = 0 if name in EAST else 1
        found[first], found[first + 2] = (
            found[first] if low is None else low, found[first + 2] if high is None else high
        )  # fmt: skip
    return (found[0], found[1], found[2], found[3]), moment


def _interval(inside: str, text: str) -> tuple[float | None, float | None]:
    parts = [part.strip() for part in inside.split(":")]
    try:
        values = [None if part in ("*", "") else float(part) for part in parts]
    except ValueError:
        raise _bad_subset(text) from None
    if len(values) != 2 or any(v is not None and not math.isfinite(v) for v in values):
        raise _bad_subset(text)
    low, high = values
    if low is not None and high is not None and low >= high:
        raise _bad_subset(text)
    return low, high


def _bad_subset(text: str) -> InvalidParameter:
    return InvalidParameter(
        "subset",
        Text(f"Découpe illisible : « {text[:60]} ».", f"Unreadable subset: “{text[:60]}”."),
        remedy=Text("subset=E(641000:642000),N(6865000:6866000)", "subset=E(641000:642000),N(6865000:6866000)"),
    )


def _snapped(box: tuple[float, float, float, float], native: extent.Native) -> tuple[float, float, float, float]:
    """The box outwards to the file's own grid, a thousandth of a pixel being no pixel."""
    left, top, (dx, dy) = native.bounds[0], native.bounds[3], native.pixel
    slack = 1e-3
    return (
        left + math.floor((box[0] - left) / dx + slack) * dx,
        top - math.ceil((top - box[1]) / dy - slack) * dy,
        left + math.ceil((box[2] - left) / dx - slack) * dx,
        top - math.floor((top - box[3]) / dy + slack) * dy,
    )


def _pixel_in(native: extent.Native, srid: int, target: Crs) -> tuple[float, float]:
    """A square pixel of the other CRS that keeps the detail: the whole's width over its pixels."""
    moved = _moved(native.bounds, srid, target.srid, "crs")
    across = (native.bounds[2] - native.bounds[0]) / native.pixel[0]
    down = (native.bounds[3] - native.bounds[1]) / native.pixel[1]
    return (moved[2] - moved[0]) / across, (moved[3] - moved[1]) / down


def _scaled(visit: Visit, full: tuple[int, int]) -> tuple[int, int]:
    """The size of the answer, from at most one way of scaling. Raises InvalidParameter."""
    given = [name for name in ("scale-size", "scale-factor", "scale-axes", "width", "height") if name in visit.query]
    if not given:
        return full
    kinds = {name if name.startswith("scale") else "size" for name in given}
    if len(kinds) > 1:
        raise InvalidParameter(given[1], Text("Une seule façon de changer d'échelle.", "Only one way of scaling."))
    if "scale-factor" in visit.query:
        factor = asked.positive(visit, "scale-factor") or 1.0
        return max(1, round(full[0] / factor)), max(1, round(full[1] / factor))
    if "width" in visit.query or "height" in visit.query:
        width, height = asked.side(visit, "width"), asked.side(visit, "height")
        return width or max(1, round(full[0] * (height or 1) / full[1])), height or max(
            1, round(full[1] * (width or 1) / full[0])
        )
    name = given[0]
    wide, tall = _axes(name, visit.query[name])
    if name == "scale-axes":
        return max(1, round(full[0] / (wide or 1.0))), max(1, round(full[1] / (tall or 1.0)))
    width, height = round(wide or full[0]), round(tall or full[1])
    if wide and not tall:
        height = max(1, round(full[1] * width / full[0]))
    elif tall and not wide:
        width = max(1, round(full[0] * height / full[1]))
    return max(1, width), max(1, height)


def _axes(name: str, text: str) -> tuple[float | None, float | None]:
    """`E(100),N(50)` or `100,50`: a number for each axis."""
    wide = tall = None
    if "(" not in text:
        values = asked.numbers(name, text)
        if len(values) == 2 and min(values) > 0:
            return values[0], values[1]
    for match in _AXIS.finditer(text):
        axis = match.group(1).lower()
        value = asked.numbers(name, match.group(2))
        if axis not in (*EAST, *NORTH) or len(value) != 1 or value[0] <= 0:
            wide = tall = None
            break
        wide, tall = (value[0], tall) if axis in EAST else (wide, value[0])
    if wide is None and tall is None:
        raise InvalidParameter(
            name,
            Text(f"« {name} » : une taille par axe est attendue.", f"“{name}”: a size for each axis is expected."),
            remedy=Text(f"{name}=E(500),N(400)", f"{name}=E(500),N(400)"),
        )
    return wide, tall


def _bands(visit: Visit, native: extent.Native) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """`properties=red,green` or `1,2`: the bands asked, all by default. Raises InvalidParameter."""
    names = native.bands
    text = visit.query.get("properties")
    if text is None:
        return tuple(range(1, len(names) + 1)), names
    found = []
    for word in text.split(",")[:20]:
        word = word.strip()
        if word in names:
            found.append(names.index(word) + 1)
        elif word.isdigit() and 1 <= int(word) <= len(names):
            found.append(int(word))
        else:
            raise InvalidParameter(
                "properties",
                Text(f"Bande inconnue : « {word[:40]} ».", f"Unknown band: “{word[:40]}”."),
                remedy=did_you_mean(nearest(word, names))
                or Text(f"Bandes : {', '.join(names)}.", f"Bands: {', '.join(names)}."),
            )
    return tuple(found), tuple(names[number - 1] for number in found)


def _granted(asked_: Cut, scene: Scene, visit: Visit) -> Cut:
    """The cut without the bands hidden from this caller. Raises Refused when none is left, or one hidden was named."""
    assert visit.decision is not None
    left = open_bands(asked_.names, scene.kind, visit.decision)
    if left != asked_.names and "properties" in visit.query:
        raise closed(visit.decision)
    numbers = tuple(number for number, name in zip(asked_.bands, asked_.names, strict=True) if name in left)
    return replace(asked_, bands=numbers, names=left)


def _headers(visit: Visit, asked_: Cut, format: str) -> dict[str, str]:
    assert visit.collection is not None
    xmin, ymin, xmax, ymax = asked_.frame.bounds
    ordered = (ymin, xmin, ymax, xmax) if asked_.crs.flipped else (xmin, ymin, xmax, ymax)
    name = f"{visit.collection.id}.{'png' if format == 'png' else 'tif'}"
    return {
        "content-crs": asked_.crs.content_crs,
        "content-bbox": ",".join(f"{value:.{asked_.crs.digits}f}" for value in ordered),
        "content-disposition": f'{"inline" if format == "png" else "attachment"}; filename="{name}"',
    }


def _too_large(frame: Frame, most: int) -> TooLarge:
    return TooLarge(
        Text(
            f"{frame.width} × {frame.height} pixels demandés, au plus {most:_}.".replace("_", " "),
            f"{frame.width} × {frame.height} pixels asked, at most {most:_}.".replace("_", ","),
        ),
        remedy=Text(
            "Réduisez l'emprise, ou l'échelle (scale-factor) ; le fichier entier est à /files/.",
            "Use a smaller box or scale (scale-factor); the whole file is at /files/.",
        ),
    )
