"""The territory: its bodies, and how each is found under the names people use."""

import csv

import pytest
from stdnum.fr import siren

from mig_idg import territory
from mig_idg.errors import UnknownWord


@pytest.mark.parametrize(
    ("word", "id"),
    [
        ("92050", "92050"),
        ("nanterre", "92050"),
        ("NANTERRE", "92050"),
        ("(LE) PLESSIS-ROBINSON", "92060"),
        ("Plessis-Robinson", "92060"),
        ("le plessis robinson", "92060"),
        ("(LA) GARENNE-COLOMBES", "92035"),
        ("VILLE-D’AVRAY", "92077"),
        ("Ville-d'Avray", "92077"),
        ("ASNIERES-SUR-SEINE", "92004"),
        ("sèvres", "92072"),
        ("Argenteuil", "95018"),
        ("219200508", "92050"),
        ("ept-t4", "ept-t4"),
        ("T4", "ept-t4"),
        ("EPT4", "ept-t4"),
        ("EPT Vallée Sud Grand Paris", "ept-t2"),
        ("Paris Ouest La Défense", "ept-t4"),
        ("EPT Boucle Nord de Seine", "ept-t5"),
        ("paris la defense", "paris-la-defense"),
        ("BSPP", "bspp"),
        ("DRIEAT d’Ile-de-France", "drieat"),
        ("CD92", "departement-92"),
        ("Département des Hauts-de-Seine", "departement-92"),
    ],
)
def test_a_body_is_found_by_its_code_or_any_spelling_of_its_name(word, id):
    found = territory.find(word)
    assert found is not None
    assert found.id == id
    assert territory.place(word) is found


@pytest.mark.parametrize(
    ("word", "near"),
    [("Argentueil", "Argenteuil"), ("nanter", "Nanterre"), ("Issy les Moulinaux", "Issy-les-Moulineaux")],
)
def test_a_name_nobody_has_is_refused_with_the_nearest(word, near):
    with pytest.raises(UnknownWord) as refused:
        territory.place(word)
    assert near in refused.value.text("fr")
    assert near in refused.value.text("en")
    assert territory.nearest_places(word)[0].name == near


def test_a_name_near_nobodys_proposes_nothing():
    assert territory.nearest_places("zzzzzz") == ()
    with pytest.raises(UnknownWord) as refused:
        territory.place("zzzzzz")
    assert refused.value.remedy is None


def test_the_territory_has_thirty_six_communes_argenteuil_four_ept_and_the_other_partners():
    communes = territory.COMMUNES.values()
    assert sum(c.departement == "92" for c in communes) == 36
    assert [c.name for c in communes if c.departement != "92"] == ["Argenteuil"]
    assert [c.name for c in communes if not c.annex_1] == ["Argenteuil"]
    assert sorted(territory.EPTS) == ["ept-t2", "ept-t3", "ept-t4", "ept-t5"]
    assert sorted(territory.OTHERS) == ["bspp", "departement-92", "drieat", "paris-la-defense"]
    assert len(territory.PLACES) == 37 + 4 + 4


def test_every_commune_is_in_the_ept_that_lists_it():
    assert sum(len(ept.communes) for ept in territory.EPTS.values()) == 37
    for code, commune in territory.COMMUNES.items():
        assert (commune.id, commune.kind) == (code, "commune")
        assert code in territory.EPTS[commune.ept].communes
    assert "95018" in territory.EPTS["ept-t5"].communes
    assert {ept.kind for ept in territory.EPTS.values()} == {"ept"}


def test_every_siren_has_a_good_check_digit_and_is_said_once():
    told = [place.siren for place in territory.PLACES.values() if place.siren]
    assert len(told) == len(set(told)) == 42
    assert all(siren.is_valid(number) for number in told)


def test_a_body_unknown_here_keeps_its_id_for_name():
    assert territory.name_of("92050") == "Nanterre"
    assert territory.name_of("bureau-x") == "bureau-x"
    assert territory.is_commune("95018")
    assert not territory.is_commune("ept-t4")
    assert territory.is_ept("ept-t4")
    assert not territory.is_ept("92050")


@pytest.mark.reference
def test_the_territory_is_the_official_one(shared):
    path = shared / "reference/territoire/communes_ept.csv"
    if not path.is_file():
        pytest.skip("../shared is not there")
    with path.open(encoding="utf-8") as rows:
        official = {row["code_insee"]: row for row in csv.DictReader(rows, delimiter=";")}
    assert set(official) == set(territory.COMMUNES)
    for code, row in official.items():
        ours = territory.COMMUNES[code]
        assert (ours.name, ours.siren, ours.ept) == (row["nom"], row["siren_commune"], f"ept-{row['code_ept'].lower()}")
        if row["nom_charte_annexe1"]:
            assert territory.find(row["nom_charte_annexe1"]) is ours
