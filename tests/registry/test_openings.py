"""Nothing is published to everybody before the four checks are answered (Tarn-et-Garonne convention, art. 5)."""

from datetime import date

import pytest

from mig_idg.errors import InvalidParameter, Refused
from mig_idg.registry import datasets, declared, licences, openings, publications
from mig_idg.registry.committees import Sitting
from mig_idg.registry.datasets import Version
from mig_idg.registry.openings import QUESTIONS, Answer

DAY = date(2026, 3, 1)
TECHNICAL = Sitting("technical", ("92050", "92024"), "compte-rendu 1")
VOIRIE = {"id": "voirie", "kind": "coproduced", "working_group": ["92050"], "columns": ["geom"]}
FOUND = {"detector": "email", "column": "courriel", "count": 12, "places": [{"line": 3, "id": "a3"}], "masked": "c··"}


@pytest.fixture
def voirie(partners, on, submitted):
    declared.record(partners, VOIRIE, "greffier", date(2025, 1, 1))
    submitted(partners, "voirie", date(2026, 1, 10))
    datasets.validate(partners, "voirie", Version("1"), TECHNICAL, on(date(2026, 1, 10)))
    return partners


def answered(conn, on, *questions, by="92050"):
    for word in questions or QUESTIONS:
        openings.answer(conn, "voirie", by, Answer(word, "vu par le délégué à la protection"), on(DAY))


def with_rows(conn, *columns):
    """The same layer, published with a table of these columns."""
    known = publications.latest(conn).collections
    table = {"columns": [{"name": name} for name in columns]}
    publications.record(conn, {**known, "voirie": known["voirie"] | {"table": table}}, author="greffier")
    return publications.latest(conn).collections["voirie"]


def test_an_opening_waits_for_the_four_checks_each_with_its_article(voirie, on):
    with pytest.raises(Refused, match="L311-5") as refused:
        licences.publish_open(voirie, "voirie", "92050", on(DAY))
    assert all(one.title.fr in refused.value.detail.fr for one in QUESTIONS.values())
    assert "open answer voirie" in refused.value.remedy.en
    answered(voirie, on)
    licences.publish_open(voirie, "voirie", "92050", on(DAY))


def test_one_check_that_bars_is_enough_and_is_told_with_its_reason(voirie, on):
    answered(voirie, on)
    openings.answer(voirie, "voirie", "92024", Answer("secrets", "marché en cours", "barred"), on(DAY))
    with pytest.raises(Refused, match="marché en cours"):
        licences.publish_open(voirie, "voirie", "92050", on(DAY))
    openings.answer(voirie, "voirie", "92050", Answer("secrets", "marché notifié"), on(date(2026, 4, 1)))
    licences.publish_open(voirie, "voirie", "92050", on(date(2026, 4, 2)))


def test_only_an_owner_answers_and_says_why(voirie, on, adhere):
    adhere(voirie, "92012", date(2026, 2, 1))
    with pytest.raises(Refused, match="copropriétaire"):
        answered(voirie, on, "secrets", by="92012")
    with pytest.raises(InvalidParameter):
        openings.answer(voirie, "voirie", "92050", Answer("secrets", "  "), on(DAY))


def test_a_finding_is_answered_column_by_column(voirie, on):
    entry = with_rows(voirie, "id", "courriel")
    answered(voirie, on)
    with pytest.raises(Refused, match="contrôlées"):
        licences.publish_open(voirie, "voirie", "92050", on(DAY))
    openings.keep_scan(voirie, "voirie", entry, 40, [FOUND])
    with pytest.raises(Refused, match=r"courriel d'une personne, colonne « courriel », lignes 3 et 11 autres"):
        licences.publish_open(voirie, "voirie", "92050", on(DAY))
    with pytest.raises(InvalidParameter, match="Rien de tel"):
        openings.answer(voirie, "voirie", "92050", Answer("personal_data", "publiés", "clear", "nir", "id"), on(DAY))
    openings.answer(
        voirie, "voirie", "92050", Answer("personal_data", "publiés", "clear", "email", "courriel"), on(DAY)
    )
    assert openings.standing(voirie, "voirie")["ready"]


def test_another_source_is_asked_anew(voirie, on):
    entry = with_rows(voirie, "id")
    openings.keep_scan(voirie, "voirie", entry, 40, [])
    answered(voirie, on)
    assert openings.standing(voirie, "voirie")["ready"]
    with_rows(voirie, "id", "proprietaire")
    told = openings.standing(voirie, "voirie")
    assert (told["ready"], told["scan"]["state"]) == (False, "stale")
    assert {one["verdict"] for one in told["questions"]} == {None}


def test_rows_that_change_are_read_again(voirie, on):
    entry = with_rows(voirie, "id")
    openings.keep_scan(voirie, "voirie", entry, 40, [])
    voirie.execute(
        "insert into registry.data_version as v (collection, number) values ('voirie', 7)"
        " on conflict (collection) do update set number = v.number + 1"
    )
    assert openings.standing(voirie, "voirie")["scan"]["state"] == "stale"
