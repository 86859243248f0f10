"""Deadlines of standards: a decree's, or a year, per dataset, told at 6, 3, 1 months and after (000, art. 5)."""

from dataclasses import replace
from datetime import date

import pytest

from mig_idg.errors import InvalidParameter, Refused, UnknownWord
from mig_idg.registry import deadlines, declared, reminders, standard_versions
from mig_idg.registry.standard_versions import Version, duties, follow, register

BAL = Version("bal", "1.4", "territorial", "Base adresse", date(2026, 1, 31))
DECP = Version("decp", "2", "national", "Marchés", date(2024, 1, 1), "décret 2022-1683", date(2026, 7, 1))
DAY = date(2026, 2, 1)


@pytest.fixture
def adresse(partners, on):
    told = {"id": "adresse", "kind": "mutualised", "owner": "92050", "columns": ["geom"]}
    declared.record(partners, told, "greffier", date(2022, 1, 1))
    register(partners, BAL, on(DAY))
    return partners


def only(conn, day, **asked):
    (found,) = duties(conn, day, **asked)
    return found


def test_a_territorial_standard_gives_a_year_and_its_last_day_counts(adresse, on):
    follow(adresse, "adresse", "bal", None, "92050", on(DAY))
    one = only(adresse, DAY)
    assert (one.version.due, one.bodies, one.days_left(DAY)) == (date(2027, 1, 31), ("92050",), 364)
    assert [one.state(day) for day in (date(2027, 1, 31), date(2027, 2, 1))] == ["due", "late"]


def test_a_decree_fixes_the_day_of_a_national_standard_version_by_version(adresse, on):
    register(adresse, DECP, on(DAY))
    register(adresse, replace(DECP, version="3", published_on=date(2026, 2, 1), deadline=date(2027, 1, 1)), on(DAY))
    follow(adresse, "adresse", "decp", None, "92050", on(DAY))
    assert [one.version.due for one in duties(adresse, DAY)] == [date(2026, 7, 1), date(2027, 1, 1)]
    follow(adresse, "adresse", "decp", "2", "92050", on(date(2026, 3, 1)))
    assert only(adresse, date(2026, 3, 1)).version.version == "3"
    follow(adresse, "adresse", "decp", "3", "92050", on(date(2026, 4, 1)))
    assert duties(adresse, date(2026, 4, 1)) == []
    assert len(duties(adresse, date(2026, 2, 15))) == 2  # what held then


def test_a_change_of_a_standard_starts_its_own_year(adresse, on):
    follow(adresse, "adresse", "bal", "1.4", "92050", on(DAY))
    assert duties(adresse, DAY) == []
    register(adresse, replace(BAL, version="1.5", published_on=date(2026, 9, 1)), on(date(2026, 9, 1)))
    assert only(adresse, date(2026, 9, 1)).version.due == date(2027, 9, 1)
    assert duties(adresse, date(2026, 8, 31)) == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (replace(BAL, deadline=date(2026, 6, 1)), "deadline"),
        (replace(DECP, decree=None), "decree"),
        (replace(DECP, deadline=date(2023, 1, 1)), "deadline"),
    ],
)
def test_a_deadline_is_a_decrees(adresse, on, wrong, field):
    with pytest.raises(InvalidParameter) as refused:
        register(adresse, wrong, on(DAY))
    assert refused.value.extra["parameter"] == field


def test_who_does_not_own_it_says_nothing_of_it(adresse, on):
    with pytest.raises(Refused, match="propriétaire"):
        follow(adresse, "adresse", "bal", "1.4", "92024", on(DAY))
    with pytest.raises(UnknownWord):
        follow(adresse, "adresse", "ball", None, "92050", on(DAY))
    follow(adresse, "adresse", "bal", None, "departement-92", on(DAY))  # the pilot keeps the register


@pytest.mark.parametrize(
    ("day", "alert"),
    [
        (date(2026, 7, 30), None),
        (date(2026, 7, 31), "6"),
        (date(2026, 10, 31), "3"),
        (date(2026, 12, 31), "1"),
        (date(2027, 1, 31), "1"),
        (date(2027, 2, 1), "late"),
    ],
)
def test_alerts_come_at_six_three_and_one_months_and_after(adresse, on, day, alert):
    follow(adresse, "adresse", "bal", None, "92050", on(DAY))
    assert only(adresse, day).alert(day) == alert


def test_each_alert_is_written_once_to_the_owner(adresse, on):
    follow(adresse, "adresse", "bal", None, "92050", on(DAY))
    told = [reminders.standards(adresse, day) for day in (
        date(2026, 7, 30), date(2026, 7, 31), date(2026, 8, 1), date(2026, 11, 5), date(2027, 1, 2), date(2027, 2, 1),
        date(2027, 3, 1),
    )]  # fmt: skip
    assert told == [0, 1, 0, 1, 1, 1, 0]
    (words,) = adresse.execute("select words_fr from notices.message where kind = 'standards' order by id limit 1")
    assert "Base adresse 1.4" in words[0]
    assert "Échéance : 31/01/2027" in words[0]


def test_a_duty_is_among_the_deadlines_of_its_owner_and_in_the_calendar(adresse, on):
    follow(adresse, "adresse", "bal", None, "92050", on(DAY))
    due = deadlines.deadlines(adresse, DAY, organisation="92050")
    (one,) = [one for one in due if one.kind == "standard"]
    assert (one.due, one.organisation, one.article) == (date(2027, 1, 31), "92050", standard_versions.ARTICLE)
    assert not [one for one in deadlines.deadlines(adresse, DAY, organisation="92024") if one.kind == "standard"]
