"""Where the next page begins: the sort keys of its first feature, in the address of the `next` link.

A cursor names a place in an order, not a count of rows: it stays right when rows are added or removed before it, and
the last page costs what the first did. It holds values of columns that the caller may see, and nothing secret: it is
JSON in base64url, not signed, and read as strictly as any parameter.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson

from mig_idg.errors import InvalidParameter, Text
from mig_idg.store.table import Column, Table
from mig_idg.store.values import value_of

if TYPE_CHECKING:
    from mig_idg.store.query import Sort

MAX_TOKEN = 4_000


@dataclass(frozen=True, slots=True)
class Cursor:
    """One value per sort key, then the id, as PostgreSQL wrote them; None is null."""

    values: tuple[str | None, ...]


def token(values: bytes, sortby: Sequence[Sort]) -> str:
    """The token for the JSON array of values that the items statement returned."""
    document = b'{"s":' + orjson.dumps(signature(sortby)) + b',"v":' + values + b"}"
    return base64.urlsafe_b64encode(document).rstrip(b"=").decode()


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
        if not isinstance(document, dict) or document.keys() != {"s", "v"} or document["s"] != signature(sortby):
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
    return Cursor(tuple(kept))


def _checked(column: Column, value: str) -> str:
    """The value as PostgreSQL wrote it: infinities of dates and numbers included, which no client may write."""
    infinite = ("infinity", "-infinity", "Infinity", "-Infinity", "NaN")
    return value if value in infinite else value_of(column, value, "after")
