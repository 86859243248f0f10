"""Edition on line: by the owner of a layer declared open to it, on the state that was read, in the CRS that was said."""

from __future__ import annotations

import json
from typing import Any

import pytest

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
ITEMS = "/collections/bancs/items"
GEOJSON = {"content-type": "application/geo+json"}
PATCH = {"content-type": "application/merge-patch+json"}


def bench(place: tuple[float, float] = (2.1955, 48.889), **properties: Any) -> dict[str, Any]:
    """A feature as an editor sends it."""
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": list(place)},
        "properties": {"nom": "nouveau", "etat": "bon", **properties},
    }


def send(served: Any, method: str, path: str, feature: Any, who: str | None = "owner", **headers: str) -> Any:
    """One write."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    kind = PATCH if method == "PATCH" else GEOJSON
    return served.request(method, path, content=json.dumps(feature), headers={**kind, **names}, who=who)


@pytest.fixture
def made(served: Any) -> Any:
    """A bench of this test's own: its path and its ETag."""
    response = send(served, "POST", ITEMS, bench(places=3))
    assert response.status == 201, response.content
    path = response.headers["location"].removeprefix("http://idg.test")
    return path, served.get(path, who="owner").headers["etag"]


def test_options_offers_post_to_whoever_may_write_and_to_nobody_else(served: Any) -> None:
    assert "POST" in served.request("OPTIONS", ITEMS, who="owner").headers["allow"]
    assert "POST" not in served.request("OPTIONS", ITEMS).headers["allow"]
    assert "POST" not in served.request("OPTIONS", ITEMS, who="partner").headers["allow"]
    assert "POST" not in served.request("OPTIONS", "/collections/lieux/items", who="owner").headers["allow"]


def test_a_created_feature_reads_back_where_it_was_put(served: Any, made: Any) -> None:
    feature = served.get(made[0], who="owner").json
    assert feature["geometry"] == {"type": "MultiPoint", "coordinates": [[2.1955, 48.889]]}
    assert feature["properties"] | {"id": 0} == {
        "id": 0, "nom": "nouveau", "etat": "bon", "places": 3, "pose": None, "secret": None, "commune": "92050",
    }  # fmt: skip


def test_coordinates_are_those_of_content_crs(served: Any) -> None:
    there = f"<{EPSG}2154>"
    response = send(served, "POST", ITEMS, bench((641000.5, 6866000.5)), content_crs=there)
    assert response.status == 201
    path = response.headers["location"].removeprefix("http://idg.test")
    stored = served.get(f"{path}?crs={EPSG}2154", who="owner").json["geometry"]["coordinates"]
    assert stored == [[641000.5, 6866000.5]]
    response = send(served, "POST", ITEMS, bench((48.889, 2.1955)), content_crs=f"<{EPSG}4326>")
    path = response.headers["location"].removeprefix("http://idg.test")
    assert served.get(path, who="owner").json["geometry"]["coordinates"] == [[2.1955, 48.889]]


@pytest.mark.parametrize("given", [f"<{EPSG}999999>", "2154", "<>", "", "<file:///etc/passwd>"])
def test_an_unknown_content_crs_is_400(served: Any, given: str) -> None:
    assert send(served, "POST", ITEMS, bench(), content_crs=given).status == 400


def test_metres_without_content_crs_are_refused_rather_than_stored_off_africa(served: Any) -> None:
    response = send(served, "POST", ITEMS, bench((641000.5, 6866000.5)))
    assert response.status == 422
    assert "Content-Crs" in response.json["detail"]


def test_a_write_without_the_state_it_starts_from_is_428(served: Any, made: Any) -> None:
    for method in ("PUT", "PATCH", "DELETE"):
        assert send(served, method, made[0], bench()).status == 428


def test_the_validator_of_a_compressed_answer_is_one_to_write_with(served: Any, made: Any) -> None:
    """It says W/, ours or that of a proxy that compresses; so may the list it comes in."""
    path, etag = made
    assert send(served, "PATCH", path, {"properties": {"places": 5}}, if_match=f"W/{etag}").status == 204
    assert send(served, "PATCH", path, {"properties": {"places": 6}}, if_match=f"W/{etag}").status == 412
    now = served.get(path, who="owner").headers["etag"]
    assert send(served, "DELETE", path, None, if_match=f'"else", W/{now}').status == 204


def test_a_write_on_a_state_that_moved_is_412(served: Any, made: Any) -> None:
    path, etag = made
    assert send(served, "PATCH", path, {"properties": {"places": 4}}, if_match=etag).status == 204
    assert send(served, "PUT", path, bench(), if_match=etag).status == 412
    assert send(served, "DELETE", path, None, if_match=etag).status == 412
    assert served.get(path, who="owner").json["properties"]["places"] == 4


def test_a_replacement_forgets_what_it_does_not_say(served: Any, made: Any) -> None:
    path, etag = made
    response = send(served, "PUT", path, bench(nom="autre"), if_match=etag)
    assert response.status == 204
    feature = served.get(path, who="owner")
    assert feature.json["properties"]["nom"] == "autre"
    assert feature.json["properties"]["places"] is None
    assert feature.headers["etag"].split("-")[0] == response.headers["etag"].split("-")[0] != etag.split("-")[0]


def test_the_state_read_in_lambert_93_may_be_written_in_degrees(served: Any, made: Any) -> None:
    path, _ = made
    etag = served.get(f"{path}?crs={EPSG}2154", who="owner").headers["etag"]
    assert send(served, "PATCH", path, {"properties": {"places": 9}}, if_match=etag).status == 204


def test_a_patch_moves_a_geometry_and_nothing_else(served: Any, made: Any) -> None:
    path, etag = made
    move = {"geometry": {"type": "Point", "coordinates": [2.196, 48.8895]}}
    assert send(served, "PATCH", path, move, if_match=etag).status == 204
    feature = served.get(path, who="owner").json
    assert feature["geometry"]["coordinates"] == [[2.196, 48.8895]]
    assert feature["properties"]["places"] == 3


def test_the_id_of_the_path_is_the_one_written_and_no_other(served: Any, made: Any) -> None:
    path, etag = made
    response = send(served, "PUT", path, {**bench(nom="pirate"), "id": 1}, if_match=etag)
    assert response.status == 409
    assert served.get(f"{ITEMS}/1").json["properties"]["nom"] == "banc 1"


def test_a_deleted_feature_is_gone(served: Any, made: Any) -> None:
    path, etag = made
    assert send(served, "DELETE", path, None, if_match=etag).status == 204
    assert served.get(path, who="owner").status == 404
    assert send(served, "DELETE", path, None, if_match=etag).status == 404


@pytest.mark.parametrize(
    ("feature", "member"),
    [
        (bench(inconnu=1), "inconnu"),
        (bench(nom=None), "nom"),
        (bench(nom="x" * 21), "nom"),
        (bench(places="trois"), "places"),
        (bench(places=1.5), "places"),
        (bench(places=2**40), None),
        (bench(pose="hier"), "pose"),
        (bench(etat="neuf"), "etat"),
        (bench(commune="92051"), "commune"),
        ({**bench(), "geometry": {"type": "LineString", "coordinates": [[2, 48], [2.1, 48]]}}, "geometry"),
        ({**bench(), "geometry": {"type": "Point", "coordinates": [2, 48, 3]}}, "geometry"),
        ({**bench(), "geometry": {"type": "Point", "coordinates": []}}, "geometry"),
        ({**bench(), "geometry": None}, "geometry"),
        ({**bench(), "geometry": {"type": "Cercle"}}, "geometry"),
        ({**bench(), "propriétés": {}}, "propriétés"),
    ],
)
def test_what_does_not_fit_the_model_is_422_and_named(served: Any, feature: Any, member: str | None) -> None:
    response = send(served, "POST", ITEMS, feature)
    assert response.status == 422, response.content
    if member:
        assert member in [fault["member"] for fault in response.json["errors"]]


@pytest.mark.parametrize(
    "body", ["{oops", "[]", '"x"', "{}", '{"type":"FeatureCollection"}', '{"type":"Feature","properties":[]}']
)
def test_an_unreadable_body_is_400(served: Any, body: str) -> None:
    assert served.request("POST", ITEMS, content=body, headers=GEOJSON, who="owner").status == 400


def test_a_body_of_another_kind_is_415(served: Any, made: Any) -> None:
    response = served.request(
        "PUT", made[0], content="<a/>", headers={"content-type": "text/xml", "if-match": made[1]}, who="owner"
    )
    assert response.status == 415


def test_only_the_owner_writes(served: Any, made: Any) -> None:
    path, etag = made
    for who in ("partner", None):
        refusal = 401 if who is None else 403
        assert send(served, "POST", ITEMS, bench(), who=who).status == refusal
        assert send(served, "PUT", path, bench(), who=who, if_match=etag).status == refusal
        assert send(served, "DELETE", path, None, who=who, if_match=etag).status == refusal


def test_a_layer_not_declared_open_to_edition_is_405(served: Any) -> None:
    assert send(served, "POST", "/collections/troncons/items", bench()).status == 405


def test_the_hidden_column_of_a_layer_is_an_unknown_word_to_others(served: Any) -> None:
    hidden = served.get(f"{ITEMS}?filter=secret%3D%27chut%27", who="partner")
    never = served.get(f"{ITEMS}?filter=jamais%3D%27chut%27", who="partner")
    assert (hidden.status, never.status) == (400, 400)
    assert hidden.content.replace(b"secret", b"jamais") == never.content
    assert "secret" not in served.get("/collections/bancs/schema", who="partner").json["properties"]
    assert "secret" in served.get("/collections/bancs/schema", who="owner").json["properties"]
    for query in ("sortby=secret", "properties=secret", "secret=chut", "q=chut"):
        response = served.get(f"{ITEMS}?{query}", who="partner")
        assert response.status == 400 or response.json["numberMatched"] == 0


def test_a_count_follows_every_write(served: Any) -> None:
    before = served.items("limit=1", "bancs")["numberMatched"]
    assert served.items("limit=1", "bancs")["numberMatched"] == before
    assert send(served, "POST", ITEMS, bench()).status == 201
    assert served.items("limit=1", "bancs")["numberMatched"] == before + 1


def test_a_page_already_held_is_304_until_somebody_writes(served: Any) -> None:
    page = served.get(f"{ITEMS}?limit=2")
    held = {"if-none-match": page.headers["etag"]}
    assert served.get(f"{ITEMS}?limit=2", headers=held).status == 304
    assert send(served, "POST", ITEMS, bench()).status == 201
    assert served.get(f"{ITEMS}?limit=2", headers=held).status == 200


def test_two_writers_from_the_same_state_one_is_refused(served: Any, made: Any) -> None:
    path, etag = made
    first = send(served, "PATCH", path, {"properties": {"places": 1}}, if_match=etag)
    second = send(served, "PATCH", path, {"properties": {"places": 2}}, if_match=etag)
    assert (first.status, second.status) == (204, 412)


# QGIS 3.32 and later, as it writes: OPTIONS to know what it may do, Content-Crs without brackets, never If-Match.

LAMPS = "/collections/lampes/items"


def qgis(served: Any, method: str, path: str, content: Any = None, **headers: str) -> Any:
    """One request as the OAPIF provider of QGIS sends it."""
    kinds = {"POST": "application/geo+json", "PATCH": "application/merge-patch+json"}
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    if method in kinds:
        told["content-type"] = kinds[method]
    body = None if content is None else json.dumps(content)
    return served.request(method, path, content=body, headers=told, who="owner")


def test_qgis_creates_moves_describes_and_deletes_a_feature(served: Any) -> None:
    verbs = {
        verb.strip()
        for path in (LAMPS, f"{LAMPS}/unknown_id")
        for verb in qgis(served, "OPTIONS", path).headers["allow"].split(",")
    }
    assert {"POST", "PUT", "PATCH", "DELETE"} <= verbs

    # A new feature has all the fields of the layer, its id empty, and the coordinates of the layer's CRS.
    new = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [641000.5, 6866000.5]},
        "properties": {"id": None, "nom": "n1", "allumee": True, "pose": "2024-05-06", "hauteur": 4.5},
    }
    created = qgis(served, "POST", LAMPS, new, Content_Crs=f"{EPSG}2154")
    assert created.status == 201, created.content
    path = LAMPS + "/" + created.headers["location"].rpartition("/items/")[2]
    feature = served.get(f"{path}?crs={EPSG}2154", who="owner").json
    assert feature["geometry"]["coordinates"] == [641000.5, 6866000.5]
    assert feature["properties"] | {"id": 0} == new["properties"] | {"id": 0}

    moved = {"geometry": {"type": "Point", "coordinates": [641002.5, 6866001.5]}}
    assert qgis(served, "PATCH", path, moved, Content_Crs=f"{EPSG}2154").status == 204
    assert qgis(served, "PATCH", path, {"properties": {"nom": "n2", "hauteur": None}}).status == 204
    feature = served.get(f"{path}?crs={EPSG}2154", who="owner").json
    assert feature["geometry"]["coordinates"] == [641002.5, 6866001.5]
    assert (feature["properties"]["nom"], feature["properties"]["hauteur"]) == ("n2", None)
    assert feature["properties"]["allumee"] is True

    assert qgis(served, "DELETE", path).status == 204
    assert qgis(served, "DELETE", path).status == 404
    assert qgis(served, "PATCH", path, {"properties": {"nom": "n3"}}).status == 404


def test_where_if_match_is_optional_it_still_holds_when_given_and_a_replacement_needs_it(served: Any) -> None:
    new = bench() | {"properties": {"nom": "p"}}
    path = send(served, "POST", LAMPS, new).headers["location"].removeprefix("http://idg.test")
    etag = served.get(path, who="owner").headers["etag"]
    assert send(served, "PUT", path, new).status == 428
    assert send(served, "PATCH", path, {"properties": {"nom": "q"}}).status == 204
    for method in ("PUT", "PATCH", "DELETE"):
        assert send(served, method, path, new, if_match=etag).status == 412
    assert send(served, "PATCH", path, {"properties": {"nom": "r"}}, who="partner").status == 403


def test_what_the_owner_reads_and_may_not_write_may_be_sent_back_as_it_is(served: Any) -> None:
    read = served.get(f"{ITEMS}/3", who="owner")
    assert read.json["properties"]["secret"] == "chut"
    schema = served.get("/collections/bancs/schema", who="owner").json
    assert schema["additionalProperties"] is False
    assert schema["properties"]["secret"]["readOnly"] is True
    assert "readOnly" not in schema["properties"]["nom"]
    body = {name: value for name, value in read.json.items() if name != "links"}
    for changed, status in ((body, 204), (body | {"properties": {**body["properties"], "secret": "autre"}}, 422)):
        now = served.get(f"{ITEMS}/3", who="owner").headers["etag"]
        response = served.request(
            "PUT", f"{ITEMS}/3", json=changed, who="owner",
            headers={"content-type": "application/geo+json", "if-match": now},
        )  # fmt: skip
        assert response.status == status, response.content
    assert served.get(f"{ITEMS}/3", who="owner").json["properties"] == read.json["properties"]


def test_the_small_rules_of_writing(served: Any) -> None:
    options = served.request("OPTIONS", ITEMS, who="owner")
    assert (options.status, options.headers["accept-post"]) == (200, "application/geo+json")
    assert served.request("PATCH", f"{ITEMS}/3", content=b"{}", who="owner").status == 400
    assert served.request("POST", ITEMS, content=b"{}", who="owner").status == 400
    now = served.get(f"{ITEMS}/3", who="owner").headers["etag"]
    unwanted = {"content-type": "application/merge-patch+json", "if-match": now, "if-none-match": "*"}
    assert served.request("PATCH", f"{ITEMS}/3", json={}, headers=unwanted, who="owner").status == 412
    bare = served.request(
        "POST", ITEMS, json={"type": "Feature"}, headers={"content-type": "application/geo+json"}, who="owner"
    )
    assert bare.status == 422
    assert {"geometry", "properties"} <= {one["member"] for one in bare.json["errors"]}


def test_each_change_tells_who_made_it_for_which_body_and_what(served: Any, made: Any) -> None:
    path, etag = made
    assert send(served, "PATCH", path, {"properties": {"places": 7}}, if_match=etag).status == 204
    etag = served.get(path, who="owner").headers["etag"]
    assert send(served, "PUT", path, bench(), if_match=etag).status == 204
    told = served.get(f"{path}/history", who="owner").json["edits"]
    assert [(one["action"], one["author"], one["organisation"]) for one in told] == [
        ("update", "owner", "92050"), ("update", "owner", "92050"), ("create", "owner", "92050"),
    ]  # fmt: skip
    assert told[1]["attributes"] == ["places"]
    assert not told[1]["geometry"]
    assert told[0]["geometry"]


def test_the_account_that_wrote_is_told_to_those_who_may_write_only(served: Any, made: Any) -> None:
    for who in ("partner", None):
        (edit,) = served.get(f"{made[0]}/history", who=who).json["edits"]
        assert edit["organisation"] == "92050"
        assert "author" not in edit


def test_a_deleted_feature_has_a_history_for_its_owner_and_is_absent_for_others(served: Any, made: Any) -> None:
    path, etag = made
    assert send(served, "DELETE", path, None, if_match=etag).status == 204
    assert served.get(f"{path}/history", who="owner").json["edits"][0]["action"] == "delete"
    gone, absent = (served.get(f"{one}/history", who="partner") for one in (path, f"{ITEMS}/999999"))
    assert gone.status == absent.status == 404
    assert gone.json["detail"] == absent.json["detail"]


def test_a_write_that_is_refused_leaves_no_trace(served: Any, made: Any) -> None:
    path, etag = made
    assert send(served, "PATCH", path, {"properties": {"places": 7}}, if_match='"autre"').status == 412
    assert send(served, "PATCH", path, {"properties": {"nom": "n" * 21}}, if_match=etag).status == 422
    assert len(served.get(f"{path}/history", who="owner").json["edits"]) == 1
