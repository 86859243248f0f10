"""Dates and instants inside filters."""

from __future__ import annotations

from mig_idg.errors import InvalidParameter, Text
from mig_idg.store import datetimes
from mig_idg.store.cql2.syntax import Literal

OPEN = ("..", "")


def date_literal(text: str) -> Literal:
    """DATE('2024-05-01'). Raises InvalidParameter."""
    if datetimes.day(text) is None:
        raise _unreadable(text, "2024-05-01")
    return Literal("date", text)


def timestamp_literal(text: str) -> Literal:
    """TIMESTAMP('2024-05-01T12:00:00Z'). Raises InvalidParameter."""
    exact = datetimes.instant(text)
    if exact is None:
        raise _unreadable(text, "2024-05-01T12:00:00Z")
    return Literal("timestamp", datetimes.iso(exact))


def _unreadable(text: str, example: str) -> InvalidParameter:
    return InvalidParameter(
        "filter",
        Text(f"Filtre : « {text[:40]} » n'est pas une date.", f"Filter: “{text[:40]}” is not a date."),
        remedy=Text(f"Par exemple {example}.", f"For example {example}."),
    )
