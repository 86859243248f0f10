"""GeoParquet 1.1, a row group for every few thousand features, sent as it is written.

Arrow is imported at the first row of the first download: it weighs 30 MB that pages and tiles never need. GDAL is not
needed at all. Columns are built from the bytes of PostgreSQL, not by way of text.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray
from pyproj import CRS

from mig_idg.ogc.features.files import KINDS, Layer, Row

MAGIC = b"PAR1"
GROUP = 4_000
DICTIONARY = 128 * 1024
DAYS = 10_957  # from 1970 to 2000
MICROSECONDS = DAYS * 86_400_000_000
_NUMPY = {"int2": ">i2", "int4": ">i4", "int8": ">i8", "float8": ">f8", "bool": "u1", "date": ">i4", "timestamp": ">i8"}
_FOREVER = {"date": 2**31 - 1, "timestamp": 2**63 - 1}


class GeoParquet:
    """One layer, by row groups."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer
        self._forms = [*(cell.form for cell in layer.cells), "bytes"]
        self._batches: list[Any] = []
        self._waiting = 0
        self._sink = _Sink()
        self._writer: Any = None

    def begin(self) -> bytes:
        """The four letters that every Parquet file begins with."""
        return MAGIC

    def add(self, rows: Sequence[Row]) -> bytes:
        """Some rows, the geometry last; bytes when they fill a group."""
        self._batches.append(self._batch(rows))
        self._waiting += len(rows)
        if self._waiting < GROUP:
            return b""
        self._write()
        return self._sink.taken()

    def end(self) -> bytes:
        """The last group and the footer."""
        if self._writer is None:
            self._batches.append(self._batch([]))
        self._write()
        self._writer.close()
        return self._sink.taken()

    def _batch(self, rows: Sequence[Row]) -> Any:
        """The rows as columns; at the first ones, Arrow and the writer."""
        # Arrow's own allocators keep what was freed; the system's gives it back. Read when Arrow is first imported.
        os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
        import pyarrow as pa
        import pyarrow.parquet

        if self._writer is None:
            self._schema = _schema(self._layer, pa)
            self._writer = pyarrow.parquet.ParquetWriter(
                self._sink, self._schema, compression="zstd", dictionary_pagesize_limit=DICTIONARY
            )
            self._sink.taken()
        columns = zip(*rows, strict=True) if rows else [()] * len(self._schema)
        described = zip(columns, self._forms, self._schema, strict=False)
        arrays = [_array(values, form, field.type, pa) for values, form, field in described]
        return pa.RecordBatch.from_arrays(arrays, schema=self._schema)

    def _write(self) -> None:
        import pyarrow as pa

        if self._batches:
            self._writer.write_table(pa.Table.from_batches(self._batches), row_group_size=2 * GROUP)
        self._batches, self._waiting = [], 0


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


def _array(values: Sequence[bytes | None], form: str, kind: Any, pa: Any) -> Any:
    """One column of some rows, from the bytes that PostgreSQL sent.

    From buffers and never `pa.array`, which imports pandas (50 MB) to see whether it was given a Series.
    """
    count = len(values)
    present = np.fromiter((value is not None for value in values), bool, count)
    if form in _NUMPY:
        width = np.dtype(_NUMPY[form]).itemsize
        raw = np.frombuffer(b"".join([value or bytes(width) for value in values]), _NUMPY[form])
        if form in _FOREVER:
            # What PostgreSQL calls infinity no calendar holds.
            present &= (raw != _FOREVER[form]) & (raw != -_FOREVER[form] - 1)
            raw = np.where(present, raw, 0) + raw.dtype.type(DAYS if form == "date" else MICROSECONDS)
        data = [_bits(raw) if form == "bool" else raw.astype(raw.dtype.newbyteorder("<")).tobytes()]
    else:
        lengths = np.fromiter((len(value) if value else 0 for value in values), np.int32, count)
        offsets = np.zeros(count + 1, np.int32)
        np.cumsum(lengths, out=offsets[1:])
        data = [offsets.tobytes(), b"".join([value for value in values if value])]
    return pa.Array.from_buffers(kind, count, [pa.py_buffer(piece) for piece in (_bits(present), *data)])


def _bits(truths: NDArray[Any]) -> bytes:
    return np.packbits(truths, bitorder="little").tobytes()


def _schema(layer: Layer, pa: Any) -> Any:
    kinds = {
        "int2": pa.int16(), "int4": pa.int32(), "int8": pa.int64(), "float8": pa.float64(), "bool": pa.bool_(),
        "date": pa.date32(), "timestamp": pa.timestamp("us", tz="UTC"), "text": pa.string(),
    }  # fmt: skip
    fields = [pa.field(cell.column.name, kinds[cell.form], cell.column.nullable or cell.form in _FOREVER)
              for cell in layer.cells]  # fmt: skip
    if layer.geometry is not None:
        fields.append(pa.field(layer.geometry.name, pa.binary()))
    return pa.schema(fields, metadata=_metadata(layer))


def _metadata(layer: Layer) -> dict[bytes, bytes]:
    """The metadata of GeoParquet, and what is owed with the data."""
    words = {b"attribution": layer.mention.encode(), b"title": layer.title.encode()}
    if layer.geometry is None:
        return words
    kind = KINDS.get(layer.geometry.type)
    column: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": [f"{kind} Z" if layer.geometry.has_z else kind] if kind else [],
    }
    if not layer.crs.uri.endswith("CRS84"):
        column["crs"] = CRS.from_epsg(layer.crs.srid).to_json_dict()
    name = layer.geometry.name
    return words | {b"geo": orjson.dumps({"version": "1.1.0", "primary_column": name, "columns": {name: column}})}
