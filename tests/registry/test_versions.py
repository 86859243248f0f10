"""Changes of the charter: the committees approve them, then each partner for itself (004 §2.6)."""

from datetime import date

import psycopg
import pytest

from mig_idg.errors import Conflict, InvalidParameter, Refused, UnknownWord
from mig_idg.registry import committees, membership, versions, withdrawal
from mig_idg.registry.committees import Item, Sitting
from mig_idg.registry.membership import Piece
from mig_idg.registry.membership_status import PIECES

OPINION, DECISION, FROM = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
CHANGE = "mig-2026-1"


def sit(conn, on, kind, day, *, nature="decision", against=()):
    item = Item("charter_change", CHANGE, "Périmètre élargi", nature, against)
    sitting = Sitting(kind, ("92050", "92024", "departement-92"), f"compte-rendu {kind}")
    committees.record_meeting(conn, sitting, [item], on(day))


@pytest.fixture
def changed(partners, on):
    sit(partners, on, "technical", OPINION, nature="opinion")
    sit(partners, on, "steering", DECISION)
    versions.amend(partners, CHANGE, "Périmètre élargi", on(FROM))
    return partners


def standing_of(conn, day, known_at=None):
    return {row["version"]: row for row in versions.listing(conn, day, known_at)}


def test_a_change_binds_each_partner_from_its_own_approval(changed, on):
    versions.accept(changed, "92050", CHANGE, on(date(2026, 6, 1)))
    before, after = (standing_of(changed, day)[CHANGE] for day in (date(2026, 5, 31), date(2026, 6, 1)))
    assert before["binds"] == []
    assert after["binds"] == ["92050"]
    assert after["awaited"] == ["92024", "departement-92", "ept-t4"]
    assert standing_of(changed, FROM)["mig-2022"]["awaited"] == []


def test_a_change_is_in_force_from_its_day_and_not_the_day_before(changed):
    assert CHANGE not in standing_of(changed, date(2026, 4, 30))
    assert standing_of(changed, FROM)[CHANGE]["since"] == FROM


def test_an_approval_rests_on_a_piece_and_is_given_once(changed, on):
    done = versions.accept(changed, "92050", CHANGE, on(date(2026, 6, 1), "délibération 2026-42"))
    assert (done.article, done.details["from"]) == ("Charte MIG, § 2.6", date(2026, 6, 1))
    row = changed.execute(
        "select piece, accepted_on from registry.instrument_acceptance where instrument = %s", (CHANGE,)
    ).fetchone()
    assert row == ("délibération 2026-42", date(2026, 6, 1))
    with pytest.raises(Conflict):
        versions.accept(changed, "92050", CHANGE, on(date(2026, 7, 1)))


def test_nobody_approves_before_the_committees_or_what_nobody_put(changed, on):
    with pytest.raises(Refused, match=r"§ 2\.6") as early:
        versions.accept(changed, "92050", CHANGE, on(date(2026, 4, 30)))
    assert early.value.extra["rule"] == "a_change_is_accepted_once_it_is_approved"
    with pytest.raises(UnknownWord) as misspelt:
        versions.accept(changed, "92050", "mig-2026", on(date(2026, 6, 1)))
    assert CHANGE in misspelt.value.text("fr")
    assert standing_of(changed, date(2026, 6, 1))[CHANGE]["binds"] == []


def test_only_a_partner_approves(changed, on):
    with pytest.raises(Refused, match=r"§ 2\.6"):
        versions.accept(changed, "92012", CHANGE, on(date(2026, 6, 1)))
    withdrawal.withdraw(changed, "92024", date(2026, 5, 20), on(date(2026, 5, 20)))
    with pytest.raises(Refused):
        versions.accept(changed, "92024", CHANGE, on(date(2026, 6, 1)))
    assert "92024" not in standing_of(changed, date(2026, 6, 1))[CHANGE]["awaited"]


def test_a_change_needs_the_opinion_then_the_decision(partners, on):
    with pytest.raises(Refused) as undecided:
        versions.amend(partners, CHANGE, "Périmètre élargi", on(FROM))
    assert undecided.value.extra["rule"] == "a_change_is_approved_by_the_steering_committee"
    sit(partners, on, "steering", DECISION)
    with pytest.raises(Refused) as without_opinion:
        versions.amend(partners, CHANGE, "Périmètre élargi", on(FROM))
    assert without_opinion.value.extra["rule"] == "the_technical_opinion_on_a_change_comes_first"
    sit(partners, on, "technical", date(2026, 4, 15), nature="opinion")
    with pytest.raises(Refused):
        versions.amend(partners, CHANGE, "Périmètre élargi", on(FROM))
    sit(partners, on, "steering", date(2026, 4, 20))
    versions.amend(partners, CHANGE, "Périmètre élargi", on(FROM))


def test_one_opposition_and_the_charter_stays_as_it_is(partners, on):
    sit(partners, on, "technical", OPINION, nature="opinion")
    sit(partners, on, "steering", DECISION, against=["92024"])
    with pytest.raises(Refused, match=r"§ 2\.6"):
        versions.amend(partners, CHANGE, "Périmètre élargi", on(FROM))


def test_a_change_takes_effect_after_its_decision_under_a_charter_in_force(partners, on):
    sit(partners, on, "technical", OPINION, nature="opinion")
    sit(partners, on, "steering", DECISION)
    with pytest.raises(Refused):
        versions.amend(partners, CHANGE, "Périmètre élargi", on(date(2026, 3, 31)))
    with pytest.raises(Refused, match=r"§ 2\.7"):
        versions.amend(partners, CHANGE, "Périmètre élargi", on(date(2027, 1, 1)))
    with pytest.raises(InvalidParameter):
        versions.amend(partners, CHANGE, " ", on(FROM))


def test_a_change_is_recorded_once(changed, on):
    with pytest.raises(Conflict):
        versions.amend(changed, CHANGE, "Encore", on(date(2026, 6, 1)))


def test_who_signs_its_form_after_the_change_accepts_it_with_the_charter(changed, on, adhere):
    adhere(changed, "92012", date(2026, 6, 1))
    assert "92012" in standing_of(changed, date(2026, 6, 1))[CHANGE]["binds"]


def test_who_signed_its_form_before_the_change_still_has_to_approve_it(changed, on):
    membership.apply(changed, "92012", on(date(2026, 4, 10)))
    for kind in PIECES:
        piece = Piece(kind, f"{kind} 1", date(2026, 4, 10), date(2026, 4, 10))
        membership.add_piece(changed, "92012", piece, on(date(2026, 4, 10)))
    membership.admit(changed, "92012", on(date(2026, 6, 1)))
    assert "92012" in standing_of(changed, date(2026, 6, 1))[CHANGE]["awaited"]


def test_what_was_known_before_an_approval_was_recorded_does_not_count_it(changed, on):
    (then,) = changed.execute("select max(recorded_at) from registry.act").fetchone()
    versions.accept(changed, "92050", CHANGE, on(date(2026, 6, 1)))
    assert standing_of(changed, date(2026, 6, 1), then)[CHANGE]["binds"] == []
    assert standing_of(changed, date(2026, 6, 1))[CHANGE]["binds"] == ["92050"]


def test_the_database_itself_refuses_an_approval_before_its_time(changed):
    (act,) = changed.execute("select max(id) from registry.act").fetchone()
    with pytest.raises(psycopg.errors.CheckViolation), changed.transaction():
        changed.execute(
            "insert into registry.instrument_acceptance (act, organisation, instrument, accepted_on, piece)"
            " values (%s, '92024', %s, '2026-04-30', 'x')",
            (act, CHANGE),
        )
