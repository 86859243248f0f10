"""What an owner says of its data: terms, exceptions, agreements, takedowns, transfers, delegations."""

from datetime import date

import pytest

from mig_idg.charter import AccessRequest, decide
from mig_idg.errors import Conflict, InvalidParameter, Refused, UnknownWord
from mig_idg.registry import agreements, declared, delegations, exceptions, facts, takedowns, terms, transfers
from mig_idg.registry.exceptions import Exception_
from mig_idg.registry.organisations import Organisation, register
from mig_idg.registry.terms import Terms

SHARED_ON = date(2025, 1, 1)
DAY = date(2026, 3, 1)
LATER = date(2026, 4, 1)
OPEN = Terms("all_partners", ("view", "query", "download"))
E1 = Exception_("E1", "CRPA L311-6", "greffier", date(2027, 1, 1), ("phone",))


@pytest.fixture
def pcrs(partners, on):
    """Nanterre shares `pcrs` (geom, nature, phone), without terms yet; ACME is a company, ASSO an association."""
    told = {"id": "pcrs", "kind": "mutualised", "owner": "92050", "columns": ["geom", "nature", "phone"]}
    declared.record(partners, told, "greffier", SHARED_ON)
    declared.record(partners, {"id": "adresses", "kind": "coproduced"}, "greffier", SHARED_ON)
    register(partners, Organisation("acme", "ACME", "company"), on(SHARED_ON))
    register(partners, Organisation("asso", "Association", "association"), on(SHARED_ON))
    return partners


def decision(conn, who, day=LATER, action="query"):
    return decide(AccessRequest(who, frozenset(), action, "pcrs", day), facts.load(conn, day))


def test_data_without_terms_are_closed(pcrs):
    assert decision(pcrs, "92024").rule == "B11"


def test_terms_open_from_their_day_to_their_end(pcrs, on):
    terms.set_terms(pcrs, "pcrs", OPEN, on(DAY), until=LATER)
    days = (date(2026, 2, 28), DAY, date(2026, 3, 31), LATER)
    assert [decision(pcrs, "92024", day).rule for day in days] == ["B11", "B3", "B3", "B11"]


def test_new_terms_replace_the_former_from_their_day_and_keep_them_in_history(pcrs, on):
    terms.set_terms(pcrs, "pcrs", OPEN, on(DAY))
    terms.set_terms(pcrs, "pcrs", Terms("named", ("query",), named=("departement-92",)), on(LATER))
    assert decision(pcrs, "92024", DAY).permitted
    assert not decision(pcrs, "92024", LATER).permitted
    assert [version["mode"] for version in terms.past_and_present(pcrs, "pcrs")] == ["all_partners", "named"]


def test_only_the_owner_sets_its_terms(pcrs, on):
    with pytest.raises(Refused) as refusal:
        terms.set_terms(pcrs, "pcrs", OPEN, on(DAY), by="92024")
    assert "Nanterre" in refusal.value.text()
    assert refusal.value.extra["article"] == "Charte MIG, glossaire, § 3.2.1"


def test_coproduced_data_have_no_terms(pcrs, on):
    with pytest.raises(Refused, match=r"§ 3\.4"):
        terms.set_terms(pcrs, "adresses", OPEN, on(DAY))


@pytest.mark.parametrize(
    ("wrong", "near"),
    [
        (Terms("all_partner", ("view",)), "all_partners"),
        (Terms("all_partners", ("vew",)), "view"),
        (Terms("all_partners", ("view",), hidden_attributes=("fone",)), "phone"),
    ],
)
def test_a_wrong_word_in_terms_is_answered_with_the_nearest(pcrs, on, wrong, near):
    with pytest.raises(UnknownWord) as problem:
        terms.set_terms(pcrs, "pcrs", wrong, on(DAY))
    assert near in problem.value.text()
    assert terms.past_and_present(pcrs, "pcrs") == []


def test_terms_that_open_say_for_which_actions(pcrs, on):
    with pytest.raises(InvalidParameter):
        terms.set_terms(pcrs, "pcrs", Terms("all_partners"), on(DAY))


def test_an_exception_masks_from_its_day_until_it_is_lifted(pcrs, on):
    terms.set_terms(pcrs, "pcrs", OPEN, on(SHARED_ON))
    done = exceptions.declare(pcrs, "pcrs", E1, on(DAY))
    exceptions.lift(pcrs, done.details["exception"], on(LATER))
    days = (date(2026, 2, 28), DAY, date(2026, 3, 31), LATER)
    hidden = [sorted(decision(pcrs, "92024", day).hidden) for day in days]
    assert hidden == [[], ["phone"], ["phone"], []]
    with pytest.raises(Conflict):
        exceptions.lift(pcrs, done.details["exception"], on(LATER))


def test_ground_e4_with_one_fact_is_refused_but_may_be_alleged_thirty_days(pcrs, on):
    terms.set_terms(pcrs, "pcrs", OPEN, on(SHARED_ON))
    half = Exception_("E4", "code de la propriété intellectuelle", "greffier", date(2027, 1, 1), objection_proved=True)
    with pytest.raises(Refused) as refusal:
        exceptions.declare(pcrs, "pcrs", half, on(DAY))
    assert refusal.value.extra["article"] == "Charte MIG, § 3.3 (4e tiret)"
    alleged = Exception_("E4", "code…", "greffier", date(2027, 1, 1), objection_proved=True, alleged=True)
    exceptions.declare(pcrs, "pcrs", alleged, on(DAY))
    days = (DAY, date(2026, 3, 30), date(2026, 3, 31))
    assert [decision(pcrs, "92024", day).rule for day in days] == ["A1", "A1", "B3"]


def test_an_allegation_whose_evidence_came_becomes_an_exception(pcrs, on):
    terms.set_terms(pcrs, "pcrs", OPEN, on(SHARED_ON))
    alleged = Exception_("E4", "code…", "greffier", date(2027, 1, 1), alleged=True)
    number = exceptions.declare(pcrs, "pcrs", alleged, on(DAY)).details["exception"]
    with pytest.raises(Refused):
        exceptions.review(pcrs, number, date(2027, 2, 1), on(date(2026, 3, 10)))
    facts_proved = {"objection_proved": True, "law_allows": True}
    exceptions.review(pcrs, number, date(2027, 2, 1), on(date(2026, 3, 10)), **facts_proved)
    assert decision(pcrs, "92024", date(2026, 6, 1)).rule == "A1"


def test_ground_e5_opens_to_the_bodies_its_licence_names(pcrs, on):
    terms.set_terms(pcrs, "pcrs", OPEN, on(SHARED_ON))
    bought = Exception_("E5", "licence d'éditeur", "greffier", date(2027, 1, 1), beneficiaries=("92024",))
    exceptions.declare(pcrs, "pcrs", bought, on(DAY))
    assert decision(pcrs, "92024").rule == "B3"
    assert decision(pcrs, "departement-92").rule == "A1"


def test_confidential_data_are_reviewed_within_a_year(pcrs, on):
    secret = Exception_("E3", "délibération", "greffier", date(2028, 1, 1))
    with pytest.raises(Refused, match="3e tiret"):
        exceptions.declare(pcrs, "pcrs", secret, on(DAY))
    within = Exception_("E3", "délibération", "greffier", date(2027, 2, 28))
    number = exceptions.declare(pcrs, "pcrs", within, on(DAY)).details["exception"]
    with pytest.raises(Refused, match="3e tiret"):
        exceptions.review(pcrs, number, date(2028, 6, 1), on(date(2027, 2, 28)))
    exceptions.review(pcrs, number, date(2028, 2, 28), on(date(2027, 2, 28)))


def test_an_exception_on_an_unknown_attribute_or_ground_is_not_written(pcrs, on):
    for wrong, near in (
        (Exception_("E1", "x", "x", date(2027, 1, 1), ("fone",)), "phone"),
        (Exception_("E11", "x", "x", date(2027, 1, 1)), "E1"),
    ):
        with pytest.raises(UnknownWord) as problem:
            exceptions.declare(pcrs, "pcrs", wrong, on(DAY))
        assert near in problem.value.text()
    assert exceptions.listing(pcrs, DAY) == []


def test_a_review_that_is_due_says_so(pcrs, on):
    exceptions.declare(pcrs, "pcrs", E1, on(DAY))
    due = {day: exceptions.listing(pcrs, day)[0]["due"] for day in (date(2026, 12, 31), date(2027, 1, 1))}
    assert due == {date(2026, 12, 31): False, date(2027, 1, 1): True}


def test_the_owner_agrees_to_one_body_and_not_to_another(pcrs, on):
    terms.set_terms(pcrs, "pcrs", Terms("on_agreement", ("query",)), on(SHARED_ON))
    first = agreements.request(pcrs, "pcrs", "92024", "étude de voirie", on(DAY)).details["request"]
    second = agreements.request(pcrs, "pcrs", "ept-t4", "étude", on(DAY)).details["request"]
    assert not decision(pcrs, "92024", DAY).permitted
    agreements.response(pcrs, first, True, on(LATER), until=date(2026, 6, 1))
    agreements.response(pcrs, second, False, on(LATER), reasons="sans objet")
    assert decision(pcrs, "92024", LATER).rule == "B3"
    assert decision(pcrs, "92024", date(2026, 6, 1)).rule == "B11"
    assert not decision(pcrs, "ept-t4", LATER).permitted


def asked(conn, action, on):
    return decide(AccessRequest("92024", frozenset(), action, "pcrs", on), facts.load(conn, on)).rule


def test_the_owner_may_agree_to_some_actions_only(pcrs, on):
    terms.set_terms(pcrs, "pcrs", Terms("on_agreement", ("view", "query", "download")), on(SHARED_ON))
    said = agreements.request(pcrs, "pcrs", "92024", "étude", on(DAY), actions=("view", "query")).details["request"]
    done = agreements.response(pcrs, said, True, on(LATER), actions=("view",))
    assert done.details["actions"] == ["view"]
    assert [asked(pcrs, action, LATER) for action in ("view", "query", "download")] == ["B3", "B11", "B11"]
    (row,) = agreements.listing(pcrs, LATER)
    assert (row["state"], row["actions"]) == ("granted", ["view"])


def test_an_agreement_without_a_word_on_actions_is_for_those_asked_for(pcrs, on):
    terms.set_terms(pcrs, "pcrs", Terms("on_agreement", ("view", "query")), on(SHARED_ON))
    some = agreements.request(pcrs, "pcrs", "92024", "étude", on(DAY), actions=("query",)).details["request"]
    agreements.response(pcrs, some, True, on(LATER))
    assert [asked(pcrs, action, LATER) for action in ("view", "query")] == ["B11", "B3"]
    rest = agreements.request(pcrs, "pcrs", "92024", "suite", on(LATER)).details["request"]
    agreements.response(pcrs, rest, True, on(LATER))
    assert [asked(pcrs, action, LATER) for action in ("view", "query")] == ["B3", "B3"]


def test_an_agreement_does_not_go_beyond_what_was_asked_nor_beyond_the_known_actions(pcrs, on):
    with pytest.raises(UnknownWord, match="view"):
        agreements.request(pcrs, "pcrs", "92024", "étude", on(DAY), actions=("vieww",))
    number = agreements.request(pcrs, "pcrs", "92024", "étude", on(DAY), actions=("view",)).details["request"]
    with pytest.raises(UnknownWord):
        agreements.response(pcrs, number, True, on(LATER), actions=("download",))
    assert agreements.listing(pcrs, LATER)[0]["state"] == "asked"


def test_a_refused_agreement_has_reasons_and_only_the_owner_answers(pcrs, on):
    number = agreements.request(pcrs, "pcrs", "92024", "étude", on(DAY)).details["request"]
    with pytest.raises(Refused) as without_reasons:
        agreements.response(pcrs, number, False, on(LATER))
    assert without_reasons.value.extra["rule"] == "refusal_has_reasons"
    with pytest.raises(Refused) as by_another:
        agreements.response(pcrs, number, True, on(LATER), by="92024")
    assert by_another.value.extra["rule"] == "only_the_owner_answers"


def test_a_takedown_hides_from_the_public_once_executed_and_until_lifted(pcrs, on):
    told = {"id": "pcrs", "kind": "mutualised", "owner": "92050", "columns": ["geom"], "licence": "LO-2.0"}
    declared.record(pcrs, told, "greffier", DAY)
    number = takedowns.request(pcrs, "pcrs", "public", "un riverain", "courriel", on(DAY)).details["takedown"]
    assert decision(pcrs, None, DAY).rule == "B9"
    takedowns.execute(pcrs, number, on(LATER))
    takedowns.lift(pcrs, number, on(date(2026, 5, 1)))
    days = (date(2026, 3, 31), LATER, date(2026, 4, 30), date(2026, 5, 1))
    assert [decision(pcrs, None, day).rule for day in days] == ["B9", "A2", "A2", "B9"]
    with pytest.raises(Conflict):
        takedowns.execute(pcrs, number, on(date(2026, 5, 2)))


def test_a_third_party_reads_once_it_acknowledged_the_notice(pcrs, on):
    done = transfers.hand_over(pcrs, "92050", "asso", "pcrs", "Réutilisation non commerciale.", on(DAY))
    assert not decision(pcrs, "asso", LATER).permitted
    transfers.acknowledge(pcrs, done.details["transfer"], on(LATER))
    assert decision(pcrs, "asso", LATER).rule == "B8"
    assert not decision(pcrs, "asso", date(2026, 3, 31)).permitted


@pytest.mark.parametrize(
    ("giver", "recipient", "why"),
    [
        ("92024", "asso", "§ 3.2"),  # silent on redistribution: closed
        ("92050", "92024", "§ 3.5.2"),  # a partner is no third party
        ("92050", "92033", "§ 3.5.2"),  # nor is a commune of a partner EPT
    ],
)
def test_what_is_no_transfer_to_a_third_party_is_refused(pcrs, on, giver, recipient, why):
    with pytest.raises(Refused) as refusal:
        transfers.hand_over(pcrs, giver, recipient, "pcrs", "Notice.", on(DAY))
    assert why in refusal.value.extra["article"]


def test_a_transfer_without_a_notice_is_not_understood(pcrs, on):
    with pytest.raises(InvalidParameter):
        transfers.hand_over(pcrs, "92050", "asso", "pcrs", " ", on(DAY))


def test_a_contractor_acts_between_its_acceptance_and_the_end_of_its_contract(pcrs, on):
    number = delegations.add(pcrs, "92050", "acme", "marché 1", date(2026, 12, 1), on(DAY)).details["delegation"]
    delegations.acknowledge(pcrs, number, on(LATER))
    days = (date(2026, 3, 31), LATER, date(2026, 11, 30), date(2026, 12, 1))
    assert [decision(pcrs, "acme", day).rule for day in days] == ["B11", "B7", "B7", "B11"]
    delegations.end(pcrs, number, on(date(2026, 6, 1)))
    assert decision(pcrs, "acme", date(2026, 6, 1)).rule == "B11"


@pytest.mark.parametrize(("delegator", "contractor"), [("92048", "acme"), ("92050", "92024")])
def test_a_delegation_needs_a_partner_and_a_contractor(pcrs, on, delegator, contractor):
    with pytest.raises(Refused):
        delegations.add(pcrs, delegator, contractor, "marché 1", date(2026, 12, 1), on(DAY))


def test_a_delegation_ends_after_it_begins(pcrs, on):
    with pytest.raises(InvalidParameter):
        delegations.add(pcrs, "92050", "acme", "marché 1", DAY, on(DAY))
