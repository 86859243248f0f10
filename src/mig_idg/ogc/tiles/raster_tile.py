"""Raster tiles (OGC API Tiles, OGC 20-057): one tile of a collection of pixels.

The route belongs to `ogc.tiles`, which reads the address and hands it over when the collection is a raster.
"""

from __future__ import annotations

from mig_idg.guard.negotiation import only
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response
from mig_idg.imagery import render
from mig_idg.imagery.encode import PNG, Format, encode
from mig_idg.imagery.engine import RasterEngine
from mig_idg.imagery.frame import Frame, Pixels, blank
from mig_idg.imagery.mosaic import Mosaic
from mig_idg.imagery.render import Style
from mig_idg.ogc.raster import picture_formats
from mig_idg.ogc.raster.mosaic_selection import mosaic_of, raster_of
from mig_idg.ogc.raster.rendering import developed, known
from mig_idg.ogc.tiles.tile_address import Place

SIZE = 256


async def tile(request: Request, place: Place, *, word: str | None = None) -> Response:
    """The tile of the request's collection at an address. `word` is a style named by the path rather than `style=`.

    Raises NotFound (no tiles here, no vintage at that date), Refused (a territory limit that cannot be masked),
    InvalidParameter, Unavailable (503: the render pool is full, the file cannot be read).
    """
    room = request.resource(RasterEngine)
    raster = raster_of(request.collection, "tiles")
    only(request, "datetime", "style")
    assert request.decision is not None
    style = render.style_named(str(raster.get("bands", "rgb")), word or request.query.get("style"), request.decision)
    format = picture_formats.wanted(request)
    frame = Frame(place.rectangle.bounds, place.rectangle.srid, SIZE, SIZE)
    mosaic = await mosaic_of(room, request, frame, datetime=request.query.get("datetime"))
    key = (mosaic.key, place.name, style.word, format.word if format else "")
    etag = request.etag("tile", key)
    if known(request, etag):
        return Response(etag=etag)
    found = room.kept.get(key)
    if found is None:
        found = await developed(room.render_pool, request, draw, mosaic, frame, style, format, room.empty == "204")
        room.kept.put(key, found)
    body, media_type = found
    if not body and room.empty == "204":
        return Response(status=204, etag=etag)
    return Response(body=body or EMPTY, media_type=media_type, etag=etag)


def draw(mosaic: Mosaic, frame: Frame, style: Style, format: Format | None, bare: bool) -> tuple[bytes, str]:
    """The encoded tile and its media type, in the render pool; no bytes when there is nothing to see.

    Unless `bare`, a format that has no transparency, or another one than PNG, is a picture all the same.
    """
    pixels = render.picture(mosaic, frame, style) if mosaic.files else blank(frame, 3, "uint8")
    if pixels.empty and (bare or format is None or format is PNG):
        return b"", PNG.media_type
    return picture_formats.finish(pixels, format)


def _empty() -> bytes:
    frame = Frame((0, 0, 1, 1), 3857, SIZE, SIZE)
    nothing = blank(frame, 1, "uint8")
    return encode(Pixels(nothing.data, nothing.valid), PNG)


EMPTY = _empty()
