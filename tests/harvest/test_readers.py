"""Each protocol, read from a real server (the demonstration's own doors) or from what others write."""

from __future__ import annotations

from typing import Any

import pytest
from tests.harvest.conftest import Peer, source

from mig_idg.harvest.model import Source
from mig_idg.harvest.run import Ours, plan, run
from mig_idg.registry import harvested


@pytest.mark.parametrize(
    ("type", "path"),
    [("csw", "/csw"), ("dcat", "/dcat?f=dcat"), ("dcat", "/dcat?f=ttl"), ("dcat", "/dcat?f=jsonld"),
     ("ogcapi-records", "/collections/records"), ("ogcapi-features", "/"), ("stac", "/stac")],
)  # fmt: skip
def test_our_own_doors_are_read_and_their_records_recognised(
    service: Any, connection: Any, clock: Any, type: str, path: str
) -> None:
    one = Source.model_validate({"id": "nous", "title": {"fr": "Nous", "en": "Us"}, "type": type, "private": True,
                                 "url": f"{service.url}{path}", "hosts": ["localhost"], "delay": 0})  # fmt: skip
    found = plan(connection, one, clock, Ours())
    assert not found.failed, found.problem
    if type != "stac":
        assert "Équipements publics" in found.titles.values() or len(found.titles) > 4
    ids = frozenset(one["id"] for one in service.get("/collections?f=json").json()["collections"])
    back = plan(connection, one, clock, Ours(service.url, ids))
    assert (len(back.difference.added), bool(back.difference.ours)) == (0, bool(found.difference.added))


def test_a_ckan_portal_is_read_page_by_page(connection: Any, peer: Peer, clock: Any) -> None:
    def packages(path: str, _headers: Any) -> Any:
        start = int(path.partition("start=")[2].partition("&")[0])
        one = {"id": f"p{start}", "title": f"Jeu {start}", "organization": {"title": "Ville"}, "license_id": "fr-lo",
               "resources": [{"url": "javascript:alert(1)"}, {"url": "https://v.example/a b.csv", "format": "CSV"}]}  # fmt: skip
        return {"success": True, "result": {"count": 3, "results": [one]}}

    peer.answers["/api/3/action/package_search"] = packages
    run(connection, source(peer, "ckan", "/"), clock, Ours())
    found = {one["identifier"]: one["document"] for one in harvested.records(connection)}
    assert set(found) == {"p0", "p1", "p2"}
    assert [one["href"] for one in found["p0"]["resources"]] == ["https://v.example/a%20b.csv"]
    assert found["p0"]["parties"][0]["name"] == "Ville"
    connection.commit()


def test_udata_keeps_the_identifier_of_who_it_harvested(connection: Any, peer: Peer, clock: Any) -> None:
    peer.answers["/api/1/datasets/"] = {"data": [
        {"id": "u1", "title": "Arbres", "harvest": {"remote_id": "urn:ville:arbres"}, "license": "lov2", "tags": ["arbre"],
         "organization": {"name": "Ville"}, "last_update": "2026-05-01T00:00:00Z", "resources": []},
    ], "next_page": None}  # fmt: skip
    found = plan(connection, source(peer, "udata", "/"), clock, Ours())
    assert found.difference.added == ("urn:ville:arbres",)


WMS = b"""<WMS_Capabilities version="1.3.0" xmlns="http://www.opengis.net/wms" xmlns:xlink="http://www.w3.org/1999/xlink">
<Service><Name>WMS</Name><Title>Cartes</Title><OnlineResource xlink:href="https://v.example/"/></Service>
<Capability><Request><GetMap><Format>image/png</Format></GetMap></Request><Exception><Format>XML</Format></Exception>
<Layer><Title>Tout</Title><Layer><Name>arbres</Name><Title>Arbres</Title><Abstract>Les arbres.</Abstract>
<EX_GeographicBoundingBox><westBoundLongitude>2.1</westBoundLongitude><eastBoundLongitude>2.3</eastBoundLongitude>
<southBoundLatitude>48.8</southBoundLatitude><northBoundLatitude>48.9</northBoundLatitude></EX_GeographicBoundingBox>
</Layer></Layer></Capability></WMS_Capabilities>"""
WFS = b"""<wfs:WFS_Capabilities version="2.0.0" xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:ows="http://www.opengis.net/ows/1.1"
 xmlns="http://www.opengis.net/wfs/2.0"><ows:ServiceIdentification><ows:Title>WFS</ows:Title></ows:ServiceIdentification><ows:OperationsMetadata/>
<FeatureTypeList><FeatureType><Name>v:arbres</Name><Title>Arbres</Title><DefaultCRS>urn:ogc:def:crs:EPSG::2154</DefaultCRS>
<ows:WGS84BoundingBox><ows:LowerCorner>2.1 48.8</ows:LowerCorner><ows:UpperCorner>2.3 48.9</ows:UpperCorner>
</ows:WGS84BoundingBox></FeatureType></FeatureTypeList></wfs:WFS_Capabilities>"""


@pytest.mark.parametrize(("type", "body", "id"), [("wms", WMS, "arbres"), ("wfs", WFS, "v:arbres")])
def test_layers_of_capabilities_are_datasets(
    connection: Any, peer: Peer, clock: Any, type: str, body: bytes, id: str
) -> None:
    peer.answers["/ows"] = body
    run(connection, source(peer, type, "/ows"), clock, Ours())
    (found,) = harvested.records(connection)
    assert (found["identifier"], found["document"]["bbox"]) == (id, [2.1, 48.8, 2.3, 48.9])
    connection.commit()


BOMB = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY s SYSTEM "file:///etc/passwd">]><x>&c;&s;</x>"""


@pytest.mark.parametrize("type", ["csw", "wms", "wfs", "dcat"])
@pytest.mark.parametrize(
    "body",
    [BOMB, b"<a><b></a>", b"", b'<?xml version="1.0" encoding="klingon"?><a/>', b"<a>" * 5000, b"\x00\x01", WMS[:300]],
)
def test_xml_that_is_broken_or_armed_changes_nothing(
    connection: Any, peer: Peer, clock: Any, type: str, body: bytes
) -> None:
    peer.answers["/x"] = body
    outcome = run(connection, source(peer, type, "/x"), clock, Ours())
    assert outcome.failed
    assert outcome.findings[0].code == "source.unreadable"
    assert peer.paths
    assert all(path.startswith("/x") for path in peer.paths)


def test_a_remote_context_of_json_ld_is_not_fetched(connection: Any, peer: Peer, clock: Any) -> None:
    peer.answers["/c"] = {"@context": [f"{peer.base}/context", {"dcat": "http://www.w3.org/ns/dcat#",
                          "dct": "http://purl.org/dc/terms/"}], "@type": "dcat:Dataset", "@id": "urn:x",
                          "dct:title": "X"}  # fmt: skip
    assert plan(connection, source(peer, "dcat", "/c"), clock, Ours()).difference.added == ("urn:x",)
    assert peer.paths == ["/c"]
