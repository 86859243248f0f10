"""A remote collection mirrored into a layer: by the import of files, whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.harvest.conftest import Peer, source

from mig_idg.errors import Unprocessable
from mig_idg.harvest import flow
from mig_idg.registry import harvested


class Layer:
    """Stands for the import: keeps what it was given, refuses when told to."""

    def __init__(self) -> None:
        self.given: list[bytes] = []
        self.refuses = False

    def load(self, _connection: Any, path: Path, collection: str, author: str, rehearse: bool) -> int:
        if self.refuses:
            raise Unprocessable(_text("Colonne manquante."), extra={"findings": [{"code": "x", "line": 3}]})
        if not rehearse:
            self.given.append(path.read_bytes())
        return path.read_bytes().count(b'"Feature"')


def _text(words: str) -> Any:
    from mig_idg.errors import Text

    return Text(words, words)


def page(*ids: str, more: str | None = None) -> dict[str, Any]:
    features = [{"type": "Feature", "id": one, "geometry": None, "properties": {}} for one in ids]
    return {"type": "FeatureCollection", "features": features, "links": [{"rel": "next", "href": more}] if more else []}


@pytest.mark.parametrize("type", ["ogcapi-features", "wfs", "file"])
def test_a_flow_fills_a_layer_once_for_one_content_and_leaves_it_when_refused(
    connection: Any, peer: Peer, clock: Any, type: str
) -> None:
    layer = Layer()
    path = {"ogcapi-features": "/", "wfs": "/wfs", "file": "/bancs.geojson"}[type]
    more = {} if type == "file" else {"layer": "bancs"}
    one = source(peer, type, path, into="bancs", **more)
    told = "/collections/bancs/items" if type == "ogcapi-features" else path
    peer.answers |= {told: page("1", "2", more="/next" if type != "file" else None), "/next": page("3")}
    first = flow.run(connection, one, clock, layer.load)
    assert (first.status, len(layer.given)) == ("done", 1)
    assert flow.run(connection, one, clock, layer.load).status == "unchanged"
    assert len(layer.given) == 1
    peer.answers[told] = page("4")
    layer.refuses = True
    refused = flow.run(connection, one, clock, layer.load)
    assert refused.failed
    assert [(found.code, found.record) for found in refused.findings] == [("flow.refused", None), ("x", "ligne 3")]
    layer.refuses = False
    assert flow.run(connection, one, clock, layer.load).status == "done"
    (standing,) = harvested.sources(connection, "voisin")
    assert (standing["failures"], standing["run"]) == (0, 4)
    connection.commit()


def test_an_empty_or_broken_remote_collection_replaces_nothing(connection: Any, peer: Peer, clock: Any) -> None:
    layer = Layer()
    one = source(peer, "ogcapi-features", "/", into="bancs", layer="bancs")
    for broken in (page(), b"<html>", {"type": "FeatureCollection"}):
        peer.answers["/collections/bancs/items"] = broken
        assert flow.run(connection, one, clock, layer.load).failed
    peer.answers["/collections/bancs/items"] = page("1", more="/collections/bancs/items?f=json&limit=1000")
    assert flow.run(connection, one, clock, layer.load).failed
    assert layer.given == []
