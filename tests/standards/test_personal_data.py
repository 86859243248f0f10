"""Detectors point at what looks like somebody, and leave streets, facilities and codes alone."""

from __future__ import annotations

import pytest

from mig_idg.standards import personal_data
from mig_idg.standards.personal_data import Column, Place, detect


def looks(value: str, column: str = "remarque", beside: tuple[str, ...] = ()) -> set[str]:
    return {word for word, _ in detect(Column.named(column, (column, *beside)), value)}


@pytest.mark.parametrize(
    ("value", "column", "word"),
    [
        ("1 85 05 78 006 084 91", "remarque", "nir"),
        ("185057800608491", "numero", "nir"),
        ("FR76 3000 6000 0112 3456 7890 189", "remarque", "iban"),
        ("virement sur FR7630006000011234567890189 merci", "remarque", "iban"),
        ("claire.durand@example.fr", "courriel", "email"),
        ("06 12 34 56 78", "remarque", "mobile"),
        ("+33 6 12 34 56 78", "remarque", "mobile"),
        ("0612345678", "tel", "mobile"),
        ("01 47 29 50 00", "remarque", "phone"),
        ("mairie@ville.example.fr", "courriel", "mailbox"),
        ("1985-05-12", "date_naissance", "birth_date"),
        ("12/05/1985", "DDN", "birth_date"),
        ("Mme Durand, née le 12/05/1985", "remarque", "birth_date"),
        ("Claire DURAND", "nom", "name"),
        ("DURAND Claire", "nom", "name"),
        ("Jean-Pierre Martin", "libelle", "name"),
        ("signalé par Mme Durand", "remarque", "name"),
        ("MARTIN-LEROY Ève", "proprietaire", "name"),
    ],
)
def test_what_looks_like_somebody_is_found(value: str, column: str, word: str) -> None:
    assert word in looks(value, column)


@pytest.mark.parametrize(
    ("value", "column"),
    [
        ("1 85 05 78 006 084 92", "remarque"),  # the key is wrong
        ("FR76 3000 6000 0112 3456 7890 180", "remarque"),
        ("92050_1234_00012", "cle_interop"),
        ("9205012340", "id"),
        ("0612345678", "code_parcelle"),
        ("2026-03-01", "date_maj"),
        ("Rue Victor Hugo", "voie_nom"),
        ("École Jean Jaurès", "nom"),
        ("Stade Yves du Manoir", "nom"),
        ("Saint Maurice", "commune"),
        ("Hauts-de-Seine", "nom"),
        ("Mme la Maire", "signataire"),
        ("48.8921,2.1973", "point"),
        ("Claire", "prenom"),  # first names counted by year tell nobody
    ],
)
def test_what_is_nobody_is_not(value: str, column: str) -> None:
    assert looks(value, column) == set()


def test_a_first_name_beside_a_family_name_is_somebody() -> None:
    assert "name" in looks("Claire", "prenom", ("nom",))


def test_a_scan_counts_and_points_at_lines_and_ids_without_the_values() -> None:
    rows = [(f"a{n}", (f"p{n}@example.fr" if n % 2 else None, "Rue Victor Hugo")) for n in range(20)]
    many, (found,) = personal_data.scan(("courriel", "voie"), rows)
    assert (many, found.detector, found.column, found.count) == (20, "email", "courriel", 10)
    assert found.places[:2] == [Place(2, "a1"), Place(4, "a3")]
    assert len(found.places) == personal_data.PLACES
    assert found.masked == "p·@e······.f·"
