"""Bulk downloads: the whole selection as a file, streamed as it is read, in bounded memory.

CSV, GeoJSON sequences, GML and GeoParquet go out as they are written; GeoPackage and FlatGeobuf are files that must be
whole before their first byte, made aside and removed after. What the charter owes (mention, credit, licence) is written
inside the formats that have a place for it, and in the headers of all.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from xml.sax.saxutils import escape

from mig_idg.guard import obligations
from mig_idg.guard.answer import Answer
from mig_idg.guard.visit import Visit
from mig_idg.ogc.features import asking, formats
from mig_idg.store import compile, lines
from mig_idg.store.crs import CRS84
from mig_idg.store.query import Query

MOST = 5_000_000
CHUNK = 64 * 1024
Body = AsyncIterator[bytes]


async def export(visit: Visit, query: Query, asked: Mapping[str, str], form: formats.Format) -> Answer:
    """The selection as a file of this format; without `limit`, all of it up to five million features."""
    collection, _ = visit.layer
    whole = replace(query, limit=query.limit if "limit" in asked else (MOST if query.sortby else None))
    visit.door = replace(visit.door, lanes="exports")
    body = _WRITERS[form.name](visit, whole)
    name = f"{collection.id}.{form.extension}"
    return Answer(
        body=body,
        media_type=form.media_type,
        headers={
            "content-crs": query.crs.content_crs,
            "content-disposition": f'attachment; filename="{name}"',
        },
    )


def mention(visit: Visit) -> str:
    """The words owed with any use of these data, and the licence."""
    collection, grant = visit.layer
    words = obligations.attribution(collection, visit.snapshot.mention, grant.obligations)
    licence = obligations.LICENCES.get(collection.licence or "")
    return f"{words} — {licence}" if licence else words


async def _rows(visit: Visit, query: Query, expression: str) -> AsyncIterator[bytes]:
    collection, grant = visit.layer
    statement = compile.texts(query, grant, expression, collection.time_column)
    async for row in asking.stream(visit, statement):
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


async def _sequence(visit: Visit, query: Query) -> Body:
    """GeoJSON text sequence (RFC 8142): each feature after a record separator."""
    collection, grant = visit.layer
    statement = compile.features(query, grant, collection.time_column)

    async def features() -> AsyncIterator[bytes]:
        async for row in asking.stream(visit, statement):
            yield row[0] or b""

    async for piece in _gathered(features(), b"\x1e", b"\n"):
        yield piece


async def _csv(visit: Visit, query: Query) -> Body:
    _, grant = visit.layer
    columns = lines.chosen(grant.table, query.properties)
    places = lines.places(grant.table, query.crs) if query.geometry else []
    names = [column.name for column in columns] + [name for name, _ in places]
    head = ",".join('"' + name.replace('"', '""') + '"' for name in names).encode() + b"\r\n"
    rows = _rows(visit, query, lines.csv_line(columns, [place for _, place in places], neutral=True))
    first = True
    async for piece in _gathered(rows, b"", b"\r\n"):
        yield head + piece if first else piece
        first = False
    if first:
        yield head


async def _gml(visit: Visit, query: Query) -> Body:
    collection, grant = visit.layer
    table = grant.table if query.geometry else replace(grant.table, geometry=None, companions=())
    member = lines.gml_member(table, query.crs, collection.id, query.properties)
    note = escape(mention(visit)).replace("--", "- -")
    namespace = escape(f"{visit.base_url}/collections/{collection.id}/schema")
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<!-- {note} -->\n"
        '<sf:FeatureCollection xmlns:sf="http://www.opengis.net/ogcapi-features-1/1.0/sf"'
        ' xmlns:gml="http://www.opengis.net/gml/3.2"'
        f' xmlns:app="{namespace}">\n'
    ).encode()
    first = True
    async for piece in _gathered(_rows(visit, query, member), b"", b"\n"):
        yield head + piece if first else piece
        first = False
    yield (head if first else b"") + b"</sf:FeatureCollection>\n"


def _columns(form: formats.Format) -> Callable[[Visit, Query], Body]:
    """A format written by columns: the rows travel as CSV text, and Arrow reads them by thousands."""

    def write(visit: Visit, query: Query) -> Body:
        # Imported at the first download: Arrow and GDAL weigh 70 MB that pages and tiles never need.
        from mig_idg.ogc.features import columnar

        collection, grant = visit.layer
        table = grant.table if query.geometry else replace(grant.table, geometry=None, companions=())
        columns = tuple(lines.chosen(table, query.properties))
        shapes = [lines.wkb(table, query.crs)] if table.geometry else []
        selection = columnar.Selection(
            name=collection.id,
            title=collection.title.in_(visit.lang),
            mention=mention(visit),
            columns=columns,
            geometry=table.geometry,
            crs=query.crs if table.geometry else CRS84,
            rows=_rows(visit, query, lines.csv_line(columns, shapes, neutral=False)),
            few=table.stats is not None and table.stats.rows <= columnar.INDEXED,
        )
        return columnar.WRITERS[form.name](selection)

    return write


_WRITERS: dict[str, Callable[[Visit, Query], Body]] = {
    formats.GEOJSONSEQ.name: _sequence,
    formats.CSV.name: _csv,
    formats.GML.name: _gml,
    formats.GEOPARQUET.name: _columns(formats.GEOPARQUET),
    formats.GEOPACKAGE.name: _columns(formats.GEOPACKAGE),
    formats.FLATGEOBUF.name: _columns(formats.FLATGEOBUF),
}
