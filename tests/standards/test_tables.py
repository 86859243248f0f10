"""The checks of Validata on one line: what they say, and when they stay silent."""

from __future__ import annotations

import pytest

from mig_idg.standards.tables import faults


def found(name: str, cells: dict[str, str], **params: object) -> list[str]:
    return [one.column for one in faults({"name": name, "params": params}, cells)]


@pytest.mark.parametrize(
    ("value", "sound"),
    [("21920040900015", True), ("21920040900016", False), ("35600000049837", True), ("", True), ("219200409", False)],
    ids=["a town", "wrong key", "La Poste's own rule", "empty", "a SIREN"],
)
def test_a_siret_is_judged_by_its_key(value: str, sound: bool):
    assert found("french-siret-value", {"COLL_SIRET": value}, column="COLL_SIRET") == ([] if sound else ["COLL_SIRET"])


@pytest.mark.parametrize(("value", "sound"), [("2025", True), ("2024/2025", True), ("2025/2024", False), ("25", False)])
def test_a_year_or_two_in_their_order(value: str, sound: bool):
    params = {"column": "BUDGET_ANNEE", "allow-year-only": "yes"}
    assert bool(found("year-interval-value", {"BUDGET_ANNEE": value}, **params)) is not sound


def test_votes_are_all_there_or_none():
    votes = {"column": "VOTE_REEL", "othercolumns": ["VOTE_POUR", "VOTE_CONTRE"]}
    assert not found("cohesive-columns-value", {}, **votes)
    assert not found("cohesive-columns-value", {"VOTE_REEL": "3", "VOTE_POUR": "3", "VOTE_CONTRE": "0"}, **votes)
    assert found("cohesive-columns-value", {"VOTE_REEL": "3", "VOTE_POUR": "3"}, **votes) == ["VOTE_CONTRE"]


def test_a_sum_tells_what_it_should_be():
    params = {"column": "VOTE_REEL", "columns": ["VOTE_POUR", "VOTE_CONTRE"]}
    (fault,) = faults(
        {"name": "sum-columns-value", "params": params}, {"VOTE_REEL": "4", "VOTE_POUR": "3", "VOTE_CONTRE": "0"}
    )
    assert fault.proposal == "3"


def test_dates_compare_as_dates_and_numbers_as_numbers():
    params = {"column": "A", "op": ">=", "column2": "B"}
    assert found("compare-columns-value", {"A": "9", "B": "10"}, **params) == ["A"]
    assert not found("compare-columns-value", {"A": "2025-02-01", "B": "2025-01-31"}, **params)
    assert not found("compare-columns-value", {"A": "", "B": "10"}, **params)


@pytest.mark.parametrize(
    ("value", "sound"),
    [
        ("Commande publique/Marchés publics", True),
        ("Libertés publiques et pouvoirs de police/Police municipale", True),
        ("Commande publique / Marchés publics", False),
        ("Commande publique", False),
        ("Voirie/Travaux", False),
    ],
)
def test_the_actes_nomenclature(value: str, sound: bool):
    assert bool(found("nomenclature-actes-value", {"M": value}, column="M")) is not sound


def test_a_siret_or_an_association_number():
    params = {"column1": "idBeneficiaire", "column2": "rnaBeneficiaire"}
    assert not found("one-of-required", {"rnaBeneficiaire": "W921000001"}, **params)
    assert found("one-of-required", {"idBeneficiaire": "", "rnaBeneficiaire": ""}, **params) == ["idBeneficiaire"]
