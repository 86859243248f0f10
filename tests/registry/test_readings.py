"""The partnership reads the ambiguous places: by dated acts that cite a decision, known and valid from their days."""

from datetime import UTC, date, datetime, timedelta

import pytest

from mig_idg.charter import AccessRequest, decide
from mig_idg.charter.articles import readings
from mig_idg.charter.decision import readings_behind
from mig_idg.errors import InvalidParameter, Refused, UnknownWord
from mig_idg.registry import committees, datasets, declared, facts
from mig_idg.registry import readings as taken
from mig_idg.registry.committees import Item, Sitting
from mig_idg.registry.datasets import Version

DAY = date(2026, 6, 1)
STEERING = Sitting("steering", ("92050", "92024", "departement-92"), "compte-rendu 9")
TECHNICAL = Sitting("technical", ("92050", "92024"), "compte-rendu 1")


@pytest.fixture
def later(partners, on, adhere, submitted):
    """« adresses » validated in January; Boulogne-Billancourt adheres in February."""
    declared.record(partners, {"id": "adresses", "kind": "coproduced", "columns": ["geom"]}, "g", date(2025, 1, 1))
    submitted(partners, "adresses", date(2026, 1, 10))
    datasets.validate(partners, "adresses", Version("1"), TECHNICAL, on(date(2026, 1, 10)))
    adhere(partners, "92012", date(2026, 2, 1))
    return partners


def decided(conn, number, record, **votes):
    item = Item("reading", str(number), "Lecture", **votes)
    _, (ruling,) = committees.record_meeting(conn, STEERING, [item], record)
    return ruling.decision


def asked(day):
    return AccessRequest("92012", frozenset(), "query", "adresses", day)


def rule(conn, day, known_at=None):
    return decide(asked(day), facts.load(conn, day, known_at)).rule


def test_a_reading_counts_from_the_day_of_its_act(later, on):
    number = decided(later, 3, on(DAY))
    taken.take(later, 3, "co_owner", on(DAY), decision=number)
    assert [rule(later, day) for day in (date(2026, 5, 31), DAY)] == ["B4b", "B4"]


def test_what_was_known_before_the_act_is_answered_as_it_was(later, on):
    number = decided(later, 3, on(DAY))
    before = later.execute("select clock_timestamp()").fetchone()[0]
    taken.take(later, 3, "co_owner", on(DAY), decision=number)
    assert rule(later, DAY, before) == "B4b"
    assert rule(later, DAY, datetime.now(UTC) + timedelta(days=1)) == "B4"


def test_the_reading_behind_an_answer_is_told_and_no_other(later, on):
    for number, choice in ((3, "co_owner"), (4, "closed")):
        taken.take(later, number, choice, on(DAY), decision=decided(later, number, on(DAY)))
    (behind,) = readings_behind(asked(DAY), facts.load(later, DAY))
    assert (behind.number, behind.choice, behind.since) == (3, "co_owner", DAY)


@pytest.mark.parametrize("reading", readings(), ids=lambda reading: str(reading.number))
def test_each_of_the_readings_may_be_taken(later, on, reading):
    number = decided(later, reading.number, on(DAY))
    choice = reading.choices[-1] if reading.choices else "retained"
    days = 90 if choice == "read_only_grace" else 0
    taken.take(later, reading.number, choice, on(DAY), decision=number, days=days)
    (row,) = taken.taken(later, DAY)
    assert (row["number"], row["choice"], row["decision"]) == (reading.number, choice, number)
    assert rule(later, DAY) in ("B4", "B4b")


def test_days_of_grace_decided_before_the_end_let_partners_read_after_it(later, on):
    end = date(2027, 1, 1)
    taken.take(later, 18, "read_only_grace", on(DAY), decision=decided(later, 18, on(DAY)), days=30)
    assert [rule(later, end + timedelta(days=n)) for n in (0, 29, 30)] == ["B4b", "B4b", "B11"]


@pytest.mark.parametrize(
    ("number", "choice", "error"),
    [(39, "x", UnknownWord), (3, "owner", UnknownWord), (18, "read_only_grace", InvalidParameter)],
)
def test_an_unknown_reading_or_choice_is_refused_with_the_choices(later, on, number, choice, error):
    with pytest.raises(error):
        taken.take(later, number, choice, on(DAY), decision=decided(later, number, on(DAY)))


def test_a_reading_needs_a_decision_that_was_adopted_on_it(later, on):
    for decision in (999_999, decided(later, 4, on(DAY)), decided(later, 3, on(DAY), against=["92024"])):
        with pytest.raises(Refused, match="comité de pilotage"):
            taken.take(later, 3, "co_owner", on(DAY), decision=decision)
