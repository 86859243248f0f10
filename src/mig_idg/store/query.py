"""One query model for items, hits, exports and tiles: what a client asked, read once and strictly.

Every name is looked up in the table of the grant: a hidden column is an unknown word. Nothing here is SQL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mig_idg.errors import InvalidParameter, Text, TooLarge, UnknownParameter, UnknownWord
from mig_idg.store import datetimes
from mig_idg.store.cql2 import json as cql2_json
from mig_idg.store.cql2 import text as cql2_text
from mig_idg.store.cql2 import typing as cql2_typing
from mig_idg.store.cql2.syntax import Node
from mig_idg.store.crs import CRS84, Box, Crs, box, named
from mig_idg.store.cursor import Cursor, Sort, read_cursor
from mig_idg.store.datetimes import Period
from mig_idg.store.table import Column, Table
from mig_idg.store.values import MAX_VALUE, NUMBER, value_of

DEFAULT_LIMIT = 1_000
MAX_LIMIT = 10_000
MAX_OFFSET = 100_000
MAX_SORT_KEYS = 8
MAX_WORDS = 10
MAX_FILTER = 200_000

# Read by the handlers (`f`, `lang`, `profile`), by the threshold (`token`), or here.
PARAMETERS = (
    "f", "lang", "token", "limit", "offset", "after", "before", "bbox", "bbox-crs", "crs", "datetime",
    "filter", "filter-lang", "filter-crs", "properties", "exclude-properties", "sortby", "q", "skipGeometry",
    "zoom-level", "simplify", "resulttype", "precision",
)  # fmt: skip
_KNOWN = frozenset(PARAMETERS)
# Columns that cannot be a parameter of their own.
_UNASKED = ("json", "array", "other")
_WHOLE = re.compile(r"\d{1,18}")


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of one collection. An empty tuple and None mean: not asked.

    `equal` are the property filters, values as PostgreSQL reads them; `properties` the columns wanted in the answer;
    `simplify` a tolerance in metres; `precision` decimals of coordinates; `common` says that the words of `q` are in
    many rows, which no client says.
    """

    limit: int | None = DEFAULT_LIMIT
    offset: int = 0
    after: Cursor | None = None
    before: Cursor | None = None
    bbox: Box | None = None
    datetime: Period | None = None
    filter: Node | None = None
    equal: tuple[tuple[str, str], ...] = ()
    properties: tuple[str, ...] | None = None
    sortby: tuple[Sort, ...] = ()
    q: tuple[str, ...] = ()
    crs: Crs = CRS84
    geometry: bool = True
    simplify: float | None = None
    precision: int | None = None
    hits: bool = False
    common: bool = False

    @property
    def selective(self) -> bool:
        """True when some condition restricts the rows."""
        return bool(self.bbox or self.datetime or self.filter is not None or self.equal or self.q)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many features a page has, when the client does not say and at most."""

    default: int = DEFAULT_LIMIT
    maximum: int = MAX_LIMIT


def parse(
    asked: Mapping[str, str], table: Table, *, time_column: str | None = None, limits: Limits = Limits()
) -> Query:
    """The query that the parameters `asked` (decoded, no name twice) make of `table`.

    Raises UnknownParameter, InvalidParameter, UnknownWord and TooLarge, always naming the culprit.
    """
    known: dict[str, object] = {}
    equal: list[tuple[str, str]] = []
    for name, value in asked.items():
        if name in _KNOWN:
            reader = _READERS.get(name)
            if reader is not None:
                read = reader(value, table, asked)
                if name not in _ONLY_CHECKED:
                    known[_FIELDS.get(name, name)] = read
        else:
            column = table.column(name)
            if column is None or column.kind in _UNASKED:
                raise UnknownParameter(name, (*PARAMETERS, *(c.name for c in table.columns if c.kind not in _UNASKED)))
            equal.append((name, value_of(column, value, name)))
    limit = known.get("limit")
    known["limit"] = limits.default if limit is None else min(int(limit), limits.maximum)  # type: ignore[call-overload]
    if "after" in known:
        known["after"] = read_cursor(asked["after"], table, known.get("sortby", ()))  # type: ignore[arg-type]
    if "before" in known:
        if "after" in known or "offset" in known:
            words = Text("« before » va sans « after » ni « offset ».", "“before” goes without “after” or “offset”.")
            raise InvalidParameter("before", words)
        known["before"] = read_cursor(asked["before"], table, known.get("sortby", ()))  # type: ignore[arg-type]
    if "datetime" in known and temporal(table, time_column) is None:
        del known["datetime"]
    return Query(equal=tuple(equal), **known)  # type: ignore[arg-type]


def temporal(table: Table, declared: str | None) -> Column | None:
    """The column `datetime` looks at: the one declared, else the first date or timestamp that the caller may see.

    A layer without one is not restricted by `datetime` (OGC 17-069r4, 7.15.4).
    """
    if declared:
        return table.column(declared)
    return next((c for c in table.columns if c.kind in ("date", "timestamp")), None)


# The readers: (value, table, everything asked) → the field of Query. Each raises InvalidParameter.

Asked = Mapping[str, str]


def _whole(value: str, name: str, *, least: int, most: int) -> int:
    number = int(value) if _WHOLE.fullmatch(value) else -1
    if not least <= number <= most:
        raise InvalidParameter(
            name,
            Text(
                f"« {name} » doit être un entier entre {least} et {most}.",
                f"“{name}” must be a whole number between {least} and {most}.",
            ),
        )
    return number


def _limit(value: str, _table: Table, _asked: Asked) -> int:
    return _whole(value, "limit", least=1, most=10**18)


def _offset(value: str, _table: Table, _asked: Asked) -> int:
    number = int(value) if re.fullmatch(r"\d+", value) and len(value) < 100 else -1
    if not 0 <= number <= MAX_OFFSET:
        raise InvalidParameter(
            "offset",
            Text(
                f"« offset » va de 0 à {MAX_OFFSET} ; au-delà, suivez les liens « next ».",
                f"“offset” goes from 0 to {MAX_OFFSET}; beyond, follow the “next” links.",
            ),
        )
    return number


def numbers(value: str, name: str) -> list[float]:
    """Decimal numbers between commas. Raises InvalidParameter."""
    parts = value.split(",")
    if len(parts) > 6 or not all(NUMBER.fullmatch(part.strip()) for part in parts):
        raise InvalidParameter(
            name,
            Text(f"« {name} » attend des nombres entre virgules.", f"“{name}” expects numbers between commas."),
        )
    return [float(part.strip()) for part in parts]


def _crs_named(value: str, name: str, table: Table) -> Crs:
    geometry = table.geometry
    return named(value, name, geometry.srid if geometry else None, geometry.has_z if geometry else False, table.area)


def _bbox(value: str, table: Table, asked: Asked) -> Box:
    given = asked.get("bbox-crs")
    return box(numbers(value, "bbox"), _crs_named(given, "bbox-crs", table) if given is not None else CRS84)


def _checked_crs(name: str) -> Callable[[str, Table, Asked], object]:
    def read(value: str, table: Table, _asked: Asked) -> Crs:
        return _crs_named(value, name, table)

    return read


def _datetime(value: str, _table: Table, _asked: Asked) -> Period:
    return datetimes.period(value)


def _filter(value: str, table: Table, asked: Asked) -> Node:
    lang = asked.get("filter-lang", "cql2-text")
    if lang not in ("cql2-text", "cql2-json"):
        raise InvalidParameter(
            "filter-lang",
            Text(f"Langage de filtre inconnu : « {lang[:40]} ».", f"Unknown filter language: “{lang[:40]}”."),
            remedy=Text("cql2-text ou cql2-json.", "cql2-text or cql2-json."),
        )
    given = asked.get("filter-crs")
    crs = _crs_named(given, "filter-crs", table) if given is not None else CRS84
    return read_filter(value, lang, table, crs)


def read_filter(value: str, lang: str, table: Table, crs: Crs = CRS84) -> Node:
    """A CQL2 filter, parsed and checked against the columns of `table`. Raises InvalidParameter and TooLarge."""
    if len(value) > MAX_FILTER:
        raise TooLarge(
            Text(f"Le filtre dépasse {MAX_FILTER} caractères.", f"The filter is over {MAX_FILTER} characters."),
            extra={"parameter": "filter"},
        )
    read = cql2_json.parse if lang == "cql2-json" else cql2_text.parse
    return cql2_typing.check(read(value), table, crs)


def _lang_of_filter(value: str, table: Table, asked: Asked) -> None:
    if value not in ("cql2-text", "cql2-json"):
        _filter("", table, asked)


def _columns(value: str, table: Table, name: str) -> tuple[str, ...]:
    wanted = tuple(part.strip() for part in value.split(",") if part.strip())
    for word in wanted:
        if table.column(word) is None:
            raise _unknown_property(word, table, name)
    return tuple(dict.fromkeys(wanted))


def _unknown_property(word: str, table: Table, parameter: str) -> UnknownWord:
    error = UnknownWord(Text("Attribut", "property"), word[:80], table.names)
    error.extra["parameter"] = parameter
    return error


def _properties(value: str, table: Table, _asked: Asked) -> tuple[str, ...]:
    return _columns(value, table, "properties")


def _excluded(value: str, table: Table, asked: Asked) -> tuple[str, ...]:
    if "properties" in asked:
        raise InvalidParameter(
            "exclude-properties",
            Text(
                "« properties » et « exclude-properties » s'excluent.",
                "“properties” and “exclude-properties” exclude each other.",
            ),
        )
    unwanted = _columns(value, table, "exclude-properties")
    return tuple(name for name in table.names if name not in unwanted)


def _sortby(value: str, table: Table, _asked: Asked) -> tuple[Sort, ...]:
    keys: list[Sort] = []
    for part in value.split(","):
        name = part.strip()
        descending = name.startswith("-")
        name = name[1:] if name[:1] in "+-" else name
        column = table.column(name)
        if column is None or column.kind in ("json", "array", "other"):
            raise _unknown_property(name, table, "sortby")
        if all(key.column != name for key in keys):
            keys.append(Sort(name, descending))
    if len(keys) > MAX_SORT_KEYS:
        raise InvalidParameter(
            "sortby", Text(f"{MAX_SORT_KEYS} clés de tri au plus.", f"At most {MAX_SORT_KEYS} sort keys.")
        )
    return tuple(keys)


def _q(value: str, _table: Table, _asked: Asked) -> tuple[str, ...]:
    terms = tuple(" ".join(part.split()) for part in value.split(","))
    terms = tuple(term for term in terms if term)
    if not terms or len(terms) > MAX_WORDS or len(value) > MAX_VALUE or "\x00" in value:
        raise InvalidParameter(
            "q", Text(f"« q » attend de 1 à {MAX_WORDS} expressions.", f"“q” expects 1 to {MAX_WORDS} terms.")
        )
    return terms


def _truth(value: str, name: str) -> bool:
    if value not in ("true", "false"):
        raise InvalidParameter(name, Text(f"« {name} » : true ou false.", f"“{name}”: true or false."))
    return value == "true"


def _skip_geometry(value: str, _table: Table, _asked: Asked) -> bool:
    return not _truth(value, "skipGeometry")


def _simplify(value: str, _table: Table, asked: Asked) -> float:
    tolerance = numbers(value, "simplify")
    if len(tolerance) != 1 or not 0 <= tolerance[0] <= 100_000 or "zoom-level" in asked:
        raise InvalidParameter(
            "simplify",
            Text(
                "« simplify » est une tolérance en mètres, sans « zoom-level ».",
                "“simplify” is a tolerance in metres, without “zoom-level”.",
            ),
        )
    return tolerance[0]


def _zoom_level(value: str, _table: Table, _asked: Asked) -> float:
    """Half a screen pixel at that zoom of WebMercatorQuad, at the latitude of Paris."""
    zoom = _whole(value, "zoom-level", least=0, most=30)
    return 156_543.033928 / float(2**zoom) * 0.66 / 2


def _hits(value: str, _table: Table, _asked: Asked) -> bool:
    if value not in ("results", "hits"):
        detail = Text("« resulttype » : results ou hits.", "“resulttype”: results or hits.")
        raise InvalidParameter("resulttype", detail)
    return value == "hits"


def _precision(value: str, _table: Table, _asked: Asked) -> int:
    return _whole(value, "precision", least=0, most=15)


_READERS: dict[str, Callable[[str, Table, Asked], object]] = {
    "limit": _limit,
    "offset": _offset,
    "after": lambda value, _table, _asked: value,
    "before": lambda value, _table, _asked: value,
    "bbox": _bbox,
    "bbox-crs": _checked_crs("bbox-crs"),
    "crs": _checked_crs("crs"),
    "datetime": _datetime,
    "filter": _filter,
    "filter-lang": _lang_of_filter,
    "filter-crs": _checked_crs("filter-crs"),
    "properties": _properties,
    "exclude-properties": _excluded,
    "sortby": _sortby,
    "q": _q,
    "skipGeometry": _skip_geometry,
    "simplify": _simplify,
    "zoom-level": _zoom_level,
    "resulttype": _hits,
    "precision": _precision,
}
_FIELDS = {
    "exclude-properties": "properties",
    "skipGeometry": "geometry",
    "zoom-level": "simplify",
    "resulttype": "hits",
}
_ONLY_CHECKED = ("bbox-crs", "filter-lang", "filter-crs")
