"""What a file really holds, where the library that reads it would say something else. Used by `reader`, in its process.

dBASE      dates that do not exist (GDAL: 1970-01-01), overflows written ****, deleted records, integers over 64 bits
GeoPackage values that are not of their column's type (SQLite admits them, GDAL gives 0 or nothing), stale row counts
GeoJSON    numbers that no double holds, columns of numbers and texts, identifiers that some features have not
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

EXAMPLES = 10


@dataclass(slots=True)
class Told:
    """Things to tell: by code and field, how many, and a few (number of the object, value)."""

    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    shown: dict[tuple[str, str], list[tuple[int | None, str]]] = field(default_factory=dict)

    def add(self, code: str, name: str, number: int | None, value: str, count: int = 1) -> None:
        """One more thing."""
        key = (code, name)
        self.counts[key] = self.counts.get(key, 0) + count
        if len(kept := self.shown.setdefault(key, [])) < EXAMPLES:
            kept.append((number, value[:60]))

    def as_json(self) -> list[dict[str, Any]]:
        """For the process that asked."""
        return [
            {"code": code, "field": name, "count": count, "examples": self.shown[code, name]}
            for (code, name), count in self.counts.items()
        ]


# ——— dBASE


@dataclass(frozen=True, slots=True)
class Dbase:
    """The records of a .dbf: which are deleted, the cells that cannot be read and wide integers, by rank of column."""

    deleted: NDArray[np.bool_]
    bad: dict[int, dict[int, str]]
    wide: dict[int, list[str | None]]


def dbase(path: Path) -> Dbase | None:
    """Look at every record; None when it is not a table that we can read."""
    with path.open("rb") as file:
        head = file.read(32)
        if len(head) < 32:
            return None
        count, start, length = (
            int.from_bytes(head[4:8], "little"),
            int.from_bytes(head[8:10], "little"),
            int.from_bytes(head[10:12], "little"),
        )
        described = file.read(max(0, start - 32))
    columns: list[tuple[str, int, int]] = []
    for at in range(0, len(described) - 31, 32):
        if described[at] == 0x0D:
            break
        columns.append((chr(described[at + 11]), described[at + 16], described[at + 17]))
    if length < 1 or 1 + sum(width for _, width, _ in columns) != length or any(not w for _, w, _ in columns):
        return None
    there = min(count, (path.stat().st_size - start) // length)
    if there <= 0:
        return Dbase(np.zeros(0, bool), {}, {})
    kind = np.dtype([("deleted", "S1"), *((str(rank), f"S{width}") for rank, (_, width, _) in enumerate(columns))])
    records = np.memmap(path, kind, "r", start, (there,))
    bad, wide = {}, {}
    for rank, (letter, width, decimals) in enumerate(columns):
        cells = records[str(rank)]
        if letter == "D":
            found = _bad_cells(cells, _is_date)
        elif letter in "NF":
            found = _bad_cells(cells, _is_number)
            if not decimals and width > 15 and (exact := _wide(cells)) is not None:
                wide[rank] = exact
        else:
            continue
        if found:
            bad[rank] = found
    return Dbase(records["deleted"] == b"*", bad, wide)


def _bad_cells(cells: Any, sound: Any) -> dict[int, str]:
    """The cells that are neither empty nor sound, by number of record."""
    values, ranks = np.unique(cells, return_inverse=True)
    faulty = [rank for rank, value in enumerate(values) if not sound(value.decode("latin-1").strip(" \0"))]
    if not faulty:
        return {}
    rows = np.flatnonzero(np.isin(ranks, faulty))
    return {int(row): cells[row].decode("latin-1").strip(" \0") for row in rows}


def _is_date(text: str) -> bool:
    if not text.strip("0"):
        return True
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return False
    return len(text) == 8 and text.isdigit()


def _is_number(text: str) -> bool:
    return not text or bool(re.fullmatch(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?", text))


def _wide(cells: Any) -> list[str | None] | None:
    """The integers as they are written, when one of them is too wide for the double that GDAL makes of them."""
    texts = [cell.decode("latin-1").strip(" \0") or None for cell in cells]
    whole = [text for text in texts if text and re.fullmatch(r"-?\d+", text)]
    return texts if any(abs(int(text)) > 2**53 for text in whole) else None


# ——— GeoPackage

_SOUND = (
    (r"(?i)^(?:boolean|tinyint|smallint|mediumint|int|integer|bigint)\b", "typeof({0}) in ('integer', 'null')"),
    (r"(?i)^(?:real|double|float)\b", "typeof({0}) in ('real', 'integer', 'null')"),
    (r"(?i)^date$", "{0} is null or coalesce(typeof({0}) = 'text' and date({0}) = {0}, 0)"),
    (r"(?i)^(?:datetime|timestamp)", "{0} is null or (typeof({0}) = 'text' and julianday({0}) is not null)"),
    (r"(?i)^(?:text|varchar|char)", "typeof({0}) <> 'blob'"),
)


def geopackage(path: str, layer: str, geometry: str, told: Told) -> int | None:
    """Tell the values that are not of the type of their column; the number of rows there really are (None: unknown)."""
    connection = sqlite3.connect(f"file:{quote(path)}?mode=ro&immutable=1", uri=True)
    try:
        connection.execute("pragma trusted_schema = off")
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        table = _quoted(layer)
        (rows,) = connection.execute(f"select count(*) from {table}").fetchone()
        for _, name, type, *_ in connection.execute(f"pragma table_info({table})").fetchall():
            sound = next((rule for pattern, rule in _SOUND if re.match(pattern, type or "")), None)
            if name != geometry and sound:
                _misplaced(connection, table, name, sound.format(_quoted(name)), told)
    except sqlite3.Error:
        return None  # a view without rowid, a function SQLite has not: GDAL will say what it can read
    finally:
        connection.close()
    return int(rows)


def _misplaced(connection: sqlite3.Connection, table: str, name: str, sound: str, told: Told) -> None:
    column = _quoted(name)
    (count,) = connection.execute(f"select count(*) from {table} where not ({sound})").fetchone()
    if not count:
        return
    found = connection.execute(
        f"select rowid, substr(cast({column} as text), 1, 60) from {table} "
        f"where not ({sound}) order by rowid limit {EXAMPLES}"
    ).fetchall()
    for rank, (row, value) in enumerate(found):
        (number,) = connection.execute(f"select count(*) from {table} where rowid <= ?", (row,)).fetchone()
        told.add("value.unfit", name, number, str(value), count - len(found) + 1 if not rank else 1)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


# ——— GeoJSON

_PAIR = re.compile(rb'"((?:[^"\\]|\\.){1,200})"\s*:\s*(-?\d[\d.]{14,}(?:[eE][-+]?\d+)?)(?=\s*[,}\]])')
_LARGEST = 1 << 30


@dataclass(slots=True)
class Properties:
    """What the properties of the features are made of: kinds of values by name, and identifiers of features."""

    kinds: dict[str, dict[str, tuple[int, int, str]]] = field(default_factory=dict)
    with_id: int = 0
    words: int = 0
    features: int = 0
    without: list[int] = field(default_factory=list)


def exact(path: Path) -> tuple[Path, list[str]]:
    """The file, and no names; or a copy whose numbers that no double holds are texts, and the names of these columns.

    The copy is in a folder beside, under the same name: a layer of GeoJSON is often called after its file.
    """
    if path.stat().st_size > _LARGEST:
        return path, []
    content = path.read_bytes()
    names = {found[1] for found in _PAIR.finditer(content) if _is_too_wide(found[2].decode())}
    if not names:
        return path, []
    target = path.parent / "exact" / path.name
    if not target.exists():
        target.parent.mkdir(exist_ok=True)
        for name in names:
            number = rb'("' + re.escape(name) + rb'"\s*:\s*)(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)(?=\s*[,}\]])'
            content = re.sub(number, rb'\1"\2"', content)
        target.write_bytes(content)
    return target, [json.loads(b'"' + name + b'"') for name in names]


def _is_too_wide(number: str) -> bool:
    """Does a double (or, for an integer, 64 bits) say another number?"""
    if re.fullmatch(r"-?\d+", number):
        return not -(2**63) <= int(number) < 2**63
    digits = re.sub(r"[eE].*|[-.]", "", number).lstrip("0")
    return len(digits) > 17


def properties(path: Path) -> Properties:
    """Look at every feature of a GeoJSON or GeoJSON Lines file."""
    found = Properties()
    for rank, one in enumerate(_features(path), start=1):
        if not isinstance(one, dict):
            continue
        found.features += 1
        _identified(found, one.get("id"), rank)
        for name, value in (one.get("properties") or {}).items():
            kind = _kind(value)
            if kind:
                kinds = found.kinds.setdefault(name, {})
                count, first, shown = kinds.get(kind, (0, rank, str(value)[:60]))
                kinds[kind] = (count + 1, first, shown)
    return found


def _identified(found: Properties, value: Any, rank: int) -> None:
    if value is None:
        if len(found.without) < EXAMPLES:
            found.without.append(rank)
        return
    found.with_id += 1
    found.words += not isinstance(value, int) or isinstance(value, bool)


def _kind(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "text" if isinstance(value, str) else "structure"


def _features(path: Path) -> Iterator[Any]:
    """The features one by one, without the whole file as objects."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        text = file.read()
    decoder = json.JSONDecoder()
    start = re.search(r'"features"\s*:\s*\[', text)
    at = start.end() if start else 0
    skip = re.compile(r"[\s,\x1e]*")
    while at < len(text):
        match = skip.match(text, at)
        at = match.end() if match else at
        if at >= len(text) or text[at] != "{":
            return
        try:
            one, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return
        yield one


def mixed(found: Properties, told: Told) -> None:
    """Tell the columns that are numbers here and texts there: all of them will be texts."""
    for name, kinds in found.kinds.items():
        if len(kinds) < 2:
            continue
        _, (count, rank, value) = min(kinds.items(), key=lambda one: one[1][0])
        told.add("column.mixed_types", name, rank, value, count)
