"""Data taken down: at once on every door, with a tombstone for whoever could know of them, and no word to others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from lxml import etree
from rdflib import Graph, URIRef
from rdflib.namespace import DCAT, PROV, RDF

from mig_idg.database import connect
from mig_idg.registry import takedowns
from mig_idg.registry.acts import Evidence, Record

DAY = date(2026, 6, 15)
SAID = Record(DAY, "greffe", Evidence("courriel", "demande du 15 juin", DAY))
REASON = "Erreur de levé : le relevé est refait."
ITEMS = "/collections/records/items"


@pytest.fixture(scope="module")
def service(serve_demonstration: Any) -> Iterator[Any]:
    with serve_demonstration() as running:
        with connect(running.database_url) as owner:
            for dataset, scope in (("equipements", "public"), ("communes", "all"), ("videosurveillance", "all")):
                takedowns.withdraw(owner, dataset, scope, "Nanterre", "courriel", SAID, reason=REASON)
            owner.commit()
        yield running


@pytest.mark.parametrize("path", ["/collections/{}?f=json", "/collections/{}/record?f=iso19139", ITEMS + "/{}?f=json"])
@pytest.mark.parametrize(("dataset", "who"), [("equipements", None), ("communes", None), ("communes", "other-partner")])
def test_its_addresses_are_gone_with_the_day_and_the_reason(service: Any, path: str, dataset: str, who: Any) -> None:
    answer = service.get(path.format(dataset), who)
    assert answer.status_code == 410, answer.text
    told = answer.json()
    assert (told["code"], told["since"], told["reason"]) == ("taken-down", "2026-06-15", REASON)
    assert "Tarn-et-Garonne" in told["article"]
    assert "Nanterre" not in told["detail"]  # who asked is not for everybody


def test_it_is_in_no_list_at_once(service: Any) -> None:
    for who in (None, "other-partner"):
        listed = {one["id"] for one in service.get("/collections?f=json", who).json()["collections"]}
        found = service.get(f"{ITEMS}?f=json&limit=100", who).json()["features"]
        assert listed - {"records"} == {one["id"] for one in found}
        assert "communes" not in listed
        assert ("equipements" in listed) is (who is not None)  # withdrawn from the public only
        names = service.get("/api/3/action/package_list", who).json()["result"]
        assert "communes" not in names
        assert "/communes/" not in service.get("/sitemap.xml", who).text
        assert "communes" not in service.get("/csw?service=CSW&request=GetRecords&elementsetname=brief", who).text
    assert service.get("/collections/communes/items?limit=1").status_code == 401
    assert service.get("/collections/communes/items?limit=1", "other-partner").status_code == 403
    assert service.get("/api/3/action/package_show?id=communes").status_code == 410


def test_harvesters_are_told_that_it_is_deleted_each_in_its_manner(service: Any) -> None:
    feed = etree.fromstring(service.get("/feed.atom").content)
    deleted = {
        one.get("ref").rsplit("/", 1)[1]: one
        for one in feed.iter("{http://purl.org/atompub/tombstones/1.0}deleted-entry")
    }
    assert set(deleted) == {"equipements", "communes"}
    assert deleted["communes"].get("when") == "2026-06-15T00:00:00Z"
    assert REASON in deleted["communes"].findtext("{*}comment")
    graph = Graph().parse(data=service.get("/dcat?f=ttl").content, format="turtle")
    node = URIRef(f"{service.url}/collections/communes")
    assert (node, RDF.type, DCAT.Dataset) not in graph
    assert str(graph.value(node, PROV.invalidatedAtTime)).startswith("2026-06-15")
    answer = service.get(f"/csw?service=CSW&version=2.0.2&request=GetRecordById&id={service.url}{ITEMS}/communes")
    assert answer.status_code == 410
    assert REASON in answer.text


def test_the_owner_keeps_it_and_hidden_data_stay_unknown(service: Any) -> None:
    assert service.get("/collections/equipements?f=json", "other-partner").status_code == 200
    hidden, absent = (service.get(f"/collections/{one}?f=json") for one in ("videosurveillance", "inconnue"))
    assert hidden.status_code == absent.status_code == 404
    assert "videosurveillance" not in service.get("/feed.atom").text
    owner = service.get("/collections/videosurveillance?f=json", "owner")
    assert owner.status_code == 200


def test_a_page_says_it_to_people(service: Any) -> None:
    page = service.get("/collections/communes", headers={"accept": "text/html"})
    assert page.status_code == 410
    assert REASON in page.text


def test_lifted_it_is_served_again(service: Any) -> None:
    with connect(service.database_url) as owner:
        (row,) = [one for one in takedowns.listing(owner, DAY) if one["dataset"] == "equipements"]
        takedowns.lift(owner, row["takedown"], SAID)
        owner.commit()
    assert service.get("/collections/equipements?f=json").status_code == 200
