"""A file of collections/ that is wrong is answered with its line, and what to write instead."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from mig_idg.cli.collections import command
from mig_idg.publication.load import load_folder, load_text
from mig_idg.publication.model import json_schema
from mig_idg.publication.publish import check_form

SOUND = """id: adresses
title: {fr: Adresses, en: Addresses}
description: {fr: Toutes les adresses, en: All addresses}
kind: coproduced
working_group: [departement-92, "92050", ept-t4]
source: {table: data.adresses, id: id_ban_adresse, geometry: geom, crs: EPSG:2154}
standard: {name: bal, version: "1.5"}
territory: commune_insee
exceptions: [{ground: E1, attributes: [telephone], legal: "CRPA L311-6", author: pilote, review: 2027-06-30}]
licence: LO-2.0
services: [features, tiles]
"""
ROOT = Path(__file__).parents[2]


def told(text: str) -> list[str]:
    declared, errors = load_text(text, "collections/x.yml")
    assert declared is None
    return [error.text("fr") for error in errors]


def test_a_sound_file_is_a_declaration_that_knows_its_lines() -> None:
    declared, errors = load_text(SOUND, "x.yml")
    assert declared is not None, errors
    assert declared.declaration.source.table == "data.adresses"
    assert declared.line("territory") == 8
    assert declared.line("exceptions", 0, "attributes", 0) == 9
    assert declared.line("exceptions", 3, "nope") == 9


@pytest.mark.parametrize(
    ("was", "becomes", "line", "words"),
    [
        ("territory", "teritory", 8, "« territory »"),
        ('"92050"', "92050", 5, '"92050"'),
        ("coproduced", "coproduce", 4, "« coproduced »"),
        ("crs: EPSG", "crss: EPSG", 6, "« crs »"),
        ("2027-06-30", "2027-13-30", 9, "AAAA-MM-JJ"),
        ("licence: LO-2.0", "licence: LO-3.0", 10, "« LO-2.0 »"),
        ("kind: coproduced", "kind: mutualised", 1, "owner"),
        ("ground: E1", "ground: E4", 9, "objection_proved"),
        ("ground: E1", "ground: E9", 9, "E9"),
        ("data.adresses", "pg_catalog.pg_authid", 6, "table"),
        ("id: adresses", "id: adresses\nid: autres", 2, "deux fois"),
        ("{fr: Adresses", "{fr: !!python/object/apply:os.system [id]", 2, ""),
        ("{fr: Adresses", "{fr: &a Adresses", 2, "ancres"),
        ("services: [features, tiles]", "services: [features", 12, "YAML"),
        ("CRPA L311-6", "x" * 300_000, None, "256"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(was: str, becomes: str, line: int | None, words: str) -> None:
    errors = told(SOUND.replace(was, becomes, 1))
    assert any(words in error for error in errors), errors
    if line is not None:
        assert any(error.startswith(f"collections/x.yml:{line}:") for error in errors), errors


def test_a_layer_of_features_is_offered_as_no_picture() -> None:
    """Nothing draws it: said here rather than found out at an address that is not there, at the line to rewrite."""
    _, (error,) = load_text(SOUND.replace("[features, tiles]", "[features, tiles, maps]"), "collections/x.yml")
    for lang, words in (
        ("fr", "« services » attend features, tiles, download"),
        ("en", "“services” expects features, tiles, download"),
    ):
        assert error.text(lang).startswith("collections/x.yml:11:"), error.text(lang)
        assert words in error.text(lang)
        assert "maps" in error.text(lang)


@pytest.mark.parametrize(
    ("was", "becomes", "line"),
    [
        ("services: [features, tiles]", "services: [features, tiles, stac]", 11),
        ("kind: coproduced", "kind: mutualised\nowner: '92050'", 6),
        ("kind: coproduced", "kind: mutualised", 1),
    ],
)
def test_keys_that_do_not_go_together_are_told_at_the_one_to_rewrite(was: str, becomes: str, line: int) -> None:
    _, errors = load_text(SOUND.replace(was, becomes, 1), "collections/x.yml")
    assert [error.text("en").split(" ")[0] for error in errors] == [f"collections/x.yml:{line}:"]
    assert "déclaration" not in errors[0].text("en")


def test_a_missing_key_is_named() -> None:
    assert "« title »" in told(SOUND.replace("title: {fr: Adresses, en: Addresses}\n", ""))[0]


def test_nothing_is_expanded_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "s3cret")
    declared, _ = load_text(SOUND.replace("fr: Adresses", "fr: 'Adresses ${SECRET} $SECRET'"), "x.yml")
    assert declared is not None
    assert declared.declaration.title.fr == "Adresses ${SECRET} $SECRET"


@given(st.text(max_size=300))
def test_any_text_is_a_declaration_or_told_wrong(text: str) -> None:
    declared, errors = load_text(text, "x.yml")
    assert (declared is None) == bool(errors)


def test_one_id_in_two_files_names_both(tmp_path: Path) -> None:
    for name in ("a.yml", "b.yml"):
        (tmp_path / name).write_text(SOUND, "utf-8")
    (error,) = load_folder(tmp_path).errors
    assert "b.yml:1" in error.text()
    assert "a.yml" in error.text()


def test_the_schema_for_editors_is_the_model(tmp_path: Path) -> None:
    import json

    written = json.loads((ROOT / "collections" / "schema.json").read_text("utf-8"))
    assert written == json.loads(json.dumps(json_schema())), "run: mig-idg collections schema"


def test_the_demonstrations_files_are_sound() -> None:
    loaded = load_folder(ROOT / "collections")
    assert not loaded.errors
    assert len(loaded.declared) >= 11


def test_every_key_is_described_to_editors_in_french_and_english() -> None:
    schema: dict[str, Any] = json_schema()
    for name, part in (("Declaration", schema), *schema["$defs"].items()):
        assert part["description"].count("\n") == 1, name
        for key, one in part["properties"].items():
            french, _, english = one.get("description", "").partition("\n")
            assert french, f"{name}.{key}"
            assert english, f"{name}.{key}"


@pytest.mark.parametrize("code", ["01004", "1_000", "200054781", "92050.0", "1.10", "2024-01-01"])
def test_a_code_that_yaml_reads_as_something_else_is_given_back_as_it_was_written(code: str) -> None:
    (error,) = told(SOUND.replace('"92050"', code, 1))
    assert f'Écrivez "{code}" entre guillemets' in error


@pytest.mark.parametrize("code", ["092050", "2A004", "1e3", "0o17"])
def test_a_code_that_yaml_reads_as_text_is_that_text(code: str) -> None:
    declared, errors = load_text(SOUND.replace('"92050"', code, 1), "x.yml")
    assert declared is not None, errors
    assert declared.declaration.working_group[1] == code


@pytest.mark.parametrize("number", ["010", "1_0", "0x10"])
def test_a_number_that_yaml_reads_as_another_is_refused(number: str) -> None:
    (error,) = told(f"{SOUND}limits: {{default: {number}}}\n")
    assert f"« {number} »" in error


WRONG = (
    ("licence: LO-2.0", "licence: a: b"),
    ("licence: LO-2.0", "licence: LO-2.0\n\tx: 1"),
    ("services: [features, tiles]", "services: [features"),
    ("{fr: Adresses, en: Addresses}", '"Adresses'),
    ("{fr: Adresses, en: Addresses}", "Adresses"),
    ("{fr: Adresses, en: Addresses}", "{fr: Adresses, en: ''}"),
    ("{fr: Adresses", "{fr: !!python/name:os.system x"),
    ("[telephone]", "telephone"),
    ("[telephone]", "{telephone: 1}"),
    ("2027-06-30", "demain"),
    ("2027-06-30", "[1, 2]"),
    ("licence: LO-2.0", "licence: [a]"),
    ("licence: LO-2.0", "limits: {default: beaucoup}"),
    ("licence: LO-2.0", "limits: {default: 0}"),
    ("licence: LO-2.0", "extent: [1, 2]"),
    ("licence: LO-2.0", "extent: [1, 2, 3, 4, 5]"),
    ("licence: LO-2.0", "editing: oui"),
    ("EPSG:2154", "2154"),
    ("id: adresses", "id: Adresses"),
    ("ground: E1", "ground: E4"),
)
FOREIGN = (
    "Input", "should", "expected", "valid", "Value", "found", "mapping", "unable", "could", "character ", "String",
    " or ", "None", "True", "['", "{'", "tuple", "dict", "pydantic", "yaml.org",
)  # fmt: skip


@pytest.mark.parametrize(("was", "becomes"), WRONG)
def test_what_is_wrong_is_told_in_french_without_the_words_of_our_libraries(was: str, becomes: str) -> None:
    for error in told(SOUND.replace(was, becomes, 1)):
        assert not [word for word in FOREIGN if word in error], error


def test_without_the_database_a_code_that_epsg_does_not_have_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(SOUND.replace("EPSG:2154", "EPSG:21544"), "utf-8")
    (error,) = check_form(tmp_path).errors
    assert "a.yml:6:" in error.text()
    assert "« EPSG:21544 »" in error.text()


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_a_check_without_the_database_says_what_it_cannot_tell(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "a.yml").write_text(SOUND, "utf-8")
    done = CliRunner().invoke(command, ["check", str(tmp_path), "--offline", *arguments])
    assert "tout est correct" not in done.output
    assert "organismes" in done.output
