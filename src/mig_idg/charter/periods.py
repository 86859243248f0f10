"""How long a convention runs, and until when one may give notice: computed from its stored dates, never typed.

Three texts, three clocks: one year from the signature by both (Tarn-et-Garonne, art. 3), three calendar years (OPenIG,
art. 6), three years from the notification and at the latest June 2025, then yearly (Aix-Marseille-Provence, art. 4).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from mig_idg.charter.deadlines import months_before

Start = Literal["signature", "calendar_year", "notification"]


@dataclass(frozen=True, slots=True)
class Clock:
    """What a text says of its own length: `start` names the date it is counted from.

    `latest_end` is the last day of the first period at the latest. Notices are counted in whole months before the end
    of a period (`notice_months`), from receipt for an end by agreement (`agreement_months`), and in days for the
    deadline of a formal notice (`formal_notice_days`, None: the letter itself fixes a reasonable one). The last four
    are the articles; an empty one says that the text has none.
    """

    text: str
    start: Start
    years: int
    renewal_years: int
    notice_months: int
    agreement_months: int = 0
    formal_notice_days: int | None = None
    latest_end: date | None = None
    duration: str = ""
    ending: str = ""
    fault: str = ""
    amendments: str = ""

    def article(self, place: str) -> str:
        """The citation of one of its articles."""
        return f"{self.text}, {place}" if place else self.text


MODELS: dict[str, Clock] = {
    "tarn-et-garonne": Clock(
        "convention Tarn-et-Garonne",
        "signature",
        years=1,
        renewal_years=1,
        notice_months=1,
        agreement_months=1,
        duration="art. 3",
        ending="art. 12.2-3",
        fault="art. 12.1",
        amendments="art. 11",
    ),
    "openig": Clock(
        "convention OPenIG",
        "calendar_year",
        years=3,
        renewal_years=3,
        notice_months=0,
        formal_notice_days=15,
        duration="art. 6",
        ending="art. 6",
        fault="art. 7",
    ),
    "aix-marseille": Clock(
        "convention Aix-Marseille-Provence",
        "notification",
        years=3,
        renewal_years=1,
        notice_months=3,
        latest_end=date(2025, 6, 30),
        duration="art. 4",
        ending="art. 5",
    ),
}


@dataclass(frozen=True, slots=True)
class Period:
    """One period `[start, end)` of a convention: its number (1 is the first) and whether it was tacitly renewed."""

    number: int
    start: date
    end: date
    notice_by: date

    @property
    def tacit(self) -> bool:
        """True from the second period on."""
        return self.number > 1

    @property
    def last_day(self) -> date:
        """The last day of the period."""
        return self.end - timedelta(days=1)


def years_after(day: date, years: int) -> date:
    """The same day some years later; 1 March for a 29 February in a common year."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def starts_on(clock: Clock, signed: date, notified: date | None) -> date | None:
    """The first day, from the last signature and the notification; None while the text waits for the latter."""
    if clock.start == "notification":
        return notified
    return date(signed.year, 1, 1) if clock.start == "calendar_year" else signed


def period_on(clock: Clock, start: date, on: date) -> Period | None:
    """The period that holds the day; None before the convention starts."""
    if on < start:
        return None
    number, first, end = 1, start, _first_end(clock, start)
    while on >= end:
        number, first, end = number + 1, end, years_after(end, clock.renewal_years)
    return Period(number, first, end, months_before(end, clock.notice_months))


def ends_after_notice(clock: Clock, start: date, received: date) -> date | None:
    """The day a notice received on a day takes effect: the end of its period, or of the next when it came too late."""
    period = period_on(clock, start, received)
    if period is None:
        return None
    if received <= period.notice_by:
        return period.end
    following = period_on(clock, start, period.end)
    assert following is not None
    return following.end


def months_after(day: date, months: int) -> date:
    """The same day of the month, some months later; the last of the month when it is shorter."""
    return months_before(day, -months)


def _first_end(clock: Clock, start: date) -> date:
    end = years_after(start, clock.years)
    if clock.latest_end is not None and start <= clock.latest_end < end:
        return clock.latest_end + timedelta(days=1)
    return end
