"""Formats written by columns: GeoParquet as it comes, GeoPackage and FlatGeobuf by way of a file.

Rows arrive as CSV lines and become Arrow batches in a thread; a writer in another thread takes them from a short queue,
so that neither the event loop waits nor memory grows when the disk or the client is slow.
"""

from __future__ import annotations

import asyncio
import io
import queue
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as arrow_parquet
import pyogrio
from pyproj import CRS

from mig_idg.store.crs import Crs
from mig_idg.store.table import Column, Geometry

FIRST_BATCH = 1_000
BATCH = 5_000
INDEXED = 200_000
QUEUED = 2
PIECE = 256 * 1024
_GEOMETRY = "geometry"
_TYPES: dict[str, Any] = {
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
}
_OGC = {"POINT": "Point", "LINESTRING": "LineString", "POLYGON": "Polygon", "MULTIPOINT": "MultiPoint",
        "MULTILINESTRING": "MultiLineString", "MULTIPOLYGON": "MultiPolygon",
        "GEOMETRYCOLLECTION": "GeometryCollection"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Selection:
    """What is to be written: rows as CSV lines of `columns`, then the geometry in hexadecimal WKB when there is one."""

    name: str
    title: str
    mention: str
    columns: tuple[Column, ...]
    geometry: Geometry | None
    crs: Crs
    rows: AsyncIterator[bytes]
    few: bool

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema of the file."""
        fields = [pa.field(c.name, _TYPES.get(c.kind, pa.string()), c.nullable) for c in self.columns]
        if self.geometry is not None:
            fields.append(pa.field(self.geometry_name, pa.binary()))
        return pa.schema(fields)

    @property
    def geometry_name(self) -> str:
        """The name of the geometry in the file."""
        return self.geometry.name if self.geometry else _GEOMETRY


async def batches(selection: Selection) -> AsyncIterator[pa.RecordBatch]:
    """The rows by thousands; at least one batch, maybe empty, so that a file always has its columns."""
    schema = selection.schema
    gathered: list[bytes] = []
    given = False
    async for row in selection.rows:
        gathered.append(row)
        if len(gathered) >= (BATCH if given else FIRST_BATCH):
            yield await asyncio.to_thread(_batch, gathered, schema, selection)
            given = True
            gathered = []
    if gathered or not given:
        yield await asyncio.to_thread(_batch, gathered, schema, selection)


def _batch(rows: list[bytes], schema: pa.Schema, selection: Selection) -> pa.RecordBatch:
    if not rows:
        return pa.RecordBatch.from_pylist([], schema=schema)
    read = {field.name: pa.string() if field.name == selection.geometry_name else field.type for field in schema}
    table = arrow_csv.read_csv(
        pa.BufferReader(b"\n".join(rows) + b"\n"),
        arrow_csv.ReadOptions(column_names=schema.names, use_threads=False, block_size=1 << 26),
        arrow_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        arrow_csv.ConvertOptions(
            column_types=read, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False
        ),
    ).combine_chunks()
    columns = [table.column(name) for name in schema.names]
    if selection.geometry is not None:
        shapes = columns[-1].to_pylist()
        columns[-1] = pa.array([None if text is None else bytes.fromhex(text) for text in shapes], pa.binary())
    arrays = [c.combine_chunks() if isinstance(c, pa.ChunkedArray) else c for c in columns]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


# GeoParquet


async def parquet(selection: Selection) -> AsyncIterator[bytes]:
    """GeoParquet 1.1, one row group per batch, sent as it is written."""
    sink = _Sink()
    schema = selection.schema.with_metadata(_geo(selection))
    writer = arrow_parquet.ParquetWriter(sink, schema, compression="zstd")
    async for batch in batches(selection):
        table = pa.Table.from_batches([batch]).cast(schema)
        await asyncio.to_thread(writer.write_table, table)
        piece = sink.taken()
        if piece:
            yield piece
    writer.close()
    yield sink.taken()


class _Sink(io.RawIOBase):
    """A file that remembers only what was written since it was last emptied."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, data: Any) -> int:
        """Keep a piece."""
        piece = bytes(data)
        self._pieces.append(piece)
        self._size += len(piece)
        return len(piece)

    def tell(self) -> int:
        """Bytes written since the beginning."""
        return self._size

    def taken(self) -> bytes:
        """The pieces not yet taken."""
        whole = b"".join(self._pieces)
        self._pieces.clear()
        return whole


def _geo(selection: Selection) -> dict[bytes, bytes]:
    """The metadata of GeoParquet, and what is owed with the data."""
    words = {b"attribution": selection.mention.encode(), b"title": selection.title.encode()}
    if selection.geometry is None:
        return words
    kind = _OGC.get(selection.geometry.type)
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": [f"{kind} Z" if selection.geometry.has_z else kind] if kind else [],
    }
    if not selection.crs.uri.endswith("CRS84"):
        column["crs"] = _crs(selection.crs).to_json_dict()
    name = selection.geometry_name
    return words | {b"geo": orjson.dumps({"version": "1.1.0", "primary_column": name, "columns": {name: column}})}


def _crs(crs: Crs) -> CRS:
    return CRS.from_user_input("OGC:CRS84") if crs.uri.endswith("CRS84") else CRS.from_epsg(crs.srid)


# Files


async def geopackage(selection: Selection) -> AsyncIterator[bytes]:
    """A GeoPackage 1.3 with one layer."""
    options = {"SPATIAL_INDEX": "YES", "GEOMETRY_NAME": selection.geometry_name, "DESCRIPTION": selection.mention}
    async for piece in _by_file(selection, "GPKG", "gpkg", options):
        yield piece


async def flatgeobuf(selection: Selection) -> AsyncIterator[bytes]:
    """A FlatGeobuf. Its spatial index is made in memory, and has no place for a feature without geometry."""
    indexed = selection.few and selection.geometry is not None and not selection.geometry.nullable
    options = {"SPATIAL_INDEX": "YES" if indexed else "NO", "DESCRIPTION": selection.mention}
    async for piece in _by_file(selection, "FlatGeobuf", "fgb", options):
        yield piece


async def _by_file(selection: Selection, driver: str, extension: str, options: dict[str, str]) -> AsyncIterator[bytes]:
    folder = Path(tempfile.mkdtemp(prefix="idg-export-"))
    try:
        file = folder / f"{selection.name}.{extension}"
        await _written(selection, file, driver, options)
        with file.open("rb") as stream:
            while piece := await asyncio.to_thread(stream.read, PIECE):
                yield piece
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _written(selection: Selection, file: Path, driver: str, options: dict[str, str]) -> None:
    """Feed the writer's thread through a short queue; if either side fails, both stop."""
    waiting: queue.Queue[pa.RecordBatch | None] = queue.Queue(QUEUED)
    ended = False

    def given() -> Iterator[pa.RecordBatch]:
        while (batch := waiting.get()) is not None:
            yield batch

    writing = asyncio.create_task(asyncio.to_thread(_write, selection, given(), file, driver, options))
    try:
        async for batch in batches(selection):
            while not writing.done():
                with suppress(queue.Full):
                    waiting.put_nowait(batch)
                    break
                await asyncio.sleep(0.005)
        ended = True
    finally:
        while not writing.done():
            with suppress(queue.Full):
                waiting.put_nowait(None)
                break
            if not ended:
                with suppress(queue.Empty):
                    waiting.get_nowait()
            await asyncio.sleep(0.005)
        await asyncio.shield(writing)


def _write(
    selection: Selection, given: Iterator[pa.RecordBatch], file: Path, driver: str, options: dict[str, str]
) -> None:
    kind = _OGC.get(selection.geometry.type, "Unknown") if selection.geometry else None
    if selection.geometry and selection.geometry.has_z and kind:
        kind = "Unknown" if kind == "Unknown" else f"{kind} Z"
    pyogrio.write_arrow(
        pa.RecordBatchReader.from_batches(selection.schema, given),
        file,
        layer=selection.name,
        driver=driver,
        geometry_name=selection.geometry_name if selection.geometry else None,
        geometry_type=kind,
        crs=_crs(selection.crs).to_wkt() if selection.geometry else None,
        layer_options=options if selection.geometry else {"DESCRIPTION": selection.mention},
        layer_metadata={"ATTRIBUTION": selection.mention},
    )


WRITERS = {"parquet": parquet, "gpkg": geopackage, "fgb": flatgeobuf}
