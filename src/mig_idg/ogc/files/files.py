"""The files themselves, by authorised ranges (RFC 9110, 14): QGIS and GDAL read a COG in place through `/vsicurl`.

Rights come before validators and ranges. A file cannot be masked: a caller limited to a territory is refused, and told
of the coverage, which can. Bytes go from the disk or the bucket to the client in pieces; memory does not grow with the
file. Tiles of points (LAS, LAZ, COPC) come through the same route.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import structlog

from mig_idg.errors import NotFound, Refused, Text
from mig_idg.guard.negotiation import only
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response
from mig_idg.imagery.bands import whole
from mig_idg.imagery.engine import RasterEngine
from mig_idg.ogc.files import byte_ranges
from mig_idg.ogc.files.byte_ranges import Span
from mig_idg.ogc.raster.mosaic_selection import raster_of, unreadable
from mig_idg.ogc.raster.rendering import known
from mig_idg.ogc.stac import point_cloud_item
from mig_idg.store import rasters

log = structlog.get_logger(__name__)

COG = "image/tiff; application=geotiff; profile=cloud-optimized"


async def collection_file(request: Request) -> Response:
    """`GET /collections/{collection}/files/{name}` and `…/files/{vintage}/{name}`: the COG, whole or by ranges.

    Raises NotFound, Refused (territory limit, hidden bands), Unavailable when the file is gone.
    """
    raster = raster_of(request.collection, "download")
    only(request)
    _whole_only(request)
    name, state = await _found(request, raster.get("cog"))
    place = request.resource(RasterEngine).place
    held = await asyncio.to_thread(place.held, name)
    if held is None:
        assert request.collection is not None
        log.error("raster-missing", collection=request.collection.id, path=name)
        raise unreadable(request.collection.id)
    last = name.rpartition("/")[2]
    etag = request.etag("file", last, state, held.changed, held.size)
    headers = {"accept-ranges": "bytes", "content-disposition": f'attachment; filename="{last}"'}
    if known(request, etag):
        return Response(etag=etag, headers=headers)
    media_type = point_cloud_item.media_type(last) or COG
    spans = byte_ranges.asked(request.headers["range"], held.size) if _ranged(request, etag) else ()
    if len(spans) > 1:
        parts = byte_ranges.Parts(spans, held.size, media_type, etag)
        body = parts.body(partial(place.pieces, held))
        length = {"content-length": str(parts.length)}
        return Response(status=206, body=body, media_type=parts.content_type, headers=headers | length, etag=etag)
    (span,) = spans or (Span(0, held.size),)
    headers["content-length"] = str(span.stop - span.start)
    if spans:
        headers["content-range"] = span.of(held.size)
    body = await place.pieces(held, span.start, span.stop) if request.method == "GET" else _nothing()
    return Response(status=206 if spans else 200, body=body, media_type=media_type, headers=headers, etag=etag)


def _whole_only(request: Request) -> None:
    """Raise Refused for a caller who may see a part of the pixels only: the bytes of a file cannot be masked."""
    decision, collection = request.decision, request.collection
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


async def _found(request: Request, cog: object) -> tuple[str, object]:
    """The name of the file in its place, and what names its state; the round trip confirms the rights."""
    name = request.params["name"]
    assert request.collection is not None
    if cog is not None:
        await request.read_version()
        if "vintage" not in request.params and name == Path(str(cog)).name:
            return str(cog), ""
    else:
        rows = await request.fetch(
            rasters.one_file(request.collection.id, request.params.get("vintage"), name),
            (request.collection, None, request.decision),  # type: ignore[arg-type]
        )
        if rows and rows[0][0] is not None and name.endswith(rasters.SUFFIXES):
            return rows[0][0].decode(), rows[0][1]
    raise NotFound(
        Text(f"Aucun fichier « {name[:100]} » dans cette collection.", f"No file “{name[:100]}” in this collection."),
        remedy=Text(
            f"Les fichiers sont listés à /stac/collections/{request.collection.id}/items.",
            f"Files are listed at /stac/collections/{request.collection.id}/items.",
        ),
    )


def _ranged(request: Request, etag: str) -> bool:
    """Whether ranges are asked, and on the state the client already has a part of (`If-Range`, RFC 9110, 13.1.5)."""
    condition = request.headers.get("if-range")
    return (
        "range" in request.headers
        and request.method == "GET"
        and (condition is None or condition.strip() == f'"{etag}"')
    )


async def _nothing() -> AsyncIterator[bytes]:
    """The body of a HEAD."""
    return
    yield b""
