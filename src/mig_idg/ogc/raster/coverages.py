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

from mig_idg.guard.answer import Answer
from mig_idg.guard.obligations import attribution
from mig_idg.guard.visit import Visit
from mig_idg.ogc.describe.formats import only, wanted
from mig_idg.ogc.raster import coverage_asked, cut, encode, extent, formats, paint
from mig_idg.ogc.raster.bands import closed, open_bands
from mig_idg.ogc.raster.coverage_asked import Cut
from mig_idg.ogc.raster.frame import Frame
from mig_idg.ogc.raster.scene import Scene, raster_of, scene_of
from mig_idg.ogc.raster.studio import Studio, studio
from mig_idg.ogc.raster.tiles import developed, known

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
    cut_ = coverage_asked.cut_of(visit, native)
    if format == "png" and cut_.frame.width * cut_.frame.height > PREVIEW_PIXELS:
        raise coverage_asked.too_large(cut_.frame, PREVIEW_PIXELS)
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
