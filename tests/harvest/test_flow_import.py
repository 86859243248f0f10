"""A flow through the real import: the neighbour's collection fills a layer of ours, checked against its target format."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.harvest.conftest import Peer, source

from mig_idg.app.harvesting import loading
from mig_idg.database import connect
from mig_idg.demonstration import adhesion
from mig_idg.harvest import work
from mig_idg.publication.publish import publish

BENCHES = """
id: bancs
title: {fr: Bancs, en: Benches}
description: {fr: Des objets tirés pour l'essai., en: Objects drawn for the test.}
keywords: [essai]
update_frequency: monthly
scale: [5000, 500]
topics: [location]
lineage: {fr: Tiré pour l'essai., en: Drawn for the test.}
kind: mutualised
owner: "92050"
source: {table: data.bancs, id: id, geometry: geom, crs: EPSG:2154}
"""


@pytest.fixture
def layer(cluster: Any, tmp_path: Path) -> Iterator[Any]:
    name = f"idg_{os.getpid()}_{uuid.uuid4().hex[:8]}"
    with connect(cluster.url(role="idg_owner", database="postgres"), autocommit=True) as admin:
        admin.execute(f"create database {name} template idg_template strategy file_copy")
    with connect(cluster.url(role="idg_owner", database=name)) as owner:
        owner.execute("create table data.bancs (id text primary key, places integer, geom geometry(Point, 2154))")
        adhesion.adopt(owner, date(2026, 11, 22))
        (tmp_path / "bancs.yml").write_text(BENCHES, encoding="utf-8")
        owner.commit()
        publish(owner, tmp_path, author="essai", on=date(2026, 1, 2))
        owner.commit()
        yield owner
    with connect(cluster.url(role="idg_owner", database="postgres"), autocommit=True) as admin:
        admin.execute(f"drop database {name} with (force)")


def page(*places: Any) -> dict[str, Any]:
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [2.2 + n / 1000, 48.89]},
            "properties": {"id": f"b{n}", "places": value},
        }
        for n, value in enumerate(places)
    ]
    return {"type": "FeatureCollection", "features": features, "links": []}


def rows(layer: Any) -> list[Any]:
    found = layer.execute("select id, places, st_srid(geom) from data.bancs order by id").fetchall()
    layer.rollback()
    return list(found)


def test_a_neighbour_s_collection_is_mirrored_into_a_layer_and_kept_when_it_does_not_fit(
    layer: Any, peer: Peer, clock: Any
) -> None:
    one = source(peer, "ogcapi-features", "/", into="bancs", layer="bancs")
    peer.answers["/collections/bancs/items"] = page(2, 3)
    planned = work.harvest(layer, one, "http://ici.example", loading, clock=clock, rehearse=True)
    assert (planned.status, rows(layer)) == ("planned", [])
    first = work.harvest(layer, one, "http://ici.example", loading, clock=clock)
    assert (first.status, rows(layer)) == ("done", [("b0", 2, 2154), ("b1", 3, 2154)])
    peer.answers["/collections/bancs/items"] = page(4, "beaucoup")
    refused = work.harvest(layer, one, "http://ici.example", loading, clock=clock)
    assert refused.failed
    assert rows(layer) == [("b0", 2, 2154), ("b1", 3, 2154)]
    peer.answers["/collections/bancs/items"] = page(5)
    again = work.harvest(layer, one, "http://ici.example", loading, clock=clock)
    assert (again.status, rows(layer)) == ("done", [("b0", 5, 2154)])
