"""`pygeoapi-config.yml`: server and metadata only, strict, with the line of what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.ogc.describe.conftest import CONFIG

from mig_idg.errors import InvalidDeclaration
from mig_idg.ogc.service_metadata import UNNAMED, load_service

SOUND = """metadata:
  identification:
    title: {fr: Titre, en: Title}
    description: {fr: Quoi, en: What}
  provider:
    name: Quelqu'un
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "pygeoapi-config.yml"
    path.write_text(text, "utf-8")
    return path


def test_the_file_of_the_repository_is_sound_and_says_that_it_is_a_demonstration() -> None:
    service = load_service(CONFIG)
    assert service.demonstration
    assert service.title.fr != service.title.en


def test_without_a_file_the_service_has_no_name_of_its_own(tmp_path: Path) -> None:
    assert load_service(tmp_path / "absent.yml") == UNNAMED


def test_an_unknown_key_is_told_with_its_line_and_the_nearest(tmp_path: Path) -> None:
    path = written(tmp_path, SOUND.replace("  provider:", "  providers:"))
    with pytest.raises(InvalidDeclaration) as caught:
        load_service(path)
    assert "pygeoapi-config.yml:5:" in caught.value.text() or ":1:" in caught.value.text()


def test_a_misspelt_key_proposes_the_right_one(tmp_path: Path) -> None:
    path = written(tmp_path, SOUND + "demonstation: true\n")
    with pytest.raises(InvalidDeclaration) as caught:
        load_service(path)
    assert caught.value.line == 7
    assert "demonstration" in caught.value.text()


def test_layers_and_secrets_have_no_place_there(tmp_path: Path) -> None:
    with pytest.raises(InvalidDeclaration):
        load_service(written(tmp_path, SOUND + "resources: {}\n"))


def test_nothing_is_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBPW", "s3cret")
    service = load_service(written(tmp_path, SOUND.replace("fr: Titre", "fr: 'Bonjour ${DBPW}'")))
    assert service.title.fr == "Bonjour ${DBPW}"


def test_what_is_not_yaml_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(InvalidDeclaration) as caught:
        load_service(written(tmp_path, SOUND + "a: [\n"))
    assert caught.value.line
