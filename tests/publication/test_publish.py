"""Publication is one numbered transaction; what cannot be served changes nothing, and says why."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from mig_idg.cli import messages
from mig_idg.cli.main import directory
from mig_idg.cli.messages import guarded
from mig_idg.database import connect
from mig_idg.demonstration import adhesion
from mig_idg.errors import Refused
from mig_idg.publication import open_gate
from mig_idg.publication.diff import difference, told
from mig_idg.publication.publish import InvalidCollections, publish
from mig_idg.registry import openings, publications, seed, terms
from mig_idg.registry.acts import Evidence, Record

DAY = date(2026, 6, 15)
LAMPS = """id: lampes
title: {fr: Lampes, en: Lamps}
description: {fr: Des objets tirés pour l'essai., en: Objects drawn for the test.}
kind: mutualised
owner: "92050"
source: {table: data.lampes, id: id, geometry: geom, crs: EPSG:2154}
territory: commune
terms: {mode: all_partners, actions: [view, query]}
services: [features, tiles]
keywords: [essai]
update_frequency: monthly
scale: [5000, 500]
topics: [location]
lineage: {fr: Tiré pour l'essai., en: Drawn for the test.}
"""


@pytest.fixture(scope="module")
def ready(database_url: str) -> str:
    with connect(database_url) as owner:
        seed.potential_partners(owner)
        owner.execute(
            "create table data.lampes (id text primary key, commune text, secret text, geom geometry(Point, 2154))"
        )
        owner.execute(
            "insert into data.lampes values ('1', '92050', 's', st_setsrid(st_makepoint(640000, 6865000), 2154))"
        )
    return database_url


@pytest.fixture
def owner(ready: str) -> Iterator[psycopg.Connection[Any]]:
    with connect(ready) as connection:
        yield connection
        connection.rollback()


def folder(tmp_path: Path, text: str = LAMPS) -> Path:
    (tmp_path / "lampes.yml").write_text(text, "utf-8")
    return tmp_path


def test_a_publication_has_a_number_and_moves_the_epoch(owner: psycopg.Connection[Any], tmp_path: Path) -> None:
    before = publications.epoch(owner)
    first = publish(owner, folder(tmp_path), author="tests", on=DAY)
    second = publish(owner, folder(tmp_path), author="tests", on=DAY)
    assert second.number > first.number
    assert publications.epoch(owner) > before
    assert set(publications.latest(owner).collections) == {"lampes"}


@pytest.mark.parametrize(
    ("was", "becomes", "line", "words"),
    [
        ("data.lampes", "data.lampe", 6, "n'existe pas"),
        ("id: id", "id: idd", 6, "« id »"),
        ("geometry: geom", "geometry: geo", 6, "« geom »"),
        ("EPSG:2154", "EPSG:3857", 6, "EPSG:2154"),
        ("territory: commune", "territory: comune", 7, "« commune »"),
        ('"92050"', '"92051x"', 5, "« 92051 »"),
        ("id: id", "id: commune", 6, "unique"),
        ("[view, query]}", "[view, query], hidden_attributes: [secrett]}", 8, "« secret »"),
    ],
)
def test_a_declaration_that_does_not_hold_is_told_with_its_line_and_changes_nothing(
    owner: psycopg.Connection[Any], tmp_path: Path, was: str, becomes: str, line: int, words: str
) -> None:
    publish(owner, folder(tmp_path), author="tests", on=DAY)
    before = publications.latest(owner).number
    with pytest.raises(InvalidCollections) as invalid:
        publish(owner, folder(tmp_path, LAMPS.replace(was, becomes, 1)), author="tests", on=DAY)
    told = [error.text("fr") for error in invalid.value.errors]
    assert any(f"lampes.yml:{line}:" in one and words in one for one in told), told
    assert publications.latest(owner).number == before


def test_a_diff_says_who_gains_and_who_loses_and_publishes_nothing(
    owner: psycopg.Connection[Any], tmp_path: Path
) -> None:
    publish(owner, folder(tmp_path), author="tests", on=DAY)
    number = publications.latest(owner).number
    wider = LAMPS.replace("services:", "licence: LO-2.0\nservices:")
    with owner.transaction(force_rollback=True):
        changes = difference(owner, folder(tmp_path, wider), on=DAY).rights
    public = [change for change in changes if change.body is None]
    assert {change.action for change in public} == {"view", "query", "download", "subscribe"}
    assert all(change.gains for change in public)
    lines = [line.fr for line in told(changes)]
    assert any("le public" in line and "télécharger" in line and "B9" in line for line in lines), lines
    assert len(lines) < len(changes) / 4
    assert publications.latest(owner).number == number


def test_a_masked_column_that_is_added_takes_nothing_from_anybody(
    owner: psycopg.Connection[Any], tmp_path: Path
) -> None:
    adhesion.adopt(owner, DAY)
    publish(owner, folder(tmp_path), author="tests", on=DAY)
    masked = LAMPS.replace("[view, query]}", "[view, query], hidden_attributes: [cout]}")
    with owner.transaction(force_rollback=True):
        owner.execute("alter table data.lampes add cout integer")
        found = difference(owner, folder(tmp_path, masked), on=DAY)
    assert not [change for change in found.rights if change.loses]
    # Its owner, and the contractor that works for it.
    assert {change.body for change in found.rights} == {"92050", "bureau-etudes-demo"}
    assert {column for change in found.rights for column in change.gained} == {"cout"}
    assert any("colonnes : — → cout" in line.fr for line in found.sentences)


def test_a_change_of_owner_is_told_even_where_everybody_goes_on_reading(
    owner: psycopg.Connection[Any], tmp_path: Path
) -> None:
    adhesion.adopt(owner, DAY)
    publish(owner, folder(tmp_path), author="tests", on=DAY)
    with owner.transaction(force_rollback=True):
        found = difference(owner, folder(tmp_path, LAMPS.replace("92050", "92026")), on=DAY)
    lines = [line.fr for line in found.sentences]
    assert any("propriétaire : Nanterre → Courbevoie" in line for line in lines), lines
    assert any(line.startswith("+") and "Courbevoie" in line for line in lines), lines
    assert any(line.startswith("−") and "Nanterre" in line for line in lines), lines


def test_a_diff_reads_no_row_and_makes_no_copy(
    owner: psycopg.Connection[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(owner, folder(tmp_path), author="tests", on=DAY)
    monkeypatch.setattr("mig_idg.publication.publish.prepare", _not_called)
    monkeypatch.setattr("mig_idg.store.extents.stats", _not_called)
    with owner.transaction(force_rollback=True):
        found = difference(owner, folder(tmp_path), on=DAY)
    assert [line.en for line in found.sentences] == ["Nothing changes: nobody gains or loses access."]


def _not_called(*_: object, **__: object) -> None:
    raise AssertionError("publishing only")


def test_a_broken_publication_keeps_the_one_in_force_and_says_why(own_service: Any, tmp_path: Path) -> None:
    shutil.copytree(Path(__file__).parents[2] / "collections", tmp_path / "c")
    path = "/collections/equipements/items?limit=1"
    assert own_service.get(path).status_code == 200
    with connect(own_service.database_url) as owner:
        row = owner.execute("select collections from registry.publication order by number desc limit 1").fetchone()
        assert row is not None
        broken = row[0]
        broken["equipements"]["table"]["columns"][1]["name"] = "disparue"
        publications.record(owner, broken, author="tests")
    assert own_service.get(path).status_code == 200
    ready = own_service.get("/readyz").json()
    assert ready["refused_generation"] is not None
    assert ready["broken"] == ["equipements"]


def test_nobody_learns_of_a_hidden_collection_because_it_is_broken(own_service: Any) -> None:
    assert own_service.get("/collections/videosurveillance").status_code == 404
    with connect(own_service.database_url) as owner:
        row = owner.execute("select collections from registry.publication order by number desc limit 1").fetchone()
        assert row is not None
        broken = row[0]
        broken["videosurveillance"]["table"]["columns"][1]["name"] = "disparue"
        publications.record(owner, broken, author="tests")
    assert own_service.get("/collections/videosurveillance").status_code == 404
    ready = own_service.get("/readyz")
    assert ready.json()["broken_collections"] == 1
    assert "videosurveillance" not in ready.text
    assert "disparue" not in ready.text


@pytest.mark.parametrize("key", ["keywords", "update_frequency", "scale", "topics", "lineage"])
def test_nothing_opens_to_partners_without_a_complete_record(
    owner: psycopg.Connection[Any], tmp_path: Path, key: str
) -> None:
    poor = "".join(line for line in LAMPS.splitlines(keepends=True) if not line.startswith(f"{key}:"))
    with pytest.raises(InvalidCollections) as invalid:
        publish(owner, folder(tmp_path, poor), author="tests", on=DAY)
    told = invalid.value.text("fr")
    field = "updated" if key == "update_frequency" else key
    assert f"il manque « {field} »" in told
    assert "TG " in told
    assert "terms: {mode: closed}" in told
    closed = poor.replace("terms: {mode: all_partners, actions: [view, query]}", "terms: {mode: closed}")
    done = publish(owner, folder(tmp_path, closed), author="tests", on=DAY)
    assert any(field in note.fr and "fiche incomplète" in note.fr for note in done.notes)


def test_an_act_opens_nothing_either_whose_record_is_incomplete(owner: psycopg.Connection[Any], tmp_path: Path) -> None:
    closed = LAMPS.replace("terms: {mode: all_partners, actions: [view, query]}\n", "").replace(
        "scale: [5000, 500]\n", ""
    )
    adhesion.adopt(owner, DAY)
    publish(owner, folder(tmp_path, closed), author="tests", on=DAY)
    opening = terms.Terms("all_partners", ("view", "query"))
    said = Record(DAY, "tests", Evidence("courrier", "1", DAY))
    with pytest.raises(Refused, match="incomplète : scale"):
        terms.set_terms(owner, "lampes", opening, said)
    publish(owner, folder(tmp_path, closed + "scale: [5000, 500]\n"), author="tests", on=DAY)
    terms.set_terms(owner, "lampes", opening, said)
    with pytest.raises(InvalidCollections, match="scale"):
        publish(owner, folder(tmp_path, closed), author="tests", on=DAY)  # what an act opened is not undescribed


def test_check_shows_what_a_new_dataset_looks_like_and_what_a_closed_one_lacks(
    database_url: str, ready: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    closed = LAMPS.replace("terms: {mode: all_partners, actions: [view, query]}\n", "").replace(
        "topics: [location]\n", ""
    )
    closed = closed.replace("id: lampes", "id: mats", 1)
    where = folder(tmp_path, closed)
    (where / "doublon.yml").write_text(
        closed.replace("id: mats", "id: doublon", 1).replace("{fr: Lampes", "{fr: Les lampes")
    )
    monkeypatch.setenv("IDG_DATABASE_URL", database_url)
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    messages.settings.cache_clear()
    assert guarded(directory, ["collections", "check", str(where), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["notes"]
    messages.settings.cache_clear()
    assert any("« mats » : fiche incomplète" in one and "topics (TG 1.7)" in one for one in told)
    (alike,) = [one for one in told if "ressemble à" in one and "« mats »" in one and "« doublon »" in one]
    assert "titres : 100%" in alike
    assert "harvest decide" in alike


def test_an_open_licence_waits_for_answers(owner: psycopg.Connection[Any], tmp_path: Path) -> None:
    """Convention Tarn-et-Garonne, art. 5: no personal content is published to everybody unseen."""
    opened = LAMPS + "licence: LO-2.0\n"
    owner.execute("update data.lampes set secret = 'claire.durand@example.fr'")
    with pytest.raises(InvalidCollections) as refused:
        publish(owner, folder(tmp_path, opened), author="tests", on=DAY)
    told = refused.value.errors[0].text("fr")
    assert "courriel d'une personne, colonne « secret », lignes 1" in told
    assert "Publiez-la d'abord fermée" in told
    closed = LAMPS.replace("{mode: all_partners, actions: [view, query]}", "{mode: closed}")
    publish(owner, folder(tmp_path, closed), author="tests", on=DAY)
    open_gate.read_published(owner, "lampes")
    why = openings.Answer("personal_data", "une adresse d'essai", "clear", "email", "secret")
    openings.answer(owner, "lampes", "92050", why, Record(DAY, "greffe", Evidence("note", "1", DAY)))
    done = publish(owner, folder(tmp_path, opened), author="tests", on=DAY)
    assert any("contrôles à consigner" in note.fr and "sécurité intérieure" in note.fr for note in done.notes)


def test_the_four_checks_can_be_required_of_declarations(owner: psycopg.Connection[Any], tmp_path: Path) -> None:
    opened = folder(tmp_path, LAMPS + "licence: LO-2.0\n")
    with pytest.raises(InvalidCollections, match="propriété intellectuelle, sans réponse"):
        publish(owner, opened, author="tests", on=DAY, checks_required=True)


def test_an_open_table_without_any_text_has_nothing_to_answer(owner: psycopg.Connection[Any], tmp_path: Path) -> None:
    owner.execute("create table data.lampes_nues (id bigint primary key, geom geometry(Point, 2154))")
    owner.execute("insert into data.lampes_nues values (1, st_setsrid(st_makepoint(640000, 6865000), 2154))")
    bare = LAMPS.replace("data.lampes", "data.lampes_nues").replace("territory: commune\n", "") + "licence: LO-2.0\n"
    publish(owner, folder(tmp_path, bare), author="tests", on=DAY)
