"""Delimited text with coordinates: two columns (x and y, long and lat) or one of WKT. Types are read from the values.

A column is a number or a date only if every value is; codes stay text (a leading zero, or a name that says code, INSEE,
SIREN, telephone…), because 01234 is not 1234.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from mig_idg.deposits.intake import columntypes, delimited, geometry, naming
from mig_idg.deposits.intake.columntypes import Guess
from mig_idg.deposits.intake.delimited import Delimited, Lines
from mig_idg.deposits.intake.geometry import Kind, Mover, Target
from mig_idg.deposits.intake.source import Field, Numbers, Survey, Told, Wanted
from mig_idg.errors import InvalidParameter
from mig_idg.errors import Text as Words
from mig_idg.standards.findings import Finding, Tally

PAIRS = (
    ("x", "y", 0),
    ("lon", "lat", 4326),
    ("long", "lat", 4326),
    ("longitude", "latitude", 4326),
    ("lng", "lat", 4326),
)
WKT_NAMES = ("wkt", "geom", "geometry", "geometrie", "the_geom")
CODES = re.compile(
    r"(^|_)(code|cod|insee|siren|siret|cp|postal|rivoli|fantoir|tel|telephone|id|ref|uid|numero_voie)(_|$)"
)
NUMBER = re.compile(r"^-?\d+(?:\.\d+)?$")
FRENCH = r"^-?(?:\d{1,3}(?:[ \x{00A0}\x{202F}]\d{3})+|\d+)(?:[.,]\d+)?$"


@dataclass(frozen=True, slots=True)
class Coordinates:
    """Where the geometry is: ranks of the columns of x and y, or of WKT (y None); EPSG code it supposes, 0 if none."""

    x: int
    y: int | None
    srid: int


class Text:
    """A delimited text as a source of rows."""

    def __init__(
        self, text: Delimited, shown: str, tally: Tally, *, crs: str | None, format: str = "CSV", comma: bool = False
    ) -> None:
        self.text, self.shown, self.tally, self.stated, self.format = text, shown, tally, crs, format
        self.comma = comma
        self.names = naming.distinct(text.header)
        self._numbers = Numbers()

    def survey(self, wanted: Wanted, told: Told | None = None) -> Survey:
        """Types of the columns, coordinates that are numbers, keys that are there and different."""
        header = self.names
        self._check_header(wanted)
        place = self._coordinates() if wanted.geometry else None
        sql = naming.columns(header, (wanted.geometry,) if wanted.geometry else ())
        guesses = [Guess() for _ in header]
        keys: list[NDArray[np.int64]] = []
        key = next((rank for rank, name in enumerate(header) if sql[name] == wanted.key), None)
        territories: set[str] = set()
        count = blank = 0
        for lines in delimited.read(self.text, self.tally, told):
            count, blank = count + len(lines.numbers), blank + lines.blank
            for rank, guess in enumerate(guesses):
                column = self._cells(lines, rank)
                there = pc.not_equal(column, "")
                guess.look(column.filter(there), lines.numbers[there.to_numpy(zero_copy_only=False)])
            self._check_nul(lines)
            if place:
                self._check_coordinates(place, lines)
            if key is not None:
                keys.append(self._check_key(lines, key))
            for rank, name in enumerate(header):
                if sql[name] == wanted.territory:
                    territories.update(v for v in pc.unique(self._cells(lines, rank)).to_pylist() if v)
        if not count:
            self.tally.add([Finding("rows.empty")])
        if blank:
            self.tally.more("file.row.blank", blank, [])
        self._tell_duplicates(keys, key)
        # x and y stay as attributes, since they are the depositor's; WKT would only repeat the geometry.
        kept = [rank for rank in range(len(header)) if not (place and place.y is None and rank == place.x)]
        kept = [rank for rank in kept if not self._is_margin(rank, guesses[rank], wanted)]
        fields = tuple(self._field(rank, sql[header[rank]], guesses[rank], wanted, place) for rank in kept)
        self.tally.add(naming.told(fields, wanted.settled))
        kind = (Kind("Point") if place.y is not None else self._wkt_kind(place)) if place else None
        return Survey(fields, kind, count, frozenset(territories) or None)

    def _field(self, rank: int, name: str, guess: Guess, wanted: Wanted, place: Coordinates | None) -> Field:
        """The column as it will be; what falls to text, or is wider than 64 bits, is told."""
        called = self.names[rank]
        gives_place = place is not None and rank in (place.x, place.y)
        kind = guess.type
        if name == wanted.territory or (kind == "numeric" and name == wanted.key):
            kind = "text"  # a code; or a key that no 64 bits hold: exact, whatever it looks like
        elif CODES.search(name) and name != wanted.key:
            if kind in ("integer", "float", "numeric") and called not in wanted.settled and name not in wanted.settled:
                self.tally.add([self._code(rank, guess)])
            kind = "text"
        elif name != wanted.key and not gives_place and not {called, name} & wanted.settled:
            for finding, count in guess.findings(called, rank, self.tally.examples):
                self.tally.more(finding.code, count, [finding] if finding.field else [])
        if gives_place and kind == "integer" and name != wanted.key:
            kind = "float"  # coordinates are measures: those of the next file may have decimals
        return Field(name, kind, called, column=rank + 1, implied=gives_place)

    def _code(self, rank: int, guess: Guess) -> Finding:
        line, value = guess.first or (None, None)
        name = self.names[rank]
        return Finding(
            "column.code", line, name, rank + 1, value,
            Words(f"un nombre ? --retype {name}={guess.type}", f"a number? --retype {name}={guess.type}"),
        )  # fmt: skip

    def _is_margin(self, rank: int, guess: Guess, wanted: Wanted) -> bool:
        """A column without a name: nothing when it is empty, a question when it is not. Both are told."""
        if self.text.header[rank]:
            return False
        name = self.names[rank]
        if not guess.filled:
            self.tally.add([Finding("file.column.margin", 1, name, rank + 1)])
            return name not in wanted.settled
        if name not in wanted.settled:
            line, value = guess.first or (None, None)
            option = f'--rename "{name}=…"', f'--leave "{name}"'
            remedy = Words(f"{option[0]} ou {option[1]}", f"{option[0]} or {option[1]}")
            self.tally.add([Finding("file.column.unnamed", line, name, rank + 1, value, remedy)])
        return False

    def _cells(self, lines: Lines, rank: int) -> Any:
        return pc.utf8_trim_whitespace(lines.rows.column(rank))

    def batches(
        self, wanted: Wanted, survey: Survey, target: Target | None, told: Told | None = None
    ) -> Iterator[pa.RecordBatch]:
        """The cells as they are, empty ones being no value; the database reads numbers and dates."""
        self._numbers.clear()
        place = self._coordinates() if wanted.geometry else None
        mover = self._mover(place, target) if place and target else None
        for lines in delimited.read(self.text, Tally(), told):
            self._numbers.add(lines.numbers)
            columns = [_or_null(self._cells(lines, (f.column or 1) - 1)) for f in survey.fields]
            names = [f.name for f in survey.fields]
            if place and mover:
                columns.append(self._geometry(place, lines, mover))
                names.append(wanted.geometry or "geom")
            yield pa.RecordBatch.from_arrays(columns, names=names)

    def number_of(self, rank: int) -> int:
        """The spreadsheet number of the nth row given."""
        return self._numbers.of(rank)

    def _check_header(self, wanted: Wanted) -> None:
        """Two columns of one name: refused, unless the depositor says which is which."""
        for rank, name in enumerate(self.text.header):
            shown = self.names[rank]
            if name and name in self.text.header[:rank] and shown not in wanted.settled:
                remedy = Words(
                    f'--rename "{shown}=…" ou --leave "{shown}"', f'--rename "{shown}=…" or --leave "{shown}"'
                )
                self.tally.add([Finding("file.column.duplicate", 1, name, rank + 1, name, remedy)])

    def _coordinates(self) -> Coordinates:
        lower = [name.lower() for name in self.text.header]
        for x, y, srid in PAIRS:
            if x in lower and y in lower:
                return Coordinates(lower.index(x), lower.index(y), srid)
        for name in WKT_NAMES:
            if name in lower:
                return Coordinates(lower.index(name), None, 0)
        raise InvalidParameter(
            "file",
            Words(
                f"{self.shown} : aucune colonne de coordonnées. Colonnes lues : {', '.join(self.text.header)}.",
                f"{self.shown}: no column of coordinates. Columns read: {', '.join(self.text.header)}.",
            ),
            remedy=Words("Nommez-les x et y, lon et lat, ou wkt.", "Name them x and y, lon and lat, or wkt."),
        )

    def _geometry(self, place: Coordinates, lines: Lines, mover: Mover) -> pa.Array:
        if place.y is None:
            shapes = shapely.from_wkt(lines.rows.column(place.x).to_pylist(), on_invalid="ignore")
            return mover.move(shapely.to_wkb(shapes), lines.numbers)
        x, y = (self._coordinate(lines, rank) for rank in (place.x, place.y))
        return mover.points(x, y, lines.numbers)

    def _coordinate(self, lines: Lines, rank: int) -> NDArray[np.float64]:
        cells = self._cells(lines, rank)
        if self.comma:
            cells = pc.replace_substring(pc.replace_substring_regex(cells, columntypes.SPACE, ""), ",", ".")
        cells = _or_null(cells)
        return np.asarray(pc.fill_null(pc.cast(cells, pa.float64()), float("nan")).to_numpy(zero_copy_only=False))

    def _mover(self, place: Coordinates, target: Target) -> Mover:
        """From the CRS that was stated, that the names of the columns suppose, or that of the collection."""
        stated = self.stated or (f"EPSG:{place.srid}" if place.srid else f"EPSG:{target.srid}")
        return Mover(geometry.crs(stated), target, self.text.header[place.x], self.tally)

    def _wkt_kind(self, place: Coordinates) -> Kind:
        """The one kind of all the WKT of the file."""
        kinds: set[Kind] = set()
        for lines in delimited.read(self.text, Tally()):
            shapes = shapely.from_wkt(lines.rows.column(place.x).to_pylist(), on_invalid="ignore")
            for shape in shapes[~shapely.is_missing(shapes)]:
                kinds.add(Kind(geometry.TYPES.get(int(shapely.get_type_id(shape)), "Geometry"), bool(shape.has_z)))
        return geometry.common(kinds) if kinds else Kind("Geometry")

    def _check_nul(self, lines: Lines) -> None:
        for rank, column in enumerate(lines.rows.columns):
            if pc.any(pc.match_substring(column, "\0")).as_py():
                self._tell("value.nul", pc.match_substring(column, "\0"), rank, lines)

    def _check_coordinates(self, place: Coordinates, lines: Lines) -> None:
        if place.y is None:
            column = lines.rows.column(place.x)
            shapes = shapely.from_wkt(column.to_pylist(), on_invalid="ignore")
            bad = pa.array(shapely.is_missing(shapes))
            self._tell("geometry.unreadable", pc.and_(bad, pc.not_equal(column, "")), place.x, lines)
            return
        for rank in (place.x, place.y):
            column = self._cells(lines, rank)
            pattern = FRENCH if self.comma else NUMBER.pattern
            bad = pc.and_(pc.invert(pc.match_substring_regex(column, pattern)), pc.not_equal(column, ""))
            self._tell("coordinate.unreadable", bad, rank, lines)

    def _check_key(self, lines: Lines, rank: int) -> NDArray[np.int64]:
        column = pc.utf8_trim_whitespace(lines.rows.column(rank))
        self._tell("key.missing", pc.equal(column, ""), rank, lines)
        return np.fromiter(map(hash, column.to_pylist()), np.int64, len(column))

    def _tell_duplicates(self, keys: list[NDArray[np.int64]], rank: int | None) -> None:
        """Name the lines whose key was already there: the file is read once more, only if there are any."""
        if not keys or rank is None:
            return
        values, counts = np.unique(np.concatenate(keys), return_counts=True)
        repeated = values[counts > 1]
        seen: dict[str, int] = {}
        if not len(repeated):
            return
        for lines in delimited.read(self.text, Tally()):
            column = pc.utf8_trim_whitespace(lines.rows.column(rank))
            hashed = np.fromiter(map(hash, column.to_pylist()), np.int64, len(column))
            for row in np.flatnonzero(np.isin(hashed, repeated)):
                value = column[int(row)].as_py()
                if value and value in seen:
                    name = self.names[rank]
                    self.tally.add([Finding("key.duplicate", int(lines.numbers[row]), name, rank + 1, value)])
                seen.setdefault(value, int(lines.numbers[row]))

    def _tell(self, code: str, mask: Any, rank: int, lines: Lines) -> None:
        count = pc.sum(mask).as_py() or 0
        if not count:
            return
        rows = np.flatnonzero(mask.to_numpy(zero_copy_only=False))[: self.tally.examples]
        column, name = lines.rows.column(rank), self.names[rank]
        made = [Finding(code, int(lines.numbers[r]), name, rank + 1, column[int(r)].as_py()) for r in rows]
        self.tally.more(code, count, made)


def _or_null(column: Any) -> Any:
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)
