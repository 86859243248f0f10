"""Where the next page begins: the sort keys of its first feature, in the address of the `next` link.

A cursor names a place in an order, not a count of rows: it stays right when rows are added or removed before it, and
the last page costs what the first did. It holds values of columns that the caller may see, and nothing secret: it is
JSON in base64url, not signed, and read as strictly as any parameter.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from mig_idg.errors import InvalidParameter, Text
from mig_idg.store.table import Column, Table
from mig_idg.store.values import value_of

MAX_TOKEN = 40_000
# How PostgreSQL writes values that no client may write: before our era, at 24 o'clock, with the zone of a time, long.
_WRITTEN = {
    "date": re.compile(r"\d{4,7}-\d\d-\d\d( BC)?"),
    "timestamp": re.compile(r"\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?([+-]\d\d(:\d\d){0,2})?( BC)?"),
    "time": re.compile(r"\d\d:\d\d:\d\d(\.\d{1,6})?([+-]\d\d(:\d\d){0,2})?"),
    "number": re.compile(r"-?\d+(\.\d+)?(e[+-]\d{1,3})?"),
    "text": re.compile(r"[^\0]*", re.DOTALL),
}
_INFINITE = ("infinity", "-infinity", "Infinity", "-Infinity", "NaN")


@dataclass(frozen=True, slots=True)
class Sort:
    """One key of the order asked for."""

    column: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Cursor:
    """One value per sort key, then the id, as PostgreSQL wrote them; None is null.

    `version` is that of the rows that the page before was of, when the layer has versions.
    """

    values: tuple[str | None, ...]
    version: int | None = None


def token(values: bytes, sortby: Sequence[Sort], version: int | None = None) -> str:
    """The token for the JSON array of values that the items statement returned, of the rows of a version.

    Raises InvalidParameter when an address cannot hold them: a text of tens of thousands of characters.
    """
    pinned = b"" if version is None else b',"n":%d' % version
    document = b'{"s":' + orjson.dumps(signature(sortby)) + b',"v":' + values + pinned + b"}"
    made = base64.urlsafe_b64encode(document).rstrip(b"=").decode()
    if len(made) > MAX_TOKEN:
        raise InvalidParameter(
            "sortby",
            Text(
                "Les textes de cette colonne sont trop longs pour ce tri.",
                "Texts of this column are too long to sort by.",
            ),
            remedy=Text("Triez par une autre colonne.", "Sort by another column."),
        )
    return made


def signature(sortby: Sequence[Sort]) -> str:
    """The order a token was made for; a token of one order means nothing in another."""
    return ",".join(("-" if key.descending else "") + key.column for key in sortby)


def read_cursor(text: str, table: Table, sortby: Sequence[Sort]) -> Cursor:
    """The cursor of a token. Raises InvalidParameter when it is not one of ours, for this order."""
    try:
        if len(text) > MAX_TOKEN:
            raise ValueError
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        document = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if not isinstance(document, dict) or document.keys() - {"n"} != {"s", "v"}:
            raise ValueError
        version = document.get("n")
        if document["s"] != signature(sortby) or (version is not None and not _is_number(version)):
            raise ValueError
        columns = [table.column(key.column) for key in sortby] + [table.id]
        values = document["v"]
        if not isinstance(values, list) or len(values) != len(columns) or values[-1] is None:
            raise ValueError
        kept: list[str | None] = []
        for column, value in zip(columns, values, strict=True):
            if column is None or not (value is None or isinstance(value, str)):
                raise ValueError
            kept.append(None if value is None else _checked(column, value))
    except (ValueError, binascii.Error, InvalidParameter):
        raise InvalidParameter(
            "after",
            Text("Ce repère de page ne se lit pas ici.", "This page marker cannot be read here."),
            remedy=Text(
                "Repartez de la première page et suivez les liens « next ».",
                "Start from the first page and follow the “next” links.",
            ),
        ) from None
    return Cursor(tuple(kept), version)


def _is_number(version: object) -> bool:
    """Whether it may be the number of a version."""
    return type(version) is int and 0 < version < 2**31 - 1


def _checked(column: Column, value: str) -> str:
    """The value as PostgreSQL wrote it, whether a client may write it or not."""
    written = _WRITTEN.get(column.kind)
    if value in _INFINITE or (written is not None and written.fullmatch(value)):
        return value
    return value_of(column, value, "after")
