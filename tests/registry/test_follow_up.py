"""Cases: opened with what their kind asks, moved along their way, kept with their course."""

from datetime import date

import pytest

from mig_idg.errors import Conflict, InvalidParameter, Refused, UnknownWord
from mig_idg.registry import committees, follow_up, journal
from mig_idg.registry.case_kinds import KINDS, STATES
from mig_idg.registry.committees import Item, Sitting
from mig_idg.registry.follow_up import Case

DAY = date(2026, 2, 2)
ACQUISITION = Case(
    "acquisition", "LiDAR 2027", "92050", details={"area": "Nanterre", "contact": "sig@nanterre.example"}
)


def opened(conn, case, on, day=DAY):
    return follow_up.open_case(conn, case, on(day)).details["case"]


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.word)
def test_every_kind_has_a_way_to_an_end_and_words_for_each_state(kind):
    for state, follows in kind.moves.items():
        assert state in STATES
        assert set(follows) <= set(kind.moves)
    reached = {kind.first}
    while more := {to for state in reached for to in kind.moves[state]} - reached:
        reached |= more
    assert reached == set(kind.moves)
    assert any(kind.ended(state) for state in reached)


def test_a_project_of_acquisition_is_seen_with_its_area(partners, on):
    """Charte MIG, § 3.2.4."""
    number = opened(partners, ACQUISITION, on)
    (row,) = follow_up.listing(partners, DAY, kind="acquisition")
    assert (row["case"], row["organisation"], row["details"]["area"]) == (number, "92050", "Nanterre")
    assert follow_up.listing(partners, date(2026, 2, 1)) == []


def test_what_is_missing_is_said_field_by_field(partners, on):
    with pytest.raises(InvalidParameter, match="emprise"):
        opened(partners, Case("acquisition", "X", "92050"), on)
    with pytest.raises(InvalidParameter, match="organisme"):
        opened(partners, Case("need", "X", details={"nature": "technical"}), on)
    with pytest.raises(UnknownWord):
        opened(partners, Case("need", "X", "92050", details={"nature": "technique"}), on)
    with pytest.raises(UnknownWord):
        opened(partners, Case("besoin", "X", "92050"), on)


def way_to(kind, state):
    """States from the first to that one, by the shortest way."""
    ways = {kind.first: []}
    for before in [kind.first, *kind.moves]:
        for after in kind.moves[before] if before in ways else ():
            ways.setdefault(after, [*ways[before], after])
    return ways[state]


def filled(word):
    """A case of a kind with all that the kind asks."""
    kind = KINDS[word]
    values = {one.name: (one.choices or ("2025-06-01",))[0] for one in kind.fields}
    return Case(
        word, "objet", "92050", ["92024"], group="voirie" if kind.wants_group else None, due=date(2026, 9, 1),
        details=values,
    )  # fmt: skip


@pytest.mark.parametrize("word", [word for word in KINDS if word != "transfer-difficulty"])
def test_each_pair_of_states_is_allowed_or_refused_with_those_that_follow(partners, on, word):
    """The table is the rule: a move that it lacks is a conflict, and nothing moves. (Difficulties: a test of their own.)"""
    sitting = Sitting("technical", ("92050", "92024"), "compte-rendu 3")
    committees.record_meeting(partners, sitting, [Item("working_group", "voirie", "Voirie")], on(date(2026, 1, 5)))
    kind = KINDS[word]
    for before in kind.moves:
        for after in kind.moves:
            number = opened(partners, filled(word), on)
            for step in way_to(kind, before):
                follow_up.move(partners, number, step, "x", on(DAY))
            if after in kind.moves[before]:
                follow_up.move(partners, number, after, "x", on(DAY))
            else:
                with pytest.raises(Conflict):
                    follow_up.move(partners, number, after, "x", on(DAY))
            expected = after if after in kind.moves[before] else before
            assert follow_up.latest(partners, number)["state"] == expected


def test_a_move_that_does_not_follow_is_refused(partners, on):
    number = opened(partners, ACQUISITION, on)
    with pytest.raises(Conflict, match="decided"):
        follow_up.move(partners, number, "done", "fini", on(date(2026, 3, 1)))
    follow_up.move(partners, number, "decided", "marché passé", on(date(2026, 3, 1)))
    follow_up.move(partners, number, "done", "livré", on(date(2026, 9, 1)))
    assert [(row["since"], row["state"]) for row in follow_up.course(partners, number)] == [
        (DAY, "declared"), (date(2026, 3, 1), "decided"), (date(2026, 9, 1), "done"),
    ]  # fmt: skip
    assert follow_up.listing(partners, date(2026, 9, 1)) == []
    assert [row["state"] for row in follow_up.listing(partners, date(2026, 4, 1))] == ["decided"]


def test_a_case_does_not_move_before_its_state(partners, on):
    number = opened(partners, ACQUISITION, on)
    with pytest.raises(InvalidParameter, match="02/02/2026"):
        follow_up.move(partners, number, "decided", "x", on(date(2026, 2, 1)))


def test_an_open_dispute_keeps_the_journal(partners, on):
    """Charte MIG, § 2.8: the logs are evidence until it is settled."""
    dispute = Case("dispute", "usage", "92050", ["92024"], due=date(2026, 4, 1), details={"since": "2025-06-01"})
    number = opened(partners, dispute, on)
    with pytest.raises(Conflict, match="01/06/2025"):
        journal.aggregate(partners, date(2025, 6, 2))
    assert journal.aggregate(partners, date(2025, 6, 1)) == 0
    follow_up.move(partners, number, "amicable", "réunion", on(date(2026, 3, 1)))
    follow_up.move(partners, number, "settled", "accord", on(date(2026, 3, 8)))
    assert journal.aggregate(partners, date(2025, 6, 2)) == 0


def test_a_difficulty_with_a_contractor_is_settled_by_the_technical_committee(partners, on):
    """Charte MIG, § 2.4.2."""
    case = Case("transfer-difficulty", "format refusé", "92050", details={"contractor": "Topo SARL"})
    number = opened(partners, case, on)
    with pytest.raises(Refused, match="comité technique"):
        follow_up.move(partners, number, "settled", "x", on(date(2026, 3, 1)))
    sitting = Sitting("technical", ("92050", "92024"), "compte-rendu 3")
    item = Item("transfer_difficulty", str(number), "Livrer en GeoPackage")
    committees.record_meeting(partners, sitting, [item], on(date(2026, 3, 1)))
    follow_up.move(partners, number, "settled", "GeoPackage", on(date(2026, 3, 2)))


def test_a_task_belongs_to_a_group_that_exists(partners, on):
    """Charte MIG, § 2.4.3."""
    with pytest.raises(UnknownWord):
        opened(partners, Case("task", "relevés", "92050", group="voirie"), on)
    sitting = Sitting("technical", ("92050", "92024"), "compte-rendu 3")
    committees.record_meeting(partners, sitting, [Item("working_group", "voirie", "Voirie")], on(date(2026, 1, 5)))
    opened(partners, Case("task", "relevés", "92050", group="voirie", due=date(2026, 6, 1)), on)
    assert [row["subject"] for row in follow_up.listing(partners, DAY, group="voirie")] == ["relevés"]
