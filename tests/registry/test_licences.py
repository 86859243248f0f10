"""Coproduced data are opened by a co-owner's act, the others being told fifteen days before (004 §3.4, reading 21)."""

from datetime import date

import pytest

from mig_idg.charter import AccessRequest, decide
from mig_idg.errors import Conflict, InvalidParameter, Refused
from mig_idg.registry import committees, datasets, declared, facts, licences, openings
from mig_idg.registry.committees import Item, Sitting
from mig_idg.registry.datasets import Version

DAY, OPENS = date(2026, 3, 1), date(2026, 3, 16)
TECHNICAL = Sitting("technical", ("92050", "92024"), "compte-rendu 1")
VOIRIE = {"id": "voirie", "kind": "coproduced", "working_group": ["92050"], "columns": ["geom"]}


@pytest.fixture
def validated(partners, on, submitted):
    """« Voirie », validated in January; its file says ODbL, which opens nothing."""
    born = date(2025, 1, 1)
    told = declared.record(partners, {**VOIRIE, "licence": "ODbL-1.0"}, "greffier", born)
    assert any("terms open" in note.fr for note in told.notes)
    submitted(partners, "voirie", date(2026, 1, 10))
    datasets.validate(partners, "voirie", Version("1"), TECHNICAL, on(date(2026, 1, 10)))
    for question in openings.QUESTIONS:
        openings.answer(
            partners, "voirie", "92050", openings.Answer(question, "vu par le délégué"), on(date(2026, 1, 11))
        )
    return partners


def rule(conn, day, who=None):
    return decide(AccessRequest(who, frozenset(), "query", "voirie", day), facts.load(conn, day)).rule


def test_a_licence_in_a_file_opens_no_coproduction(validated):
    assert rule(validated, DAY) == "B11"


def test_a_co_owner_opens_fifteen_days_after_it_told_the_others(validated, on):
    done = licences.publish_open(validated, "voirie", "92050", on(DAY))
    assert done.details["notified"] == ["92024", "departement-92", "ept-t4"]
    assert done.details["opens"] == OPENS
    assert [rule(validated, day) for day in (date(2026, 3, 15), OPENS)] == ["B11", "B9"]
    assert facts.load(validated, OPENS).datasets["voirie"].licence == "LO-2.0"
    declared.record(validated, {**VOIRIE, "licence": "restricted"}, "greffier", date(2026, 4, 1))
    assert rule(validated, date(2026, 4, 2)) == "B9"


def test_who_does_not_own_it_opens_nothing(validated, on, adhere):
    adhere(validated, "92012", date(2026, 2, 1))
    with pytest.raises(Refused) as refused:
        licences.publish_open(validated, "voirie", "92012", on(DAY))
    assert "copropriétaire" in refused.value.remedy.fr


def test_what_is_not_validated_is_not_opened(partners, on):
    declared.record(partners, VOIRIE, "greffier", date(2025, 1, 1))
    with pytest.raises(Refused):
        licences.publish_open(partners, "voirie", "92050", on(DAY))


def test_odbl_needs_the_committee(validated, on):
    with pytest.raises(Refused, match="ODbL"):
        licences.publish_open(validated, "voirie", "92050", on(DAY), licence="ODbL-1.0")
    item = Item("licence", "voirie", "ODbL pour la voirie")
    _, (ruling,) = committees.record_meeting(validated, TECHNICAL, [item], on(date(2026, 2, 20)))
    licences.publish_open(validated, "voirie", "92050", on(DAY), licence="ODbL-1.0", decision=ruling.decision)
    world = facts.load(validated, OPENS)
    assert "SHARE_ALIKE" in decide(AccessRequest(None, frozenset(), "query", "voirie", OPENS), world).obligations


def test_an_opening_is_taken_back_before_its_day_by_who_made_it(validated, on):
    licences.publish_open(validated, "voirie", "92050", on(DAY))
    with pytest.raises(Conflict):
        licences.publish_open(validated, "voirie", "92024", on(DAY))
    with pytest.raises(Refused):
        licences.take_back(validated, "voirie", "92024", on(date(2026, 3, 2)))
    with pytest.raises(InvalidParameter):
        licences.take_back(validated, "voirie", "92050", on(OPENS))
    licences.take_back(validated, "voirie", "92050", on(date(2026, 3, 2)))
    assert rule(validated, OPENS) == "B11"
    assert licences.openings(validated) == []
