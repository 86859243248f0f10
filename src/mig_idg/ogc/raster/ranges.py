"""The files themselves, by authorised ranges (RFC 9110, 14): QGIS and GDAL read a COG in place through `/vsicurl`.

Rights come before validators and ranges. A file cannot be masked: a caller limited to a territory is refused, and told
of the coverage, which can. Bytes go from the disk or the bucket to the client in pieces; memory does not grow with the
file. Tiles of points (LAS, LAZ, COPC) come through the same door.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import structlog

from mig_idg.errors import NotFound, Refused, Text, problem
from mig_idg.guard.answer import Answer, json_answer
from mig_idg.guard.visit import Visit
from mig_idg.ogc.describe.formats import only
from mig_idg.ogc.raster import cloud_item
from mig_idg.ogc.raster.scene import BAND_NAMES, raster_of, unreadable
from mig_idg.ogc.raster.studio import studio
from mig_idg.ogc.raster.tiles import known
from mig_idg.store import rasters

log = structlog.get_logger(__name__)

COG = "image/tiff; application=geotiff; profile=cloud-optimized"
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes asked: the first, and the one after the last."""

    start: int
    stop: int


async def collection_file(visit: Visit) -> Answer:
    """`GET /collections/{collection}/files/{name}` and `…/files/{vintage}/{name}`: the COG, whole or by ranges.

    Raises NotFound, Refused (territory limit, hidden bands), OutsideFailure when the file is gone.
    """
    raster = raster_of(visit.collection, "download")
    only(visit)
    _whole_only(visit, str(raster.get("bands", "rgb")))
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
    partial = _honoured(visit, etag)
    span = _span(visit.headers["range"], held.size) if partial else Span(0, held.size)
    if span is None:
        return _unsatisfiable(visit, held.size)
    headers["content-length"] = str(span.stop - span.start)
    if partial:
        headers["content-range"] = f"bytes {span.start}-{span.stop - 1}/{held.size}"
    body = await place.pieces(held, span.start, span.stop) if visit.method == "GET" else _nothing()
    media_type = cloud_item.media_type(last) or COG
    return Answer(status=206 if partial else 200, body=body, media_type=media_type, headers=headers, etag=etag)


def _whole_only(visit: Visit, kind: str) -> None:
    """Raise Refused for a caller who may see a part of the pixels only: the bytes of a file cannot be masked."""
    decision, collection = visit.decision, visit.collection
    assert decision is not None
    assert collection is not None
    if decision.rows is None and not decision.hidden & {"raster", *BAND_NAMES[kind]}:
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


def _honoured(visit: Visit, etag: str) -> bool:
    """Whether one range is asked, on the state the client already has a part of (`If-Range`).

    Several ranges at once, or another unit, are given the whole file, as RFC 9110 (14.2) allows.
    """
    match = _RANGE.fullmatch(visit.headers.get("range", "").strip())
    if match is None or visit.method != "GET" or match.groups() == ("", ""):
        return False
    first, last = match.groups()
    if first and last and int(last) < int(first):
        return False
    condition = visit.headers.get("if-range")
    return condition is None or condition.strip() == f'"{etag}"'


def _span(header: str, size: int) -> Span | None:
    """The bytes of a range that is honoured; None when it is beyond the end."""
    match = _RANGE.fullmatch(header.strip())
    assert match is not None
    first, last = match.groups()
    if not first:
        return Span(max(0, size - int(last)), size) if int(last) > 0 and size > 0 else None
    stop = min(int(last) + 1, size) if last else size
    return Span(int(first), stop) if int(first) < size else None


def _unsatisfiable(visit: Visit, size: int) -> Answer:
    words = Text(f"Le fichier n'a que {size} octets.", f"The file has only {size} bytes.")
    document = problem(NotFound(words), visit.lang)
    document |= {
        "type": "/problems/range-not-satisfiable",
        "title": Text("Intervalle hors du fichier", "Range not satisfiable").in_(visit.lang),
        "status": 416,
        "code": "range-not-satisfiable",
    }
    return json_answer(
        document, status=416, media_type="application/problem+json", headers={"content-range": f"bytes */{size}"}
    )


async def _nothing() -> AsyncIterator[bytes]:
    """The body of a HEAD."""
    return
    yield b""
