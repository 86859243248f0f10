"""The values of a row as PostgreSQL sends them in binary, for files that hold values and not text.

Each column is asked for in one of eight forms, so that a writer knows the bytes it gets: whole numbers and doubles in
network order, a byte for a boolean, days and microseconds since 2000, UTF-8 for all the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mig_idg.store.crs import Crs
from mig_idg.store.feature import utc
from mig_idg.store.statement import quoted
from mig_idg.store.table import Column, Table
from mig_idg.store.text_encoders import FULL, Detail

Form = Literal["int2", "int4", "int8", "float8", "bool", "date", "timestamp", "text"]

_INTEGERS: dict[str, Form] = {"smallint": "int2", "integer": "int4"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One column of a file: its form, and the SQL expression that gives it."""

    column: Column
    form: Form
    expression: str


def cells(columns: Sequence[Column], *, words: bool) -> tuple[Cell, ...]:
    """The columns, dates and instants as ISO 8601 `words` or as numbers."""
    return tuple(_cell(column, words) for column in columns)


def _cell(column: Column, words: bool) -> Cell:
    name = quoted(column.name)
    match column.kind:
        case "integer":
            form = _INTEGERS.get(column.base, "int8")
            return Cell(column, form, name)
        case "number":
            return Cell(column, "float8", f"{name}::float8")
        case "boolean":
            return Cell(column, "bool", name)
        case "date" if not words:
            return Cell(column, "date", name)
        case "timestamp" if not words:
            return Cell(column, "timestamp", f"({utc(column)})")
        case "date":
            return Cell(column, "text", f"case when isfinite({name}) then {name}::text end")
        case "timestamp":
            words_of = f"case when isfinite({name}) then {_instant(utc(column))} end"
            return Cell(column, "text", words_of)
        case "array":
            return Cell(column, "text", f"to_json({name})::text")
        case _:
            return Cell(column, "text", f"{name}::text")


def _instant(wall: str) -> str:
    """An instant as GeoPackage wants it: to the millisecond (OGC 12-128r19, 1.1.2.1.1)."""
    return f"""to_char({wall}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""


def wkb(table: Table, crs: Crs, detail: Detail = FULL) -> str:
    """The geometry as little-endian ISO WKB, x first as files want it."""
    shape = detail.shape(table, crs)
    if detail.digits is not None:
        shape = f"st_quantizecoordinates({shape}, {int(detail.digits)})"
    return f"st_asbinary({shape}, 'NDR')"


def weight(table: Table) -> str:
    """The aggregate of the bytes that all geometries take, nearly what their WKB takes; 0 for points, all alike."""
    if table.geometry is None or table.geometry.type == "POINT":
        return "0::bigint"
    return f"coalesce(sum(st_memsize({quoted(table.geometry.name)})), 0)::bigint"
