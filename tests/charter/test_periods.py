"""How long each convention runs and by when one gives notice, as its text says; computed, never typed."""

from datetime import date

import pytest

from mig_idg.charter.periods import MODELS, ends_after_notice, period_on, starts_on, years_after

TARN, OPENIG, AIX = MODELS["tarn-et-garonne"], MODELS["openig"], MODELS["aix-marseille"]


def test_one_year_from_the_signature_by_both_then_tacitly_renewed():
    """Tarn-et-Garonne, art. 3, 12.3: one month's notice before the anniversary."""
    start = starts_on(TARN, date(2025, 3, 10), None)
    first = period_on(TARN, start, date(2026, 3, 9))
    assert (first.number, first.start, first.last_day, first.notice_by, first.tacit) == (
        1, date(2025, 3, 10), date(2026, 3, 9), date(2026, 2, 10), False,
    )  # fmt: skip
    second = period_on(TARN, start, date(2026, 3, 10))
    assert (second.number, second.start, second.end, second.tacit) == (2, date(2026, 3, 10), date(2027, 3, 10), True)


def test_three_calendar_years():
    """OPenIG, art. 6: whatever the day of the signature."""
    start = starts_on(OPENIG, date(2019, 11, 7), None)
    assert period_on(OPENIG, start, date(2021, 12, 31)).last_day == date(2021, 12, 31)
    assert period_on(OPENIG, start, date(2022, 1, 1)).end == date(2025, 1, 1)


@pytest.mark.parametrize(
    ("notified", "end_of_first"),
    [
        (date(2021, 2, 1), date(2024, 1, 31)),
        (date(2024, 2, 20), date(2025, 6, 30)),
        (date(2025, 7, 1), date(2028, 6, 30)),
    ],
)
def test_three_years_from_the_notification_and_june_2025_at_the_latest(notified, end_of_first):
    """Aix-Marseille-Provence, art. 4."""
    start = starts_on(AIX, notified, notified)
    assert period_on(AIX, start, notified).last_day == end_of_first
    after = period_on(AIX, start, end_of_first.replace(year=end_of_first.year + 1))
    assert after.number == 2


def test_a_convention_that_waits_for_its_notification_has_not_started():
    assert starts_on(AIX, date(2024, 2, 9), None) is None


@pytest.mark.parametrize(
    ("received", "ends"),
    [
        (date(2025, 3, 30), date(2025, 7, 1)),  # the last day: three months before the end
        (date(2025, 4, 2), date(2026, 7, 1)),  # too late: one period more
    ],
)
def test_a_late_notice_holds_for_the_next_period(received, ends):
    """Aix-Marseille-Provence, art. 5: the notice must arrive three months before the end of the period."""
    assert ends_after_notice(AIX, date(2024, 2, 20), received) == ends


def test_before_it_starts_nothing_runs():
    assert period_on(TARN, date(2025, 3, 10), date(2025, 3, 9)) is None
    assert ends_after_notice(TARN, date(2025, 3, 10), date(2025, 3, 9)) is None


def test_a_leap_day_has_an_anniversary():
    assert years_after(date(2024, 2, 29), 1) == date(2025, 3, 1)
