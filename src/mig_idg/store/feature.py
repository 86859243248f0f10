"""The text of one feature, written by PostgreSQL: expressions that give GeoJSON, value by value.

PostgreSQL writes the bytes that the client receives, and Python passes them on: decoding rows and encoding them again
costs five to fifteen times more. Pieces are joined by `||` in a balanced tree (a chain copies the text at each step),
strings alone go through `to_json`, and numbers that JSON cannot say (NaN, infinities) are null.
"""

from __future__ import annotations

from functools import lru_cache

import orjson

from mig_idg.store import crs as reference
from mig_idg.store.crs import Crs
from mig_idg.store.statement import literal, quoted
from mig_idg.store.table import CUT, NATIVE, Column, Table

NULL = "'null'"
_WITHOUT_RINGS = ("POINT", "MULTIPOINT", "LINESTRING", "MULTILINESTRING")
PROPERTIES = """',"properties":{'"""


def geojson(
    table: Table, crs: Crs, properties: tuple[str, ...] | None, geometry: bool, digits: int | None, simplify: str | None
) -> str:
    """The SQL expression of a GeoJSON Feature over the columns of `table`.

    `properties` are those wanted (None: all), `digits` the decimals of coordinates, `simplify` an expression in metres.
    What is most asked for is read as publication wrote it (`store.prepare`).
    """
    if (
        table.text
        and crs == reference.CRS84
        and properties is None
        and geometry
        and digits is None
        and simplify is None
    ):
        return quoted(table.text)
    return _geojson(table, crs, properties, geometry, digits, simplify)


@lru_cache(maxsize=4096)
def _geojson(
    table: Table, crs: Crs, properties: tuple[str, ...] | None, geometry: bool, digits: int | None, simplify: str | None
) -> str:
    wanted = [c for c in table.columns if properties is None or c.name in properties]
    head = [
        """'{"type":"Feature","id":'""",
        json_value(table.id),
        """',"geometry":'""",
        geometry_text(table, crs, digits, simplify) if geometry else NULL,
    ]
    if properties is not None or table.text is None or CUT not in table.pieces:
        return joined([*head, PROPERTIES, *members(wanted), "'}}'"])
    if geometry and digits is None and simplify is None and NATIVE in table.pieces and _as_stored(table, crs):
        head = [quoted(NATIVE)]
    return joined([*head, f"right({quoted(table.text)}, -{quoted(CUT)})"])


def _as_stored(table: Table, crs: Crs) -> bool:
    """Whether coordinates in `crs` are written as those of storage are (heights of their own or not)."""
    assert table.geometry is not None
    stored = reference.storage_crs(table.geometry.srid)
    return (crs.srid, crs.flipped, crs.digits) == (stored.srid, stored.flipped, stored.digits)


def native_head(table: Table) -> str | None:
    """A feature up to its properties, its geometry in the CRS of storage; None when that is CRS84, or there is none."""
    if table.geometry is None or (crs := reference.storage_crs(table.geometry.srid)) is reference.CRS84:
        return None
    return joined(
        [
            """'{"type":"Feature","id":'""",
            json_value(table.id),
            """',"geometry":'""",
            geometry_text(table, crs, None),
        ]
    )


def cut(text: str) -> str:
    """After how many characters the properties come in the text of a feature.

    Quotes inside the strings before them (an id) are escaped, so that their name cannot be found there.
    """
    return f"position({PROPERTIES} in {text}) - 1"


def members(columns: list[Column]) -> list[str]:
    """The pieces of `"name":value` for each column, commas between."""
    pieces: list[str] = []
    for number, column in enumerate(columns):
        pieces.append(literal(f"{',' if number else ''}{json_key(column.name)}:"))
        pieces.append(json_value(column))
    return pieces


def json_key(name: str) -> str:
    """A column name as a JSON string."""
    return orjson.dumps(name).decode()


def joined(pieces: list[str]) -> str:
    """The pieces one after the other, neighbouring constants merged, as a balanced tree of `||`."""
    merged: list[str] = []
    for piece in pieces:
        if merged and piece[0] == piece[-1] == "'" == merged[-1][0] == merged[-1][-1]:
            merged[-1] = merged[-1][:-1] + piece[1:]
        else:
            merged.append(piece)
    return _balanced(merged)


def _balanced(pieces: list[str]) -> str:
    if len(pieces) == 1:
        return pieces[0]
    middle = len(pieces) // 2
    return f"({_balanced(pieces[:middle])} || {_balanced(pieces[middle:])})"


def json_value(column: Column) -> str:
    """The expression of a column's value as JSON text."""
    name = quoted(column.name)
    match column.kind:
        case "integer" | "boolean" | "json":
            return _or_null(f"{name}::text", column)
        case "number":
            return f"case when {name} < 'Infinity' and {name} > '-Infinity' then {name}::text else 'null' end"
        case "uuid":
            return _or_null(f"('\"' || {name}::text || '\"')", column)
        case "timestamp":
            return f"case when isfinite({name}) then left(to_json({utc(column)})::text, -1) || 'Z\"' else 'null' end"
        case "date":
            return f"case when isfinite({name}) then to_json({name})::text else 'null' end"
        case _:
            return _or_null(f"to_json({name})::text", column)


def utc(column: Column) -> str:
    """A timestamp column as a wall clock in UTC."""
    name = quoted(column.name)
    return f"{name} at time zone 'UTC'" if column.zoned else name


def _or_null(expression: str, column: Column) -> str:
    return f"coalesce({expression}, 'null')" if column.nullable else expression


def geometry_text(table: Table, crs: Crs, digits: int | None, simplify: str | None = None) -> str:
    """The expression of the geometry as GeoJSON text in `crs`, axes in the order of the authority."""
    if table.geometry is None:
        return NULL
    shape = geometry_in(table, crs.srid, simplify)
    if table.geometry.type not in _WITHOUT_RINGS:
        shape = f"st_forcepolygonccw({shape})"  # RFC 7946, 3.1.6
    if crs.flipped:
        shape = f"st_flipcoordinates({shape})"
    decimals = crs.digits if digits is None else digits
    return f"coalesce(st_asgeojson({shape}, {int(decimals)}, 0), 'null')"


def geometry_in(table: Table, srid: int, simplify: str | None = None) -> str:
    """The geometry in an SRID (always an integer: by text PostGIS is several hundred times slower).

    `simplify` is an expression in metres; in degrees a metre is taken on the meridian.
    """
    geometry = table.geometry
    assert geometry is not None
    stored, own = table.geometry_in(srid), straight(table)
    if simplify is None:
        if stored == geometry.name:
            return own
        return quoted(stored) if stored else f"st_transform({own}, {int(srid)})"
    tolerance = f"({simplify} / 111320.0)" if geometry.srid == 4326 else simplify
    simple = f"st_simplify({own}, {tolerance}, true)"
    return simple if geometry.srid == srid else f"st_transform({simple}, {int(srid)})"


def straight(table: Table) -> str:
    """The geometry as it is stored, its arcs as chords and without measures: a copy has none."""
    geometry = table.geometry
    assert geometry is not None
    shape = quoted(geometry.name)
    if table.copy is not None:
        return shape
    if geometry.curved:
        shape = f"st_curvetoline({shape})"
    if geometry.measured:
        shape = f"st_force3dz({shape})" if geometry.has_z else f"st_force2d({shape})"
    return shape
