"""Raster tiles (OGC API Tiles, OGC 20-057): one tile of a collection of pixels.

The route belongs to `ogc.tiles`, which reads the address and hands it over when the collection is a raster.
"""

from __future__ import annotations

from collections.abc import Callable

import rasterio
import rasterio.errors
import structlog

from mig_idg.guard.answer import Answer
from mig_idg.guard.visit import Visit
from mig_idg.ogc.describe.formats import only
from mig_idg.ogc.raster import formats, paint
from mig_idg.ogc.raster.darkroom import Darkroom
from mig_idg.ogc.raster.encode import PNG, Format, encode
from mig_idg.ogc.raster.frame import Frame, Pixels, blank
from mig_idg.ogc.raster.paint import Style
from mig_idg.ogc.raster.scene import Scene, raster_of, scene_of, unreadable
from mig_idg.ogc.raster.studio import studio
from mig_idg.ogc.tiles.place import Place

log = structlog.get_logger(__name__)

SIZE = 256


async def tile(visit: Visit, place: Place, *, word: str | None = None) -> Answer:
    """The tile of the visit's collection at an address. `word` is a style named by the path rather than `style=`.

    Raises NotFound (no tiles here, no vintage at that date), Refused (a territory limit that cannot be masked),
    InvalidParameter, OutsideFailure (503: the darkroom is full, the file cannot be read).
    """
    room = studio()
    raster = raster_of(visit.collection, "tiles")
    only(visit, "datetime", "style")
    assert visit.decision is not None
    style = paint.style_named(str(raster.get("bands", "rgb")), word or visit.query.get("style"), visit.decision)
    format = formats.wanted(visit)
    frame = Frame(place.rectangle.bounds, place.rectangle.srid, SIZE, SIZE)
    scene = await scene_of(room, visit, frame, datetime=visit.query.get("datetime"))
    key = (scene.key, place.name, style.word, format.word if format else "")
    etag = visit.etag("tile", key)
    if known(visit, etag):
        return Answer(etag=etag)
    found = room.kept.get(key)
    if found is None:
        found = await developed(room.darkroom, visit, draw, scene, frame, style, format, room.empty == "204")
        room.kept.put(key, found)
    body, media_type = found
    if not body and room.empty == "204":
        return Answer(status=204, etag=etag)
    return Answer(body=body or EMPTY, media_type=media_type, etag=etag)


def draw(scene: Scene, frame: Frame, style: Style, format: Format | None, bare: bool) -> tuple[bytes, str]:
    """The encoded tile and its media type, in the darkroom; no bytes when there is nothing to see.

    Unless `bare`, a format that has no transparency, or another one than PNG, is a picture all the same.
    """
    pixels = paint.picture(scene, frame, style) if scene.files else blank(frame, 3, "uint8")
    if pixels.empty and (bare or format is None or format is PNG):
        return b"", PNG.media_type
    return formats.finish(pixels, format)


def known(visit: Visit, etag: str) -> bool:
    """True when the client already has this: the answer will be 304, and no pixel need be read for it."""
    header = visit.headers.get("if-none-match")
    return header is not None and visit.method in ("GET", "HEAD") and f'"{etag}"' in header


async def developed[T](dark: Darkroom, visit: Visit, work: Callable[..., T], *args: object) -> T:
    """`work(*args)` in a darkroom, an unreadable file being told as such."""
    try:
        return await dark.develop(work, *args)
    except (rasterio.errors.RasterioError, OSError) as error:
        name = visit.collection.id if visit.collection else visit.query.get("collections", "")
        log.error("raster-unreadable", collection=name, reason=type(error).__name__)
        raise unreadable(name) from error


def _empty() -> bytes:
    frame = Frame((0, 0, 1, 1), 3857, SIZE, SIZE)
    nothing = blank(frame, 1, "uint8")
    return encode(Pixels(nothing.data, nothing.valid), PNG)


EMPTY = _empty()
