"""A file of addresses (Base Adresse Locale 1.3, 1.4 or 1.5), brought to the model of 1.5.

The file is checked whole before anything is written. `voie_nom` becomes `toponyme`; the identifiers that 1.3 kept in
`uid_adresse` become `id_ban_*`; the point comes from x and y in Lambert-93, else from long and lat.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyproj
from numpy.typing import NDArray

from mig_idg.deposits.intake import columntypes, delimited, ewkb
from mig_idg.deposits.intake.delimited import Delimited, Lines
from mig_idg.deposits.intake.geometry import Kind, Target
from mig_idg.deposits.intake.source import Field, Numbers, Survey, Told, Wanted
from mig_idg.standards.bal import coordinates
from mig_idg.standards.bal.checks import Checker
from mig_idg.standards.bal.model import BAN_IDS, COLUMNS, FIELDS, NO_ADDRESS, street_field
from mig_idg.standards.findings import Finding, Level, Tally

UID_LETTERS = {"id_ban_adresse": "a", "id_ban_toponyme": "v", "id_ban_commune": "c"}


class Addresses:
    """A BAL file as a source of rows."""

    format = "CSV"

    def __init__(self, text: Delimited, shown: str, tally: Tally, *, aggregate: bool, on: date | None) -> None:
        header = tuple(name.lower() for name in text.header)
        self.text = replace(text, header=header)
        self.shown, self.tally, self.aggregate, self.on = shown, tally, aggregate, on
        self._repeated: NDArray[np.int64] = np.empty(0, np.int64)
        self._numbers = Numbers()

    def survey(self, wanted: Wanted, told: Told | None = None) -> Survey:
        """Every check of the standard, on every line."""
        checker = Checker(self.text.header, self.on, self.tally.examples)
        if self.text.delimiter != ";":
            checker.tally.add([Finding("file.delimiter.non_standard", 1, value=self.text.delimiter)])
        keys: list[NDArray[np.int64]] = []
        blank = 0
        if len(set(self.text.header)) == len(self.text.header):
            for lines in delimited.read(self.text, checker.tally, told):
                checker.check(lines.rows, lines.numbers)
                keys.append(_hashed(self._keys(lines)))
                blank += lines.blank
        checker.rows += checker.tally.counts.get("file.row.width", 0)
        _merge(self.tally, checker.close())
        self._tell_extras(blank)
        self._tell_repeated(keys)
        return Survey(
            fields=tuple(Field(c.name, c.type, _called(c.name, checker.version), c.comment) for c in COLUMNS),
            geometry=Kind("Point"),
            rows=checker.rows,
            territories=frozenset(checker.communes),
            standard=f"BAL {checker.version}",
            levels=self._levels(checker),
        )

    def batches(
        self, wanted: Wanted, survey: Survey, target: Target | None, told: Told | None = None
    ) -> Iterator[pa.RecordBatch]:
        """The rows in the model of 1.5, empty cells being no value."""
        self._numbers.clear()
        seen: Counter[int] = Counter()
        for lines in delimited.read(self.text, Tally(), told):
            self._numbers.add(lines.numbers)
            columns = self._columns(lines, seen)
            geometry = _points(self._cells(lines), target.srid if target else coordinates.LAMBERT_93)
            yield pa.RecordBatch.from_arrays([*columns.values(), geometry], names=[*columns, wanted.geometry or "geom"])

    def number_of(self, rank: int) -> int:
        """The spreadsheet number of the nth address given."""
        return self._numbers.of(rank)

    def _levels(self, checker: Checker) -> dict[str, Level]:
        """The levels of the version; an aggregated file that is wanted so may name several communes."""
        levels = dict(checker.levels)
        if self.aggregate and "rows.multi_id_ban_commune" in levels:
            levels["rows.multi_id_ban_commune"] = "warning"
        return levels

    def _tell_extras(self, blank: int) -> None:
        for rank, name in enumerate(self.text.header):
            if name not in FIELDS:
                self.tally.add([Finding("file.column.not_kept", 1, name, rank + 1)])
        if blank:
            self.tally.more("file.row.blank", blank, [Finding("file.row.blank", value=str(blank))])

    def _tell_repeated(self, keys: list[NDArray[np.int64]]) -> None:
        """Addresses that come back: kept, with a number after their identifier, and told."""
        every = np.concatenate(keys) if keys else np.empty(0, np.int64)
        values, counts = np.unique(every, return_counts=True)
        self._repeated = values[counts > 1]
        more = int(counts[counts > 1].sum() - len(self._repeated))
        if more:
            self.tally.more("rows.identical_key", more, [Finding("rows.identical_key", value=str(more))])

    def _cells(self, lines: Lines) -> dict[str, Any]:
        return {
            name: pc.utf8_trim_whitespace(lines.rows.column(rank))
            for rank, name in enumerate(self.text.header)
            if name in FIELDS
        }

    def _keys(self, lines: Lines) -> Any:
        """What identifies each line: the address, or the place without address, or the interoperability key."""
        cells = self._identified(self._cells(lines), lines.rows.num_rows)
        nothing = pa.array([""] * lines.rows.num_rows)
        placeless = pc.equal(cells.get("numero", nothing), str(NO_ADDRESS))
        place = pc.if_else(placeless, cells["id_ban_toponyme"], cells["id_ban_adresse"])
        said = pc.if_else(pc.equal(place, ""), cells.get("cle_interop", nothing), place)
        street = cells.get("toponyme", cells.get("voie_nom", nothing))
        spelled = pc.binary_join_element_wise(
            *(cells.get(n, nothing) for n in ("commune_insee", "numero", "suffixe")), street, "_"
        )
        return pc.if_else(pc.equal(said, ""), spelled, said)

    def _identified(self, cells: dict[str, Any], count: int) -> dict[str, Any]:
        """The three BAN identifiers: their columns, else what `uid_adresse` says, else empty."""
        found = dict(cells)
        for name in BAN_IDS:
            if name in cells:
                continue
            if "uid_adresse" in cells:
                letter = UID_LETTERS[name]
                inside = pc.struct_field(
                    pc.extract_regex(cells["uid_adresse"], rf"@{letter}:(?P<id>[0-9a-fA-F-]{{36}})"), "id"
                )
                found[name] = pc.fill_null(inside, "")
            else:
                found[name] = pa.array([""] * count)
        return found

    def _columns(self, lines: Lines, seen: Counter[int]) -> dict[str, Any]:
        """The columns of the table but the geometry."""
        cells = self._identified(self._cells(lines), lines.rows.num_rows)
        cells["toponyme"] = cells.get("toponyme", cells.get("voie_nom"))
        cells["id"] = self._unique(self._keys(lines), seen)
        absent = pa.nulls(lines.rows.num_rows, pa.string())
        if "certification_commune" in cells:
            cells["certification_commune"] = _certified(cells["certification_commune"])
        return {c.name: _or_null(cells[c.name]) if c.name in cells else absent for c in COLUMNS}

    def _unique(self, keys: Any, seen: Counter[int]) -> Any:
        """Keys, the second and further times followed by `-2`, `-3`…"""
        if not len(self._repeated):
            return keys
        hashed = _hashed(keys)
        again = np.flatnonzero(np.isin(hashed, self._repeated))
        if not len(again):
            return keys
        texts = keys.to_pylist()
        for row in again:
            seen[int(hashed[row])] += 1
            if seen[int(hashed[row])] > 1:
                texts[row] = f"{texts[row]}-{seen[int(hashed[row])]}"
        return pa.array(texts, pa.string())


def _certified(column: Any) -> Any:
    """0 or 1; « oui » or « VRAI » mean what they say (the checks have told them), any other word is no answer."""
    word = pc.utf8_lower(column)
    yes, no = pc.is_in(word, pa.array(columntypes.YES)), pc.is_in(word, pa.array(columntypes.NO))
    return pc.if_else(yes, "true", pc.if_else(no, "false", ""))


def _called(name: str, version: Any) -> str:
    return street_field(version) if name == "toponyme" else name


def _or_null(column: Any) -> Any:
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)


def _hashed(keys: Any) -> NDArray[np.int64]:
    """64 bits for each key: eight megabytes for a million addresses, where their texts would take a hundred."""
    return np.fromiter(map(hash, keys.to_pylist()), np.int64, len(keys))


def _points(cells: dict[str, Any], srid: int) -> pa.Array:
    """x and y when both are there (metropolitan France), else long and lat; moved to the collection's CRS."""
    place = coordinates.read(cells)
    overseas = pc.starts_with(cells["commune_insee"], "97").to_numpy(zero_copy_only=False)
    projected = np.isfinite(place.x) & np.isfinite(place.y) & ~overseas
    x, y = np.empty(len(projected)), np.empty(len(projected))
    for chosen, source, east, north in (
        (projected, coordinates.LAMBERT_93, place.x, place.y),
        (~projected, coordinates.WGS84, place.long, place.lat),
    ):
        if chosen.any():
            moved = (east[chosen], north[chosen])
            x[chosen], y[chosen] = moved if source == srid else _transformer(source, srid).transform(*moved)
    return ewkb.points(x, y, srid)


def _transformer(source: int, target: int) -> pyproj.Transformer:
    return coordinates.transformer(source, target)


def _merge(into: Tally, other: Tally) -> None:
    for code, count in other.counts.items():
        into.more(code, count, other.shown.get(code, ()))
