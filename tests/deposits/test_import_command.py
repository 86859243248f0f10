"""`mig-idg import` as an operator types it: exit codes, sentences, JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from mig_idg.cli import messages
from mig_idg.cli.main import directory
from mig_idg.database import connect
from mig_idg.registry import seed

from .conftest import address

COLLECTION = """
id: essai
title: {fr: Essai, en: Trial}
description: {fr: Essai, en: Trial}
kind: mutualised
owner: "92050"
source: {table: data.essai, id: id, geometry: geom}
standard: {name: bal, version: "1.5"}
territory: commune_insee
"""


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch, database_url: str, tmp_path: Path) -> Callable[..., int]:
    """`say("import", …)`: the exit code of a command line, against the module's database."""
    folder = tmp_path / "collections"
    folder.mkdir()
    (folder / "essai.yml").write_text(COLLECTION, encoding="utf-8")
    (folder / "autre.yml").write_text("id: 3\n", encoding="utf-8")
    monkeypatch.setenv("IDG_DATABASE_URL", database_url)
    monkeypatch.setenv("IDG_COLLECTIONS_DIR", str(folder))
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    messages.settings.cache_clear()
    yield lambda *line: messages.guarded(directory, [str(word) for word in line])
    messages.settings.cache_clear()


def test_a_sound_file_is_loaded_and_told(say: Callable[..., int], bal: Callable[..., Path], capsys):
    assert say("import", bal(address(1), address(2)), "--collection", "essai") == 0
    assert "bal.csv (BAL 1.5) : 2 lignes dans « essai » (data.essai" in capsys.readouterr().out


def test_a_faulty_file_is_exit_1_with_the_line_and_the_column(
    say: Callable[..., int], bal: Callable[..., Path], capsys
):
    assert say("import", bal(address(1, numero="1bis")), "--collection", "essai") == 1
    said = capsys.readouterr()
    assert "bal.csv:2:7 : Le numéro n'est pas un entier (« 1bis »)." in said.err
    assert "la collection n'a pas changé" in said.err


def test_json_says_the_same(say: Callable[..., int], bal: Callable[..., Path], capsys):
    assert say("import", bal(address(1)), "--collection", "essai", "--json") == 0
    done = json.loads(capsys.readouterr().out)
    assert (done["accepted"], done["rows"], done["standard"]) == (True, 1, "BAL 1.5")
    assert say("import", bal(address(1, lat="")), "--collection", "essai", "--json") == 1
    refused = json.loads(capsys.readouterr().out)
    assert refused["accepted"] is False
    assert refused["findings"][0]["examples"][0]["line"] == 2


@pytest.fixture
def benches(tmp_path: Path) -> Callable[..., Path]:
    """`benches(header, lines…)`: a CSV for the collection `bancs`, which is declared beside the others."""
    declared = COLLECTION.replace("id: essai", "id: bancs").replace("data.essai", "data.bancs")
    (tmp_path / "collections" / "bancs.yml").write_text(
        "\n".join(line for line in declared.splitlines() if not line.startswith("standard:")) + "\n", encoding="utf-8"
    )

    def write(header: str, *lines: str) -> Path:
        path = tmp_path / "bancs.csv"
        path.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
        return path

    return write


def test_what_fell_to_text_is_told_and_the_option_that_is_proposed_works_on_a_published_collection(
    say: Callable[..., int], benches: Callable[..., Path], tmp_path: Path, database_url: str, capsys
):
    with connect(database_url) as connection:
        seed.potential_partners(connection)
    columns, place = "id;hauteur;pose;commune_insee;x;y", "92050;644200;6866100"
    whole = benches(columns, f"1;12;2024-01-05;{place}", f"2;3;2024-02-05;{place}")
    assert say("import", whole, "--collection", "bancs") == 0
    (tmp_path / "collections" / "autre.yml").unlink()
    (tmp_path / "collections" / "essai.yml").unlink()
    assert say("collections", "publish") == 0
    capsys.readouterr()
    second = benches(columns, f"1;12,5;06/01/2024;{place}", f"2;3;07/02/2024;{place}")
    assert say("import", second, "--collection", "bancs", "--json") == 1
    (unfit,) = json.loads(capsys.readouterr().out)["findings"][:1]
    assert [(e["line"], e["field"], e["value"]) for e in unfit["examples"]] == [
        (2, "hauteur", "12,5"), (2, "pose", "06/01/2024"), (3, "pose", "07/02/2024"),
    ]  # fmt: skip
    assert "--retype pose=date" in unfit["expected"]
    line = ("import", second, "--collection", "bancs", "--json", "--retype", "pose=date", "--retype", "hauteur=float")
    assert say(*line, "--dry-run") == 0
    assert json.loads(capsys.readouterr().out)["dry_run"] is True
    assert say(*line) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == 2


def test_json_answers_too_when_the_file_is_not_read(say: Callable[..., int], tmp_path: Path, capsys):
    page = tmp_path / "bancs.geojson"
    page.write_text("<!DOCTYPE html><html><body>Session expirée</body></html>", encoding="utf-8")
    assert say("import", page, "--collection", "essai", "--json") == 2
    told = json.loads(capsys.readouterr().out)
    assert told["accepted"] is False
    assert "page HTML" in told["detail"]


@pytest.mark.parametrize(
    ("line", "code", "sentence"),
    [
        (("FILE", "--collection", "essai", "--retype", "numero=entier"), 2, "entier"),
        (("FILE", "--collection", "essai", "--header", "titre"), 2, "--header"),
        (("absent.csv", "--collection", "essai"), 3, "absent.csv : lecture impossible"),
        (("FILE", "--collection", "esai"), 2, "Vouliez-vous dire « essai » ?"),
        (("FILE", "--collection", "autre"), 2, "autre.yml"),
        (("FILE", "--collection", "essai", "--encoding", "klingon"), 2, "Encodage inconnu : « klingon »"),
        (("FILE", "--collection", "essai", "--rename", "sansvaleur"), 2, "NOM=VALEUR"),
        (("FILE",), 2, "--collection"),
    ],
)
def test_what_is_not_understood_says_what_to_do(
    say: Callable[..., int], bal: Callable[..., Path], capsys, line: tuple[str, ...], code: int, sentence: str
):
    path = bal(address(1))
    assert say("import", *(path if word == "FILE" else word for word in line)) == code
    assert sentence in capsys.readouterr().err
