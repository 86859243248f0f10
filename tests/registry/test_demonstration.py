"""The demonstration's state of adhesion: invented, whole, and the same on any day."""

from datetime import date, timedelta

import pytest

from mig_idg.charter import AccessRequest, decide
from mig_idg.demonstration import adhesion
from mig_idg.demonstration.adhesion import CAST
from mig_idg.registry import declared, delegations, facts, withdrawal

DAYS = [date(2026, 3, 1), date(2026, 11, 22), date(2027, 2, 28), date(2031, 7, 14)]
EXPECTED = {
    None: "B11",
    CAST.owner: "B4",
    CAST.other_partner: "B4",
    CAST.late_joiner: "B4b",
    CAST.ept: "B4",
    CAST.served_commune: "B6",
    CAST.argenteuil: "B6",
    CAST.unanswered_commune: "B11",
    CAST.unserved_commune: "B11",
    CAST.commune_of_outside_ept: "B11",
    CAST.withdrawn: "B11",
    CAST.contractor: "B7",
    CAST.emergency_service: "B4",
    CAST.pilot: "B4",
}


def rules(conn, day):
    world = facts.load(conn, day)
    return {who: decide(AccessRequest(who, frozenset(), "download", "adresses", day), world).rule for who in EXPECTED}


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_each_situation_of_the_charter_is_played_whatever_the_day(bare, day):
    assert adhesion.adopt(bare, day) is True
    assert rules(bare, day) == EXPECTED


def test_there_are_24_partners_as_the_charter_counts_them(bare):
    day = date(2026, 11, 22)
    adhesion.adopt(bare, day)
    world = facts.load(bare, day)
    partners = {m.organisation for m in world.memberships if m.span.covers(day)}
    assert len(partners) == 24
    assert len([p for p in partners if p.isdigit()]) == 17


def test_adopted_again_it_changes_nothing(bare):
    adhesion.adopt(bare, DAYS[1])
    acts = bare.execute("select count(*) from registry.act").fetchone()
    assert adhesion.adopt(bare, DAYS[1] + timedelta(days=1)) is False
    assert bare.execute("select count(*) from registry.act").fetchone() == acts


def test_opened_again_after_years_it_still_plays(bare):
    adhesion.adopt(bare, DAYS[0])
    adhesion.adopt(bare, DAYS[3])
    assert rules(bare, DAYS[3]) == EXPECTED


def test_the_withdrawn_partner_left_before_it_was_typed_in(bare):
    day = date(2026, 11, 22)
    adhesion.adopt(bare, day)
    world = facts.load(bare, day)
    (span,) = world.memberships_of(CAST.withdrawn)
    assert span.end == day - timedelta(days=60)


def test_a_delegation_that_somebody_ended_stays_ended(bare, on):
    day = date(2026, 11, 22)
    adhesion.adopt(bare, day)
    (live,) = delegations.listing(bare, day)
    delegations.end(bare, live["delegation"], on(day))
    adhesion.adopt(bare, day + timedelta(days=400))
    assert delegations.listing(bare, day + timedelta(days=400)) == []


def test_the_demonstration_opens_after_its_owner_left(bare, on):
    day = date(2026, 11, 22)
    adhesion.adopt(bare, day)
    withdrawal.withdraw(bare, CAST.owner, day, on(day))
    assert adhesion.adopt(bare, day + timedelta(days=400)) is False


def test_what_is_published_first_answers_for_past_days(bare):
    day = date(2026, 11, 22)
    adhesion.adopt(bare, day)
    told = {"id": "pcrs", "kind": "mutualised", "owner": CAST.owner}
    declared.record(bare, told, "greffier", day)
    assert "pcrs" in facts.load(bare, date(2022, 1, 1)).datasets
