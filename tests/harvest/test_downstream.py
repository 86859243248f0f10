"""Those who harvest us are told of what is taken down, and asked until it is gone there."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from tests.harvest.conftest import NOW, Peer

from mig_idg.cli import messages
from mig_idg.cli.main import directory
from mig_idg.cli.messages import guarded
from mig_idg.database import connect
from mig_idg.errors import InvalidParameter, NotFound
from mig_idg.harvest.downstream import probe
from mig_idg.jobs.outgoing import Outgoing
from mig_idg.registry import declared, downstream, seed, takedowns
from mig_idg.registry.acts import Evidence, Record

DAY = date(2026, 6, 15)
SAID = Record(DAY, "greffe", Evidence("courriel", "1", DAY))
BANCS = {"id": "bancs", "kind": "mutualised", "owner": "92050", "columns": ["geom"], "licence": "LO-2.0"}


def near(hosts: frozenset[str]) -> Outgoing:
    return Outgoing(hosts, private=True, sleep=lambda seconds: None)


@pytest.fixture
def told(connection: Any, database_url: str, peer: Peer) -> Any:
    """A neighbour that harvests us, and is told that `bancs` and a hidden dataset are taken down."""
    seed.potential_partners(connection)
    for one in (BANCS, {**BANCS, "id": "caches", "metadata": "hidden"}):
        declared.record(connection, one, "greffe", date(2026, 1, 1))
    downstream.declare(connection, "voisin", "Le voisin", "sig@voisin.example", f"{peer.base}/fiches/{{id}}", "essai")
    downstream.declare(connection, "muet", "Le muet", None, None, "essai")
    for dataset, reason in (("bancs", "Erreur de levé."), ("caches", "")):
        takedowns.withdraw(connection, dataset, "all", "Nanterre", "courrier", SAID, reason=reason)
    connection.commit()
    return lambda: connect(database_url)


def test_they_are_told_with_the_act_of_what_the_public_could_know_and_asked_until_it_is_gone(
    connection: Any, told: Any, peer: Peer, database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    assert {(one["dataset"], one["downstream"]) for one in downstream.copies(connection)} == {
        ("bancs", "muet"), ("bancs", "voisin"),
    }  # fmt: skip
    rows = connection.execute(
        "select address, state, words_fr from notices.message where kind = 'takedown copies' order by address"
    ).fetchall()
    assert [row[:2] for row in rows] == [("sig@voisin.example", "queued"), (None, "kept")]
    assert "Erreur de levé." in rows[0][2]
    connection.commit()

    (first,) = probe(told, NOW)
    assert first["state"] == "unread"  # a private address is never asked
    assert peer.asked == []
    peer.answers["/fiches/bancs"] = b"<a/>"
    (first,) = probe(told, NOW, near)
    assert (first["dataset"], first["downstream"], first["state"]) == ("bancs", "voisin", "there")
    peer.answers["/fiches/bancs"] = (403, {}, b"")
    assert probe(told, NOW, near)[0]["state"] == "unread"
    peer.answers["/fiches/bancs"] = (410, {}, b"")
    assert probe(told, NOW, near)[0]["state"] == "gone"
    assert probe(told, NOW, near) == []
    assert {one["name"]: one["awaited"] for one in downstream.listing(connection)} == {"muet": 1, "voisin": 0}
    connection.commit()

    monkeypatch.setenv("IDG_DATABASE_URL", database_url)
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    messages.settings.cache_clear()
    page = "https://portail.example/{id}"
    assert guarded(directory, ["takedown", "harvester", "add", "portail", "--title", "Le portail", "--page", page]) == 0
    assert guarded(directory, ["takedown", "harvester", "end", "muet"]) == 0
    capsys.readouterr()
    assert guarded(directory, ["takedown", "harvester", "list", "--json"]) == 0
    assert {one["name"] for one in json.loads(capsys.readouterr().out)} == {"portail", "voisin"}
    assert guarded(directory, ["takedown", "copies", "--json"]) == 0
    assert {one["state"] for one in json.loads(capsys.readouterr().out)} == {"gone", "told"}
    assert guarded(directory, ["takedown", "probe"]) == 0  # `muet` has no page to ask
    messages.settings.cache_clear()


@pytest.mark.parametrize("more", [{"email": "personne"}, {"page": "ftp://a/{id}"}, {"page": "https://a/fiche"}])
def test_what_cannot_be_written_to_or_asked_is_refused(connection: Any, more: dict[str, str]) -> None:
    with pytest.raises(InvalidParameter):
        downstream.declare(connection, "voisin", "Le voisin", **({"email": None, "page": None} | more), author="essai")
    with pytest.raises(InvalidParameter):
        downstream.declare(connection, "Mon Voisin", "Le voisin", None, None, "essai")
    with pytest.raises(NotFound):
        downstream.end(connection, "inconnu", NOW)
