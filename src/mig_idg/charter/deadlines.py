"""When to warn that the charter ends (004 §2.7): computed from its span, never typed."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from mig_idg.charter.facts import Span

NOTICE_MONTHS = (12, 6, 3, 1)


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice before the end: `months` before it, due on `due`; `last_day` is the last day in force."""

    months: int
    due: date
    last_day: date


def months_before(day: date, months: int) -> date:
    """The same day of the month, some months earlier; the last of the month when it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def schedule(span: Span) -> tuple[Notice, ...]:
    """The notices of an instrument, earliest first; none when it has no end."""
    if span.end is None:
        return ()
    last_day = span.end - timedelta(days=1)
    return tuple(Notice(months, months_before(last_day, months), last_day) for months in NOTICE_MONTHS)


def warnings(span: Span, on: date) -> tuple[Notice, ...]:
    """The notices that are due on a day, earliest first; none before the first one, nor once the charter has ended."""
    return tuple(notice for notice in schedule(span) if notice.due <= on <= notice.last_day)
