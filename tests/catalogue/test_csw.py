"""CSW 2.0.2: each operation, filters in both languages, what is broken, and never what is hidden."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import tostring

import pytest
from lxml import etree
from owslib import fes

from mig_idg.catalogue.csw import CSW

DC = "{http://purl.org/dc/elements/1.1/}"
OPEN = {"bancs", "erp", "prenoms", "reseaux"}


def found(body: bytes) -> set[str]:
    """The ids of the records of an answer."""
    root = etree.fromstring(body)
    assert root.tag == f"{{{CSW}}}GetRecordsResponse", body
    return {one.text.rsplit("/", 1)[1] for one in root.iter(f"{DC}identifier")}


def records(asking: Any, **more: str) -> set[str]:
    """GetRecords by KVP."""
    query = {"service": "CSW", "version": "2.0.2", "request": "GetRecords", "typeNames": "csw:Record",
             "ElementSetName": "full", "resultType": "results", **more}  # fmt: skip
    return found(asking.bytes("/csw", **query))


def posted(asking: Any, filter_: str, *, result: str = "results") -> bytes:
    """GetRecords by XML."""
    constraint = (
        f'<csw:Constraint version="1.1.0"><ogc:Filter>{filter_}</ogc:Filter></csw:Constraint>' if filter_ else ""
    )
    body = (
        f'<csw:GetRecords xmlns:csw="{CSW}" xmlns:ogc="http://www.opengis.net/ogc" service="CSW" version="2.0.2"'
        f' xmlns:gml="http://www.opengis.net/gml" resultType="{result}"><csw:Query typeNames="csw:Record">'
        f"<csw:ElementSetName>full</csw:ElementSetName>{constraint}</csw:Query></csw:GetRecords>"
    )
    sent: bytes = asking.bytes("/csw", method="POST", body=body.encode())
    return sent


def test_the_capabilities_tell_what_is_served(asking: Any) -> None:
    body = asking.bytes("/csw", service="CSW", request="GetCapabilities")
    root = etree.fromstring(body)
    assert root.get("version") == "2.0.2"
    assert [one.get("name") for one in root.iter("{http://www.opengis.net/ows}Operation")] == [
        "GetCapabilities", "DescribeRecord", "GetRecords", "GetRecordById",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cql", "ids"),
    [
        ("csw:AnyText like '%éclairage%'", {"reseaux"}),
        ("AnyText LIKE '%ECLAIRAGE%'", {"reseaux"}),
        ("dc:title = 'Bancs publics de Nanterre'", {"bancs"}),
        ("dc:type <> 'dataset'", {"prenoms"}),
        ("BBOX(ows:BoundingBox, 2.2, 48.8, 2.25, 48.9)", {"bancs", "erp", "reseaux"}),
        ("dct:modified >= '2026-05-01' and not (dc:title like 'Banc%')", {"erp", "prenoms", "reseaux"}),
        ("dct:modified > '2026-05-01'", set()),
        ("AnyText like '%secrets%'", set()),
        ("dc:title like 'B_ncs%'", {"bancs"}),
    ],
)
def test_cql_text(asking: Any, cql: str, ids: set[str]) -> None:
    assert records(asking, constraint=cql, constraintLanguage="CQL_TEXT") == ids


@pytest.mark.parametrize(
    ("filter_", "ids"),
    [
        (fes.PropertyIsLike("csw:AnyText", "%éclairage%"), {"reseaux"}),
        (fes.PropertyIsLike("csw:AnyText", "éclairage"), {"reseaux"}),  # as MetaSearch asks: no wildcard
        (fes.PropertyIsLike("dc:title", "*publics*", wildCard="*", singleChar="?"), {"bancs"}),
        (fes.PropertyIsEqualTo("dc:type", "nonGeographicDataset"), {"prenoms"}),
        (fes.BBox([2.2, 48.8, 2.25, 48.9]), {"bancs", "erp", "reseaux"}),
        (fes.And([fes.BBox([2.2, 48.8, 2.25, 48.9]), fes.PropertyIsLike("csw:AnyText", "%banc%")]), {"bancs"}),
        (fes.Not([fes.PropertyIsLike("csw:AnyText", "%banc%")]), {"erp", "prenoms", "reseaux"}),
        (fes.PropertyIsNull("apiso:TopicCategory"), set()),
        (fes.PropertyIsBetween("dct:modified", "2026-01-01", "2026-12-31"), OPEN),
    ],
)
def test_filter_as_owslib_writes_it(asking: Any, filter_: Any, ids: set[str]) -> None:
    element = filter_.toXML()
    written = etree.tostring(element) if isinstance(element, etree._Element) else tostring(element)
    assert found(posted(asking, written.decode())) == ids


def test_pages_and_hits(asking: Any) -> None:
    hits = etree.fromstring(posted(asking, "", result="hits"))[1]
    assert (hits.get("numberOfRecordsMatched"), len(hits)) == ("4", 0)
    told = etree.fromstring(asking.bytes("/csw", service="CSW", request="GetRecords", resultType="results", maxRecords="3"))[1]  # fmt: skip
    assert (told.get("numberOfRecordsReturned"), told.get("nextRecord")) == ("3", "4")
    last = etree.fromstring(asking.bytes("/csw", service="CSW", request="GetRecords", resultType="results", startPosition="4"))[1]  # fmt: skip
    assert (last.get("numberOfRecordsReturned"), last.get("nextRecord")) == ("1", "0")


def test_iso_by_id(asking: Any) -> None:
    for name in ("bancs", "https://idg.example/collections/records/items/bancs"):
        root = etree.fromstring(
            asking.bytes("/csw", service="CSW", request="GetRecordById", version="2.0.2", id=name,
                         outputSchema="http://www.isotc211.org/2005/gmd")
        )  # fmt: skip
        assert root[0].tag == "{http://www.isotc211.org/2005/gmd}MD_Metadata"


@pytest.mark.parametrize(
    ("query", "locator"),
    [
        ({"request": "GetRecordById", "id": "secrets"}, "Id"),
        ({"request": "GetRecordById", "id": "absent"}, "Id"),
        ({"request": "Transaction"}, "request"),
        ({"request": "GetRecords", "constraint": "nom = 1", "resultType": "results"}, "constraint"),
        ({"request": "GetRecords", "startPosition": "0"}, "startPosition"),
        ({"request": "GetRecords", "outputSchema": "x"}, "outputSchema"),
        ({"request": "GetRecords", "sortBy": "dc:rien:A"}, "sortBy"),
    ],
)
def test_what_is_wrong_is_an_exception_report(asking: Any, query: dict[str, str], locator: str) -> None:
    response = asking.response("/csw", service="CSW", **query)
    assert response.status == 400
    one = etree.fromstring(response.body)[0]
    assert one.get("locator") == locator


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<a",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b"\xff\xfe\x00",
        b"<csw:Harvest xmlns:csw='http://www.opengis.net/cat/csw/2.0.2'/>",
    ],
)
def test_a_broken_body_is_an_exception_report(asking: Any, body: bytes) -> None:
    response = asking.response("/csw", method="POST", body=body)
    assert response.status == 400
    assert b"ExceptionReport" in response.body


def test_a_pattern_of_many_wildcards_takes_no_time(asking: Any) -> None:
    assert records(asking, constraint=f"AnyText like '{'%a' * 200}%z_z'") == set()
