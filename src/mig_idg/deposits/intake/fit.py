"""Do the values of a file fit the columns of the table that is there, and its territories be places?

PostgreSQL reads many writings of a date, and 05/01/2026 as a month or a day by a setting: what it would take is not
what we ask of a value. What does not fit is told with its line, its column, the type, and the option that settles it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from mig_idg.deposits.intake import columntypes
from mig_idg.deposits.intake.source import Field, Source, Survey
from mig_idg.errors import Text
from mig_idg.standards.findings import Finding
from mig_idg.territory.places import COMMUNES

COMMUNE = r"^(?:(?:0[1-9]|[13-8]\d|2[1-9AB]|9[0-5])\d{3}|97[1-8]\d{2}|98[4678]\d{2})$"

# By type of PostgreSQL: the family of ours it is of, and what a value must look like.
FAMILIES = {
    "smallint": "integer", "integer": "integer", "bigint": "integer", "real": "float", "double precision": "float",
    "numeric": "numeric", "boolean": "boolean", "date": "date", "timestamp with time zone": "timestamptz",
    "timestamp without time zone": "timestamp",
}  # fmt: skip
WIDTHS = {"smallint": 15, "integer": 31, "bigint": 63}
_NUMBER = r"^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$"
_CLOCK = r"[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?"
_ZONE = r"(?:Z|[+-]\d\d(?::?\d\d)?)"
ACCEPTED = {
    "integer": r"^-?\d+(?:\.0+)?$",
    "float": _NUMBER,
    "numeric": _NUMBER,
    "boolean": r"(?i)^(?:true|false|t|f|1|0)$",
    "date": rf"^\d{{4}}-\d\d-\d\d(?:[T ]00:00(?::00(?:\.0+)?)?{_ZONE}?)?$",
    "timestamptz": rf"^\d{{4}}-\d\d-\d\d(?:{_CLOCK}{_ZONE})?$",
    "timestamp": rf"^\d{{4}}-\d\d-\d\d(?:{_CLOCK}{_ZONE}?)?$",
}


def family(sql_type: str) -> str:
    """The type of ours that a column of a table is of; text for what we have no word for."""
    plain = sql_type.split("(")[0]
    return {"timestamp": "timestamptz"}.get(kind := FAMILIES.get(plain, "text"), kind)


class Fit:
    """What a table asks of the batches of a source; `given` rows came before the next one."""

    def __init__(self, source: Source, survey: Survey, types: Mapping[str, str], territory: str | None) -> None:
        self.source, self.types, self.territory = source, types, territory
        self.fields = {one.name: one for one in survey.fields}
        self.given = 0

    def checked(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The batch, its whole numbers as integers where the table has integers; what does not fit is told."""
        for rank, name in enumerate(batch.schema.names):
            column = batch.column(rank)
            if name in self.types:
                self._tell_unfit(column, name)
                if pa.types.is_floating(column.type) and family(self.types[name]) == "integer":
                    whole = pc.cast(column, pa.int64(), safe=False)
                    batch = batch.set_column(rank, pa.field(name, pa.int64()), whole)
            if name == self.territory:
                self._tell_territory(column, name)
        self.given += batch.num_rows
        return batch

    def _tell_unfit(self, column: Any, name: str) -> None:
        kind = FAMILIES.get(self.types[name].split("(")[0])
        if kind is None or column.null_count == len(column):
            return
        texts = column if pa.types.is_string(column.type) else pc.cast(column, pa.string())
        bad = pc.invert(pc.match_substring_regex(texts, ACCEPTED[kind]))
        if kind == "integer":
            bad = pc.or_(bad, self._too_wide(texts, self.types[name], bad))
        if kind == "date":
            bad = pc.or_(bad, _no_day(texts, bad))
        self._tell("value.unfit", pc.fill_null(bad, False), column, name, lambda: self._way_out(texts, bad, name))

    def _too_wide(self, texts: Any, sql_type: str, bad: Any) -> Any:
        """Integers of more bits than the column has."""
        limit = 2 ** WIDTHS.get(sql_type, 63)
        long = pc.and_not(pc.greater(pc.utf8_length(texts), 4), bad)
        if not pc.any(long).as_py():
            return pa.array(np.zeros(len(texts), bool))
        values = texts.to_pylist()
        flagged = pc.fill_null(long, False).to_pylist()
        return pa.array(
            [on and not -limit <= int(v.split(".")[0]) < limit for on, v in zip(flagged, values, strict=True)]
        )

    def _way_out(self, texts: Any, bad: Any, name: str) -> Text:
        """What the column is, and the option with which these values are taken."""
        one = self.fields.get(name)
        sql_type, kind = self.types[name], family(self.types[name])
        called = one.called if one and one.called else name
        faulty = texts.filter(pc.fill_null(bad, False))
        _, failed = columntypes.converted(faulty.slice(0, 1000), kind)
        if not failed.any():
            fr, en = f"--retype {called}={kind} les convertit", f"--retype {called}={kind} converts them"
        else:
            new = _wider(one, kind)
            fr = f"--retype {called}={new} donne ce type à la colonne de la collection"
            en = f"--retype {called}={new} gives that type to the column of the collection"
        return Text(f"« {name} » est de type {sql_type} ; {fr}", f"“{name}” is of type {sql_type}; {en}")

    def _tell_territory(self, column: Any, name: str) -> None:
        """Rights are read in this column: a value that is no commune gives its row to nobody."""
        texts = column if pa.types.is_string(column.type) else pc.cast(column, pa.string())
        empty = pc.fill_null(pc.equal(texts, ""), True)
        shaped = pc.fill_null(pc.match_substring_regex(texts, COMMUNE), False)
        known = pc.fill_null(pc.is_in(texts, pa.array(sorted(COMMUNES))), False)
        self._tell("territory.empty", empty, column, name)
        self._tell("territory.malformed", pc.and_not(pc.invert(shaped), empty), column, name)
        self._tell("territory.unknown", pc.and_not(shaped, known), column, name)

    def _tell(self, code: str, mask: Any, column: Any, name: str, expected: Any = None) -> None:
        count = pc.sum(mask).as_py() or 0
        if count:
            made = list(self._findings(code, mask, column, name, expected() if expected else None))
            self.source.tally.more(code, count, made)

    def _findings(self, code: str, mask: Any, column: Any, name: str, expected: Text | None) -> Iterator[Finding]:
        one = self.fields.get(name)
        for row in np.flatnonzero(mask.to_numpy(zero_copy_only=False))[: self.source.tally.examples]:
            value = column[int(row)].as_py()
            yield Finding(
                code,
                self.source.number_of(self.given + int(row) + 1),
                one.called if one and one.called else name,
                one.column if one else None,
                None if value is None else str(value),
                expected,
            )


def _no_day(texts: Any, bad: Any) -> Any:
    """Days that the calendar has not, among the texts that look like one."""
    days = pc.utf8_slice_codeunits(pc.if_else(bad, pa.scalar(None, pa.string()), texts), 0, 10)
    try:
        pc.cast(days, pa.date32())
    except pa.ArrowInvalid:
        _, failed = columntypes.converted(days, "date")
        return pa.array(failed)
    return pa.array(np.zeros(len(texts), bool))


def _wider(one: Field | None, kind: str) -> str:
    """The type that takes what the column has and what the file brings."""
    brought = one.type if one else "text"
    if brought in ("float", "numeric") and kind in ("integer", "float", "numeric"):
        return "numeric" if "numeric" in (brought, kind) else "float"
    if brought == "integer" and kind == "integer":
        return "integer"
    return "timestamptz" if brought == "timestamptz" and kind == "date" else "text"
