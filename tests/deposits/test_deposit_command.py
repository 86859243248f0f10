"""`mig-idg deposit` as the operator of a small partnership types it: exit codes, sentences, JSON."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mig_idg.cli import messages
from mig_idg.cli.main import directory
from mig_idg.database import connect
from mig_idg.registry import mandates, seed
from mig_idg.registry.acts import Evidence, Record

from .clamd import EICAR, clamd
from .conftest import address

COLLECTION = """
id: essai
title: {fr: Essai, en: Trial}
description: {fr: Des objets tirés pour l'essai., en: Objects drawn for the test.}
keywords: [essai]
update_frequency: monthly
scale: [5000, 500]
topics: [location]
lineage: {fr: Tiré pour l'essai., en: Drawn for the test.}
kind: mutualised
owner: "92050"
terms: {mode: all_partners, actions: [view, query, download]}
source: {table: data.essai, id: id, geometry: geom, crs: "EPSG:2154"}
territory: commune_insee
"""
TABLE = "id;nom;commune_insee;x;y\n" + "".join(f"{n};voie {n};92050;{642000 + n};6864{n:03}\n" for n in range(1, 11))
CERTIFIED = ("--same-files", "--legal-conformity", "--production", "2025-01-01/2025-06-30", "--validity",
             "2025-07-01/..", "--checklist", "none")  # fmt: skip


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="idg-") as name:  # the path of a socket has 108 bytes
        yield Path(name)


@pytest.fixture(scope="module")
def published(database_url: str, home: Path) -> str:
    """The module's database with one dataset of Nanterre, published, and its technical referent."""
    from mig_idg.publication.publish import publish

    folder = home / "collections"
    folder.mkdir()
    (folder / "essai.yml").write_text(COLLECTION, encoding="utf-8")
    day = date(2026, 1, 5)
    with connect(database_url) as connection:
        seed.potential_partners(connection)
        connection.execute(
            "create table data.essai (id integer primary key, nom text, commune_insee text, geom geometry(Point, 2154))"
        )
        connection.execute(
            "insert into data.essai select n, 'ancienne ' || n, '92050', st_point(642000 + n, 6864000 + n, 2154)"
            " from generate_series(1, 12) n"
        )
        publish(connection, folder, author="tests", on=day)
        record = Record(day, "tests", Evidence("lettre", "1", day))
        mandates.name(connection, "92050", "technical_referent", mandates.Person("Ana Roux"), record)
        connection.commit()
    return database_url


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch, published: str, home: Path, capsys: Any) -> Iterator[Callable[..., Any]]:
    """`say("deposit", …)`: exit code, and the answer (an object with --json)."""
    monkeypatch.setenv("IDG_DATABASE_URL", published)
    monkeypatch.setenv("IDG_HOME", str(home))
    monkeypatch.setenv("IDG_COLLECTIONS_DIR", str(home / "collections"))
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    messages.settings.cache_clear()

    def said(*line: str | Path) -> tuple[int, Any]:
        capsys.readouterr()
        code = messages.guarded(directory, [str(word) for word in line])
        heard = capsys.readouterr()
        return code, json.loads(heard.out) if "--json" in line and heard.out else heard.out + heard.err

    yield said
    messages.settings.cache_clear()


@pytest.fixture
def table(tmp_path: Path) -> Path:
    (path := tmp_path / "voies.csv").write_text(TABLE, encoding="utf-8")
    return path


def rows(url: str) -> list[tuple[Any, ...]]:
    with connect(url) as connection:
        return connection.execute("select id, nom from data.essai order by id").fetchall()


def test_from_the_file_to_the_published_rows(say: Any, table: Path, published: str, home: Path):
    code, told = say("deposit", table, "--dataset", "essai", *CERTIFIED, "--json")
    assert code == 0, told
    assert (told["state"], told["made"], told["scan"]["verdict"]) == ("checked", True, "unavailable")
    assert (told["difference"]["changed"], told["difference"]["removed"]) == (10, 2)
    assert rows(published)[0] == (1, "ancienne 1")
    id = told["id"]
    code, again = say("deposit", table, "--dataset", "essai", *CERTIFIED, "--json")
    assert (code, again["id"], again["made"]) == (0, id, False)
    assert [one.name for one in (home / "deposits").iterdir()] == [id]
    code, heard = say("deposit", "sign", id, "--by", "Bo Dupont")
    assert code == 1
    assert "Ana Roux" in heard
    code, heard = say("deposit", "sign", id, "--by", "Ana Roux", "--json")
    assert (code, heard["state"], heard["signature"]["person"]) == (0, "published", "Ana Roux")
    assert rows(published) == [(n, f"voie {n}") for n in range(1, 11)]
    code, heard = say("deposit", "withdraw", id)
    assert code == 1
    assert "publié" in heard
    code, listed = say("deposit", "list", "--state", "published", "--json")
    assert (code, [one["id"] for one in listed]) == (0, [id])


def test_a_faulty_file_is_exit_1_and_the_rows_stay(say: Any, tmp_path: Path, published: str):
    before = rows(published)
    (path := tmp_path / "mauvais.csv").write_text(TABLE.replace("2;voie 2", "1;voie 2"), encoding="utf-8")
    code, told = say("deposit", path, "--dataset", "essai", *CERTIFIED, "--json")
    assert (code, told["state"]) == (1, "refused")
    assert any(one["code"] == "key.duplicate" for one in told["findings"])
    assert rows(published) == before
    code, heard = say("deposit", "show", told["id"])
    assert code == 1
    assert "refusé" in heard
    assert "le déposant : retirer le dépôt" in heard
    code, heard = say("deposit", "sign", told["id"], "--by", "Ana Roux")
    assert code == 1
    assert say("deposit", "withdraw", told["id"], "--json")[1]["state"] == "withdrawn"


def test_a_mass_removal_waits_for_the_referents_word(say: Any, tmp_path: Path, published: str):
    (path := tmp_path / "peu.csv").write_text("\n".join(TABLE.splitlines()[:4]) + "\n", encoding="utf-8")
    _, told = say("deposit", path, "--dataset", "essai", *CERTIFIED, "--json")
    assert told["difference"]["alarm"] is True
    code, heard = say("deposit", "sign", told["id"], "--by", "Ana Roux")
    assert code == 1
    assert "accept-removal" in heard
    code, heard = say("deposit", "sign", told["id"], "--by", "ana roux", "--accept-removal", "--json")
    assert (code, heard["state"]) == (0, "published")
    assert len(rows(published)) == 3
    states = [one["state"] for one in say("deposit", "list", "--dataset", "essai", "--json")[1]]
    assert states.count("published") == 1, "the one before is archived"
    assert "archived" in states


def test_malware_is_named_and_destroyed(say: Any, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch):
    (path := tmp_path / "eicar.csv").write_bytes(EICAR)
    with clamd(home) as socket:
        monkeypatch.setenv("IDG_CLAMAV_SOCKET", socket)
        monkeypatch.setenv("IDG_MALWARE_SCAN", "required")
        messages.settings.cache_clear()
        code, told = say("deposit", path, "--dataset", "essai", "--json")
    assert (code, told["state"]) == (1, "refused")
    assert told["scan"]["signature"] == "Eicar-Test-Signature"
    assert not (home / "deposits" / told["id"]).exists()


def test_a_required_scanner_that_is_away_leaves_a_draft_to_check_again(
    say: Any, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "plus.csv"
    path.write_text(TABLE + "11;voie 11;92050;642011;6864011\n", encoding="utf-8")
    monkeypatch.setenv("IDG_MALWARE_SCAN", "required")
    monkeypatch.setenv("IDG_CLAMAV_SOCKET", str(tmp_path / "nobody"))
    messages.settings.cache_clear()
    code, heard = say("deposit", path, "--dataset", "essai", *CERTIFIED)
    assert code == 3
    assert "clamav-daemon" in heard
    monkeypatch.setenv("IDG_MALWARE_SCAN", "off")
    messages.settings.cache_clear()
    (draft,) = say("deposit", "list", "--state", "draft", "--json")[1]
    code, told = say("deposit", "check", draft["id"], "--json")
    assert (code, told["state"], told["scan"]["verdict"]) == (0, "checked", "off")
    assert say("deposit", "withdraw", draft["id"])[0] == 0


def test_what_is_not_understood_is_exit_2(say: Any, table: Path, tmp_path: Path):
    assert say("deposit", table, "--dataset", "essay", *CERTIFIED)[0] == 2
    assert say("deposit", tmp_path / "absent.csv", "--dataset", "essai")[0] == 2
    assert say("deposit", table, "--dataset", "essai", "--same-files")[0] == 2
    assert say("deposit", "show", "00000000-0000-0000-0000-000000000000")[0] == 1
    assert not list((Path(os.environ["IDG_HOME"]) / "deposits").glob("*/part"))


def test_what_was_abandoned_is_swept_and_evidence_is_kept(say: Any, table: Path, published: str, home: Path):
    from mig_idg.deposits import work
    from mig_idg.deposits.receive import Quarantine

    quarantine = Quarantine(home / "deposits", 1 << 20)
    orphan, kept = quarantine.open(), {one["id"] for one in say("deposit", "list", "--state", "published", "--json")[1]}
    with connect(published) as connection:
        assert orphan not in work.sweep(connection, quarantine, 3600)
        swept = work.sweep(connection, quarantine, -1)
    assert orphan in swept
    assert kept
    assert not kept & set(swept)
    assert kept <= {one.name for one in (home / "deposits").iterdir()}


def test_the_target_format_decides_and_its_findings_have_places(
    bal: Callable[..., Path], shared: Path, tmp_path: Path, database_url: str
):
    from mig_idg.deposits import check, documents
    from mig_idg.validators.library import Library

    from .conftest import ADDRESSES

    library, day = Library(shared / "reference"), date(2026, 6, 15)
    for path, accepted in (
        (bal(address(1), address(2)), True),
        (bal(address(1, position="porte"), address(2, numero=""), name="faute.csv"), False),
    ):
        with connect(database_url) as connection:
            outcome = check.examine(connection, path, path.name, ADDRESSES, day)
        outcome = check.against_standard(outcome, path, path.name, ADDRESSES, library, day)
        assert outcome.accepted is accepted, outcome.report["fr"]
        features = documents.as_geojson(outcome.report["fr"])["features"]
        assert outcome.report["fr"]["verdict"]["standard"] == "bal"
        assert accepted or features
