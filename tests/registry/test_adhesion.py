"""Adhesion, step by step: three for a body of Annex 1, four otherwise (004 §2.2)."""

from datetime import date

import pytest

from mig_idg.errors import Conflict, Refused, UnknownWord
from mig_idg.registry import facts, membership, membership_status
from mig_idg.registry.committees import Sitting
from mig_idg.registry.membership import Ballot, Piece
from mig_idg.registry.membership_status import PIECES
from mig_idg.registry.organisations import Organisation, register, resolve

DAY = date(2026, 3, 1)
LATER = date(2026, 4, 1)


def file_pieces(conn, organisation, on, kinds=tuple(PIECES)):
    for kind in kinds:
        membership.add_piece(conn, organisation, Piece(kind, "1", DAY, DAY), on(DAY))


def state(conn, organisation, day=LATER):
    now = membership_status.membership_status(conn, organisation, day)
    return now["state"] if now else None


def test_being_listed_in_annex_1_opens_no_right(registry):
    assert facts.load(registry, DAY).memberships == ()


def test_a_body_of_annex_1_is_admissible_at_once(registry, on):
    membership.apply(registry, "92050", on(DAY))
    assert state(registry, "92050", DAY) == "admissible"
    assert not facts.load(registry, DAY).member("92050", DAY)


def test_a_body_of_annex_1_adheres_in_three_steps(registry, on):
    membership.apply(registry, "92050", on(DAY))
    file_pieces(registry, "92050", on)
    membership.admit(registry, "92050", on(LATER))
    world = facts.load(registry, LATER)
    assert world.member("92050", LATER)
    assert not world.member("92050", date(2026, 3, 31))


def test_a_file_without_its_postal_return_is_not_admitted_and_says_what_is_missing(registry, on):
    membership.apply(registry, "92050", on(DAY))
    file_pieces(registry, "92050", on, ("deliberation", "form", "email_return"))
    with pytest.raises(Refused) as refusal:
        membership.admit(registry, "92050", on(LATER))
    assert "renvoi par courrier postal" in refusal.value.text()
    assert refusal.value.extra["article"] == "Charte MIG, § 2.2.1"
    assert state(registry, "92050") == "admissible"


def test_a_piece_of_another_kind_is_not_understood(registry, on):
    membership.apply(registry, "92050", on(DAY))
    with pytest.raises(UnknownWord, match="formulaire"):
        membership.add_piece(registry, "92050", Piece("formulaire", "1", DAY, DAY), on(DAY))


def test_a_body_that_did_not_apply_is_not_admitted(registry, on):
    with pytest.raises(Conflict):
        membership.admit(registry, "92050", on(LATER))


def test_a_partner_does_not_apply_again(partners, on):
    with pytest.raises(Conflict):
        membership.apply(partners, "92050", on(DAY))


def test_a_company_cannot_apply(registry, on):
    register(registry, Organisation("acme", "ACME", "company"), on(DAY))
    with pytest.raises(Refused) as refusal:
        membership.apply(registry, "acme", on(DAY))
    assert refusal.value.extra["article"].startswith("Charte MIG, § 2.1.1")


def test_argenteuil_waits_for_an_opinion_then_a_decision_then_its_pieces(partners, on):
    membership.apply(partners, "95018", on(DAY))
    assert state(partners, "95018", DAY) == "opinion_pending"
    with pytest.raises(Refused):
        membership.admit(partners, "95018", on(LATER))
    technical = Sitting("technical", ["92050", "92024"], "compte-rendu 1")
    membership.give_opinion(partners, "95018", technical, on(DAY), against=["92024"])
    steering = Sitting("steering", ["92050", "92024"], "compte-rendu 2")
    membership.decide(partners, "95018", steering, Ballot(abstained=["92024"]), on(DAY))
    assert state(partners, "95018", DAY) == "approved"
    file_pieces(partners, "95018", on)
    membership.admit(partners, "95018", on(LATER))
    assert facts.load(partners, LATER).member("95018", LATER)


def test_the_steering_committee_does_not_decide_before_the_opinion(partners, on):
    membership.apply(partners, "95018", on(DAY))
    with pytest.raises(Refused) as refusal:
        membership.decide(partners, "95018", Sitting("steering", ["92050"], "1"), Ballot(), on(DAY))
    assert "§ 2.4.2" in refusal.value.extra["article"]


@pytest.fixture
def awaiting(partners, on):
    membership.apply(partners, "95018", on(DAY))
    membership.give_opinion(partners, "95018", Sitting("technical", ["92050"], "1"), on(DAY))
    return partners


def test_one_partner_against_refuses_with_reasons_and_notice(awaiting, on):
    ballot = Ballot(against=["92050"], reasons="hors du département", notified=LATER)
    membership.decide(awaiting, "95018", Sitting("steering", ["92050", "92024"], "2"), ballot, on(DAY))
    assert state(awaiting, "95018") == "refused"


@pytest.mark.parametrize("ballot", [Ballot(against=["92050"]), Ballot(against=["92050"], reasons="non")])
def test_a_refusal_without_reasons_or_notice_is_not_written(awaiting, on, ballot):
    with pytest.raises(Refused) as refusal:
        membership.decide(awaiting, "95018", Sitting("steering", ["92050"], "2"), ballot, on(DAY))
    assert refusal.value.extra["rule"] == "refusal_has_reasons_and_notice"
    assert state(awaiting, "95018") == "decision_pending"


def test_a_refused_body_may_apply_again(awaiting, on):
    ballot = Ballot(against=["92050"], reasons="hors du département", notified=LATER)
    membership.decide(awaiting, "95018", Sitting("steering", ["92050"], "2"), ballot, on(DAY))
    membership.apply(awaiting, "95018", on(LATER))
    assert state(awaiting, "95018") == "opinion_pending"


def test_a_body_of_annex_1_cannot_be_refused(partners, on):
    membership.apply(partners, "92048", on(DAY))
    ballot = Ballot(against=["92050"], reasons="non", notified=LATER)
    with pytest.raises(Refused) as refusal:
        membership.decide(partners, "92048", Sitting("steering", ["92050"], "2"), ballot, on(DAY))
    assert refusal.value.extra["article"] == "Charte MIG, § 2.2.1"


def test_somebody_who_is_no_partner_does_not_sit(awaiting, on):
    with pytest.raises(Refused) as refusal:
        membership.decide(awaiting, "95018", Sitting("steering", ["92048"], "2"), Ballot(), on(DAY))
    assert refusal.value.extra["rule"] == "only_partners_sit"


def test_the_list_of_partners_is_that_of_the_day(partners, adhere):
    adhere(partners, "92012", date(2026, 6, 1))

    def names(day):
        return [r["organisation"] for r in membership_status.standings(partners, day) if r["state"] == "adherent"]

    assert "92012" not in names(date(2026, 5, 31))
    assert "92012" in names(date(2026, 6, 1))


@pytest.mark.parametrize("word", ["92050", "Nanterre", "nanterre", "NANTERRE", "219200508"])
def test_a_body_is_found_by_code_name_or_siren(registry, word):
    assert resolve(registry, word) == "92050"


@pytest.mark.parametrize(("word", "near"), [("Nanter", "Nanterre (92050)"), ("clchy", "Clichy (92024)")])
def test_an_unknown_body_is_answered_with_the_nearest(registry, word, near):
    with pytest.raises(UnknownWord) as problem:
        resolve(registry, word)
    assert near in problem.value.text("fr")
    assert near in problem.value.text("en")
