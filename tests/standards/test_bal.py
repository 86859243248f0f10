"""The reading rules of a BAL file: each finding, on the line and column a spreadsheet would show."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from mig_idg.deposits.intake import delimited
from mig_idg.standards.bal import labels, profiles
from mig_idg.standards.bal.checks import Checker
from mig_idg.standards.bal.model import version_of
from mig_idg.standards.findings import Finding, Tally

SOUND = {
    "id_ban_commune": "87ca8fd0-91c4-4afe-a6f5-d812e38e9c35",
    "id_ban_toponyme": "470bba9d-787b-4895-824d-ea637cc7654d",
    "id_ban_adresse": "0b38703a-e32a-4c2a-814d-63fc3da027cc",
    "commune_insee": "92050",
    "commune_nom": "Nanterre",
    "commune_deleguee_insee": "",
    "commune_deleguee_nom": "",
    "toponyme": "Rue des Essais",
    "lieudit_complement_nom": "",
    "numero": "12",
    "suffixe": "bis",
    "position": "entrée",
    "x": "642074.96",
    "y": "6864634.97",
    "long": "2.2101934",
    "lat": "48.8791276",
    "cad_parcelles": "920500000A0001",
    "source": "Commune",
    "date_der_maj": "2024-04-15",
    "certification_commune": "1",
}
KEYED = {("voie_nom" if k == "toponyme" else k): v for k, v in SOUND.items()} | {"cle_interop": "92050_1234_00012_bis"}


def found(*rows: dict[str, str], on: date | None = date(2026, 1, 1)) -> Tally:
    """What the checks say of a file of these rows (all with the same columns)."""
    header = tuple(rows[0])
    checker = Checker(header, on)
    batch = pa.RecordBatch.from_arrays([pa.array([row[name] for row in rows]) for name in header], names=list(header))
    checker.check(batch, np.arange(2, 2 + len(rows)))
    return checker.close()


def errors(tally: Tally, version: str = "1.5") -> set[str]:
    return set(tally.of(profiles.LEVELS[version], "error"))


def test_a_sound_address_has_nothing_to_say():
    assert found(SOUND).counts == {}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("commune_insee", "", "commune_insee.valeur_manquante"),
        ("commune_insee", "92999", "commune_insee.commune_invalide"),
        ("commune_insee", "20004", "commune_insee.commune_invalide"),
        ("commune_insee", "00123", "commune_insee.commune_invalide"),
        ("commune_insee", " 92050", "commune_insee.espaces_debut_fin"),
        ("numero", "", "numero.valeur_manquante"),
        ("numero", "4 ter", "numero.type_invalide"),
        ("numero", "-3", "numero.type_invalide"),
        ("numero", "12,0", "numero.type_invalide"),
        ("numero", "0012", "numero.contient_prefixe"),
        ("numero", "100000", "numero.trop_grand"),
        ("suffixe", "-b", "suffixe.debut_invalide"),
        ("suffixe", "abcdefghij", "suffixe.trop_long"),
        ("suffixe", " bis", "suffixe.espaces_debut_fin"),
        ("toponyme", "", "toponyme.valeur_manquante"),
        ("toponyme", "Ru", "toponyme.trop_court"),
        ("toponyme", "R" + "u" * 200, "toponyme.trop_long"),
        ("toponyme", "Rue de l�Église", "toponyme.caractere_invalide"),
        ("x", "642074,96", "x.separateur_decimal_invalide"),
        ("y", "là-bas", "y.valeur_invalide"),
        ("long", "2,21", "long.separateur_decimal_invalide"),
        ("lat", "48.8.7", "lat.valeur_invalide"),
        ("lat", "-48.8791276", "row.longlat_invalides"),
        ("date_der_maj", "12/04/2024", "date_der_maj.date_invalide"),
        ("date_der_maj", "2023-02-30", "date_der_maj.date_invalide"),
        ("id_ban_adresse", "0b38703a-e32a-4c2a-814d-63fc3da027", "id_ban_adresse.type_invalide"),
        ("id_ban_adresse", "0b38703a-e32a-1c2a-814d-63fc3da027cc", "id_ban_adresse.type_invalide"),
        ("id_ban_adresse", "", "row.lack_of_id_ban"),
    ],
)
def test_a_value_that_refuses_the_file_is_named_by_its_code(field: str, value: str, code: str):
    tally = found(SOUND | {field: value})
    assert code in errors(tally)
    example = tally.shown[code][0]
    assert example.line == 2
    if not code.startswith("row."):
        assert (example.field, example.column) == (field, list(SOUND).index(field) + 1)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("numero", "0", "numero.not_to_be_zero"),
        ("numero", " 12", "numero.espaces_debut_fin"),
        ("position", "Entree", "position.enum_fuzzy"),
        ("position", "cage d'escalier", "position.enum_fuzzy"),
        ("position", "portail", "position.valeur_invalide"),
        ("position", "", "row.position_manquante"),
        ("toponyme", "RUE DES ESSAIS", "toponyme.casse_incorrecte"),
        ("toponyme", "Rue_des Essais", "toponyme.contient_tiret_bas"),
        ("date_der_maj", "2009-12-31", "date_der_maj.date_ancienne"),
        ("date_der_maj", "2026-01-02", "date_der_maj.date_future"),
        ("certification_commune", "oui", "certification_commune.valeur_invalide"),
        ("cad_parcelles", "92050", "cad_parcelles.valeur_invalide"),
        ("cad_parcelles", "920500000A0001|", "cad_parcelles.pipe_debut_fin"),
        ("x", "642094.96", "row.longlat_xy_incoherents"),
        ("source", "", "source.valeur_manquante"),
    ],
)
def test_a_doubt_is_told_and_refuses_nothing(field: str, value: str, code: str):
    tally = found(SOUND | {field: value})
    assert code in tally.counts
    assert not errors(tally)


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("", "cle_interop.valeur_manquante"),
        ("92050_1234", "cle_interop.structure_invalide"),
        ("92050_1234_00012_BIS", "cle_interop.casse_invalide"),
        ("00000_1234_00012_bis", "cle_interop.commune_invalide"),
        ("92050_1234_12_bis", "cle_interop.numero_prefixe_manquant"),
        ("92050_1234_douze_bis", "cle_interop.numero_invalide"),
        ("92050_1234_00014_bis", "row.incoherence_numero"),
    ],
)
def test_an_interoperability_key_is_read_part_by_part(key: str, code: str):
    assert code in errors(found(KEYED | {"cle_interop": key}), "1.4")


def test_a_place_without_address_needs_no_address_identifier():
    assert not errors(found(SOUND | {"numero": "99999", "suffixe": "", "id_ban_adresse": ""}))


def test_without_x_and_y_the_point_comes_from_long_and_lat_and_without_long_and_lat_the_line_is_refused():
    assert not errors(found(SOUND | {"x": "", "y": ""}))
    assert "row.xy_vides" in found(SOUND | {"x": "", "y": ""}).counts
    assert "row.longlat_vides" in errors(found(SOUND | {"long": "", "lat": ""}))


def test_a_file_of_two_communes_is_refused_as_the_official_validator_does():
    other = SOUND | {"id_ban_commune": "4414ca7c-96be-41c3-8abf-5f788ee24acb"}
    assert errors(found(SOUND, other)) == {"rows.multi_id_ban_commune"}


def test_identifiers_are_for_every_line_or_for_none():
    bare = SOUND | dict.fromkeys(("id_ban_commune", "id_ban_toponyme", "id_ban_adresse"), "")
    assert not errors(found(bare, bare))
    assert errors(found(SOUND, bare)) == {"rows.every_line_required_id_ban"}


def test_overseas_and_corsican_communes_are_communes():
    for code, long, lat in (("97411", "55.45", "-20.88"), ("2A004", "8.73", "41.92")):
        row = SOUND | {"commune_insee": code, "long": long, "lat": lat, "x": "", "y": ""}
        assert not errors(found(row)), code


def test_the_version_follows_the_header():
    ids = ("id_ban_commune", "id_ban_toponyme", "id_ban_adresse")
    assert version_of((*ids, "toponyme")) == "1.5"
    assert version_of((*ids, "voie_nom")) == "1.4"
    assert version_of(("cle_interop", "voie_nom")) == "1.3"
    assert version_of(("toponyme",)) == "1.3"


def test_missing_columns_are_named_on_the_line_of_the_header():
    tally = found({k: v for k, v in SOUND.items() if k not in ("numero", "commune_insee")})
    assert {"field.numero.missing", "field.commune_insee.missing"} <= errors(tally)
    assert tally.shown["field.numero.missing"][0].line == 1


def test_a_thousand_lines_of_one_fault_are_counted_and_five_are_shown():
    tally = found(*[SOUND | {"numero": "x"}] * 1000)
    assert tally.counts["numero.type_invalide"] == 1000
    assert [one.line for one in tally.shown["numero.type_invalide"]] == [2, 3, 4, 5, 6]


def test_every_code_has_words_in_both_languages():
    for version, levels in profiles.LEVELS.items():
        for code in levels:
            means = labels.label(code).means
            assert means.fr != code, (version, code)
            assert means.en != code
            assert "{" not in means.fr + means.en


def test_a_long_value_is_shortened_in_a_report():
    assert len(Finding("x", value="a" * 500).short or "") <= 41


# ——— the official validator's verdicts

# Codes that the validator repeats on a line already faulted by another code; told once here.
REPEATED = {"row.adresse_incomplete", "row.commune_manquante", "row.longlat_vides", "row.longlat_invalides"}
SAMPLES = Path(__file__).parents[2] / "../shared/reference/adresses-bal"
VERDICTS = sorted(SAMPLES.glob("verdicts/*.json"))


@pytest.mark.reference
@pytest.mark.parametrize("verdict", VERDICTS or [None], ids=lambda v: v.stem if v else "absent")
def test_a_file_is_refused_exactly_when_the_official_validator_refuses_it(verdict: Path, tmp_path: Path):
    told = json.loads(verdict.read_text("utf-8"))
    path = next(SAMPLES.glob(f"exemples-*/{told['fichier']}"))
    tally = Tally()
    text = delimited.open_text(path, None, tally, tmp_path)
    assert text is not None
    checker = Checker(text.header, date(2026, 1, 10))
    for lines in delimited.read(text, checker.tally):
        checker.check(lines.rows, lines.numbers)
    if text.delimiter != ";":
        checker.tally.add([Finding("file.delimiter.non_standard")])
    ours = set(checker.close().of(checker.levels, "error"))
    official = set(told["profils"][told["profil_detecte"]]["erreurs"])
    assert checker.version == told["profil_detecte"]
    assert bool(ours) == (not told["valide"])
    assert ours - REPEATED == official - REPEATED
    lines_told = {
        (one["ligne"], one["code"]) for one in told["lignes"] if one["niveau"] == "E" and one["code"] not in REPEATED
    }
    lines_found = {(f.line, code) for code in ours for f in tally_examples(checker, code) if f.line and f.line > 1}
    assert {pair for pair in lines_found if pair[1] in official} <= lines_told


def tally_examples(checker: Checker, code: str) -> list[Finding]:
    return checker.tally.shown[code] if code not in REPEATED else []
