"""`mig-idg standards check`: the verdict of the official validators, and what is told of files that nobody can read."""

from __future__ import annotations

import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mig_idg.cli.main import directory
from mig_idg.cli.messages import guarded, settings
from mig_idg.validators import node, run
from mig_idg.validators.library import Library

REFERENCE = Path(__file__).parents[2] / "../shared/reference"
DAY = date(2026, 1, 10)
ADDRESS = (
    "id_ban_commune;id_ban_toponyme;id_ban_adresse;commune_insee;commune_nom;toponyme;numero;suffixe;position;x;y;long;lat;"
    "cad_parcelles;source;date_der_maj;certification_commune\n"
    "87ca8fd0-91c4-4afe-a6f5-d812e38e9c35;470bba9d-787b-4895-824d-ea637cc7654d;0b38703a-e32a-4c2a-814d-63fc3da027cc;92050;"
    "Nanterre;Rue des Essais;{numero};;entrée;642074.96;6864634.97;2.2101934;48.8791276;;Commune;2024-04-15;1\n"
)
official = pytest.mark.skipif(node.validator() is None, reason="the official BAL validator is not installed (./idg)")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """A command as a person gives it, with an empty folder of standards; its exit code and its JSON."""
    monkeypatch.setenv("IDG_STANDARDS_DIR", str(tmp_path / "standards"))
    settings.cache_clear()

    def ask(*words: object) -> tuple[int, Any]:
        code = guarded(directory, ["standards", *map(str, words)])
        out = capsys.readouterr()
        return code, json.loads(out.out) if out.out.startswith(("{", "[")) else out.out + out.err

    yield ask
    settings.cache_clear()


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# ——— BAL


@official
def test_a_sound_address_file_is_valid(asked, tmp_path):
    code, told = asked("check", written(tmp_path, "a.csv", ADDRESS.format(numero="12")), "--json")
    assert (code, told["standard"], told["version"], told["valid"]) == (0, "bal", "1.5", True)


@official
def test_a_finding_says_line_column_value_and_what_to_write(asked, tmp_path):
    code, told = asked("check", written(tmp_path, "a.csv", ADDRESS.format(numero="4 ter")), "--json")
    (finding,) = [one for one in told["findings"] if one["code"] == "numero.type_invalide"]
    assert code == 1
    assert (finding["level"], finding["line"], finding["column"], finding["value"]) == ("error", 2, "numero", "4 ter")
    assert finding["proposal"] == "numero = 4 ; suffixe = ter"
    assert finding["message"] == "La valeur du champ numéro doit être un nombre entier"


@official
def test_lines_are_those_of_the_spreadsheet_when_some_are_blank(asked, tmp_path):
    text = ADDRESS.format(numero="4 ter").replace("\n", "\n\n")
    _, told = asked("check", written(tmp_path, "a.csv", text), "--json")
    assert {one["line"] for one in told["findings"] if one["code"] == "numero.type_invalide"} == {3}


@official
def test_a_large_file_gets_the_verdict_of_a_small_one(tmp_path):
    """Above three megabytes, rows are streamed through the same functions: same codes, same lines."""
    header, row = ADDRESS.format(numero="0012").splitlines()
    small = [row.replace("0b38703a", f"{rank:08x}").replace("0012", str(rank % 900)) for rank in range(400)]
    small[7] = small[7].replace("Rue des Essais", "RUE DES ESSAIS")
    small[9] = small[9].replace("48.8791276", "48,87")
    told = []
    for copies in (1, 40):
        rows = small + [one.replace("92050", "92050") for one in small[:300]] * (copies - 1)
        path = written(tmp_path, f"{copies}.csv", "\n".join([header, *rows]) + "\n")
        verdict = run.check(path, Library(tmp_path), DAY)
        told.append({(one.code, one.line) for one in verdict.findings if not one.ours and (one.line or 0) < 300})
        assert (verdict.valid, verdict.version) == (False, "1.5")
    ours = {"row.different_id_ban_adresses_with_same_adresse"}
    first, second = ({pair for pair in one if pair[0] not in ours} for one in told)
    assert ("lat.separateur_decimal_invalide", 11) in first
    assert first <= second


@pytest.mark.reference
@official
def test_the_official_verdict_on_every_reference_file():
    """Version, validity, and each code on each line: not one differs."""
    verdicts = sorted(REFERENCE.glob("adresses-bal/verdicts/*.json"))
    letters = {"error": "E", "warning": "W", "info": "I"}
    for path in verdicts:
        wanted = json.loads(path.read_text("utf-8"))
        file = next(REFERENCE.glob(f"adresses-bal/exemples-*/{wanted['fichier']}"))
        verdict = run.check(file, Library(REFERENCE), DAY, "bal")
        told = {(one.line, one.code, letters[one.level]) for one in verdict.findings if one.line and not one.ours}
        assert (verdict.version, verdict.valid) == (wanted["profil_detecte"], wanted["valide"]), path.name
        assert told == {(one["ligne"], one["code"], one["niveau"]) for one in wanted["lignes"]}, path.name
    assert len(verdicts) > 30


def test_without_node_our_own_checks_answer_and_say_so(tmp_path, monkeypatch):
    monkeypatch.setattr(node, "validator", lambda: None)
    path = written(tmp_path, "a.csv", ADDRESS.format(numero="4 ter"))
    verdict = run.check(path, Library(tmp_path), DAY)
    assert verdict.valid is False
    assert {"tool.missing", "numero.type_invalide"} <= verdict.counts.keys()


# ——— what nobody can read

UNREADABLE: dict[str, tuple[bytes, str]] = {
    "bal_utf16.csv": (ADDRESS.format(numero="1").encode("utf-16"), "file.encoding.unsupported"),
    "bal_vide.csv": (b"", "file.empty"),
    "bal.csv": (ADDRESS.format(numero="1").encode()[:330], "file.parse.TooFewFields"),
    "titre.csv": (b"Tableau des adresses;;;;\n" + ADDRESS.format(numero="1").encode(), "file.header"),
    "decp.json": (b'{"marches":' + b"[" * 50_000 + b"]" * 50_000 + b"}", "json.depth"),
    "pcrs.gml": (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "x">]><a>&b;</a>', "xml.doctype"),
    "marches.json": (b"[]", "decp.root"),
    "tronque.json": (b'{"marches": {"marche": [', "json.syntax"),
}


@pytest.mark.parametrize("name", UNREADABLE)
@pytest.mark.reference
def test_a_file_nobody_can_read_is_a_finding(name: str, tmp_path: Path):
    content, code = UNREADABLE[name]
    if name.startswith("bal") and node.validator() is None and code != "file.empty":
        pytest.skip("the official BAL validator is not installed (./idg)")
    verdict = run.check(written(tmp_path, name, content), Library(REFERENCE), DAY)
    assert verdict.valid is False
    assert code in verdict.counts


def test_an_archive_is_told_as_one(asked, tmp_path):
    with zipfile.ZipFile(tmp_path / "bal.zip", "w") as archive:
        archive.writestr("bal.csv", ADDRESS)
    code, told = asked("check", tmp_path / "bal.zip", "--json")
    assert (code, told["standard"], told["findings"][0]["code"]) == (1, "bal", "file.archive")


@pytest.mark.parametrize("content", [b"bonjour\n", b"", b'{"a": 1}', b"<a/>", bytes(range(256)) * 9])
def test_what_is_no_known_standard_is_not_understood(asked, tmp_path, content):
    code, told = asked("check", written(tmp_path, "x.dat", content), "--json")
    assert (code, told["standard"], told["valid"]) == (2, None, False)
    assert told["findings"]


# ——— schemas of other bodies


def test_a_missing_schema_says_what_to_run(asked, tmp_path):
    file = written(
        tmp_path, "prenoms.csv", "COMMUNE_NOM,COLL_INSEE,ENFANT_SEXE,ENFANT_PRENOM,NOMBRE_OCCURRENCES,ANNEE\n"
    )
    code, said = asked("check", file)
    assert code == 3
    assert "mig-idg standards import" in said


@pytest.mark.reference
def test_schemas_are_taken_from_a_folder_when_their_hash_is_right(asked, tmp_path):
    code, told = asked("import", REFERENCE, "--json")
    assert (code, told["refused"], told["missing"]) == (0, [], [])
    altered = tmp_path / "standards/scdl/schemas/prenoms.json"
    altered.write_text("{}")
    file = REFERENCE / "scdl/exemples-fictifs/prenoms_92040.csv"
    assert asked("check", file)[0] == 3
    assert asked("import", REFERENCE, "--json")[0] == 0
    assert asked("check", file)[0] == 0


def test_an_unknown_standard_or_version_is_not_understood(asked, tmp_path):
    file = written(tmp_path, "a.csv", "a;b\n")
    assert asked("check", file, "--standard", "ball")[0] == 2
    assert asked("check", file, "--standard", "bal", "--version", "2.0")[0] == 2


# ——— the others

EXPECTED = {
    "scdl/exemples-fictifs/deliberations_92040.csv": ("scdl-deliberations", "2.1.5", True),
    "scdl/exemples-fictifs/equipements_92040.csv": ("scdl-equipements", "0.1.5", True),
    "scdl/exemples-fictifs/prenoms_92040.csv": ("scdl-prenoms", "1.1.6", True),
    "scdl/exemples-fictifs/catalogue_92040.csv": ("scdl-catalogue", "0.1.3", True),
    "scdl/exemples-fictifs/subventions_92040.csv": ("scdl-subventions", "2.1.1", True),
    "scdl/exemples/subventions_exemple_valide.csv": ("scdl-subventions", "2.1.1", True),
    "scdl/exemples/subventions_exemple_invalide_erreurs_cellules.csv": ("scdl-subventions", "2.1.1", False),
    "scdl/exemples/subventions_exemple_invalide_erreurs_colonnes.csv": ("scdl-subventions", "2.1.1", False),
    "scdl/exemples/subventions_colonne_dupliquee.csv": ("scdl-subventions", "2.1.1", False),
    "scdl/decp/exemples/marches_concessions.json": ("decp", "2.0.3", True),
    "scdl/decp/exemples/Marche.xml": ("decp", "2.0.2", True),
    "erp/exemple_fictif_92040.csv": ("acceslibre", "0.0.20", True),
    "erp/acceslibre/sante/exemple.csv": ("acceslibre", "0.0.20", True),
    "pcrs/exemples-fictifs/pcrs_nanterre_l93.gml": ("pcrs", "2.0", True),
    "pcrs/exemples-fictifs/pcrs_deux_defauts.gml": ("pcrs", "2.0", False),
    "pcrs/exemples-lyon/20200716.RIL_L260_C340_P0.gml": ("pcrs", "2.0", True),
    "metadonnees/exemples-iso19139/ign_bdtopo_donnees_gml32.xml": ("iso19139", "2006-05-04", True),
    "metadonnees/exemples-iso19139/ign_lot_gml320.xml": ("iso19139", "2006-05-04", True),
    "metadonnees/exemples-iso19139/ign_produit_invalide_xsd.xml": ("iso19139", "2006-05-04", False),
    "metadonnees/exemples-iso19115-3/metawal.wallonie.be-srv.xml": ("iso19115-3", "2.0", True),
}


@pytest.mark.reference
@pytest.mark.parametrize("name", EXPECTED)
def test_a_reference_file_is_recognised_and_judged(name: str):
    verdict = run.check(REFERENCE / name, Library(REFERENCE), DAY)
    assert (verdict.standard, verdict.version, verdict.valid) == EXPECTED[name]


# ——— the report


@pytest.mark.reference
@official
def test_the_proposed_file_mends_what_is_sure_and_the_original_is_untouched(tmp_path):
    """Six faults with one sure replacement each; what is left is that the number is not that of its key."""
    from mig_idg.validators import report

    name = "20260105_bal_219200730_suresnes_v1.4_6_defauts"
    file = REFERENCE / f"adresses-bal/exemples-fictifs/{name}.csv"
    before = file.read_bytes()
    verdict = run.check(file, Library(REFERENCE), DAY)
    report.write(verdict, file, tmp_path, DAY)
    again = run.check(tmp_path / f"proposed-{name}.csv", Library(REFERENCE), DAY)
    left = {one.code for one in again.findings if one.level != "info"}
    assert (verdict.valid, left, file.read_bytes()) == (False, {"row.incoherence_numero"}, before)
    page = (tmp_path / "rapport.fr.html").read_text("utf-8")
    assert "5 erreurs sur 4 lignes sur 21, 2 alertes" in page
    assert "642932.83" in page
    features = json.loads((tmp_path / "findings.geojson").read_text("utf-8"))["features"]
    places = {one["properties"]["line"]: one["geometry"] for one in features}
    assert places[3]["coordinates"] == [2.2220081, 48.8631783]
    faulty = (tmp_path / "faulty-lines.csv").read_text("utf-8-sig").splitlines()
    assert [line.split(";")[0] for line in faulty[1:]] == ["3", "4", "6", "10"]


def test_a_value_of_the_file_is_text_in_the_page_and_in_the_csv(tmp_path):
    from mig_idg.errors import Text
    from mig_idg.standards.verdict import Remark, Verdict
    from mig_idg.validators import report

    file = written(tmp_path, "a.csv", "voie_nom;numero;commune_insee;x\n=HYPERLINK(1);<script>;92050;1\n")
    remark = Remark("x", "error", Text("m", "m"), 2, "numero", "<script>")
    report.write(Verdict("a.csv", "bal", "1.3", False, (remark,), counts={"x": 1}), file, tmp_path / "out", DAY)
    assert "<script>" not in (tmp_path / "out/rapport.fr.html").read_text("utf-8")
    assert "'=HYPERLINK" in (tmp_path / "out/faulty-lines.csv").read_text("utf-8")


# ——— what the XSD does not say

MUTATIONS = {
    "C.5": ('codeListValue="fre">fre</gmd:LanguageCode></gmd:language>\n <gmd:characterSet', 'codeListValue="fr">fr</gmd:LanguageCode></gmd:language>\n <gmd:characterSet'),
    "C.17": ("LimitationsOnPublicAccess/noLimitations", "Autre/noLimitations"),
    "C.15": ("<gco:Date>2008-06-01</gco:Date>", "<gco:Date>2009-06-01</gco:Date>"),
    "C.13": ('codeListValue="creation">creation<', 'codeListValue="revision">revision<'),
    "C.19": ("<gco:Decimal>2.23</gco:Decimal>", "<gco:Decimal>3.23</gco:Decimal>"),
    "1.10": ("1089/2010", "1205/2008"),
    "2.6": ("<gco:CharacterString>BAL 1.5</gco:CharacterString>", "<gco:CharacterString></gco:CharacterString>"),
}  # fmt: skip


@pytest.mark.reference
@pytest.mark.parametrize("code", MUTATIONS)
def test_one_defect_of_a_record_gives_its_requirement(code: str, tmp_path: Path):
    sound = (REFERENCE / "metadonnees/exemples-fictifs/bal_issy_iso19139.xml").read_text("utf-8")
    before, after = MUTATIONS[code]
    assert before in sound
    text = sound.replace(before, after)
    text = text.replace("eli/reg/2010/1089", "eli/reg/2008/1205") if code == "1.10" else text
    verdict = run.check(written(tmp_path, "fiche.xml", text), Library(REFERENCE), DAY)
    assert code in verdict.counts
    assert run.check(written(tmp_path, "saine.xml", sound), Library(REFERENCE), DAY).findings == ()


@pytest.mark.reference
def test_an_xsd_message_names_the_class_the_object_and_the_line():
    file = REFERENCE / "pcrs/exemples-fictifs/pcrs_deux_defauts.gml"
    findings = [one for one in run.check(file, Library(REFERENCE), DAY).findings if one.level == "error"]
    first = findings[0]
    assert (first.line, first.column, first.value, first.proposal) == (
        3,
        "precisionPlanimetrique",
        "5",
        "005",
    )
    assert findings[1].message.fr.startswith("MurPCRS")
    assert "mur-3" in findings[1].message.fr


@pytest.mark.reference
def test_ocs_ge_overlaps_and_gaps_are_found(tmp_path):
    sound = json.loads((REFERENCE / "ocs-ge/ocsge_fictif_nanterre.geojson").read_text("utf-8"))
    whole = run.check(written(tmp_path, "a.geojson", json.dumps(sound)), Library(REFERENCE), DAY)
    assert (whole.standard, whole.valid) == ("ocs-ge", True)
    hole = {**sound, "features": [one for rank, one in enumerate(sound["features"]) if rank != 14]}
    twice = {**sound, "features": [*sound["features"], sound["features"][3]]}
    assert "ocsge.gap" in run.check(written(tmp_path, "b.geojson", json.dumps(hole)), Library(REFERENCE), DAY).counts
    told = run.check(written(tmp_path, "c.geojson", json.dumps(twice)), Library(REFERENCE), DAY).counts
    assert {"ocsge.overlap", "ocsge.identifier"} <= told.keys()
