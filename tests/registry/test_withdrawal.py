"""A partner leaves: on the day its letter came, even typed in later; nothing is erased (004 §2.3)."""

from datetime import date, timedelta

import pytest

from mig_idg.charter import AccessRequest, decide
from mig_idg.errors import Conflict, Text
from mig_idg.registry import committees, datasets, declared, delegations, ept, facts, history, withdrawal
from mig_idg.registry.acts import open_act
from mig_idg.registry.committees import Item, Sitting
from mig_idg.registry.membership_status import membership_status
from mig_idg.registry.organisations import Organisation, register

RECEIVED = date(2026, 3, 10)
TYPED = date(2026, 3, 15)
EVE = RECEIVED - timedelta(days=1)
PCRS = {
    "id": "pcrs",
    "kind": "mutualised",
    "owner": "92050",
    "columns": ["geom", "nature"],
    "terms": {"mode": "all_partners", "actions": ["view", "query", "download"]},
}


@pytest.fixture
def sharing(partners):
    """Nanterre shares `pcrs` with all partners."""
    declared.record(partners, PCRS, "greffier", date(2025, 1, 1))
    return partners


def may(conn, who, day, dataset="pcrs", known_at=None, action="query"):
    return decide(AccessRequest(who, frozenset(), action, dataset, day), facts.load(conn, day, known_at)).permitted


def test_it_takes_effect_on_the_day_of_receipt_and_not_the_day_before(sharing, on):
    withdrawal.withdraw(sharing, "92024", RECEIVED, on(TYPED))
    assert may(sharing, "92024", EVE)
    assert not may(sharing, "92024", RECEIVED)


def test_typed_in_on_the_15th_it_is_known_from_the_15th_and_true_from_the_10th(sharing, on):
    before = recorded_now(sharing)
    withdrawal.withdraw(sharing, "92024", RECEIVED, on(TYPED))
    assert may(sharing, "92024", date(2026, 3, 11), known_at=before)
    assert not may(sharing, "92024", date(2026, 3, 11))


def recorded_now(conn):
    """An instant after all that was recorded so far, and before what follows."""
    return conn.execute("select max(recorded_at) from registry.act").fetchone()[0]


def test_accesses_since_the_letter_are_reported_and_not_erased(sharing, on):
    journal(sharing, "2026-03-09 23:30+01", "92024", "pcrs", "query", "permit", "B3")
    journal(sharing, "2026-03-10 00:00+01", "92024", "pcrs", "query", "permit", "B3")
    journal(sharing, "2026-03-12 08:00+01", "92024", "adresses", "download", "permit", "B4")
    journal(sharing, "2026-03-12 09:00+01", "92024", "equipements", "query", "permit", "B9")
    journal(sharing, "2026-03-12 09:30+01", "92024", "secret", "query", "deny", "B11")
    journal(sharing, "2026-03-12 10:00+01", "92050", "pcrs", "query", "permit", "B1")
    done = withdrawal.withdraw(sharing, "92024", RECEIVED, on(TYPED))
    told = [(row["dataset"], row["rule"]) for row in done.details["accesses"]]
    assert told == [("pcrs", "B3"), ("adresses", "B4")]


def journal(conn, at, organisation, dataset, action, outcome, rule):
    """One line of the journal, as the server writes it."""
    number = conn.execute("select coalesce(max(number), 0) + 1 from journal.decisions").fetchone()[0]
    conn.execute(
        "insert into journal.decisions (number, at, until, requests, organisation, action, dataset, outcome, rule,"
        " article, facts, generation, previous, hash)"
        " values (%s, %s, %s, 1, %s, %s, %s, %s, %s, '004', 1, 1, %s, %s)",
        (number, at, at, organisation, action, dataset, outcome, rule, b"\0" * 32, number.to_bytes(32, "big")),
    )


def test_each_side_is_told_what_it_keeps(sharing, on):
    done = withdrawal.withdraw(sharing, "92050", RECEIVED, on(TYPED))
    kept = {(row["side"], row["dataset"]) for row in done.details["kept"]}
    assert kept == {("organisation", "pcrs"), ("partnership", "pcrs")}


def test_its_data_serve_those_who_had_them_and_nobody_new(sharing, on, adhere):
    withdrawal.withdraw(sharing, "92050", RECEIVED, on(TYPED))
    adhere(sharing, "92012", date(2026, 5, 1))
    day = date(2026, 6, 1)
    assert may(sharing, "92024", day)
    assert not may(sharing, "92012", day)
    assert not may(sharing, "92050", day)


def test_what_it_published_after_the_letter_serves_nobody(sharing, on):
    declared.record(sharing, {**PCRS, "id": "reseau"}, "greffier", date(2026, 3, 12))
    withdrawal.withdraw(sharing, "92050", RECEIVED, on(TYPED))
    assert not may(sharing, "92024", TYPED, "reseau")


def test_its_contractor_stops_with_it(sharing, on):
    register(sharing, Organisation("acme", "ACME", "company"), on(EVE))
    done = delegations.add(sharing, "92050", "acme", "marché 1", date(2027, 1, 1), on(date(2026, 1, 1)))
    delegations.acknowledge(sharing, done.details["delegation"], on(date(2026, 1, 2)))
    assert may(sharing, "acme", EVE)
    withdrawal.withdraw(sharing, "92050", RECEIVED, on(TYPED))
    assert may(sharing, "acme", EVE)
    assert not may(sharing, "acme", RECEIVED)
    assert delegations.listing(sharing, RECEIVED) == []


def test_an_ept_that_leaves_serves_its_communes_no_more(partners, on):
    ept.sub_distribute(partners, "ept-t4", "92033", on(date(2026, 1, 1)))
    ept.acknowledge(partners, "ept-t4", "92033", on(date(2026, 1, 2)))
    done = withdrawal.withdraw(partners, "ept-t4", RECEIVED, on(TYPED))
    assert done.details["ended"]["sub_distributions"] == 1
    states = {row["commune"]: row["state"] for row in ept.listing(partners, RECEIVED)}
    assert states["92033"] is None


def test_its_referent_has_no_mandate_left(partners, on):
    number = open_act(partners, on(EVE), verb="essai", article="Charte MIG, § 2.1.3", words=Text("Essai.", "Trial."))
    said = {"role": "technical_referent", "person": "Camille Martin", "valid": history.span(date(2022, 1, 1))}
    history.insert(partners, number, "mandate", {"organisation": "92024", **said})
    withdrawal.withdraw(partners, "92024", RECEIVED, on(TYPED))
    assert history.known(partners, "mandate", {"organisation": "92024"}, EVE)
    assert not history.known(partners, "mandate", {"organisation": "92024"}, RECEIVED)


def test_what_the_committee_has_looked_at_leaves_its_agenda(partners, on):
    withdrawal.withdraw(partners, "92024", RECEIVED, on(RECEIVED))
    assert committees.agenda(partners, RECEIVED - timedelta(days=1)) == []
    (item,) = committees.agenda(partners, RECEIVED)
    assert (item["committee"], item["subject"], item["about"]) == ("technical", "withdrawal", "92024")
    other = Item("withdrawal", "92050", "Un autre retrait", "opinion")
    ruled = Item("withdrawal", "92024", "Motifs analysés", "opinion")
    sitting = Sitting("technical", ("92050", "departement-92"), "compte-rendu 12")
    day = RECEIVED + timedelta(days=30)
    committees.record_meeting(partners, sitting, [other], on(day))
    assert len(committees.agenda(partners, day)) == 1
    committees.record_meeting(partners, sitting, [ruled], on(day))
    assert committees.agenda(partners, day) == []


def test_the_technical_committee_has_it_on_its_agenda(partners, on):
    withdrawal.withdraw(partners, "92024", RECEIVED, on(TYPED))
    (item,) = history.known(partners, "agenda_item", {"subject": "withdrawal"})
    assert (item["committee"], item["subject_id"], item["opened_on"]) == ("technical", "92024", RECEIVED)


def test_a_body_that_is_no_partner_does_not_leave(partners, on):
    with pytest.raises(Conflict, match="Meudon"):
        withdrawal.withdraw(partners, "92048", RECEIVED, on(TYPED))


def test_it_may_come_back_and_chooses_its_audience_again(sharing, on, adhere):
    withdrawal.withdraw(sharing, "92050", RECEIVED, on(TYPED))
    adhere(sharing, "92012", date(2026, 5, 1))
    adhere(sharing, "92050", date(2026, 7, 1))
    assert not may(sharing, "92050", date(2026, 6, 30))
    assert may(sharing, "92050", date(2026, 7, 1))
    assert may(sharing, "92012", date(2026, 7, 1))
    assert not may(sharing, "92012", date(2026, 6, 30))


def test_a_letter_of_before_found_after_the_return_ends_only_the_first_membership(partners, on, adhere):
    withdrawal.withdraw(partners, "92024", date(2026, 4, 1), on(date(2026, 4, 1)))
    adhere(partners, "92024", date(2026, 6, 1))
    withdrawal.withdraw(partners, "92024", RECEIVED, on(date(2026, 7, 1)))
    world = facts.load(partners, RECEIVED)
    assert world.member("92024", EVE)
    assert not world.member("92024", RECEIVED)
    assert not world.member("92024", date(2026, 5, 31))
    assert world.member("92024", date(2026, 6, 1))


def test_the_former_partner_keeps_the_versions_it_co_owns(partners, on, submitted):
    declared.record(partners, {"id": "adresses", "kind": "coproduced"}, "greffier", date(2025, 1, 1))
    sitting = Sitting("technical", ["92050", "92024"], "1")
    submitted(partners, "adresses", date(2025, 6, 1))
    datasets.validate(partners, "adresses", datasets.Version("1"), sitting, on(date(2025, 6, 1)))
    done = withdrawal.withdraw(partners, "92024", RECEIVED, on(TYPED))
    assert {"both", "organisation"} == {r["side"] for r in done.details["kept"] if r["dataset"] == "adresses"}
    assert "92024" in facts.load(partners, TYPED).datasets["adresses"].co_owners
    assert not may(partners, "92024", TYPED, "adresses")


def test_membership_of_the_day_before_stays_what_it_was(partners, on):
    withdrawal.withdraw(partners, "92024", RECEIVED, on(TYPED))
    assert membership_status(partners, "92024", EVE)["state"] == "adherent"
    assert membership_status(partners, "92024", RECEIVED)["state"] == "former"
