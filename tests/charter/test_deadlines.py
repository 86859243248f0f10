"""The charter ends on 31 December 2026: who must be warned, when."""

from datetime import date

import pytest

from mig_idg.charter import Span
from mig_idg.charter.deadlines import months_before, schedule, warnings

CHARTER = Span(date(2022, 1, 1), date(2027, 1, 1))


def test_the_end_of_the_charter_is_announced_twelve_six_three_and_one_months_before():
    assert [(n.months, n.due) for n in schedule(CHARTER)] == [
        (12, date(2025, 12, 31)),
        (6, date(2026, 6, 30)),
        (3, date(2026, 9, 30)),
        (1, date(2026, 11, 30)),
    ]
    assert {n.last_day for n in schedule(CHARTER)} == {date(2026, 12, 31)}


@pytest.mark.parametrize(
    ("on", "due"),
    [
        ("2025-12-30", []),
        ("2025-12-31", [12]),
        ("2026-06-29", [12]),
        ("2026-06-30", [12, 6]),
        ("2026-11-30", [12, 6, 3, 1]),
        ("2026-12-31", [12, 6, 3, 1]),
        ("2027-01-01", []),
    ],
)
def test_a_notice_is_due_from_its_day_until_the_last_day_in_force(on, due):
    assert [n.months for n in warnings(CHARTER, date.fromisoformat(on))] == due


def test_an_instrument_without_end_is_never_announced_to_end():
    assert warnings(Span(date(2022, 1, 1)), date(2026, 1, 1)) == ()


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2024-03-31", 1, "2024-02-29"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-12-31", 12, "2025-12-31"),
        ("2026-05-31", 3, "2026-02-28"),
    ],
)
def test_months_are_counted_on_the_calendar(day, months, expected):
    assert months_before(date.fromisoformat(day), months) == date.fromisoformat(expected)
