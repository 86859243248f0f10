"""The catalogue through the door: what each caller finds, what the commands print, what the definition says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from owslib import fes
from owslib.csw import CatalogueServiceWeb
from owslib.ogcapi.records import Records

ROOT = Path(__file__).parents[2]
ITEMS = "/collections/records/items"


@pytest.fixture(scope="module")
def service(serve_demonstration: Any) -> Iterator[Any]:
    """The demonstration, served."""
    with serve_demonstration() as running:
        yield running


def ids(service: Any, who: str | None = None, **query: str) -> set[str]:
    """The ids of all records found."""
    answer = service.get(ITEMS, who, params={"limit": "100", "f": "json", **query})
    assert answer.status_code == 200, answer.text
    return {one["id"] for one in answer.json()["features"]}


def test_each_caller_finds_the_records_of_what_it_may_know(service: Any) -> None:
    for who in (None, "owner", "ept"):
        listed = {one["id"] for one in service.get("/collections?f=json", who).json()["collections"]} - {"records"}
        assert ids(service, who) == listed
        told = service.get("/dcat?f=ttl", who).text
        assert all(f"/collections/{id}>" in told for id in listed)


def test_the_catalogue_is_one_of_the_collections(service: Any) -> None:
    whole = service.get("/collections?f=json").json()
    (records,) = [one for one in whole["collections"] if one["id"] == "records"]
    assert records["itemType"] == "record"
    assert whole["numberMatched"] == whole["numberReturned"] == len(whole["collections"])
    assert service.get("/collections/records/queryables?f=html").status_code == 200
    found = service.get("/collections?f=json&q=fiches").json()["collections"]
    assert "records" in [one["id"] for one in found]
    page = service.get("/collections?f=html").text
    assert 'rel="http://www.opengis.net/def/rel/ogc/1.0/ogc-catalog"' in page  # autodiscovery (20-004r1)
    assert 'type="application/opensearchdescription+xml"' in page


def test_a_filter_is_asked_of_records_through_the_door(service: Any) -> None:
    assert ids(service, filter="id = 'adresses' OR id = 'rien'") == {"adresses"}
    wrong = service.get(ITEMS, params={"f": "json", "filter": "titre = 'a'"})
    assert (wrong.status_code, wrong.headers["content-type"]) == (400, "application/problem+json")
    assert "titre" in wrong.json()["detail"]
    assert service.get("/sitemap.xml").status_code == service.get("/opensearch.xml").status_code == 200


def test_every_record_answers_in_every_form(service: Any) -> None:
    for id in sorted(ids(service)):
        for form, media in (("json", "application/geo+json"), ("html", "text/html"), ("iso19139", "application/xml"),
                            ("dcat", "application/rdf+xml"), ("ttl", "text/turtle"), ("dc", "application/xml"),
                            ("jsonld", "application/ld+json")):  # fmt: skip
            answer = service.get(f"/collections/{id}/record?f={form}")
            assert answer.status_code == 200, answer.text
            assert answer.headers["content-type"].startswith(media)
            assert ".invalid" not in answer.text
            if media.endswith("xml"):
                etree.fromstring(answer.content)


@pytest.mark.reference
def test_every_record_of_the_demonstration_is_valid_iso_19139(service: Any, shared: Path) -> None:
    schema = etree.XMLSchema(etree.parse(shared / "reference" / "xsd" / "pilotes" / "iso19139-gml32.xsd"))
    for who in (None, "owner"):
        for id in sorted(ids(service, who)):
            root = etree.fromstring(service.get(f"/collections/{id}/record?f=iso19139", who).content)
            assert schema.validate(root), (id, schema.error_log.last_error)


def test_people_search_on_a_page(service: Any) -> None:
    page = service.get(f"{ITEMS}?f=html&q=adresse")
    assert page.status_code == 200
    assert "Adresses" in page.text
    assert service.get("/collections/records?f=html").status_code == 200


def test_the_page_of_a_layer_leads_to_its_record(service: Any) -> None:
    links = service.get("/collections/adresses?f=json").json()["links"]
    hrefs = [one["href"] for one in links if one["rel"] == "describedby" and "/record?" in one["href"]]
    assert len(hrefs) == 3
    assert all(service.get(href.removeprefix(service.url)).status_code == 200 for href in hrefs)


def test_a_missing_record_is_404(service: Any) -> None:
    assert service.get(f"{ITEMS}/absent?f=json").status_code == 404
    assert service.get("/collections/absent/record").status_code == 404


def test_the_client_of_the_ogc_reads_it(service: Any) -> None:
    client = Records(service.url)
    found = client.collection_items("records", q="adresses", limit=1)
    assert found["numberReturned"] == 1
    assert client.collection_item("records", found["features"][0]["id"])["type"] == "Feature"


@pytest.mark.parametrize("schema", ["http://www.opengis.net/cat/csw/2.0.2", "http://www.isotc211.org/2005/gmd"])
def test_a_csw_client_reads_it(service: Any, schema: str) -> None:
    client = CatalogueServiceWeb(f"{service.url}/csw")
    assert {one.name for one in client.operations} >= {"GetCapabilities", "GetRecords", "GetRecordById"}
    client.getrecords2(esn="full", maxrecords=50, outputschema=schema)
    assert {name.rsplit("/", 1)[1] for name in client.records} == ids(service)
    client.getrecords2([fes.PropertyIsLike("csw:AnyText", "%adresse%")], esn="full", outputschema=schema)
    assert any(name.endswith("/adresses") for name in client.records)
    client.getrecordbyid([next(iter(client.records))], outputschema=schema)
    assert len(client.records) == 1


def test_a_record_is_not_asked_again(service: Any) -> None:
    first = service.get("/collections/adresses/record?f=iso19139")
    again = service.get("/collections/adresses/record?f=iso19139", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304


def test_the_command_prints_what_the_public_is_told(service: Any, tmp_path: Path) -> None:
    environment = {
        **os.environ, "IDG_HOME": str(service.home), "IDG_DATABASE_URL": service.database_url, "LANG": "fr",
        "IDG_CONFIG": str(ROOT / "pygeoapi-config.yml"),
    }  # fmt: skip

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        code = "from mig_idg.cli.main import main; main()"
        return subprocess.run([sys.executable, "-c", code, "record", *words], cwd=ROOT, env=environment,
                              capture_output=True, text=True, timeout=60, check=False)  # fmt: skip

    shown = run("show", "adresses", "--format", "iso19139")
    assert shown.returncode == 0, shown.stderr
    assert etree.fromstring(shown.stdout.strip().encode()).tag.endswith("MD_Metadata")
    checked = run("check", "--json")
    assert "adresses" in json.loads(checked.stdout)
    exported = run("export", str(tmp_path / "fiches"), "--format", "ttl")
    assert exported.returncode == 0, exported.stderr
    assert {one.stem for one in (tmp_path / "fiches").iterdir()} == ids(service)
