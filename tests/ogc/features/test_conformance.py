"""OGC API Features, class by class: what the declared classes promise, asked of the running application.

Each test names the requirement it holds; docs/reference/conformance.md lists them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from mig_idg.ogc.features.conformance import CONFORMANCE

OFFICIAL = Path(__file__).parents[4] / "shared" / "ogc" / "features" / "core"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


def validate(document: Any, name: str) -> None:
    """Against the official schema of that name."""

    def retrieve(uri: str) -> Any:
        loaded = yaml.safe_load((OFFICIAL / uri.rsplit("/", 1)[-1]).read_text())
        return Resource.from_contents(_plain(loaded), default_specification=DRAFT202012)

    registry: Registry[Any] = Registry(retrieve=retrieve)  # type: ignore[call-arg]
    Draft202012Validator({"$ref": f"http://schemas.test/{name}"}, registry=registry).validate(document)


def _plain(schema: Any) -> Any:
    """The type `null` that YAML reads as nothing."""
    if isinstance(schema, list):
        return [_plain(part) for part in schema]
    if isinstance(schema, dict):
        return {key: _plain(value) for key, value in schema.items()}
    return "null" if schema is None else schema


@pytest.mark.reference
@pytest.mark.parametrize("collection", ["lieux", "troncons", "bancs"])
def test_req_core_fc_response_a_page_follows_the_official_schema(served: Any, collection: str) -> None:
    validate(served.items("limit=30", collection), "featureCollectionGeoJSON.yaml")


@pytest.mark.reference
def test_req_core_f_success_an_item_follows_the_official_schema(served: Any) -> None:
    validate(served.get("/collections/lieux/items/a-00001").json, "featureGeoJSON.yaml")


def test_req_core_fc_links_every_link_says_its_relation_and_type(served: Any) -> None:
    page = served.items("limit=2")
    own = [link for link in page["links"] if link["rel"] == "self"]
    assert len(own) == 1
    assert own[0]["type"] == "application/geo+json"
    for link in page["links"]:
        assert link["rel"]
        assert link["type"]


def test_req_core_fc_links_every_link_can_be_followed(served: Any) -> None:
    page = served.items("limit=3&numero=7&sortby=-id")
    for link in page["links"]:
        if link["rel"] in ("self", "next", "alternate"):
            response = served.get(link["href"])
            assert response.status == 200, link
            assert response.headers["content-type"].split(";")[0] == link["type"].split(";")[0]


def test_req_core_fc_numberreturned_and_numbermatched_count_what_they_say(served: Any) -> None:
    page = served.items("limit=5&certifie=true")
    assert page["numberReturned"] == len(page["features"]) == 5
    assert page["numberMatched"] == served.items("certifie=true&limit=10000")["numberReturned"]


def test_req_core_query_param_unknown_is_400(served: Any) -> None:
    assert served.get("/collections/lieux/items?unknown=1").status == 400
    assert served.get("/collections/lieux/items/a-00001?unknown=1").status == 400
    assert served.get("/collections/lieux/queryables?unknown=1").status == 400


def test_req_core_a_parameter_twice_is_400(served: Any) -> None:
    assert served.get("/collections/lieux/items?limit=1&limit=2").status == 400


def test_req_core_fc_bbox_response_without_geometry_features_stay_out(served: Any) -> None:
    assert served.items("bbox=-180,-90,180,90", "troncons")["numberMatched"] == 60


def test_req_crs_fc_crs_default_is_crs84_and_unknown_is_400(served: Any) -> None:
    assert served.get("/collections/lieux/items?limit=1").headers["content-crs"] == f"<{CRS84}>"
    assert served.get(f"/collections/lieux/items?crs={EPSG}27700").status == 400
    assert served.get(f"/collections/lieux/items?bbox=1,2,3,4&bbox-crs={EPSG}27700").status == 400
    assert served.get(f"/collections/lieux/items/a-00001?crs={EPSG}27700").status == 400


def test_req_filter_each_crs_of_filters(served: Any) -> None:
    polygon = "POLYGON((641000 6866000,641100 6866000,641100 6866100,641000 6866100,641000 6866000))"
    filter = quote(f"S_INTERSECTS(geom,{polygon})")
    assert served.items(f"filter={filter}&filter-crs={EPSG}2154&limit=1")["numberMatched"] == 99
    assert served.items(f"filter={filter}&limit=1&filter-crs={EPSG}2154&resulttype=hits")["numberMatched"] == 99
    assert served.get(f"/collections/lieux/items?filter={filter}&filter-crs={EPSG}27700").status == 400


def test_req_queryables_are_a_schema_and_each_one_filters(served: Any) -> None:
    response = served.get("/collections/lieux/queryables")
    assert response.headers["content-type"] == "application/schema+json"
    document = response.json
    Draft202012Validator.check_schema(document)
    assert document["$id"] == "http://idg.test/collections/lieux/queryables"
    assert document["additionalProperties"] is False
    assert document["properties"]["geom"]["format"] == "geometry-point"
    for name in document["properties"]:
        filter = quote(f'"{name}" IS NULL')
        assert served.get(f"/collections/lieux/items?limit=1&filter={filter}").status == 200, name


def test_req_sortables_each_one_sorts(served: Any) -> None:
    for name in served.get("/collections/lieux/sortables").json["properties"]:
        assert served.get(f"/collections/lieux/items?limit=1&sortby=-{name}").status == 200, name


def test_req_schemas_every_feature_is_valid_against_the_schema(served: Any) -> None:
    schema = served.get("/collections/lieux/schema").json
    properties = {k: v for k, v in schema["properties"].items() if v.get("x-ogc-role") != "primary-geometry"}
    nullable = {k: {"anyOf": [v, {"type": "null"}]} for k, v in properties.items()}
    check = Draft202012Validator({"type": "object", "properties": nullable, "additionalProperties": False})
    for feature in served.items("limit=200")["features"]:
        check.validate(feature["properties"])
    assert schema["properties"]["id"]["x-ogc-role"] == "id"
    assert schema["properties"]["leve"]["x-ogc-role"] == "primary-instant"


def test_req_schemas_code_lists_have_their_labels(served: Any) -> None:
    state = served.get("/collections/bancs/schema?lang=en", who="owner").json["properties"]["etat"]
    assert state["enum"] == ["bon", "use"]
    assert {"const": "use", "title": "Worn"} in state["oneOf"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/cql2+json", '{"op":"=","args":[{"property":"numero"},7]}'),
        ("application/json", '{"filter":{"op":"=","args":[{"property":"numero"},7]},"limit":3}'),
        ("application/json", '{"bbox":[2,48,3,49],"numero":7,"properties":["numero"]}'),
        ("application/cql2-text", "numero = 7"),
        ("application/x-www-form-urlencoded", "filter=numero%3D7&limit=3"),
    ],
)
def test_a_search_by_post_is_the_same_question(served: Any, kind: str, body: str) -> None:
    response = served.request("POST", "/collections/lieux/items", content=body, headers={"content-type": kind})
    assert response.status == 200, response.content
    assert response.json["numberMatched"] == 24
    own = next(link["href"] for link in response.json["links"] if link["rel"] == "self")
    assert served.get(own).json["features"] == response.json["features"]


def test_a_search_by_post_may_not_take_data_in_bulk(served: Any) -> None:
    path = "/collections/lieux/items?f=csv"
    response = served.request("POST", path, content="numero = 7", headers={"content-type": "application/cql2-text"})
    assert response.status in (400, 406)


def test_functions_are_listed_and_can_be_called(served: Any) -> None:
    document = served.get("/functions").json
    names = [one["name"] for one in document["functions"]]
    assert "upper" in names
    assert served.items("filter=" + quote("upper(genre)='VOIE'"))["numberMatched"] == 600


def test_array_functions_compare_lists(served: Any) -> None:
    def matched(filter: str) -> int:
        return int(served.items("resulttype=hits&filter=" + quote(filter))["numberMatched"])

    assert matched("A_CONTAINS(parcelles,('P1'))") == 120
    assert matched("A_CONTAINS(parcelles,('P1','Q'))") == 120
    assert matched("A_EQUALS(parcelles,('Q','P1'))") == 120
    assert matched("A_CONTAINEDBY(parcelles,('P1','P2','Q'))") == 240
    assert matched("A_OVERLAPS(parcelles,('P1','P2'))") == 240
    assert matched("A_OVERLAPS(parcelles,('Z'))") == 0


def test_jsonfg_says_its_place_its_time_and_its_classes(served: Any) -> None:
    page = served.items(f"f=jsonfg&limit=2&crs={EPSG}2154")
    assert "http://www.opengis.net/spec/json-fg-1/1.0/conf/core" in page["conformsTo"]
    assert page["coordRefSys"] == f"{EPSG}2154"
    first = page["features"][0]
    assert first["geometry"] is None
    assert first["place"]["coordinates"] == pytest.approx([641010.123, 6866000.0], abs=1e-3)
    assert first["time"] == {"date": "2020-01-02"}
    plain = served.items("f=jsonfg&limit=1")["features"][0]
    assert plain["place"] is None
    assert plain["geometry"]["type"] == "Point"


def test_no_class_is_declared_twice() -> None:
    assert len(set(CONFORMANCE)) == len(CONFORMANCE)
