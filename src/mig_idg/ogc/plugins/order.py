"""Values of properties compared: equal to what a client wrote, in a period, before or after one another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from mig_idg.store import datetimes

Key = tuple[int, Any]


def equal(value: Any, written: str) -> bool:
    """Whether a value is the one that a client wrote; numbers are compared as numbers."""
    if value is None:
        return False
    if isinstance(value, bool):
        return written.lower() == str(value).lower()
    if isinstance(value, int | float):
        try:
            return float(written) == value
        except ValueError:
            return False
    return str(value) == written


def instant(value: Any) -> datetime | None:
    """The instant that a value tells: a day (its midnight), a date and time; None when it is none."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    text = str(value)
    day = datetimes.day(text)
    return datetime(day.year, day.month, day.day, tzinfo=UTC) if day else datetimes.loosely(text)


def within(value: Any, period: dict[str, Any]) -> bool:
    """Whether a value is in a period; a value that tells no instant is in none."""
    found = instant(value) if value is not None else None
    if found is None:
        return False
    start, end = (datetime.fromisoformat(text) if text else None for text in (period["start"], period["end"]))
    if start is not None and found < start:
        return False
    return end is None or (found < end if period["end_open"] else found <= end)


def key(value: Any) -> Key:
    """What orders values of any type: numbers, then texts, then the rest."""
    if isinstance(value, int | float):
        return (0, value)
    return (1, value) if isinstance(value, str) else (2, str(value))


def both_ways(ascending: Sequence[Any], descending: Sequence[Any]) -> bool:
    """Whether one list goes up and the other goes down."""
    return list(ascending) == sorted(ascending, key=key) and list(descending) == sorted(
        descending, key=key, reverse=True
    )


def sort(features: list[dict[str, Any]], keys: Sequence[tuple[str, bool]]) -> list[dict[str, Any]]:
    """The features in order, those without a value last, either way (as tables do)."""
    for name, descending in reversed(keys):
        told = [one for one in features if one["properties"].get(name) is not None]
        untold = [one for one in features if one["properties"].get(name) is None]
        features = sorted(told, key=lambda one: key(one["properties"][name]), reverse=descending) + untold
    return features


def found_in(properties: dict[str, Any], terms: Sequence[str]) -> bool:
    """Whether one of the terms is in a text of the properties, letter case apart."""
    texts = [value.casefold() for value in properties.values() if isinstance(value, str)]
    return any(term.casefold() in text for term in terms for text in texts)
