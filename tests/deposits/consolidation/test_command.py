"""The command, from files to a layer: each verb that the page on consolidation shows."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.deposits.consolidation.conftest import HEADER, RECIPE, door

from mig_idg.cli import messages
from mig_idg.cli.main import directory
from mig_idg.cli.messages import guarded

PAGES = Path(__file__).parents[3] / "docs" / "how-to"


@pytest.fixture
def idg(town, tmp_path, monkeypatch, capsys):
    """`idg(words…)`: the exit code, what is printed, what is said beside."""
    monkeypatch.setenv("IDG_DATABASE_URL", town.info.dsn)
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    messages.settings.cache_clear()
    place = tmp_path / "recipes"
    place.mkdir()
    (place / "portes.yml").write_text(RECIPE, encoding="utf-8")
    for body, number in (("92050", 1), ("92036", 5)):
        lines = (HEADER, door(f"{body}-1", body, number), door("x", body, 9, 500))
        (tmp_path / f"{body}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def run(*words):
        code = guarded(directory, [word.format(tmp=tmp_path) for word in words])
        return code, *capsys.readouterr()

    yield run
    messages.settings.cache_clear()


RUN = (
    "consolidation", "run", "portes", "--recipes", "{tmp}/recipes", "--contribution", "92050={tmp}/92050.csv",
    "--contribution", "92036={tmp}/92036.csv", "--on", "2026-03-02", "--json",
)  # fmt: skip
PIECE = ("--evidence", "compte-rendu : 3", "--on", "2026-03-02")


def test_from_files_to_the_layer(idg, town, tmp_path):
    assert idg("consolidation", "check", "--recipes", "{tmp}/recipes")[0] == 0
    code, out, err = idg(*RUN)
    assert code == 0, err
    made = json.loads(out)
    assert (made["rows"], made["findings"]["duplicate_key"], made["lacking"]) == (3, 1, ["92024"])
    run = str(made["run"])

    code, out, _ = idg("consolidation", "report", run, "--json")
    assert (code, json.loads(out)["undecided"]) == (1, 1)
    assert idg("consolidation", "report", run, "--html", "{tmp}/r.html", "--geojson", "{tmp}/r.geojson")[0] == 1
    assert len(json.loads((tmp_path / "r.geojson").read_text("utf-8"))["features"]) == 1
    assert "92036" in (tmp_path / "r.html").read_text("utf-8")

    code, out, _ = idg("consolidation", "conflicts", run, "--undecided", "--json")
    (conflict,) = json.loads(out)
    assert conflict["kind"] == "duplicate_key"
    assert idg("committee", "stage", "portes", "structured", *PIECE)[0] == 0
    assert idg("consolidation", "adopt", run, *PIECE)[0] == 0
    code, _, err = idg("committee", "stage", "portes", "submitted", *PIECE)
    assert (code, "sans décision" in err or "n'ont pas de décision" in err) == (1, True), err

    assert idg("consolidation", "decide", run, conflict["identity"][:8], "keep_second", "--reason", "à elle")[0] == 0
    code, out, _ = idg(*RUN)
    again = json.loads(out)
    assert again["contributions_read"] == 0
    assert idg("consolidation", "adopt", str(again["run"]), *PIECE)[0] == 0
    assert idg("committee", "stage", "portes", "submitted", *PIECE)[0] == 0
    assert town.execute("select insee from data.portes where id = 'x'").fetchone() == ("92050",)

    code, out, _ = idg("consolidation", "origin", "portes", "x", "--json")
    assert (code, json.loads(out)["contributor"]) == (0, "92050")
    assert idg("consolidation", "origin", "portes", "zz")[0] == 1
    for number in (run, str(again["run"])):
        assert idg("consolidation", "export", number, "--output", "{tmp}/" + number)[0] == 0
    assert len((tmp_path / run).read_bytes().splitlines()) == 3
    town.rollback()


def test_excluding_removes_its_features_at_once(idg, town):
    made = json.loads(idg(*RUN)[1])
    assert idg("committee", "stage", "portes", "structured", *PIECE)[0] == 0
    assert idg("consolidation", "adopt", str(made["run"]), *PIECE)[0] == 0
    code, out, err = idg(
        "consolidation", "exclude", "portes", "92050", "--reason", "licence", "--article", "Charte MIG, § 3.3",
        "--recipes", "{tmp}/recipes", "--on", "2026-03-02", "--json",
    )  # fmt: skip
    assert (code, json.loads(out)["removed"]) == (0, 1), err
    assert town.execute("select count(*) from data.portes where insee = '92050'").fetchone() == (0,)
    town.rollback()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("run", "portes", "--recipes", "{tmp}/recipes", "--contribution", "92050"), "92050"),
        (("run", "rues", "--recipes", "{tmp}/recipes"), "portes"),
        (("report", "99"), "99"),
        (("decide", "1", "--reason", "x"), "--accept"),
    ],
)
def test_what_is_not_understood_says_what_to_write(idg, words, said):
    code, _, err = idg("consolidation", *words)
    assert code == 2
    assert said in err


def test_every_verb_of_the_pages_is_one_of_the_command():
    verbs = set(directory.get_command(None, "consolidation").commands)  # type: ignore[arg-type]
    for page in ("consolidation.fr.md", "consolidation.md"):
        shown = set(re.findall(r"\./idg consolidation ([a-z-]+)", (PAGES / page).read_text("utf-8")))
        assert shown
        assert shown <= verbs
        assert verbs - shown == set()
