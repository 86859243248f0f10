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

from mig_idg.deposits.intake import delimited, geometry, naming
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

# Types from the narrowest to the widest, with what every value must look like; dates must also exist.
TYPES = (
    ("integer", r"^(?:0|-?[1-9]\d{0,17})$"),
    ("float", r"^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d{1,3})?$"),
    ("boolean", r"^(?:true|false|TRUE|FALSE|True|False)$"),
    ("date", r"^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$"),
    ("timestamptz", r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$"),
)


@dataclass(frozen=True, slots=True)
class Coordinates:
    """Where the geometry is: ranks of the columns of x and y, or of WKT (y None); EPSG code it supposes, 0 if none."""

    x: int
    y: int | None
    srid: int


class Text:
    """A delimited text as a source of rows."""

    format = "CSV"

    def __init__(self, text: Delimited, shown: str, tally: Tally, *, crs: str | None) -> None:
        self.text, self.shown, self.tally, self.stated = text, shown, tally, crs
        self._numbers = Numbers()

    def survey(self, wanted: Wanted, told: Told | None = None) -> Survey:
        """Types of the columns, coordinates that are numbers, keys that are there and different."""
        header = self.text.header
        self._check_header()
        place = self._coordinates() if wanted.geometry else None
        sql = naming.columns(header, (wanted.geometry,) if wanted.geometry else ())
        types = {rank: _possible(sql[name], wanted) for rank, name in enumerate(header)}
        keys: list[NDArray[np.int64]] = []
        key = next((rank for rank, name in enumerate(header) if sql[name] == wanted.key), None)
        territories: set[str] = set()
        count = blank = 0
        for lines in delimited.read(self.text, self.tally, told):
            count, blank = count + len(lines.numbers), blank + lines.blank
            _narrow(types, lines)
            self._check_nul(lines)
            if place:
                self._check_coordinates(place, lines)
            if key is not None:
                keys.append(self._check_key(lines, key))
            for rank, name in enumerate(header):
                if sql[name] == wanted.territory:
                    territories.update(v for v in pc.unique(lines.rows.column(rank)).to_pylist() if v)
        if not count:
            self.tally.add([Finding("rows.empty")])
        if blank:
            self.tally.more("file.row.blank", blank, [])
        self._tell_duplicates(keys, key)
        # x and y stay as attributes, since they are the depositor's; WKT would only repeat the geometry.
        kept = [rank for rank in range(len(header)) if not (place and place.y is None and rank == place.x)]
        fields = tuple(Field(sql[header[r]], _settled(types[r]), header[r]) for r in kept)
        kind = (Kind("Point") if place.y is not None else self._wkt_kind(place)) if place else None
        return Survey(fields, kind, count, frozenset(territories) or None)

    def batches(
        self, wanted: Wanted, survey: Survey, target: Target | None, told: Told | None = None
    ) -> Iterator[pa.RecordBatch]:
        """The cells as they are, empty ones being no value; the database reads numbers and dates."""
        self._numbers.clear()
        place = self._coordinates() if wanted.geometry else None
        mover = self._mover(place, target) if place and target else None
        ranks = {name: rank for rank, name in enumerate(self.text.header)}
        for lines in delimited.read(self.text, Tally(), told):
            self._numbers.add(lines.numbers)
            columns = [_or_null(pc.utf8_trim_whitespace(lines.rows.column(ranks[f.called]))) for f in survey.fields]
            names = [f.name for f in survey.fields]
            if place and mover:
                columns.append(_geometry(place, lines, mover))
                names.append(wanted.geometry or "geom")
            yield pa.RecordBatch.from_arrays(columns, names=names)

    def number_of(self, rank: int) -> int:
        """The spreadsheet number of the nth row given."""
        return self._numbers.of(rank)

    def _check_header(self) -> None:
        for rank, name in enumerate(self.text.header):
            if name in self.text.header[:rank]:
                self.tally.add([Finding("file.column.duplicate", 1, name, rank + 1, name)])

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
            column = pc.utf8_trim_whitespace(lines.rows.column(rank))
            bad = pc.and_(pc.invert(pc.match_substring_regex(column, NUMBER.pattern)), pc.not_equal(column, ""))
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
                    name = self.text.header[rank]
                    self.tally.add([Finding("key.duplicate", int(lines.numbers[row]), name, rank + 1, value)])
                seen.setdefault(value, int(lines.numbers[row]))

    def _tell(self, code: str, mask: Any, rank: int, lines: Lines) -> None:
        count = pc.sum(mask).as_py() or 0
        if not count:
            return
        rows = np.flatnonzero(mask.to_numpy(zero_copy_only=False))[: self.tally.examples]
        column, name = lines.rows.column(rank), self.text.header[rank]
        made = [Finding(code, int(lines.numbers[r]), name, rank + 1, column[int(r)].as_py()) for r in rows]
        self.tally.more(code, count, made)


def _possible(name: str, wanted: Wanted) -> list[str]:
    """The types a column may still have; codes and territories are text whatever they look like."""
    if name == wanted.territory or (CODES.search(name) and name != wanted.key):
        return []
    return [kind for kind, _ in TYPES]


def _narrow(types: dict[int, list[str]], lines: Lines) -> None:
    """Drop the types that some value of these lines has not; a column that was never filled keeps them all."""
    for rank, left in types.items():
        column = pc.utf8_trim_whitespace(lines.rows.column(rank))
        filled = column.filter(pc.not_equal(column, ""))
        for kind, pattern in TYPES:
            if kind in left and len(filled) and not _all(filled, kind, pattern):
                left.remove(kind)


def _all(column: Any, kind: str, pattern: str) -> bool:
    if not pc.all(pc.match_substring_regex(column, pattern)).as_py():
        return False
    if kind != "date":
        return True
    try:
        pc.cast(column, pa.date32())
    except pa.ArrowInvalid:
        return False
    return True


def _settled(left: list[str]) -> str:
    """The narrowest type that remains; text when none does, or when no value said anything."""
    return left[0] if left and len(left) < len(TYPES) else "text"


def _or_null(column: Any) -> Any:
    return pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)


def _geometry(place: Coordinates, lines: Lines, mover: Mover) -> pa.Array:
    if place.y is None:
        shapes = shapely.from_wkt(lines.rows.column(place.x).to_pylist(), on_invalid="ignore")
        return mover.move(shapely.to_wkb(shapes), lines.numbers)
    x, y = (_numbers(lines.rows.column(rank)) for rank in (place.x, place.y))
    return mover.points(x, y, lines.numbers)


def _numbers(column: Any) -> NDArray[np.float64]:
    sound = _or_null(pc.utf8_trim_whitespace(column))
    return np.asarray(pc.fill_null(pc.cast(sound, pa.float64()), float("nan")).to_numpy(zero_copy_only=False))
