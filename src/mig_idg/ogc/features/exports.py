"""Bulk downloads: the whole selection as a file, streamed as it is read, in bounded memory.

Every format goes out as it is read: texts are written by PostgreSQL, files of values by `files`, none of them is kept
on a disk first (docs/decisions/streamed-files.md). What the charter owes (mention, credit, licence) is written
inside the formats that have a place for it, and in the headers of all.
"""

from __future__ import annotations

import asyncio
import ctypes
import struct
import unicodedata
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, suppress
from dataclasses import replace
from functools import partial
from xml.sax.saxutils import escape

import orjson

from mig_idg.database.pipeline import Row
from mig_idg.errors import InvalidParameter, Text
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response
from mig_idg.ogc.features import execution, files, formats, jsonfg
from mig_idg.ogc.features.credit import noticed
from mig_idg.ogc.features.files import Layer
from mig_idg.store import binary_values, compile, text_encoders
from mig_idg.store import crs as reference
from mig_idg.store.crs import CRS84
from mig_idg.store.query import Query
from mig_idg.store.statement import Statement

MOST = 5_000_000
CHUNK = 64 * 1024
HEAD = b'{"type":"FeatureCollection","features":['
FIRST_BATCH, BATCH = 200, 1_000
# Past so many rows, what a file took of memory is worth a few milliseconds to give back.
MANY = 10_000
Body = AsyncIterator[bytes]


async def export(request: Request, query: Query, asked: Mapping[str, str], form: formats.Format) -> Response:
    """The selection as a file of this format; without `limit`, all of it up to five million features."""
    if query.before is not None:
        raise InvalidParameter("before", Text("« before » est pour les pages.", "“before” is for pages."))
    whole = replace(query, limit=query.limit if "limit" in asked else (MOST if query.sortby else None))
    body = _WRITERS[form.name](request, whole)
    name = f"{_file_name(request, form)}.{form.extension}"
    return Response(
        body=body,
        media_type=form.media_type,
        headers={
            "content-crs": query.crs.content_crs,
            "content-disposition": f'attachment; filename="{name}"',
        },
    )


def _file_name(request: Request, form: formats.Format) -> str:
    """The name of the file. A CSV has no place inside for the mention, which its name then bears (004 §3.5.2).

    A line more would be a row for whoever reads it, and a column more would be one of the data.
    """
    collection, grant = request.layer
    name = collection.id if grant.version is None else f"{collection.id} v{grant.version}"
    if form is not formats.CSV or "MENTION_MIG" not in grant.obligations:
        return name
    plain = unicodedata.normalize("NFKD", request.snapshot.mention).encode("ascii", "ignore").decode()
    return f"{name} - {''.join(c for c in plain if c.isalnum() or c in ' -')}"


def _detail(query: Query) -> text_encoders.Detail:
    return text_encoders.Detail(query.precision, query.simplify)


async def _rows(request: Request, query: Query, expression: str) -> AsyncIterator[bytes]:
    collection, grant = request.layer
    statement = compile.texts(query, grant, expression, collection.time_column)
    async for row in execution.stream(request, statement):
        yield row[0] or b""


async def _gathered(rows: AsyncIterator[bytes], before: bytes, after: bytes) -> Body:
    """Rows between two constants, in pieces worth a packet."""
    pieces: list[bytes] = []
    size = 0
    async for row in rows:
        pieces += (before, row, after)
        size += len(row)
        if size >= CHUNK:
            yield b"".join(pieces)
            pieces.clear()
            size = 0
    if pieces:
        yield b"".join(pieces)


async def _sequence(request: Request, query: Query) -> Body:
    """GeoJSON text sequence (RFC 8142): each feature after a record separator."""
    collection, grant = request.layer
    statement = compile.features(query, grant, collection.time_column)

    async def features() -> AsyncIterator[bytes]:
        async for row in execution.stream(request, statement):
            yield row[0] or b""

    async for piece in _gathered(features(), b"\x1e", b"\n"):
        yield piece


async def _collection(request: Request, query: Query) -> Body:
    """One GeoJSON FeatureCollection, however long."""
    collection, grant = request.layer
    statement = compile.features(query, grant, collection.time_column)
    async for piece in _document(request, HEAD, statement):
        yield piece


async def _places(request: Request, query: Query) -> Body:
    """One JSON-FG FeatureCollection, however long."""
    collection, grant = request.layer
    statement = compile.texts(query, grant, jsonfg.expression(request, query), collection.time_column)
    async for piece in _document(request, jsonfg.head(request, query, HEAD), statement):
        yield piece


async def _document(request: Request, head: bytes, statement: Statement) -> Body:
    """Head, features between commas, how many they were, and what is owed with them."""
    count = 0

    async def features() -> AsyncIterator[bytes]:
        nonlocal count
        async for row in execution.stream(request, statement):
            count += 1
            yield row[0] or b""

    first = True
    async for piece in _gathered(features(), b",", b"\n"):
        yield head + piece[1:] if first else piece
        first = False
    owed = orjson.dumps(noticed(request)).decode()
    yield (head if first else b"") + f'],"numberReturned":{count},"attribution":{owed}}}\n'.encode()


async def _csv(request: Request, query: Query) -> Body:
    _, grant = request.layer
    columns = text_encoders.chosen(grant.table, query.properties)
    places = text_encoders.places(grant.table, query.crs, _detail(query)) if query.geometry else []
    names = [column.name for column in columns] + [name for name, _ in places]
    head = ",".join('"' + name.replace('"', '""') + '"' for name in names).encode() + b"\r\n"
    rows = _rows(request, query, text_encoders.csv_line(columns, [place for _, place in places], neutral=True))
    first = True
    async for piece in _gathered(rows, b"", b"\r\n"):
        yield head + piece if first else piece
        first = False
    if first:
        yield head


async def _gml(request: Request, query: Query) -> Body:
    collection, grant = request.layer
    table = grant.table if query.geometry else replace(grant.table, geometry=None, companions=(), web=None)
    member = text_encoders.gml_member(table, query.crs, collection.id, query.properties, _detail(query))
    note = escape(noticed(request)).replace("--", "- -")
    namespace = escape(f"{request.base_url}/collections/{collection.id}/schema")
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<!-- {note} -->\n"
        '<sf:FeatureCollection xmlns:sf="http://www.opengis.net/ogcapi-features-1/1.0/sf"'
        ' xmlns:gml="http://www.opengis.net/gml/3.2"'
        f' xmlns:app="{namespace}">\n'
    ).encode()
    first = True
    async for piece in _gathered(_rows(request, query, member), b"", b"\n"):
        yield head + piece if first else piece
        first = False
    yield (head if first else b"") + b"</sf:FeatureCollection>\n"


def _values(form: formats.Format) -> Callable[[Request, Query], Body]:
    """A format that holds values: rows travel in binary, and a thread makes them into the bytes of the file."""

    async def write(request: Request, query: Query) -> Body:
        collection, grant = request.layer
        table = grant.table if query.geometry else replace(grant.table, geometry=None, companions=(), web=None)
        wanted = binary_values.cells(
            text_encoders.chosen(table, query.properties), words=form is not formats.GEOPARQUET
        )
        shapes = [binary_values.wkb(table, query.crs, _detail(query))] if table.geometry else []
        expressions = [*(cell.expression for cell in wanted), *shapes]
        statement = compile.cells(query, grant, expressions, collection.time_column)
        async with aclosing(_batches(request, statement)) as batches:
            first: list[Row] = await anext(batches, [])
            rows, weight = _size(first, query)
            layer = Layer(
                name=collection.id,
                title=collection.title.in_(request.lang),
                mention=noticed(request),
                cells=wanted,
                geometry=table.geometry,
                crs=query.crs if table.geometry else CRS84,
                rows=rows,
                weight=weight,
                extent=_extent(request, query),
            )
            # A thread of its own: each thread that calls Arrow keeps some memory to itself.
            thread = ThreadPoolExecutor(1, "export")
            run = partial(asyncio.get_running_loop().run_in_executor, thread)
            try:
                writer = files.writers()[form.name](layer)
                yield await run(writer.begin)
                if first:
                    yield await run(_added, writer, first)
                async for batch in batches:
                    if piece := await run(_added, writer, batch):
                        yield piece
                yield await run(writer.end)
            finally:
                if rows > MANY:
                    thread.submit(_give_back)
                thread.shutdown(wait=False)

    return write


def _give_back() -> None:
    """Return to the system the memory that was freed between what is still used: 13 MB after a GeoParquet."""
    with suppress(OSError, AttributeError):  # another C library has no such word
        ctypes.CDLL(None).malloc_trim(0)


async def _batches(request: Request, statement: Statement) -> AsyncGenerator[list[Row]]:
    """The rows by hundreds: the first ones soon, then as many as a thread is worth."""
    gathered: list[Row] = []
    most = FIRST_BATCH
    async with aclosing(execution.stream(request, statement)) as rows:
        async for row in rows:
            gathered.append(row)
            if len(gathered) >= most:
                yield gathered
                gathered, most = [], BATCH
    if gathered:
        yield gathered


def _added(writer: files.Writer, batch: list[Row]) -> bytes:
    return writer.add([row[1:] for row in batch])


def _size(first: list[Row], query: Query) -> tuple[int, int]:
    """How many rows there will be and about what their geometries weigh, from what the first one says of all."""
    if not first:
        return 0, 0
    matched, weight = struct.unpack(">qq", first[0][0] or bytes(16))
    rows = max(0, matched - query.offset)
    if query.limit is not None:
        rows = min(rows, query.limit)
    return rows, weight * rows // max(matched, 1)


def _extent(request: Request, query: Query) -> tuple[float, float, float, float] | None:
    """The extent counted at publication, for whole layers that the caller sees all of."""
    _, grant = request.layer
    table = grant.table
    if table.stats is None or table.stats.extent is None or table.geometry is None or not query.geometry:
        return None
    if query.selective or not grant.all_rows:
        return None
    region = reference.moved(table.stats.extent, table.geometry.srid, query.crs.srid)
    return region.bounds if region else None


_WRITERS: dict[str, Callable[[Request, Query], Body]] = {
    formats.GEOJSON_FILE.name: _collection,
    formats.JSONFG_FILE.name: _places,
    formats.GEOJSONSEQ.name: _sequence,
    formats.CSV.name: _csv,
    formats.GML.name: _gml,
    formats.GEOPARQUET.name: _values(formats.GEOPARQUET),
    formats.GEOPACKAGE.name: _values(formats.GEOPACKAGE),
    formats.FLATGEOBUF.name: _values(formats.FLATGEOBUF),
}
