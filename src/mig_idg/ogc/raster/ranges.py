"""The files themselves, by authorised ranges (RFC 9110, 14): QGIS and GDAL read a COG in place through `/vsicurl`.

Rights come before validators and ranges. A file cannot be masked: a caller limited to a territory is refused, and told
of the coverage, which can. Bytes go from the disk or the bucket to the client in pieces; memory does not grow with the
file. Tiles of points (LAS, LAZ, COPC) come through the same door.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import structlog

from mig_idg.errors import NotFound, Refused, Text
from mig_idg.guard.answer import Answer
from mig_idg.guard.visit import Visit
from mig_idg.ogc.describe.formats import only
from mig_idg.ogc.raster import byteranges, cloud_item
from mig_idg.ogc.raster.bands import whole
from mig_idg.ogc.raster.byteranges import Span
from mig_idg.ogc.raster.scene import raster_of, unreadable
from mig_idg.ogc.raster.studio import studio
from mig_idg.ogc.raster.tiles import known
from mig_idg.store import rasters

log = structlog.get_logger(__name__)

COG = "image/tiff; application=geotiff; profile=cloud-optimized"


async def collection_file(visit: Visit) -> Answer:
    """`GET /collections/{collection}/files/{name}` and `…/files/{vintage}/{name}`: the COG, whole or by ranges.

    Raises NotFound, Refused (territory limit, hidden bands), OutsideFailure when the file is gone.
    """
    raster = raster_of(visit.collection, "download")
    only(visit)
    _whole_only(visit)
    name, state = await _found(visit, raster.get("cog"))
    place = studio().place
    held = await asyncio.to_thread(place.held, name)
    if held is None:
        assert visit.collection is not None
        log.error("raster-missing", collection=visit.collection.id, path=name)
        raise unreadable(visit.collection.id)
    last = name.rpartition("/")[2]
    etag = visit.etag("file", last, state, held.changed, held.size)
    headers = {"accept-ranges": "bytes", "content-disposition": f'attachment; filename="{last}"'}
    if known(visit, etag):
        return Answer(etag=etag, headers=headers)
    media_type = cloud_item.media_type(last) or COG
    spans = byteranges.asked(visit.headers["range"], held.size) if _ranged(visit, etag) else ()
    if len(spans) > 1:
        parts = byteranges.Parts(spans, held.size, media_type, etag)
        body = parts.body(partial(place.pieces, held))
        length = {"content-length": str(parts.length)}
        return Answer(status=206, body=body, media_type=parts.content_type, headers=headers | length, etag=etag)
    (span,) = spans or (Span(0, held.size),)
    headers["content-length"] = str(span.stop - span.start)
    if spans:
        headers["content-range"] = span.of(held.size)
    body = await place.pieces(held, span.start, span.stop) if visit.method == "GET" else _nothing()
    return Answer(status=206 if spans else 200, body=body, media_type=media_type, headers=headers, etag=etag)


def _whole_only(visit: Visit) -> None:
    """Raise Refused for a caller who may see a part of the pixels only: the bytes of a file cannot be masked."""
    decision, collection = visit.decision, visit.collection
    assert decision is not None
    assert collection is not None
    if whole(decision):
        return
    raise Refused(
        Text(
            "Votre accès ne couvre qu'une partie de cette image ; le fichier entier ne peut pas vous être remis.",
            "Your access covers a part of this picture only; the whole file cannot be given.",
        ),
        remedy=Text(
            f"Demandez votre partie par /collections/{collection.id}/coverage.",
            f"Ask for your part by /collections/{collection.id}/coverage.",
        ),
        extra={"rule": decision.rule, "article": decision.article, "collection": collection.id},
    )


async def _found(visit: Visit, cog: object) -> tuple[str, object]:
    """The name of the file in its place, and what names its state; the round trip confirms the rights."""
    name = visit.params["name"]
    assert visit.collection is not None
    if cog is not None:
        await visit.stamp()
        if "vintage" not in visit.params and name == Path(str(cog)).name:
            return str(cog), ""
    else:
        rows = await visit.fetch(
            rasters.one_file(visit.collection.id, visit.params.get("vintage"), name),
            (visit.collection, None, visit.decision),  # type: ignore[arg-type]
        )
        if rows and rows[0][0] is not None and name.endswith(rasters.SUFFIXES):
            return rows[0][0].decode(), rows[0][1]
    raise NotFound(
        Text(f"Aucun fichier « {name[:100]} » dans cette collection.", f"No file “{name[:100]}” in this collection."),
        remedy=Text(
            f"Les fichiers sont listés à /stac/collections/{visit.collection.id}/items.",
            f"Files are listed at /stac/collections/{visit.collection.id}/items.",
        ),
    )


def _ranged(visit: Visit, etag: str) -> bool:
    """Whether ranges are asked, and on the state the client already has a part of (`If-Range`, RFC 9110, 13.1.5)."""
    condition = visit.headers.get("if-range")
    return (
        "range" in visit.headers and visit.method == "GET" and (condition is None or condition.strip() == f'"{etag}"')
    )


async def _nothing() -> AsyncIterator[bytes]:
    """The body of a HEAD."""
    return
    yield b""
