"""The legal duty and the six sets of each body, on one board (Haute-Garonne offer; CRPA, L312-1-1)."""

from dataclasses import replace
from datetime import date

import pytest

from mig_idg.errors import InvalidParameter
from mig_idg.registry import declared, open_board, publications
from mig_idg.registry.open_board import SINCE, Figures, board, describe, duty, set_of
from mig_idg.standards.verdict import Remark, Verdict

DAY = date(2026, 3, 1)
NAMES = ("COMMUNE_NOM", "COLL_INSEE", "ENFANT_SEXE", "ENFANT_PRENOM", "NOMBRE_OCCURRENCES", "ANNEE")
VALID = Verdict("prenoms.csv", "scdl-prenoms", "1.1.6", True, ())


@pytest.mark.parametrize(
    ("inhabitants", "agents", "day", "expected"),
    [
        (3501, 51, SINCE, "obliged"),
        (3501, 51, date(2018, 10, 6), "not_yet"),
        (3500, 51, SINCE, "free"),
        (3501, 50, SINCE, "free"),
        (3500, None, SINCE, "free"),
        (None, 50, SINCE, "free"),
        (96000, None, SINCE, "unknown"),
        (None, None, SINCE, "unknown"),
    ],
)
def test_the_duty_is_of_more_than_3500_inhabitants_and_more_than_50_agents(inhabitants, agents, day, expected):
    assert duty(inhabitants, agents, day) == expected


@pytest.fixture
def prenoms(partners):
    """First names of Nanterre, open, updated in January, once a year; and another open layer of theirs."""
    source = {"table": "data.prenoms", "id": "id"}
    for id in ("prenoms", "arbres"):
        told = {"id": id, "kind": "mutualised", "owner": "92050", "columns": ["annee"], "licence": "LO-2.0"}
        declared.record(partners, told, "greffier", date(2022, 1, 1))
    entry = {"declaration": {"id": "prenoms", "update_frequency": "annually", "source": source},
             "updated": "2026-01-15", "table": {"columns": [{"name": n.lower()} for n in ("id", *NAMES)]}}  # fmt: skip
    trees = {"declaration": {"id": "arbres", "source": source}, "table": {"columns": [{"name": "essence"}]}}
    publications.record(partners, {"prenoms": entry, "arbres": trees}, author="greffier")
    return partners


def nanterre(conn, day, **asked):
    (found,) = [one for one in board(conn, day, **asked) if one.organisation == "92050"]
    return found


def test_a_set_is_told_by_its_columns_open_dated_fresh_or_not(prenoms):
    found = nanterre(prenoms, DAY)
    (one,) = found.sets["prenoms"]
    assert (one.open, one.licence, one.updated, one.due, one.fresh) == (
        True, "LO-2.0", date(2026, 1, 15), date(2027, 1, 15), True,
    )  # fmt: skip
    assert nanterre(prenoms, date(2027, 1, 16)).sets["prenoms"][0].fresh is False
    assert found.beyond == ("arbres",)
    assert all(not ones for word, ones in found.sets.items() if word != "prenoms")


def test_a_set_is_valid_for_the_rows_that_were_checked_and_no_others(prenoms):
    assert nanterre(prenoms, DAY).sets["prenoms"][0].valid is None
    entry = publications.latest(prenoms).collections["prenoms"]
    open_board.keep_validation(prenoms, "prenoms", entry, VALID)
    assert (nanterre(prenoms, DAY).sets["prenoms"][0].valid, nanterre(prenoms, DAY).done()) == (True, 1)
    wrong = replace(VALID, valid=False, findings=(Remark("x", "error", None),), counts={"x": 3})
    open_board.keep_validation(prenoms, "prenoms", entry, wrong)
    assert (nanterre(prenoms, DAY).sets["prenoms"][0].errors, nanterre(prenoms, DAY).done()) == (3, 0)
    prenoms.execute(
        "insert into registry.data_version as v (collection, number) values ('prenoms', 4)"
        " on conflict (collection) do update set number = v.number + 1"
    )
    assert nanterre(prenoms, DAY).sets["prenoms"][0].valid is None


def test_what_the_reader_may_not_know_of_is_absent(prenoms):
    found = nanterre(prenoms, DAY, seen=())
    assert (found.sets["prenoms"], found.beyond) == ((), ())


def test_a_size_is_dated_and_completed_in_two_times(prenoms, on):
    describe(prenoms, "92050", Figures(96807), on(date(2026, 1, 1)))
    assert nanterre(prenoms, DAY).duty == "unknown"
    describe(prenoms, "92050", Figures(agents=2400), on(date(2026, 2, 1)))
    assert (nanterre(prenoms, DAY).duty, nanterre(prenoms, date(2026, 1, 15)).duty) == ("obliged", "unknown")
    with pytest.raises(InvalidParameter):
        describe(prenoms, "92050", Figures(), on(DAY))
    with pytest.raises(InvalidParameter, match="SIRET"):
        describe(prenoms, "92050", Figures(siret="21920050800011"), on(DAY))


def test_the_board_as_a_table_has_a_line_for_each_set_there_or_not(prenoms):
    told = open_board.lines([nanterre(prenoms, DAY)])
    assert len(told) == 1 + len(open_board.SETS)
    (line,) = [one for one in told if one[5] == "prenoms"]
    assert dict(zip(told[0], line, strict=True)) | {"a_jour": "oui", "ouverte": "oui", "donnee": "prenoms"} == dict(
        zip(told[0], line, strict=True)
    )


def test_a_standard_that_a_dataset_follows_wins_over_its_columns():
    assert set_of({"declaration": {}, "table": None}, {"decp": None}) == "marches"
    assert set_of({"declaration": {}, "table": None}) is None
