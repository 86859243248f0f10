"""Conventions: signed, deliberated, amended, renewed by silence, ended by notice, agreement or fault."""

from datetime import date

import pytest

from mig_idg.errors import Conflict, InvalidParameter, Refused, UnknownWord
from mig_idg.registry import conventions, notices_given
from mig_idg.registry.conventions import Deliberation

SIGNED = {"92050": date(2025, 3, 3), "departement-92": date(2025, 3, 10)}


@pytest.fixture
def tarn(partners, on):
    conventions.sign(partners, "od-1", "Ouverture", "tarn-et-garonne", SIGNED, on(date(2025, 3, 10)))
    return partners


@pytest.fixture
def aix(partners, on):
    conventions.sign(partners, "sm-1", "Équipements", "aix-marseille", SIGNED, on(date(2025, 3, 10)))
    return partners


def state(conn, id, day):
    return next(one for one in conventions.listing(conn, day) if one["convention"] == id)


def test_it_runs_from_the_last_signature_and_is_renewed_by_silence(tarn):
    assert state(tarn, "od-1", date(2025, 3, 9))["state"] == "signed"
    first, later = state(tarn, "od-1", date(2025, 3, 10)), state(tarn, "od-1", date(2027, 1, 1))
    assert (first["period_end"], first["tacitly_renewed"]) == (date(2026, 3, 9), False)
    assert (later["period"], later["period_end"], later["tacitly_renewed"]) == (2, date(2027, 3, 9), True)


def test_one_that_waits_for_its_notification_is_in_force_from_it(aix, on):
    assert state(aix, "sm-1", date(2025, 5, 1))["state"] == "signed"
    conventions.notify(aix, "sm-1", on(date(2025, 4, 2)))
    assert state(aix, "sm-1", date(2025, 4, 1))["state"] == "signed"
    assert state(aix, "sm-1", date(2025, 5, 1))["period_end"] == date(2025, 6, 30)
    with pytest.raises(Conflict, match="notification"):
        conventions.notify(aix, "sm-1", on(date(2025, 4, 3)))


def test_two_parties_at_least_and_one_name_once(tarn, on):
    with pytest.raises(InvalidParameter, match="deux parties"):
        conventions.sign(tarn, "x", "X", "openig", {"92050": date(2025, 1, 1)}, on(date(2025, 1, 1)))
    with pytest.raises(Conflict, match="déjà"):
        conventions.sign(tarn, "od-1", "X", "openig", SIGNED, on(date(2025, 3, 10)))
    with pytest.raises(UnknownWord):
        conventions.sign(tarn, "x", "X", "tarn", SIGNED, on(date(2025, 3, 10)))


def test_a_deliberation_is_executory_once_received_and_posted(tarn, on):
    said = Deliberation("DL.2025-40", date(2025, 2, 9), present=40, represented=12, votes_for=52)
    conventions.deliberate(tarn, "od-1", "92050", said, on(date(2025, 2, 10)))
    assert conventions.show(tarn, "od-1", date(2025, 3, 10))["deliberations"][0]["executory_on"] is None
    whole = Deliberation("DL.2025-40", date(2025, 2, 9), 40, 52, 12, 0, 0, date(2025, 2, 12), date(2025, 2, 14))
    conventions.deliberate(tarn, "od-1", "92050", whole, on(date(2025, 2, 15)))
    (told,) = conventions.show(tarn, "od-1", date(2025, 3, 10))["deliberations"]
    assert told["executory_on"] == date(2025, 2, 14)


def test_more_votes_than_members_are_refused_in_words(tarn, on):
    with pytest.raises(Refused, match="plus de voix"):
        conventions.deliberate(
            tarn, "od-1", "92050", Deliberation("1", date(2025, 2, 9), present=10, votes_for=11), on(date(2025, 2, 9))
        )


def test_an_amendment_is_authorised_by_each_party(tarn, on):
    """Tarn-et-Garonne, art. 11."""
    one = {"92050": date(2025, 9, 1)}
    with pytest.raises(Refused, match="departement-92") as refusal:
        conventions.amend(tarn, "od-1", "od-1-a", "Périmètre", one, on(date(2025, 9, 1)))
    assert "art. 11" in refusal.value.extra["article"]
    conventions.amend(
        tarn, "od-1", "od-1-a", "Périmètre", one | {"departement-92": date(2025, 9, 8)}, on(date(2025, 9, 2))
    )
    (told,) = conventions.show(tarn, "od-1", date(2026, 1, 1))["amendments"]
    assert (told["amendment"], told["in_force_on"]) == ("od-1-a", date(2025, 9, 8))


def test_notice_ends_it_with_its_period_and_not_before(tarn, on):
    done = notices_given.end_of_period(tarn, "od-1", "92050", "1A 234", date(2026, 2, 10), on(date(2026, 2, 11)))
    assert done.details["ends_on"] == date(2026, 3, 10)
    assert state(tarn, "od-1", date(2026, 3, 9))["state"] == "in_force"
    assert state(tarn, "od-1", date(2026, 3, 10))["state"] == "ended"


def test_agreement_of_all_after_one_month(tarn, on):
    """Tarn-et-Garonne, art. 12.2."""
    with pytest.raises(Refused, match="departement-92"):
        notices_given.agree(tarn, "od-1", ["92050"], "c 1", date(2025, 6, 1), on(date(2025, 6, 1)))
    done = notices_given.agree(tarn, "od-1", list(SIGNED), "c 1", date(2025, 6, 1), on(date(2025, 6, 1)))
    assert done.details["ends_on"] == date(2025, 7, 1)


def test_a_formal_notice_runs_to_its_deadline(tarn, on):
    """Tarn-et-Garonne, art. 12.1: breaches, a reasonable written deadline, observations; only then termination."""
    day = date(2025, 6, 1)
    with pytest.raises(Refused, match="délai raisonnable"):
        notices_given.formal_notice(tarn, "od-1", "92050", "1A 9", day, "pas de mise à jour", None, on(day))
    done = notices_given.formal_notice(
        tarn, "od-1", "92050", "1A 9", day, "pas de mise à jour", date(2025, 7, 1), on(day)
    )
    number = done.details["notice"]
    notices_given.answer(tarn, number, "en cours", on(date(2025, 6, 20)))
    with pytest.raises(Refused, match="pas de résiliation avant"):
        notices_given.terminate(tarn, number, on(date(2025, 7, 1)))
    assert notices_given.terminate(tarn, number, on(date(2025, 7, 2))).details["ends_on"] == date(2025, 7, 2)
    assert state(tarn, "od-1", date(2025, 7, 1))["state"] == "in_force"
    assert state(tarn, "od-1", date(2025, 7, 2))["state"] == "ended"


def test_a_duty_performed_in_time_closes_the_formal_notice(partners, on):
    """OPenIG, art. 7: fifteen days, computed."""
    conventions.sign(partners, "reg", "Région", "openig", SIGNED, on(date(2025, 3, 10)))
    day = date(2025, 6, 1)
    done = notices_given.formal_notice(partners, "reg", "92050", "1A 9", day, "réunion", None, on(day))
    assert done.details["deadline"] == date(2025, 6, 16)
    notices_given.answer(partners, done.details["notice"], "fait", on(date(2025, 6, 16)), performed=True)
    with pytest.raises(Conflict, match="n'attend plus rien"):
        notices_given.terminate(partners, done.details["notice"], on(date(2025, 8, 1)))


def test_a_text_without_an_end_for_fault_says_where_to_go(aix, on):
    conventions.notify(aix, "sm-1", on(date(2025, 4, 2)))
    with pytest.raises(Refused, match="amiable"):
        notices_given.formal_notice(
            aix, "sm-1", "92050", "1A", date(2025, 5, 1), "x", date(2025, 6, 1), on(date(2025, 5, 1))
        )


def test_the_exit_schedule_says_what_is_kept_and_why(aix, on):
    """Aix-Marseille-Provence, art. 11."""
    conventions.plan_exit(
        aix, "sm-1", "capteur 4", "kept", "reprise par la ville", date(2025, 9, 1), on(date(2025, 5, 1))
    )
    (told,) = conventions.show(aix, "sm-1", date(2025, 6, 1))["exit"]
    assert (told["item"], told["outcome"], told["reason"]) == ("capteur 4", "kept", "reprise par la ville")


def test_statements_of_the_text_are_kept(tarn, on):
    """Tarn-et-Garonne, art. 2, 8, 10."""
    conventions.state_clause(tarn, "od-1", "free_of_charge", "à titre gratuit", on(date(2025, 3, 10)))
    assert conventions.show(tarn, "od-1", date(2025, 6, 1))["clauses"] == [
        {"clause": "free_of_charge", "words": "à titre gratuit"}
    ]
    with pytest.raises(UnknownWord):
        conventions.state_clause(tarn, "od-1", "gratuit", "x", on(date(2025, 3, 10)))
