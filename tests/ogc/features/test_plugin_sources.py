"""Collections that provider plug-ins of pygeoapi read: the parameters, the rights, the failures, every route."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from pyproj import Transformer

from mig_idg.app import create
from mig_idg.database import connect
from mig_idg.demonstration import adhesion
from mig_idg.errors import InvalidParameter
from mig_idg.publication.publish import InvalidCollections, check_folder, check_form, publish
from mig_idg.registry import datasets, terms, tokens
from mig_idg.registry.acts import Evidence, Record
from mig_idg.registry.terms import Terms
from mig_idg.settings import Settings

from .conftest import BASE, NOW, TODAY, Client

HERE = Path(__file__).parent
HOW_TO = Path(__file__).parents[3] / "docs/how-to/plugin-source.md"
MODULES = ("mig_idg.ogc.processes", "pygeoapi.provider", "providers_of_others", "town_providers")
TREES = [
    {"id": f"t{i}", "essence": "tilleul" if i % 2 else "orme, pleureur", "hauteur": i / 2, "rang": i,
     "plante": f"20{10 + i}-03-01", "lon": 2.2 + i / 1000, "lat": 48.9}
    for i in range(12)
]  # fmt: skip
DECLARATION = """
id: {id}
title: {{fr: {id}, en: {id}}}
description: {{fr: Des objets tirés pour l'essai., en: Objects drawn for the test.}}
keywords: [essai]
update_frequency: monthly
scale: [5000, 500]
topics: [location]
lineage: {{fr: Tiré pour l'essai., en: Drawn for the test.}}
kind: mutualised
owner: "92050"
source:
  {source}
{more}
"""
OPEN = "licence: LO-2.0\nterms: {mode: all_partners, actions: [view, query, download]}"
CLOSED = "terms: {mode: all_partners, actions: [view, query, download]}"


def bad(kind: str) -> str:
    return f"plugin: {{name: providers_of_others.Bad, data: {kind}, id_field: code, seconds: 1, memory_mb: 512}}"


def sources(folder: Path) -> dict[str, tuple[str, str]]:
    """Each collection: its source, and what else its declaration says."""
    table = "geometry: {x_field: lon, y_field: lat}"
    return {
        "arbres": (f"plugin: {{name: CSV, data: {folder}/arbres.csv, id_field: id, {table}, time_field: plante}}", OPEN),
        "bornes": (f"plugin: {{name: GeoJSON, data: {folder}/bornes.geojson, id_field: id}}", OPEN),
        "lampes": ("plugin: {name: providers_of_others.Lamps, data: x, id_field: code, time_field: pose}\n"
                   '  crs: "EPSG:2154"', OPEN),
        "ville": ('plugin: {name: town_providers.lamps.Lamps, data: none, id_field: code}\n  crs: "EPSG:2154"', OPEN),
        "filtre": ("plugin: {name: providers_of_others.Filtering, data: x, id_field: code}", OPEN),
        "air": ("plugin: {name: providers_of_others.Grid, type: coverage, data: x,"
                " members: {format: {name: netcdf, mimetype: application/x-netcdf}}}", OPEN),
        "relief": (f"plugin: {{name: rasterio, type: coverage, data: {folder}/relief.tif}}\n  crs: 'EPSG:2154'", OPEN),
        "bouees": ("plugin: {name: providers_of_others.Buoys, type: edr, data: x}", OPEN),
        "sonde": ("plugin: {name: providers_of_others.Grid, type: coverage, data: x}", CLOSED),
        "lente": ("plugin: {name: providers_of_others.Slow, data: x, id_field: code}", OPEN),
        "partie": ("plugin: {name: providers_of_others.Lamps, data: x, id_field: code}", CLOSED),
        "secret": (f"plugin: {{name: CSV, data: {folder}/arbres.csv, id_field: id, {table}}}", CLOSED),
        **{kind: (bad(kind), OPEN) for kind in ("hangs", "dies", "leaks", "fails", "peeks")},
    }  # fmt: skip


def declared(folder: Path, id: str, source: str, more: str) -> None:
    (folder / f"{id}.yml").write_text(DECLARATION.format(id=id, source=source, more=more))


@pytest.fixture(scope="module")
def application(database_url: str, app_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The whole application, and its secrets."""
    data, folder = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("collections")
    with (data / "arbres.csv").open("w") as file:
        writer = csv.DictWriter(file, TREES[0])
        writer.writeheader()
        writer.writerows(TREES)
        file.write("t99,sans lieu,1.5,99,2030-01-01,,\n")
    features = [
        {"type": "Feature", "id": i, "properties": {"nom": f"=borne {i}", "n": i},
         "geometry": {"type": "Point", "coordinates": [2.2 + i / 1000, 48.9]} if i else None}
        for i in range(5)
    ]  # fmt: skip
    with rasterio.open(
        data / "relief.tif", "w", driver="GTiff", width=4, height=3, count=1, dtype="float32", crs="EPSG:2154",
        transform=rasterio.transform.from_origin(640000, 6870000, 10, 10),
    ) as made:  # fmt: skip
        made.write(np.arange(12, dtype="float32").reshape(1, 3, 4))
    (data / "bornes.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    for id, (source, more) in sources(data).items():
        declared(folder, id, source, more)
    (data / "town_providers").mkdir()
    (data / "town_providers" / "lamps.py").write_text(re.findall(r"```python\n(.*?)```", HOW_TO.read_text(), re.S)[0])
    with connect(database_url) as connection, pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYTHONPATH", f"{HERE}:{data}")
        adhesion.adopt(connection, TODAY)
        publish(connection, folder, author="test", on=date(2026, 1, 2), modules=MODULES)
        secrets = {}
        for login, body in (("owner", "92050"), ("partner", "92026")):
            tokens.open_account(connection, login, name=login, organisation=body, author="test")
            secrets[login] = tokens.issue(connection, login, author="test")[1]
        connection.commit()
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PYTHONPATH", f"{HERE}:{data}")
        settings = Settings(journal=False, base_url=BASE, plugin_modules=MODULES)
        made = create.create_app(settings, app_url, clock=lambda: NOW)
        with asyncio.Runner() as runner:
            runner.run(made._start())
            yield made, Client(made, runner, secrets)
            runner.run(made._stop())
            made.guard.current._drop()


@pytest.fixture
def client(application: Any) -> Client:
    return application[1]


def ids(document: Any) -> list[str]:
    return [str(one["id"]) for one in document["features"]]


def test_pages_follow_one_another_to_the_end(client: Client) -> None:
    path, seen, matched = "/collections/arbres/items?limit=5", [], set()
    while path:
        page = client.get(path).json
        seen += ids(page)
        matched.add(page["numberMatched"])
        path = next((one["href"] for one in page["links"] if one["rel"] == "next"), "")
    assert seen == [one["id"] for one in TREES] + ["t99"]
    assert matched == {13}


@pytest.mark.parametrize(
    ("collection", "query", "expected"),
    [
        ("arbres", "bbox=2.2015,48.8,2.2035,49", ["t2", "t3"]),
        ("arbres", "rang=3", ["t3"]),
        ("arbres", "essence=orme,%20pleureur&rang=4", ["t4"]),
        ("arbres", "rang=3.0", ["t3"]),
        ("arbres", "datetime=2012-01-01/2013-12-31", ["t2", "t3"]),
        ("arbres", "datetime=2014-03-01", ["t4"]),
        ("arbres", "sortby=-rang&limit=2", ["t99", "t11"]),
        ("arbres", "sortby=-essence,rang&limit=2", ["t1", "t3"]),
        ("arbres", "q=LIEU", ["t99"]),
        ("arbres", "offset=11", ["t11", "t99"]),
        ("arbres", "offset=50", []),
        ("bornes", "bbox=2.2005,48.8,2.2025,49", ["1", "2"]),  # the one without geometry is in no box
        ("bornes", "n=3", ["3"]),
        ("bornes", "nom=%3Dborne%203", ["3"]),
        ("lampes", "puissance=20", ["L2"]),
        ("lampes", "datetime=2024-02-01", ["L1", "L4", "L7"]),
        ("lampes", "sortby=-code&limit=1&offset=1", ["L6"]),
    ],
)
def test_each_condition_is_honoured_whether_the_plugin_does_it_or_not(
    client: Client, collection: str, query: str, expected: list[str]
) -> None:
    assert ids(client.items(query, collection)) == expected


def test_boxes_and_coordinates_are_right_in_each_crs(client: Client) -> None:
    move = Transformer.from_crs(2154, 4326, always_xy=True).transform
    lon, lat = move(652300.0, 6862000.0)
    box = f"bbox={lon - 0.0005},{lat - 0.0005},{lon + 0.0005},{lat + 0.0005}"
    (found,) = client.items(box, "lampes")["features"]
    assert found["id"] == "L3"
    assert found["geometry"]["coordinates"] == pytest.approx([lon, lat], abs=1e-6)
    own = "http://www.opengis.net/def/crs/EPSG/0/2154"
    answer = client.get(f"/collections/lampes/items?bbox=652250,6861990,652350,6862010&bbox-crs={own}&crs={own}")
    assert answer.json["features"][0]["geometry"]["coordinates"] == [652300.0, 6862000.0]
    assert answer.headers["content-crs"] == f"<{own}>"
    flipped = "http://www.opengis.net/def/crs/EPSG/0/4326"
    item = client.get(f"/collections/lampes/items/L3?crs={flipped}").json
    assert item["geometry"]["coordinates"] == pytest.approx([lat, lon], abs=1e-6)
    assert client.get("/collections/lampes/items?crs=http://www.opengis.net/def/crs/EPSG/0/9999").status == 400


def test_properties_and_geometry_are_those_asked_for(client: Client) -> None:
    (one,) = client.items("properties=rang&skipGeometry=true&limit=1", "arbres")["features"]
    assert one["properties"] == {"rang": 0}
    assert one["geometry"] is None
    hits = client.items("resulttype=hits&rang=4", "arbres")
    assert (hits["numberMatched"], hits["features"]) == (1, [])


@pytest.mark.parametrize(
    ("collection", "query", "parameter"),
    [
        ("arbres", "filter=rang=3", "filter"),
        ("arbres", "after=xyz", "after"),
        ("arbres", "simplify=3", "simplify"),
        ("bornes", "datetime=2020-01-01", "datetime"),
        ("arbres", "inconnu=1", "inconnu"),
        ("arbres", "properties=inconnu", "properties"),
        ("arbres", "sortby=inconnu", "sortby"),
        ("arbres", "bbox=1,2", "bbox"),
        ("arbres", "limit=0", "limit"),
        ("arbres", "f=gpkg", "f"),
    ],
)
def test_what_cannot_be_honoured_is_refused_by_its_name(
    client: Client, collection: str, query: str, parameter: str
) -> None:
    answer = client.get(f"/collections/{collection}/items?{query}")
    assert (answer.status, answer.json.get("parameter")) == (400, parameter), answer.json


def test_items_by_their_ids_and_the_missing_ones(client: Client) -> None:
    found = client.get("/collections/arbres/items/t3").json
    assert (found["id"], found["properties"]["rang"]) == ("t3", 3)
    for collection in ("arbres", "bornes", "lampes"):
        missing = client.get(f"/collections/{collection}/items/zzz")
        assert (missing.status, missing.json["code"]) == (404, "not-found")


def test_schemas_tell_the_fields_of_the_plugin(client: Client) -> None:
    for kind in ("schema", "queryables", "sortables"):
        told = client.get(f"/collections/lampes/{kind}").json["properties"]
        assert {"code", "puissance", "pose"} <= set(told)
    schema = client.get("/collections/lampes/schema").json["properties"]
    assert schema["puissance"]["type"] == "integer"
    assert schema["pose"]["format"] == "date"
    assert schema["code"]["x-ogc-role"] == "id"


def test_csv_and_pages(client: Client) -> None:
    rows = list(csv.reader(io.StringIO(client.get("/collections/bornes/items?f=csv").content.decode())))
    assert rows[0] == ["id", "nom", "n", "x", "y"]
    assert rows[1] == ["0", "'=borne 0", "0", "", ""]
    assert len(rows) == 6
    assert "attachment" in client.get("/collections/bornes/items?f=csv").headers["content-disposition"]
    for path in ("items", "items/1"):
        page = client.get(f"/collections/bornes/{path}?f=html")
        assert page.status == 200
        assert b"=borne 1" in page.content
    for path in ("schema?f=html", "queryables?f=html", "?f=html", "access?f=html", "items?f=html&limit=2&bbox=0,0,1,1"):
        assert client.get(f"/collections/bornes/{path}".replace("/?", "?")).status == 200, path


def test_rights_are_those_of_any_collection(client: Client) -> None:
    for path in ("items", "items/t1", "items?f=csv", "schema", "queryables"):
        assert client.get(f"/collections/secret/{path}").status in (401, 404), path
        assert client.get(f"/collections/secret/{path}", who="partner").status == 200, path
    assert "no-store" in client.get("/collections/secret/items", who="partner").headers["cache-control"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_is_written(client: Client, method: str) -> None:
    body = {"content": b"{}", "headers": {"content-type": "application/geo+json"}}
    path = "/collections/arbres/items" + ("" if method == "POST" else "/t1")
    for who in (None, "owner", "partner"):
        assert client.request(method, path, who=who, **body).status in (401, 403, 405)


@pytest.mark.parametrize("kind", ["hangs", "dies", "leaks", "fails"])
def test_a_failure_of_the_plugin_is_told_and_the_next_request_is_served(client: Client, kind: str) -> None:
    assert client.get(f"/collections/{kind}/schema").status == 200
    for path in ("items", "items?bbox=1,2,3,4"):
        answer = client.get(f"/collections/{kind}/{path}")
        assert (answer.status, answer.json["collection"]) == (503, kind)
        assert "retry-after" in answer.headers
        assert b"secret" not in answer.content
        assert b"Traceback" not in answer.content
    assert client.get(f"/collections/{kind}/schema").status == 200
    assert len(client.items("", "arbres")["features"]) == 13


def test_no_setting_of_ours_is_in_the_environment_of_a_plugin(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    (one,) = client.items("limit=1", "peeks")["features"]
    assert "PATH" in one["properties"]["code"]
    assert "IDG_SESSION_SECRET" not in one["properties"]["code"]
    assert "IDG_SERVE_DATABASE_URL" not in one["properties"]["code"]


def test_the_plugin_of_the_how_to_is_served(client: Client) -> None:
    page = client.items("", "ville")
    assert (ids(page), page["numberMatched"]) == (["L1", "L2"], 2)
    assert ids(client.items("watts=70", "ville")) == ["L2"]
    assert ids(client.items("limit=1&offset=1", "ville")) == ["L2"]
    assert client.get("/collections/ville/items/L2").json["properties"]["watts"] == 70


def test_a_filter_goes_to_the_plugin_that_takes_it(client: Client) -> None:
    assert ids(client.items("filter=code='L3'", "filtre")) == ["L3"]
    asked = "filter-lang=cql2-json&filter=" + json.dumps({"op": "=", "args": [{"property": "code"}, "L4"]})
    assert ids(client.items(asked, "filtre")) == ["L4"]
    answer = client.get("/collections/filtre/items?filter=inconnu='L3'")
    assert answer.status == 400
    refused = client.get("/collections/filtre/items?filter=code>'L3'")
    assert (refused.status, refused.json["parameter"]) == (400, "filter")


def test_one_caller_does_not_take_the_whole_of_a_plugin(client: Client) -> None:
    async def together() -> list[int]:
        asked = [client._http.get("/collections/lente/items") for _ in range(8)]
        return [one.status_code for one in await asyncio.gather(*asked)]

    statuses = client._runner.run(together())
    assert set(statuses) == {200, 429}
    assert statuses.count(200) == 4
    assert client.get("/collections/lente/items").status == 200


def test_a_decision_that_would_hide_a_part_refuses_the_whole(
    client: Client, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = Record(TODAY, "test", Evidence("letter", "x", TODAY))
    mine = Terms("all_partners", ("view", "query", "download"), own_territory=True)
    with connect(database_url) as connection, pytest.raises(InvalidParameter) as refused:
        terms.set_terms(connection, "partie", mine, record)
    assert "plug-in" in refused.value.text("en")
    assert client.get("/collections/partie/items", who="partner").status == 200
    with connect(database_url) as connection:  # as if it had been said before it was a plug-in's
        monkeypatch.setattr(datasets, "require_rows", lambda *_: None)
        terms.set_terms(connection, "partie", mine, record)
        connection.commit()
    for path in ("items", "items/L1", "items?f=csv", "items?resulttype=hits", "schema", "queryables", "sortables"):
        answer = client.get(f"/collections/partie/{path}", who="partner")
        assert answer.status == 403, (path, answer.content)
        assert b"puissance" not in answer.content


def test_the_api_definition_says_what_is_taken(client: Client) -> None:
    paths = client.get("/openapi?f=json").json["paths"]
    taken = {one.get("$ref", "").rsplit("/", 1)[-1] for one in paths["/collections/arbres/items"]["get"]["parameters"]}
    assert {"bbox", "limit", "offset", "datetime"} <= taken
    assert not {"after", "simplify"} & taken
    assert "post" not in paths["/collections/arbres/items"]
    assert {"/collections/arbres/items/{item}", "/collections/arbres/queryables"} <= set(paths)
    assert not any(path.startswith("/collections/arbres/tiles") for path in paths)


def test_every_route_answers_for_such_a_collection_without_failing(application: Any, client: Client) -> None:
    values = {"item": "t1", "tms": "WebMercatorQuad", "z": "14", "row": "5633", "col": "8293"}
    walked = 0
    for route in application[0].guard.routes.all:
        if "{collection}" not in route.pattern:
            continue
        for collection in ("arbres", "secret"):
            known = {**values, "collection": collection}
            path = re.sub(r"{\*?(\w+)}", lambda found, known=known: known.get(found[1], "x"), route.pattern)
            for method in route.methods:
                for who in (None, "owner", "partner"):
                    answer = client.request(method, path, who=who)
                    assert answer.status < 500, (method, path, who, answer.content)
                    if answer.status == 200 and method == "GET":
                        assert "/tiles" not in path
                        assert "/coverage" not in path
                    if collection == "secret" and who is None:
                        assert b"tilleul" not in answer.content
                    walked += 1
    assert walked > 60
    for path in (
        "/collections",
        "/collections/arbres",
        "/",
        "/openapi",
        "/stac/search",
        "/wmts?service=WMTS&request=GetCapabilities",
    ):
        assert client.get(path).status in (200, 404), path


def test_the_collection_says_what_is_there_and_no_more(client: Client) -> None:
    told = client.get("/collections/lampes").json
    assert told["itemType"] == "feature"
    assert told["storageCrs"].endswith("/2154")
    rels = {(one["rel"], one.get("type")) for one in told["links"]}
    assert ("items", "text/csv") in rels
    assert not any("tilesets" in rel or kind == "application/geopackage+sqlite3" for rel, kind in rels)
    for one in told["links"]:
        if one["href"].startswith(BASE):
            assert client.get(one["href"]).status == 200, one


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ("terms: {mode: all_partners, actions: [query], hidden_attributes: [rang]}", "hidden_attributes"),
        ("terms: {mode: all_partners, actions: [query], rows: own_territory}", "rows"),
        ("exceptions: [{ground: E1, attributes: [rang], legal: CRPA, author: x, review: 2027-01-01}]", "attributes"),
        ("territory: commune", "territory"),
        ("editing: {enabled: true}", "editing"),
        ("services: [features, tiles]", "services"),
    ],
)
def test_a_part_cannot_be_withheld_and_the_check_says_where(
    database_url: str, application: Any, tmp_path: Path, more: str, word: str
) -> None:
    declared(tmp_path, "plug", "plugin: {name: CSV, data: x.csv, id_field: id}", more)
    (error, *_) = check_form(tmp_path).errors
    assert "greffon" in error.text("fr")
    assert "plug-in" in error.text("en")
    line = (tmp_path / "plug.yml").read_text().splitlines().index(more) + 1
    assert error.line == line or word == "services"
    with connect(database_url) as connection, pytest.raises(InvalidCollections):
        check_folder(connection, tmp_path, modules=MODULES)


@pytest.mark.parametrize("name", ["pygeoapi.provider.csv_.Nothing", "pygeoapi.provider.nowhere.X", "Nonesuch"])
def test_a_plugin_that_is_not_there_is_told_before_it_is_published(
    database_url: str, application: Any, tmp_path: Path, name: str
) -> None:
    declared(tmp_path, "plug", f"plugin: {{name: {name}, data: x}}", CLOSED)
    with connect(database_url) as connection, pytest.raises(InvalidCollections) as refused:
        check_folder(connection, tmp_path, modules=MODULES)
    (error,) = refused.value.errors
    assert "Error" in error.text("en")
    assert error.line == 13


def test_a_plugin_out_of_the_allow_list_is_refused(database_url: str, application: Any, tmp_path: Path) -> None:
    declared(tmp_path, "plug", "plugin: {name: os.path.Join, data: x}", CLOSED)
    with connect(database_url) as connection, pytest.raises(InvalidCollections) as refused:
        check_folder(connection, tmp_path, modules=MODULES)
    assert "IDG_PLUGIN_MODULES" in str(refused.value)


COVERAGE = "/collections/air/coverage"


@pytest.mark.parametrize(
    ("query", "shape", "first"),
    [
        ("", [3, 3, 4], 0.0),
        ("bbox=2.15,48.75,2.35,49", [3, 2, 2], 5.0),
        ("subset=Lon(2.3:2.4),Lat(48.7)", [3, 1, 2], 2.0),
        ("datetime=2025-06-02", [1, 3, 4], 12.0),
        ("datetime=2025-06-02/..", [2, 3, 4], 12.0),
        ('subset=time("2025-06-03T00:00:00Z":"2025-06-04T00:00:00Z")', [1, 3, 4], 24.0),
    ],
)
def test_a_coverage_is_cut_whether_the_plugin_does_it_or_not(
    client: Client, query: str, shape: list[int], first: float
) -> None:
    answer = client.get(f"{COVERAGE}?{query}")
    assert answer.status == 200, answer.content
    assert answer.headers["content-type"] == "application/prs.coverage+json"
    for name in ("air", "sol"):
        array = answer.json["ranges"][name]
        assert (array["shape"], array["values"][0]) == (shape, first)
        assert len(array["values"]) == np.prod(shape)


def test_only_the_fields_asked_for_are_given(client: Client) -> None:
    told = client.get(f"{COVERAGE}?properties=sol").json
    assert list(told["ranges"]) == list(told["parameters"]) == ["sol"]
    assert client.get(f"{COVERAGE}?properties=eau").json["parameter"] == "properties"


def test_a_file_of_the_plugin_is_given_as_it_is_or_refused(client: Client) -> None:
    answer = client.get(f"{COVERAGE}?f=netcdf")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/x-netcdf")
    assert answer.content == b"grid of []"
    refused = client.get(f"{COVERAGE}?f=netcdf&bbox=2.15,48.75,2.35,49")  # it would be the whole
    assert (refused.status, refused.json["parameter"]) == (400, "bbox")


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("subset=depth(1:2)", "subset"),
        ("subset=Lat(3:1)", "subset"),
        ("subset=Lat(", "subset"),
        ("bbox=1,2", "bbox"),
        ("datetime=never", "datetime"),
        ("crs=http://www.opengis.net/def/crs/EPSG/0/2154", "crs"),
        ("scale-factor=2", "scale-factor"),
        ("f=png", "f"),
    ],
)
def test_what_a_coverage_cannot_honour_is_refused_by_its_name(client: Client, query: str, parameter: str) -> None:
    answer = client.get(f"{COVERAGE}?{query}")
    assert (answer.status, answer.json.get("parameter")) == (400, parameter), answer.json


def test_nothing_there_is_said_so(client: Client) -> None:
    answer = client.get(f"{COVERAGE}?bbox=3,40,4,41")
    assert (answer.status, answer.json["collection"]) == (400, "air")


def test_pygeoapis_own_raster_plugin_is_served_in_the_crs_of_its_file(client: Client) -> None:
    own = "http://www.opengis.net/def/crs/EPSG/0/2154"
    told = client.get(f"/collections/relief/coverage?bbox=640010,6869980,640030,6870000&bbox-crs={own}").json
    ((_, array),) = told["ranges"].items()
    assert array["values"] == [1.0, 2.0, 5.0, 6.0]
    file = client.get("/collections/relief/coverage?f=gtiff")
    with rasterio.MemoryFile(file.content) as memory, memory.open() as opened:
        assert opened.read(1).tolist() == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]
    refused = client.get("/collections/relief/coverage?datetime=2025-01-01")
    assert (refused.status, refused.json["parameter"]) == (400, "datetime")


def test_values_at_places_are_those_of_the_plugin(client: Client) -> None:
    told = client.get("/collections/bouees/position?coords=POINT(2.2 48.9)&parameter-name=houle").json
    assert told["domain"]["axes"]["x"]["values"] == [2.2]
    assert list(told["ranges"]) == ["houle"]
    one = client.get("/collections/bouees/position?coords=POINT(2.2 48.9)&datetime=2025-06-03").json
    assert one["ranges"]["houle"]["values"] == [2.0]
    cube = client.get("/collections/bouees/cube?bbox=2.05,48.85,2.15,49").json
    assert cube["ranges"]["houle"]["values"] == [2.0]
    places = client.get("/collections/bouees/locations")
    assert (places.headers["content-type"], ids(places.json)) == ("application/geo+json", ["b1"])
    assert client.get("/collections/bouees/locations/b1").json["id"] == "b1"


@pytest.mark.parametrize(
    ("path", "status", "parameter"),
    [
        ("position?coords=POLYGON((0 0,1 0,1 1,0 0))", 400, "coords"),
        ("position", 400, "coords"),
        ("position?coords=POINT(2 48)&z=3", 400, "z"),
        ("position?coords=POINT(2 48)&parameter-name=vent", 400, "parameter-name"),
        ("position?coords=POINT(2 48)&within=3", 400, "within"),
        ("cube", 400, "bbox"),
        ("radius?coords=POINT(2 48)&within=3&within-units=km", 400, None),  # the plug-in has no such query
        ("locations/zzz", 404, None),
        ("coverage", 404, None),
        ("items", 404, None),
    ],
)
def test_what_edr_cannot_honour_is_refused(client: Client, path: str, status: int, parameter: str | None) -> None:
    answer = client.get(f"/collections/bouees/{path}")
    assert (answer.status, answer.json.get("parameter")) == (status, parameter), answer.json


def test_coverages_and_values_are_described(client: Client) -> None:
    assert client.get("/collections/bouees/schema").json["properties"]["houle"]["x-ogc-unit"] == "m"
    links = {one["rel"].rsplit("/", 1)[-1] for one in client.get("/collections/air").json["links"]}
    assert {"coverage", "schema"} <= links
    paths = client.get("/openapi").json["paths"]
    assert {"/collections/bouees/position", "/collections/bouees/cube", "/collections/air/coverage"} <= paths.keys()
    assert not {"/collections/bouees/coverage", "/collections/air/items", "/collections/arbres/cube"} & paths.keys()


def test_coverages_are_under_the_rights_of_any_collection(client: Client) -> None:
    for path in ("coverage", "schema"):
        assert client.get(f"/collections/sonde/{path}").status in (401, 404), path
        assert client.get(f"/collections/sonde/{path}", who="partner").status == 200, path
