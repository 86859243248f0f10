"""One feature against the standard that its layer declares: what an editor is told before anything is written (D-05).

The rules are those of the checks of files, on one line: BAL's own, the fields of a Table Schema with the checks of
Validata between its cells. What only a whole file tells (a duplicate, a column that lacks) is left to deposits.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from mig_idg.standards import tables as validata
from mig_idg.standards.bal import labels, proposals
from mig_idg.standards.bal.checks import Checker
from mig_idg.standards.bal.model import FIELDS, Version
from mig_idg.standards.known import STANDARDS
from mig_idg.standards.verdict import Remark
from mig_idg.validators import tables
from mig_idg.validators.library import Library

SCHEMAS = tuple(name for name in STANDARDS if name.startswith("scdl-") or name == "acceslibre")
LINE = 2


@dataclass(frozen=True, slots=True)
class Line:
    """A feature as the line of a file: cells by column, an empty one being an empty text; its place in degrees."""

    cells: Mapping[str, str]
    place: tuple[float, float] | None = None


def checked(standard: str) -> bool:
    """Whether one feature alone can be held against this standard."""
    return standard == "bal" or standard in SCHEMAS


def faults(
    standard: str, line: Line, library: Library, on: date, version: str | None = None
) -> tuple[Remark, ...]:  # fmt: skip
    """The errors of one feature, held against a version of the standard (None, or one not known: the one in force).

    Raises Unavailable when the schema of the standard is not there.
    """
    found = _of_bal(line, on, version) if standard == "bal" else _of_schema(standard, line, library)
    return tuple(one for one in found if one.level == "error")


def _of_bal(line: Line, on: date, wanted: str | None) -> Iterator[Remark]:
    import pyarrow as pa

    cells = {name: value for name, value in line.cells.items() if name in FIELDS}
    if line.place is not None:
        cells |= {"long": repr(line.place[0]), "lat": repr(line.place[1])}
    known: tuple[Version, ...] = ("1.5", "1.4", "1.3")
    version = next((one for one in known if one == wanted), known[0])
    checker = Checker(tuple(cells), on, version=version)
    checker.check(
        pa.RecordBatch.from_arrays([pa.array([value]) for value in cells.values()], names=list(cells)),
        np.array([LINE], dtype=np.int64),
    )
    for code, findings in checker.tally.shown.items():
        for one in findings:
            if one.line == LINE:
                said = labels.label(code)
                proposed = proposals.proposal(code, one.value, None, on) or said.expected
                yield Remark(code, checker.levels[code], said.means, None, one.field, one.value, proposed)


def _of_schema(standard: str, line: Line, library: Library) -> Iterator[Remark]:
    schema, fields = _fields(library.folder, standard, tuple(line.cells))
    said = {field["name"]: field for field in schema["fields"]}
    for field in fields:
        if field.name not in line.cells:
            continue
        value = line.cells[field.name]
        _, notes = field.read_cell(value)
        for name, note in (notes or {}).items():
            kind = "type-error" if name == "type" else "constraint-error"
            error = SimpleNamespace(type=kind, field_name=field.name, row_number=None, cell=value, note=note)
            yield tables.remark_of(error, said)
    for custom in schema.get("custom_checks") or ():
        if tables.applies(custom, list(line.cells)):
            for fault in validata.faults(custom, line.cells):
                yield Remark(fault.code, "error", fault.message, None, fault.column, fault.value, fault.proposal)


@lru_cache(maxsize=32)
def _fields(folder: Path, standard: str, header: tuple[str, ...]) -> tuple[dict[str, Any], tuple[Any, ...]]:
    from frictionless import Schema

    schema = tables.schema_of(Library(folder), standard, header)
    plain = json.loads(json.dumps({"fields": schema["fields"]}))
    return schema, tuple(Schema.from_descriptor(plain).fields)
