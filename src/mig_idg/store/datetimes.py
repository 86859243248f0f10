"""Dates and times as clients write them (RFC 3339), and the `datetime` parameter."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from mig_idg.errors import InvalidParameter, Text

OPEN = ("..", "")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})")
# What clients write as well: no zone (QGIS, of a date without hour), no seconds, a zone without minutes or colon, and
# the plus sign of a zone that a query string turned into a space.
_LOOSE = re.compile(r"(\d{4})(-\d{2}-\d{2})[Tt ](\d{2}:\d{2})(:\d{2}(?:[.,]\d{1,9})?)?([Zz]|[+ -]\d{2}(?::?\d{2})?)?")
_FIRST, _LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
_DURATION = re.compile(
    r"P(?=[\dT])(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})W)?(?:(\d{1,6})D)?"
    r"(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9})S)?)?"
)


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


def loosely(text: str) -> datetime | None:
    """The instant of a parameter of the address, in UTC, which is also the zone of one that names none.

    QGIS asks for `2024-01-01T00:00:00/9999-12-31T00:00:00Z` and, of what is before a day, for the year 0000: refused,
    the layer looks empty. What is out of the calendar is its first or its last instant.
    """
    strict = instant(text)
    if strict is not None:
        return strict
    found = _LOOSE.fullmatch(text)
    if found is None:
        return None
    year, day_, minutes, seconds, zone = found.groups()
    zone = (zone or "Z").upper().replace(" ", "+")
    written = f"{max(year, '0001')}{day_}T{minutes}{(seconds or ':00').replace(',', '.')}{zone}"
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    if year == "0000":
        return _FIRST
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return _FIRST if year == "0001" else _LAST


def iso(moment: datetime) -> str:
    """An instant for PostgreSQL and for people: UTC, microseconds only when there are any."""
    return moment.isoformat().replace("+00:00", "Z")


def period(text: str, parameter: str = "datetime") -> Period:
    """The period of `datetime`: an instant, a day, or two of them around a slash, either of which may be open.

    One of the two may be a duration instead (`2024-05-01/P2D`): the standard's grammar has none, but the abstract test
    18 of part 1 sends them. Raises InvalidParameter.
    """
    first, slash, last = text.partition("/")
    if not slash:
        return Period(*_bounds(first, parameter))
    if "/" in last or (first in OPEN and last in OPEN):
        raise _unreadable(text, parameter)
    if first.startswith("P") or last.startswith("P"):
        return _lasting(first, last, parameter)
    start = None if first in OPEN else _bounds(first, parameter)[0]
    end, end_open = (None, False) if last in OPEN else _bounds(last, parameter)[1:]
    if start and end and start > end:
        raise InvalidParameter(
            parameter, Text("La période finit avant de commencer.", "The period ends before it begins.")
        )
    return Period(start, end, end_open)


def _lasting(first: str, last: str, parameter: str) -> Period:
    """A period told by one bound and how long it lasts; a duration after a day counts whole days from midnight."""
    told, duration, sign = (first, last, 1) if last.startswith("P") else (last, first, -1)
    start, end, end_open = _bounds(told, parameter)
    other = _moved(start if sign > 0 else end, duration, sign)
    if other is None:
        raise _unreadable(duration, parameter)
    return Period(start, other, end_open) if sign > 0 else Period(other, end, end_open)


def _moved(text: str, duration: str, sign: int) -> str | None:
    """The instant that long after (or before); None when the duration or the year cannot be read."""
    told = _DURATION.fullmatch(duration)
    if told is None:
        return None
    years, months, weeks, days, hours, minutes, seconds = (sign * int(part or 0) for part in told.groups())
    try:
        moment = datetime.fromisoformat(text)
        year, month = divmod(moment.year * 12 + moment.month - 1 + 12 * years + months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        moment = moment.replace(year=year, month=month + 1, day=min(moment.day, last))
        return iso(moment + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds))
    except (ValueError, OverflowError):
        return None


def _bounds(text: str, parameter: str) -> tuple[str, str, bool]:
    whole_day = day(text)
    if whole_day is None and text[:4] == "0000" and day(f"0004{text[4:]}"):  # 0004: a leap year, as 0000 is
        whole_day = _FIRST.date()
    if whole_day is not None:
        midnight = datetime(whole_day.year, whole_day.month, whole_day.day, tzinfo=UTC)
        try:
            return iso(midnight), iso(midnight + timedelta(days=1)), True
        except OverflowError:
            return iso(midnight), iso(midnight.replace(hour=23, minute=59, second=59)), False
    exact = loosely(text)
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
