"""Dates and times as clients write them (RFC 3339), and the `datetime` parameter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from mig_idg.errors import InvalidParameter, Text

OPEN = ("..", "")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})")


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` to `end`, UTC instants as ISO text, both included but `end` when `end_open`; None is unbounded."""

    start: str | None
    end: str | None
    end_open: bool = False


def day(text: str) -> date | None:
    """The calendar day written, or None when it is not one."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def instant(text: str) -> datetime | None:
    """The instant written, in UTC, or None when it is not one (a time zone is required)."""
    if not _INSTANT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.upper().replace(" ", "T")).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def iso(moment: datetime) -> str:
    """An instant for PostgreSQL and for people: UTC, microseconds only when there are any."""
    return moment.isoformat().replace("+00:00", "Z")


def period(text: str, parameter: str = "datetime") -> Period:
    """The period of `datetime`: an instant, a day, or two of them around a slash, either of which may be open.

    Raises InvalidParameter.
    """
    first, slash, last = text.partition("/")
    if not slash:
        start, end, end_open = _bounds(first, parameter)
        return Period(start, end, end_open)
    if "/" in last or (first in OPEN and last in OPEN):
        raise _unreadable(text, parameter)
    start = None if first in OPEN else _bounds(first, parameter)[0]
    end, end_open = (None, False) if last in OPEN else _bounds(last, parameter)[1:]
    if start and end and start > end:
        raise InvalidParameter(
            parameter, Text("La période finit avant de commencer.", "The period ends before it begins.")
        )
    return Period(start, end, end_open)


def _bounds(text: str, parameter: str) -> tuple[str, str, bool]:
    whole_day = day(text)
    if whole_day is not None:
        midnight = datetime(whole_day.year, whole_day.month, whole_day.day, tzinfo=UTC)
        try:
            return iso(midnight), iso(midnight + timedelta(days=1)), True
        except OverflowError:
            return iso(midnight), iso(midnight.replace(hour=23, minute=59, second=59)), False
    exact = instant(text)
    if exact is None:
        raise _unreadable(text, parameter)
    return iso(exact), iso(exact), False


def _unreadable(text: str, parameter: str) -> InvalidParameter:
    return InvalidParameter(
        parameter,
        Text(f"Date ou période illisible : « {text[:80]} ».", f"Not a date or a period: “{text[:80]}”."),
        remedy=Text(
            "Par exemple 2024-05-01, 2024-05-01T12:00:00Z, 2024-01-01/2024-12-31 ou 2024-01-01/..",
            "For example 2024-05-01, 2024-05-01T12:00:00Z, 2024-01-01/2024-12-31 or 2024-01-01/..",
        ),
    )
