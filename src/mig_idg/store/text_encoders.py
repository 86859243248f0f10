"""The text of one row in other formats: CSV, GML, JSON-FG. PostgreSQL writes them too, one value a row.

The CSV for people neutralises formulas (a cell that begins like one gets an apostrophe); the same line without that,
its geometry in hexadecimal WKB, is what Arrow reads to make GeoPackage, FlatGeobuf and GeoParquet.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from mig_idg.store.crs import Crs
from mig_idg.store.feature import geometry_in, geometry_text, joined, json_value, members, straight, utc
from mig_idg.store.statement import literal, quoted
from mig_idg.store.table import GENERIC_GEOMETRY, Column, Table

_FORMULA = r"'^[=+\-@\t\r]'"
# What XML 1.0 cannot hold, even escaped.
_CONTROLS = "E'" + "".join(f"\\x{code:02x}" for code in (*range(1, 9), 11, 12, *range(14, 32))) + r"\uFFFE\uFFFF'"
_UNSAFE = "E'[<>&\\\\x01-\\\\x08\\\\x0b\\\\x0c\\\\x0e-\\\\x1f\\\\uFFFE\\\\uFFFF]'"
_NCNAME = re.compile(r"[^\w.-]", re.ASCII)


def chosen(table: Table, properties: Sequence[str] | None) -> list[Column]:
    """The columns wanted, in table order."""
    return [column for column in table.columns if properties is None or column.name in properties]


# CSV


def csv_line(columns: Sequence[Column], places: Sequence[str], *, neutral: bool) -> str:
    """One line without its end: the columns, then `places` (expressions that need no quotes).

    No value is nothing between commas, an empty text is two quotes.
    """
    cells = [_cell(column, neutral) for column in columns] + [f"coalesce({place}, '')" for place in places]
    pieces: list[str] = []
    for number, cell in enumerate(cells):
        if number:
            pieces.append("','")
        pieces.append(cell)
    return joined(pieces) if pieces else "''"


def _cell(column: Column, neutral: bool) -> str:
    name = quoted(column.name)
    match column.kind:
        case "date":
            return f"case when isfinite({name}) then {name}::text else '' end"
        case "integer" | "number" | "boolean" | "uuid" | "time":
            return f"coalesce({name}::text, '')"
        case "timestamp":
            return f"case when isfinite({name}) then (to_json({utc(column)}) #>> '{{}}') || 'Z' else '' end"
        case "array":
            text = f"to_json({name})::text"
        case _:
            text = f"{name}::text"
    if neutral and column.kind in ("text", "other"):
        text = f"case when {name}::text ~ {_FORMULA} then '''' || {name}::text else {name}::text end"
    return f"coalesce('\"' || replace({text}, '\"', '\"\"') || '\"', '')"


@dataclass(frozen=True, slots=True)
class Detail:
    """How finely geometries are written: decimals of coordinates, and what may be smoothed away, in metres."""

    digits: int | None = None
    simplify: float | None = None

    def shape(self, table: Table, crs: Crs) -> str:
        """The expression of the geometry in `crs`, x first."""
        return geometry_in(table, crs.srid, repr(float(self.simplify)) if self.simplify else None)

    def decimals(self, crs: Crs) -> int:
        """Those asked for, or those worth writing in `crs`."""
        return crs.digits if self.digits is None else self.digits


FULL = Detail()


def places(table: Table, crs: Crs, detail: Detail = FULL) -> list[tuple[str, str]]:
    """Name and expression of the columns that hold the geometry for people: two numbers for points, WKT otherwise."""
    geometry = table.geometry
    if geometry is None:
        return []
    shape, digits = detail.shape(table, crs), detail.decimals(crs)
    if geometry.type == "POINT":
        names = ("longitude", "latitude") if crs.degrees else ("x", "y")
        first, second = (f"round(st_{axis}({shape})::numeric, {digits})::text" for axis in "xy")
        return [(_free(names[0], table), first), (_free(names[1], table), second)]
    flipped = f"st_flipcoordinates({shape})" if crs.flipped else shape
    return [(_free("wkt", table), f"'\"' || st_astext({flipped}, {digits}) || '\"'")]


def _free(name: str, table: Table) -> str:
    return f"geom_{name}" if table.column(name) else name


def wkb(table: Table, crs: Crs) -> str:
    """The geometry in hexadecimal ISO WKB, x first as files want it."""
    return f"encode(st_asbinary({geometry_in(table, crs.srid)}, 'NDR'), 'hex')"


# GML


def xml_name(name: str) -> str:
    """A column or collection name as an XML name."""
    safe = _NCNAME.sub("_", name)
    return safe if re.match(r"[A-Za-z_]", safe) else f"_{safe}"


def gml_member(table: Table, crs: Crs, collection: str, properties: Sequence[str] | None, detail: Detail = FULL) -> str:
    """One `sf:featureMember` with its feature (GML 3.2, simple features profile)."""
    kind = f"app:{xml_name(collection)}"
    id = f"{quoted(table.id.name)}::text"
    named = f"case when {id} ~ '^[A-Za-z0-9_.-]+$' then {id} else md5({id}) end"
    pieces = [
        literal(f'<sf:featureMember><{kind} gml:id="{xml_name(collection)}.'),
        named,
        literal('">'),
    ]
    for column in chosen(table, properties):
        tag = f"app:{xml_name(column.name)}"
        pieces.append(f"coalesce({literal(f'<{tag}>')} || {_xml_text(column)} || {literal(f'</{tag}>')}, '')")
    if table.geometry is not None:
        id = f"({literal(f'{xml_name(collection)}.geom.')} || {named})"
        pieces.append(_gml_geometry(table, crs, f"app:{xml_name(table.geometry.name)}", id, detail))
    pieces.append(literal(f"</{kind}></sf:featureMember>"))
    return joined(pieces)


def _xml_text(column: Column) -> str:
    name = quoted(column.name)
    match column.kind:
        case "date":
            return f"case when isfinite({name}) then {name}::text end"
        case "integer" | "number" | "boolean" | "uuid" | "time":
            return f"{name}::text"
        case "timestamp":
            return f"case when isfinite({name}) then (to_json({utc(column)}) #>> '{{}}') || 'Z' end"
        case "array":
            text = f"to_json({name})::text"
        case _:
            text = f"{name}::text"
    plain = f"translate({text}, {_CONTROLS}, '')"
    safe = f"replace(replace(replace({plain}, '&', '&amp;'), '<', '&lt;'), '>', '&gt;')"
    # `translate` looks at each character thirty times: only for the texts that need it, eight times as fast.
    return f"case when {text} ~ {_UNSAFE} then {safe} else {text} end"


# The element of several geometries together, and that of one of them.
_MANY = {
    "MULTIPOINT": ("gml:MultiPoint", "gml:pointMember"),
    "MULTILINESTRING": ("gml:MultiCurve", "gml:curveMember"),
    "MULTIPOLYGON": ("gml:MultiSurface", "gml:surfaceMember"),
    "GEOMETRYCOLLECTION": ("gml:MultiGeometry", "gml:geometryMember"),
}


def _gml_geometry(table: Table, crs: Crs, tag: str, id: str, detail: Detail) -> str:
    assert table.geometry is not None
    shape, digits, type = detail.shape(table, crs), detail.decimals(crs), table.geometry.type
    if crs.flipped:
        shape = f"st_flipcoordinates({shape})"
    # Options: 1 long name of the CRS, 2 srsDimension only where needed, 4 LineString rather than Curve.
    written = f"st_asgml(3, {shape}, {digits}, 5, 'gml', {id})"
    one = f"replace({written}, {literal(_srs(f'urn:ogc:def:crs:EPSG::{crs.srid}'))}, {literal(_srs(crs.uri))})"
    if type in _MANY:
        written = f"case when {straight(table)} is not null then {_gml_many(type, shape, digits, crs, id)} end"
    elif type == GENERIC_GEOMETRY:
        cases = " ".join(f"when '{many}' then {_gml_many(many, shape, digits, crs, id)}" for many in _MANY)
        written = f"case geometrytype({straight(table)}) {cases} else {one} end"
    else:
        written = one
    return f"coalesce({literal(f'<{tag}>')} || {written} || {literal(f'</{tag}>')}, '')"


def _gml_many(type: str, shape: str, digits: int, crs: Crs, id: str) -> str:
    """Several geometries, each with an identifier of its own: PostGIS gives all of them that of the whole."""
    outer, inner = _MANY[type]
    member = (
        f"st_asgml(3, st_setsrid(part.geom, 0), {digits}, 4, 'gml', {id} || '.' || array_to_string(part.path, '.'))"
    )
    return joined(
        [
            literal(f'<{outer} {_srs(crs.uri)} gml:id="'),
            id,
            literal('">'),
            f"(select coalesce(string_agg({literal(f'<{inner}>')} || {member} || {literal(f'</{inner}>')}, ''"
            f" order by part.path), '') from st_dump({shape}) as part)",
            literal(f"</{outer}>"),
        ]
    )


def _srs(name: str) -> str:
    return f'srsName="{escape(name)}"'


# JSON-FG


def jsonfg(
    table: Table, crs: Crs, properties: Sequence[str] | None, moment: Column | None, *, plain: bool,
    detail: Detail | None = FULL,
) -> str:  # fmt: skip
    """One JSON-FG feature: `geometry` in CRS84 when that is the CRS asked for (`plain`), else `place` in that CRS.

    Without `detail`, neither.
    """
    simplify = repr(float(detail.simplify)) if detail and detail.simplify else None
    shape = geometry_text(table, crs, detail.digits, simplify) if detail else "'null'"
    pieces = [
        """'{"type":"Feature","id":'""",
        json_value(table.id),
        """',"time":'""",
        _time(moment),
        """',"place":'""",
        "'null'" if plain else shape,
        """',"geometry":'""",
        shape if plain else "'null'",
        """',"properties":{'""",
        *members(chosen(table, properties)),
        "'}}'",
    ]
    return joined(pieces)


def _time(moment: Column | None) -> str:
    if moment is None:
        return "'null'"
    member = "date" if moment.kind == "date" else "timestamp"
    name = quoted(moment.name)
    return (
        f"case when {name} is null then 'null'"
        f" else {literal(f'{{"{member}":')} || {json_value(moment)} || {literal('}')} end"
    )
