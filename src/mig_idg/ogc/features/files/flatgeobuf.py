"""A FlatGeobuf without spatial index, feature after feature (https://flatgeobuf.org, version 3).

Both the header and each feature are FlatBuffers: tables whose fields are found through offsets. The header is built
piece by piece; a feature has always the same shape, written here in one go: its offsets depend on nothing but the
lengths of its two vectors, coordinates and properties.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Callable, Sequence

from pyproj import CRS

from mig_idg.ogc.features.files import KINDS, Layer, Row

MAGIC = b"fgb\x03fgb\x00"
_KIND = {name: number for number, name in enumerate(KINDS.values(), start=1)}
_TYPE = {"int2": 3, "int4": 5, "int8": 7, "float8": 10, "bool": 2}
_STRING, _JSON, _DATETIME = 11, 12, 13
_MULTI_PARTS = (6, 7)


class FlatGeobuf:
    """One layer, streamed."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer
        self._shape = _KIND.get(KINDS.get(layer.geometry.type, ""), 0) if layer.geometry else 0
        self._columns = [(struct.pack("<H", number), cell.form in _TYPE) for number, cell in enumerate(layer.cells)]

    def begin(self) -> bytes:
        """Magic bytes and header."""
        header = _header(self._layer, self._shape)
        return MAGIC + struct.pack("<I", len(header)) + header

    def add(self, rows: Sequence[Row]) -> bytes:
        """Some features."""
        columns, place = self._columns, len(self._columns)
        made = []
        for row in rows:
            pieces = []
            for (number, plain), value in zip(columns, row, strict=False):
                if value is None:
                    continue
                pieces.append(number)
                if plain:
                    pieces.append(value[::-1])
                else:
                    pieces.append(len(value).to_bytes(4, "little"))
                    pieces.append(value)
            shape = row[place] if self._layer.geometry is not None else None
            if shape and self._shape == 1 and len(shape) == 21:
                made.append(_point(shape[5:], b"".join(pieces)))
                continue
            made.append(_feature(_geometry(shape, self._shape == 0) if shape else None, b"".join(pieces)))
        return b"".join(made)

    def end(self) -> bytes:
        """Nothing: the last feature ends the file."""
        return b""


# FlatBuffers: a table is [vtable][offset to it, fields]; what its fields point to follows. Positions count from the
# size prefix, which is where alignment is measured from.

_Build = Callable[[int], bytes]


def _padding(position: int, to: int, after: int = 0) -> bytes:
    """The zeros after which `position` + `after` is a multiple of `to`."""
    return bytes(-(position + after) % to)


def _string(text: str) -> _Build:
    raw = text.encode()
    return lambda at: struct.pack("<I", len(raw)) + raw + b"\0"


def _vector(pieces: Sequence[_Build]) -> _Build:
    """A vector of offsets to tables or strings."""

    def build(at: int) -> bytes:
        head = struct.pack("<I", len(pieces))
        return head + _placed(at + 4, [(4 * n, piece) for n, piece in enumerate(pieces)], bytes(4 * len(pieces)))

    return build


def _doubles(raw: bytes) -> _Build:
    """A vector of doubles (little-endian already)."""
    return lambda at: struct.pack("<I", len(raw) // 8) + raw


def _integers(numbers: Sequence[int]) -> _Build:
    return lambda at: struct.pack(f"<I{len(numbers)}I", len(numbers), *numbers)


def _placed(at: int, references: Sequence[tuple[int, _Build]], fields: bytes) -> bytes:
    """`fields`, which begin at `at`, then what they point to: (where the offset is, what is there)."""
    made = bytearray(fields)
    for place, piece in references:
        # The elements after the length of a vector may be doubles.
        made += _padding(at + len(made), 8, 4)
        struct.pack_into("<I", made, place, len(made) - place)
        made += piece(at + len(made))
    return bytes(made)


def _table(*fields: tuple[int, str, object]) -> _Build:
    """A table of fields (number in the schema, struct format or "ref", value), largest first."""

    def build(at: int) -> bytes:
        count = max((number for number, _, _ in fields), default=-1) + 1
        places, scalars, references = [0] * count, b"\0\0\0\0", []
        for number, form, value in sorted(fields, key=lambda one: -struct.calcsize("<" + _form(one[1]))):
            size = struct.calcsize("<" + _form(form))
            scalars += bytes(-len(scalars) % size)
            places[number] = len(scalars)
            if form == "ref":
                references.append((len(scalars), value))
            scalars += struct.pack("<" + _form(form), 0 if form == "ref" else value)
        vtable = struct.pack(f"<HH{count}H", 4 + 2 * count, len(scalars), *places)
        # A caller points to the table: the vtable comes after it, found by a negative distance.
        body = bytearray(scalars)
        made = bytearray(_placed(at, references, bytes(body)))  # type: ignore[arg-type]
        made += _padding(at + len(made), 2)
        struct.pack_into("<i", made, 0, -len(made))
        return bytes(made + vtable)

    return build


def _form(form: str) -> str:
    return "I" if form == "ref" else form


def _root(table: _Build) -> bytes:
    """A whole buffer: the offset of its table, then the table; the size prefix before it is not part of it."""
    body = b"\x04\0\0\0" + table(8)
    return body + bytes(-(len(body) + 4) % 8)


def _header(layer: Layer, shape: int) -> bytes:
    fields: list[tuple[int, str, object]] = [
        (0, "ref", _string(layer.name)),
        (2, "B", shape),
        (7, "ref", _vector([_column(layer, n) for n in range(len(layer.cells))])),
        (8, "Q", layer.rows),
        (9, "H", 0),
        (11, "ref", _string(layer.title)),
        (12, "ref", _string(layer.mention)),
    ]
    if layer.extent is not None:
        fields.append((1, "ref", _doubles(struct.pack("<4d", *layer.extent))))
    if layer.geometry is not None:
        fields.append((10, "ref", _crs(layer.crs.srid)))
        if layer.geometry.has_z:
            fields.append((3, "?", True))
    return _root(_table(*fields))


def _column(layer: Layer, number: int) -> _Build:
    cell = layer.cells[number]
    kind = _TYPE.get(cell.form, _STRING)
    if cell.column.kind in ("date", "timestamp"):
        kind = _DATETIME
    elif cell.column.kind == "json":
        kind = _JSON
    fields: list[tuple[int, str, object]] = [(0, "ref", _string(cell.column.name)), (1, "B", kind)]
    if not cell.column.nullable:
        fields.append((7, "?", False))
    return _table(*fields)


def _crs(srid: int) -> _Build:
    crs = CRS.from_epsg(srid)
    return _table(
        (0, "ref", _string("EPSG")), (1, "i", srid), (2, "ref", _string(crs.name)), (4, "ref", _string(crs.to_wkt()))
    )


# Features

# A feature that is a point in a layer of points, up to its coordinates: root, table, then geometry. Only what follows
# changes from one to the next.
_POINT = struct.pack(
    "<I HHHH iII HHHH iI I", 12, 8, 12, 4, 8, 8, 16, 40, 8, 8, 0, 4, 8, 4, 2
)  # fmt: skip


def _point(place: bytes, properties: bytes) -> bytes:
    """A feature at a point (two doubles), with its size before it."""
    size = len(properties)
    rest = -(68 + size) % 8
    return b"".join(
        (struct.pack("<I", 64 + size + rest), _POINT, place, struct.pack("<I", size), properties, bytes(rest))
    )


def _feature(geometry: _Build | bytes | None, properties: bytes) -> bytes:
    """A feature with its size before it."""
    fields: list[tuple[int, str, object]] = [(1, "ref", lambda at: struct.pack("<I", len(properties)) + properties)]
    if geometry is not None:
        fields.append((0, "ref", geometry))
    body = _root(_table(*fields))
    return struct.pack("<I", len(body)) + body


# Geometries


def _geometry(shape: bytes, typed: bool) -> _Build:
    """A geometry from its WKB (little-endian, ISO)."""
    build, _ = _from_wkb(shape, 0, typed)
    return build


def _from_wkb(shape: bytes, at: int, typed: bool) -> tuple[_Build, int]:
    """The geometry that begins at `at`, and where it ends. `typed`: it says its type itself."""
    (code,) = struct.unpack_from("<I", shape, at + 1)
    kind, width = code % 1000, 16 + 8 * (code // 1000 in (1, 2)) + 16 * (code // 1000 == 3)
    at += 5
    if kind == 1:
        return _plain(kind, shape[at : at + width], width, [], typed), at + width
    (count,) = struct.unpack_from("<I", shape, at)
    at += 4
    if kind == 2:
        return _plain(kind, shape[at : at + count * width], width, [], typed), at + count * width
    if kind in _MULTI_PARTS:
        parts = []
        for _ in range(count):
            part, at = _from_wkb(shape, at, True)
            parts.append(part)
        return _table((6, "B", kind), (7, "ref", _vector(parts))), at
    runs, ends, total = [], [], 0
    for _ in range(count):
        at += 5 if kind in (4, 5) else 0
        size = 1
        if kind != 4:
            (size,) = struct.unpack_from("<I", shape, at)
            at += 4
        runs.append(shape[at : at + size * width])
        at += size * width
        total += size
        ends.append(total)
    return _plain(kind, b"".join(runs), width, ends if kind != 4 and count > 1 else [], typed), at


def _plain(kind: int, points: bytes, width: int, ends: list[int], typed: bool) -> _Build:
    """A geometry made of coordinates: x and y together, heights apart."""
    heights = None
    if width > 16:
        values = array("d", points)
        step = width // 8
        flat = array("d", bytes(16 * (len(values) // step)))
        flat[0::2], flat[1::2] = values[0::step], values[1::step]
        points, heights = flat.tobytes(), values[2::step].tobytes()
    fields: list[tuple[int, str, object]] = [(1, "ref", _doubles(points))]
    if ends:
        fields.append((0, "ref", _integers(ends)))
    if heights is not None:
        fields.append((2, "ref", _doubles(heights)))
    if typed:
        fields.append((6, "B", kind))
    return _table(*fields)
