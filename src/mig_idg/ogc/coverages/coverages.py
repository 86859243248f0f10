"""OGC API Coverages: values themselves, cut by a box or by axes, at another scale, in some bands, as GeoTIFF or COG.

In the CRS of storage and without scaling, pixels are those of the file, to the bit: the box is snapped outwards to the
grid. Otherwise they are the ones gdalwarp would take. A large answer is written strip by strip to a temporary file and
streamed from there, one at a time for each worker; the whole file, as it is on disk, is at `/files/`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path

from mig_idg.guard.negotiation import only, wanted
from mig_idg.guard.obligations import notice
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response
from mig_idg.imagery import encode, geotiff_writer, render
from mig_idg.imagery.bands import closed, open_bands
from mig_idg.imagery.engine import RasterEngine
from mig_idg.imagery.frame import Frame
from mig_idg.imagery.mosaic import Mosaic
from mig_idg.ogc.coverages import parameters
from mig_idg.ogc.coverages.parameters import Cut
from mig_idg.ogc.raster import extent, picture_formats
from mig_idg.ogc.raster.mosaic_selection import mosaic_of, raster_of
from mig_idg.ogc.raster.rendering import developed, known

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
PREVIEW_PIXELS = 4096 * 4096
# Above this many pixels an answer goes to the press, so that tiles do not wait behind it.
SMALL_PIXELS = 2_000_000


def action(method: str, query: Mapping[str, str], headers: Mapping[str, str]) -> str:
    """A picture is looked at; values are taken away."""
    return "view" if _named(query, headers) == "png" else "download"


async def coverage(request: Request) -> Response:
    """`GET /collections/{collection}/coverage`."""
    raster_of(request.collection, "coverages")
    only(request, *PARAMETERS)
    request.query = dict(request.query) | {
        DRAFT_NAMES[name]: value for name, value in request.query.items() if name in DRAFT_NAMES
    }
    assert request.collection is not None
    room, format = request.resource(RasterEngine), _format(request)
    native = await extent.native(room, request, request.collection, request.query.get("datetime"))
    cut_ = parameters.cut_of(request, native)
    if format == "png" and cut_.frame.width * cut_.frame.height > PREVIEW_PIXELS:
        raise parameters.too_large(cut_.frame, PREVIEW_PIXELS)
    mosaic = await mosaic_of(room, request, cut_.frame, datetime=cut_.datetime)
    cut_ = _granted(cut_, mosaic, request)
    etag = request.etag("coverage", mosaic.key, cut_, format)
    headers = _headers(request, cut_, format)
    if known(request, etag):
        return Response(etag=etag, headers=headers)
    if format == "png":
        assert request.decision is not None
        style = render.style_named(mosaic.kind, None, request.decision)
        body, media = await developed(room.render_pool, request, _preview, mosaic, cut_.frame, style)
        return Response(body=body, media_type=media, headers=headers, etag=etag)
    made = await _made(room, request, mosaic, cut_, cog=format == "cog")
    if isinstance(made, bytes):
        return Response(body=made, media_type=FORMATS[format], headers=headers, etag=etag)
    headers["content-length"] = str(made.stat().st_size)
    return Response(body=_streamed(made), media_type=FORMATS[format], headers=headers, etag=etag)


def _format(request: Request) -> str:
    return _named(request.query, request.headers) or wanted(request, FORMATS)


def _named(query: Mapping[str, str], headers: Mapping[str, str]) -> str | None:
    """The format asked for, the same for the route that reads the action in it; None: what `wanted` will say of it."""
    word = query.get("f")
    if word is not None:
        return _WORDS.get(word, "png" if word == "png" else None)
    accept = headers.get("accept", "").lower()
    if "image/tiff" in accept or "*/*" in accept or not accept:
        return "cog" if "profile=cloud-optimized" in accept else "geotiff"
    return "png" if "image/png" in accept or "image/*" in accept else None


def _preview(mosaic: Mosaic, frame: Frame, style: render.Style) -> tuple[bytes, str]:
    pixels = render.picture(mosaic, frame, style)
    return picture_formats.finish(pixels, encode.PNG)


async def _made(room: RasterEngine, request: Request, mosaic: Mosaic, asked_: Cut, *, cog: bool) -> bytes | Path:
    """The file: bytes when it is small, a temporary path otherwise."""
    assert request.collection is not None
    assert request.decision is not None
    words = geotiff_writer.Words(
        title=request.collection.title.in_(request.lang),
        credit=notice(request.collection, request.snapshot.mention, request.decision.obligations),
    )
    pixels = asked_.frame.width * asked_.frame.height * len(asked_.bands)
    dark = room.render_pool if pixels <= SMALL_PIXELS else room.press
    return await developed(
        dark, request, geotiff_writer.write, mosaic, asked_.frame, asked_.bands, asked_.names, words, cog,
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


def _granted(asked_: Cut, mosaic: Mosaic, request: Request) -> Cut:
    """The cut without the bands hidden from this caller. Raises Refused when none is left, or one hidden was named."""
    assert request.decision is not None
    left = open_bands(asked_.names, mosaic.kind, request.decision)
    if left != asked_.names and "properties" in request.query:
        raise closed(request.decision)
    numbers = tuple(number for number, name in zip(asked_.bands, asked_.names, strict=True) if name in left)
    return replace(asked_, bands=numbers, names=left)


def _headers(request: Request, asked_: Cut, format: str) -> dict[str, str]:
    assert request.collection is not None
    xmin, ymin, xmax, ymax = asked_.frame.bounds
    ordered = (ymin, xmin, ymax, xmax) if asked_.crs.flipped else (xmin, ymin, xmax, ymax)
    name = f"{request.collection.id}.{'png' if format == 'png' else 'tif'}"
    return {
        "content-crs": asked_.crs.content_crs,
        "content-bbox": ",".join(f"{value:.{asked_.crs.digits}f}" for value in ordered),
        "content-disposition": f'{"inline" if format == "png" else "attachment"}; filename="{name}"',
    }
