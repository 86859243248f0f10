"""What was harvested is found at every door of the catalogue, by who may know of it, as its producer described it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lxml import etree
from tests.harvest.conftest import NOW, Peer, pod, source

from mig_idg.app.harvest_gauges import Harvest
from mig_idg.database import connect
from mig_idg.database.pool import READ_WRITE, Pool, PoolLimits
from mig_idg.harvest.run import Ours, run

HERE = "/collections/records/items"


@pytest.fixture
def served(serve_demonstration: Callable[..., Any], peer: Peer, clock: Any) -> Iterator[Any]:
    """The demonstration with two sources harvested: one for all, one for partners."""
    with serve_demonstration() as running:
        told = pod("urn:voisin:pistes 12", title="Pistes cyclables du voisin", spatial="2.1,48.8,2.3,48.9",
                   landingPage="https://voisin.example/pistes")  # fmt: skip
        told["dataset"][0]["distribution"] = [{"downloadURL": "https://voisin.example/p.csv", "mediaType": "text/csv"}]
        peer.answers["/data.json"] = told
        peer.answers["/partners.json"] = pod("secret-1", title="Gazoducs confidentiels")
        with connect(running.database_url) as owner:
            run(owner, source(peer, "data-json", "/data.json",
                              infrastructure={"name": "IDG voisine", "audience": {"fr": "Agents", "en": "Staff"}}),
                clock, Ours())  # fmt: skip
            run(owner, source(peer, "data-json", "/partners.json", id="reserve", audience="partners"), clock, Ours())
        yield running


def test_a_record_from_elsewhere_is_found_with_its_producer_and_identifier(served: Any) -> None:
    (found,) = served.get(f"{HERE}?q=pistes cyclables voisin&f=json").json()["features"]
    told = found["properties"]
    assert told["license"] == "etalab-2.0"
    assert told["contacts"][0]["organization"] == "Ville voisine"
    assert told["origin"]["identifier"] == "urn:voisin:pistes 12"
    assert {"value": "urn:voisin:pistes 12"} in told["externalIds"]
    assert "https://voisin.example/p.csv" in [one["href"] for one in found["links"]]
    for form in ("json", "html", "iso19139", "dcat", "ttl", "dcat-jsonld", "jsonld", "dc"):
        answer = served.get(f"{HERE}/{found['id']}?f={form}")
        assert answer.status_code == 200, form
        assert "Ville voisine" in answer.text, form
    page = served.get(f"{HERE}?q=pistes&f=html").text
    assert f"{HERE}/{found['id']}" in page


def test_csw_dcat_ckan_and_the_feed_tell_it_too(served: Any) -> None:
    name = served.get(f"{HERE}?q=pistes&f=json").json()["features"][0]["id"]
    csw = served.get("/csw?service=CSW&version=2.0.2&request=GetRecordById&id=urn:voisin:pistes 12"
                     "&outputSchema=http://www.isotc211.org/2005/gmd")  # fmt: skip
    assert (
        etree.fromstring(csw.content).xpath("string(//*[local-name()='fileIdentifier'])").strip()
        == "urn:voisin:pistes 12"
    )
    assert "urn:voisin:pistes 12" in served.get("/dcat?f=ttl").text
    assert name in served.get("/api/3/action/package_list").json()["result"]
    assert served.get(f"/api/3/action/package_show?id={name}").json()["result"]["isopen"] is True
    assert "Pistes cyclables du voisin" in served.get("/feed.atom").text


def test_what_is_for_partners_ends_with_the_charter(served: Any) -> None:
    """Charte MIG, § 2.7: its last day is 31 December 2026; a membership alone opens nothing after it."""
    asked = f"{HERE}?q=gazoducs&f=json"
    served.now[0] = datetime(2026, 12, 31, 12, tzinfo=UTC)
    assert served.get(asked, "owner").json()["numberMatched"] == 1
    assert served.get("/harvest/reserve?f=json", "owner").status_code == 200
    served.now[0] = datetime(2027, 1, 1, 12, tzinfo=UTC)
    assert served.get(asked, "owner").json()["numberMatched"] == 0
    assert served.get("/harvest/reserve?f=json", "owner").status_code == 404


def test_what_a_source_keeps_for_partners_is_absent_for_others(served: Any) -> None:
    partner = "owner"
    assert served.get(f"{HERE}?q=gazoducs&f=json").json()["numberMatched"] == 0
    assert served.get(f"{HERE}?q=gazoducs&f=json", partner).json()["numberMatched"] == 1
    for path in (f"{HERE}/reserve.secret-1", "/harvest/reserve", "/harvest/reserve/runs/1"):
        hidden, missing = served.get(f"{path}?f=json"), served.get(f"{path.replace('reserve', 'jamais')}?f=json")
        assert (hidden.status_code, hidden.json()["detail"]) == (404, missing.json()["detail"])
        assert served.get(f"{path}?f=json", partner).status_code == 200
    assert served.get(f"{HERE}?q=gazoducs&f=json", "withdrawn").json()["numberMatched"] == 0
    assert "reserve" not in served.get("/harvest?f=json").text


def test_the_page_of_harvesting_says_where_each_source_stands(served: Any) -> None:
    document = served.get("/harvest?f=json").json()
    (one,) = document["sources"]
    assert (one["source"], one["status"], one["live"], one["failures"]) == ("voisin", "done", 1, 0)
    assert document["infrastructures"][0]["audience"] == "Agents"
    for path in ("/harvest", "/harvest/voisin", "/harvest/voisin/runs/1"):
        assert "Le voisin" in served.get(f"{path}?f=html").text
    assert served.get("/harvest/voisin/runs/9?f=json").status_code == 404
    assert served.get("/harvest/voisin/runs/x?f=json").status_code == 404
    pool = Pool(served.app_url, PoolLimits(size=1, waiting=2), options=READ_WRITE)
    gauges = Harvest(pool)

    async def read_once() -> None:
        await gauges.refresh()
        pool.close()

    asyncio.run(read_once())
    told = gauges.gauges(NOW + timedelta(hours=1))
    assert told["idg_harvest_records"][2] == {"voisin": 1.0, "reserve": 1.0}
    assert 0 < told["idg_harvest_age_seconds"][2]["voisin"] <= 3600


def test_a_record_that_leaves_its_source_leaves_the_catalogue_at_once(served: Any, peer: Peer, clock: Any) -> None:
    assert served.get(f"{HERE}?q=pistes&f=json").json()["numberMatched"] == 1
    peer.answers["/data.json"] = pod("autre")
    with connect(served.database_url) as owner:
        for _ in range(2):
            run(owner, source(peer, "data-json", "/data.json"), clock, Ours())
    assert served.get(f"{HERE}?q=pistes&f=json").json()["numberMatched"] == 0
    assert served.get(f"{HERE}/voisin.autre?f=json").status_code == 200
