"""How near datasets are: scored, explained, and no longer shown once decided."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.harvest.conftest import Peer, pod, source

from mig_idg.cli import messages
from mig_idg.cli.main import directory
from mig_idg.cli.messages import guarded
from mig_idg.harvest.duplicates import Subject, compared, likely
from mig_idg.harvest.run import Ours, run

BOX = (2.1, 48.8, 2.3, 48.9)
OURS = Subject("pistes", "", "Pistes cyclables", frozenset({"urn:1"}), BOX, frozenset({"id", "nom", "largeur"}))


def other(title: str = "Autre", **more: Any) -> Subject:
    told: dict[str, Any] = {"id": "v.x", "place": "v", "title": title, "identifiers": frozenset({"urn:2"})}
    return Subject(**told | more)


def test_an_identifier_in_common_is_enough_and_is_named() -> None:
    alike = compared(OURS, other(identifiers=frozenset({"urn:1"})))
    assert alike.score == 1.0
    assert "urn:1" in alike.reasons[0].en


@pytest.mark.parametrize(
    ("candidate", "shown"),
    [
        (other("Les pistes cyclables", bbox=BOX, fields=frozenset({"id", "nom", "largeur"})), True),
        (other("Pistes cyclables de la ville", bbox=BOX), True),
        (other("Pistes cyclables", bbox=(5.0, 43.0, 5.4, 43.4), fields=frozenset({"autre"})), False),
        (other("Pistes de ski", bbox=BOX), False),
        (other("Arbres", bbox=BOX, fields=frozenset({"id", "nom", "largeur"})), False),
    ],
)
def test_titles_extents_and_columns_make_the_score(candidate: Subject, shown: bool) -> None:
    assert bool(likely([OURS], [candidate], {})) is shown, compared(OURS, candidate)


def test_a_decided_pair_is_not_shown_again() -> None:
    near = other("Pistes cyclables")
    assert likely([OURS], [OURS, near], {}) != []
    assert likely([OURS], [OURS, near], {("pistes", "v.x"): "same"}) == []


@pytest.fixture
def harvested(
    connection: Any, database_url: str, peer: Peer, clock: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[None]:
    peer.answers["/data.json"] = pod("a", title="Pistes cyclables")
    peer.answers["/b.json"] = pod("b", title="Les pistes cyclables")
    run(connection, source(peer, "data-json", "/data.json"), clock, Ours())
    run(connection, source(peer, "data-json", "/b.json", id="autre"), clock, Ours())
    monkeypatch.setenv("IDG_DATABASE_URL", database_url)
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    messages.settings.cache_clear()
    yield
    messages.settings.cache_clear()


def test_the_command_shows_them_and_remembers_the_decision(harvested: None, capsys: Any) -> None:
    assert guarded(directory, ["harvest", "duplicates", "voisin.a", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["like"], found["from"]) == ("autre.b", "autre")
    assert found["why"]
    words = ["harvest", "decide", "voisin.a", "autre.b", "--verdict", "same", "--reason", "la même donnée"]
    assert guarded(directory, words) == 0
    capsys.readouterr()
    assert guarded(directory, ["harvest", "duplicates", "voisin.a", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert guarded(directory, [*words[:2], "voisin.a", "inconnue", *words[4:]]) == 1
