"""Item search as `stac-api-validator` asks it: fields, instants, forms of a body, filters on what satellites tell."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.slow

IDENTITY = {"type", "stac_version", "id", "collection"}
DEFAULT = IDENTITY | {"geometry", "bbox", "links", "assets", "properties"}


def first(rasters: Any, fields: Any) -> dict[str, Any]:
    """The first item found by GET (a text) or by POST (an object)."""
    if isinstance(fields, str):
        response = rasters.get("/stac/search", params={"collections": "photos", "limit": "1", "fields": fields})
    else:
        asked = {"collections": ["photos"], "limit": 1, "fields": fields}
        response = rasters.ask("POST", "/stac/search", json=asked)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()["features"][0]
    return found


@pytest.mark.parametrize("fields", ["", {}, {"include": [], "exclude": []}, {"include": None, "exclude": None}])
def test_empty_fields_give_the_default_members(rasters: Any, fields: Any) -> None:
    item = first(rasters, fields)
    assert set(item) == DEFAULT
    assert set(item["properties"]) == {"datetime"}


@pytest.mark.parametrize(
    ("fields", "members", "properties"),
    [
        ("id", IDENTITY, None),
        ("+geometry", IDENTITY | {"geometry"}, None),
        ("properties.gsd", IDENTITY | {"properties"}, {"gsd"}),
        ("-properties,+properties.gsd", IDENTITY | {"properties"}, {"gsd"}),
        ("+geometry,-geometry", IDENTITY | {"geometry"}, None),
        ({"include": ["geometry"], "exclude": ["geometry"]}, IDENTITY | {"geometry"}, None),
        ({"include": ["properties.gsd"], "exclude": ["properties"]}, IDENTITY | {"properties"}, {"gsd"}),
        ({"include": [], "exclude": ["geometry"]}, DEFAULT - {"geometry"}, {"datetime"}),
        ("-id,-type,-links,-geometry,-bbox,-assets,-properties,-stac_extensions", IDENTITY, None),
    ],
)
def test_what_is_included_is_given_even_when_it_is_excluded_too(
    rasters: Any, fields: Any, members: set[str], properties: set[str] | None
) -> None:
    item = first(rasters, fields)
    assert set(item) == members
    if properties is not None:
        assert set(item["properties"]) == properties


def test_what_is_only_excluded_leaves_the_rest_of_the_item(rasters: Any) -> None:
    whole = rasters.get("/stac/search?collections=photos&limit=1").json()["features"][0]
    for fields in ("-geometry", {"exclude": ["geometry"]}):
        item = first(rasters, fields)
        assert item == {name: value for name, value in whole.items() if name != "geometry"}


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        ({"fields": None}, "fields"),
        ({"fields": {"include": "id"}}, "fields"),
        ({"fields": {"only": ["id"]}}, "fields"),
        ({"bbox": "0,0,1,1"}, "bbox"),
        ({"bbox": [True, 0, 1, 1]}, "bbox"),
        ({"limit": "10"}, "limit"),
        ({"sortby": "id"}, "sortby"),
        ({"datetime": "1985-04-12"}, "datetime"),
        ({"datetime": "1985-04-12/2025-01-01T00:00:00Z"}, "datetime"),
    ],
)
def test_a_body_in_another_form_than_the_standard_s_is_told_so(rasters: Any, body: Any, parameter: str) -> None:
    response = rasters.ask("POST", "/stac/search", json=body)
    assert (response.status_code, response.json()["parameter"]) == (400, parameter)


@pytest.mark.parametrize("datetime", ["2025-06-15T00:00:00Z", "2025-01-01T00:00:00Z/..", "/2030-01-01T00:00:00+02:00"])
def test_an_instant_or_an_open_period_is_read(rasters: Any, datetime: str) -> None:
    response = rasters.get("/stac/search", params={"datetime": datetime, "collections": "photos"})
    assert response.status_code == 200, response.text


def test_clouds_may_be_asked_about_and_no_picture_of_ours_has_any(rasters: Any) -> None:
    assert rasters.get("/stac/search", params={"filter": "eo:cloud_cover >= 5"}).json()["features"] == []
    known = rasters.get("/stac/search", params={"filter": "eo:cloud_cover IS NULL", "limit": "100"}).json()["features"]
    assert len(known) == len(rasters.get("/stac/search?limit=100").json()["features"]) > 3


def test_every_link_of_the_catalogue_has_a_title_and_those_within_it_answer(rasters: Any) -> None:
    documents = [rasters.get("/stac").json(), *rasters.get("/stac/collections").json()["collections"]]
    links = [link for one in documents for link in one["links"]]
    assert [one for one in links if not one.get("title")] == []
    for address in {one["href"] for one in links if "/stac" in one["href"]}:
        assert rasters.get(address).status_code == 200, address
