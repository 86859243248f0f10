"""CQL2 asked of records: the same answers in text and JSON, unknown values never found, bad filters named."""

from __future__ import annotations

from typing import Any

import jsonschema
import orjson
import pytest

from mig_idg.errors import InvalidParameter

ITEMS = "/collections/records/items"


def ids(asking: Any, **query: str) -> list[str]:
    told = asking.json(ITEMS, f="json", limit="100", sortby="id", **query)
    return [one["id"] for one in told["features"]]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("type = 'nonGeographicDataset'", ["prenoms"]),
        ("type <> 'nonGeographicDataset'", ["bancs", "erp", "reseaux"]),
        ("title LIKE '%Nanterre'", ["bancs"]),
        ("CASEI(title) LIKE CASEI('%NANTERRE')", ["bancs"]),
        ("ACCENTI(title) LIKE ACCENTI('Reseaux%')", ["reseaux"]),
        ("id IN ('bancs','secrets')", ["bancs"]),
        ("license = 'etalab-2.0' OR license = 'ODbL-1.0'", ["bancs", "prenoms"]),
        ("NOT license = 'other'", ["bancs", "prenoms"]),
        ("keywords = 'données ouvertes'", ["bancs", "prenoms"]),
        ("A_CONTAINS(keywords, ('espace vert','données ouvertes'))", ["bancs", "prenoms"]),
        ("themes = 'society'", ["prenoms"]),
        ("contacts = 'Nanterre' AND scaleDenominator BETWEEN 100 AND 1000", ["bancs", "erp", "prenoms", "reseaux"]),
        ("scaleDenominator * 2 > 5000", []),
        ("S_INTERSECTS(geometry, BBOX(2.2,48.85,2.25,48.86)) AND id LIKE 'b%'", ["bancs"]),
        ("S_DISJOINT(geometry, BBOX(2.2,48.85,2.25,48.86))", []),
        ("S_WITHIN(geometry, POLYGON((2 48, 3 48, 3 49, 2 49, 2 48))) AND id = 'erp'", ["erp"]),
        ("geometry IS NULL", ["prenoms"]),
        ("resourceUpdated >= DATE('2026-05-01')", ["bancs", "erp", "prenoms", "reseaux"]),
        ("resourceUpdated < TIMESTAMP('2026-05-01T00:00:00Z')", []),
        ("T_AFTER(resourceCreated, DATE('2020-01-09')) AND id = 'erp'", ["erp"]),
        ("resolution > 1 OR NOT (resolution > 1)", []),  # unknown: neither it nor its contrary is found
        ("time IS NULL AND id = 'erp'", ["erp"]),
    ],
)
def test_a_filter_in_text_finds_what_it_says(asking: Any, text: str, found: list[str]) -> None:
    assert ids(asking, filter=text) == found


@pytest.mark.parametrize(
    ("tree", "found"),
    [
        ({"op": "=", "args": [{"property": "type"}, "nonGeographicDataset"]}, ["prenoms"]),
        ({"op": "not", "args": [{"op": "in", "args": [{"property": "id"}, ["bancs", "erp"]]}]}, ["prenoms", "reseaux"]),
        ({"op": "s_intersects", "args": [{"property": "geometry"}, {"bbox": [2.2, 48.85, 2.25, 48.86]}]},
         ["bancs", "erp", "reseaux"]),
    ],
)  # fmt: skip
def test_the_same_in_json(asking: Any, tree: dict[str, Any], found: list[str]) -> None:
    assert ids(asking, filter=orjson.dumps(tree).decode(), **{"filter-lang": "cql2-json"}) == found


def test_a_filter_joins_the_other_parameters(asking: Any) -> None:
    assert ids(asking, filter="type = 'dataset'", q="banc") == ["bancs"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("titre = 'a'", "titre"),
        ("title > 3", ">"),
        ("resourceUpdated > '2026-01-01'", "DATE("),
        ("title", "condition"),
        ("s_intersects(title, POINT(1 2))", "geometry"),
        ("area(geometry) > 1", "area"),
        ("title LIKE 3", "LIKE"),
        ("type = ", "filter"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(asking: Any, text: str, word: str) -> None:
    with pytest.raises(InvalidParameter) as refused:
        ids(asking, filter=text)
    assert refused.value.extra["parameter"] == "filter"
    assert word in refused.value.text("fr") or word == "filter"


def test_another_language_or_system_is_refused(asking: Any) -> None:
    for more in ({"filter-lang": "cql-text"}, {"filter-crs": "http://www.opengis.net/def/crs/EPSG/0/2154"}):
        with pytest.raises(InvalidParameter):
            ids(asking, filter="id = 'bancs'", **more)


def test_every_queryable_may_be_asked_and_sortables_sort(asking: Any) -> None:
    told = asking.json("/collections/records/queryables", f="json")
    assert {"id", "type", "title"} <= set(told["properties"])  # 20-004r1, mandatory queryables
    assert told["additionalProperties"] is False
    for name in told["properties"]:
        assert ids(asking, filter=f"{name} IS NULL OR {name} IS NOT NULL") == ["bancs", "erp", "prenoms", "reseaux"]
    for name in asking.json("/collections/records/sortables", f="json")["properties"]:
        assert len(asking.json(ITEMS, f="json", sortby=f"-{name}")["features"]) == 4


def test_a_parameter_without_value_is_not_there(asking: Any) -> None:
    empty = dict.fromkeys(("q", "bbox", "datetime", "type", "ids", "externalIds", "limit"), "")
    assert len(asking.json(ITEMS, f="json", **empty)["features"]) == 4
    assert len(asking.json(ITEMS, f="json", datetime="/")["features"]) == 4


def test_opensearch_and_the_sitemap_lead_to_records(asking: Any) -> None:
    from lxml import etree

    root = etree.fromstring(asking.bytes("/opensearch.xml"))
    (page,) = [one for one in root if one.get("type") == "text/html"]
    assert page.get("template") == "https://idg.example/collections/records/items?f=html&q={searchTerms}"
    assert len(root.findtext("{*}ShortName")) <= 16
    found = etree.fromstring(asking.bytes("/sitemap.xml"))
    pages = [one.text for one in found.iter("{*}loc")]
    assert "https://idg.example/collections/bancs/record?f=html" in pages
    assert not any("secrets" in one or "entre-nous" in one for one in pages)
    assert len(pages) == 4


@pytest.mark.reference
def test_the_catalogue_as_a_collection_follows_its_official_schema(asking: Any, official: Any) -> None:
    told = asking.json("/collections/records", f="json")
    jsonschema.validate(told, official("catalog.yaml"))
    assert told["defaultSortOrder"] == [{"field": "title", "direction": "asc"}]
    rels = {one["rel"].rpartition("/")[2] for one in told["links"]}
    assert {"queryables", "sortables", "search", "items"} <= rels


@pytest.mark.reference
def test_a_page_of_records_follows_its_official_schema(asking: Any, official: Any) -> None:
    told = asking.json(ITEMS, f="json", filter="type = 'dataset'", limit="2")
    jsonschema.validate(told, official("recordCollectionGeoJSON.yaml"))
