"""Dates, numbers and values as people write them."""

from __future__ import annotations

from typing import Any

import pytest

from mig_idg.web import listing, messages


@pytest.mark.parametrize(
    ("value", "fr", "en"),
    [
        ("2026-11-01", "1er novembre 2026", "1 November 2026"),
        ("2026-08-31T10:00:00Z", "31 août 2026", "31 August 2026"),
        ("au printemps", "au printemps", "au printemps"),
    ],
)
def test_a_day_is_written_in_full(value: str, fr: str, en: str) -> None:
    assert messages.day(value, "fr") == fr
    assert messages.day(value, "en") == en


def test_thousands_are_set_apart() -> None:
    assert messages.number(1234567, "fr") == "1\u202f234\u202f567"
    assert messages.number(1234567, "en") == "1,234,567"


@pytest.mark.parametrize(
    ("value", "fr", "en"),
    [
        (1861234.567, "1\u202f861\u202f234,567", "1,861,234.567"),
        (-0.25, "-0,25", "-0.25"),
        (0.1 + 0.2, "0,3", "0.3"),
        (48.0, "48", "48"),
        (float("nan"), "—", "—"),
    ],
)
def test_a_measure_keeps_its_digits_and_is_written_without_powers_of_ten(value: float, fr: str, en: str) -> None:
    assert messages.value(value, "fr") == fr
    assert messages.value(value, "en") == en


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "—"),
        ("", "—"),
        (True, "oui"),
        (1.5, "1,5"),
        (["a", None], "a, —"),
        ({"a": 1, "b": True}, "a : 1, b : oui"),
    ],
)
def test_a_value_is_shown_as_a_reader_expects(value: Any, shown: str) -> None:
    assert messages.value(value, "fr") == shown


def test_decisions_that_say_the_same_are_told_once() -> None:
    same = {"outcome": "deny", "rule": "B11", "reason": "non"}
    decisions = [same | {"action": "view", "title": "Voir"}, same | {"action": "query", "title": "Interroger"}]
    other = {"outcome": "permit", "rule": "B9", "reason": "oui", "action": "discover", "title": "Connaître"}
    told = listing.told_together([other, *decisions])
    assert [titles for titles, _ in told] == [["Connaître"], ["Voir", "Interroger"]]


@pytest.mark.parametrize(
    ("written", "french", "english"),
    [
        ("2026-11-01", "1er novembre 2026", "1 November 2026"),
        ("2026-11-22T14:05:00Z", "22 novembre 2026, 14:05 UTC", "22 November 2026, 14:05 UTC"),
        ("2026-11-22T14:05:00+01:00", "22 novembre 2026, 14:05 (UTC+01:00)", "22 November 2026, 14:05 (UTC+01:00)"),
        ("2026-13-45", "2026-13-45", "2026-13-45"),
        ("rue du 2026-11-01", "rue du 2026-11-01", "rue du 2026-11-01"),
    ],
)
def test_no_page_shows_a_date_as_machines_write_it(written, french, english):
    assert messages.value(written, "fr") == french
    assert messages.value(written, "en") == english
