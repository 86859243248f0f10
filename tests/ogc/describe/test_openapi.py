"""The API definition: sound, sufficient, and silent on what the caller may not know."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from openapi_spec_validator import validate
from tests.ogc.describe.conftest import PARTNER, Asking

from mig_idg.app.create import every_route, identity, remark_routes, utc_now
from mig_idg.charter import Facts
from mig_idg.database.pool import Pool, PoolLimits
from mig_idg.guard.evaluation import Evaluation
from mig_idg.guard.operation import TAGS
from mig_idg.guard.route import Route
from mig_idg.guard.snapshot import Snapshot
from mig_idg.jobs import Records
from mig_idg.ogc.describe import DECISIONS
from mig_idg.ogc.describe.openapi.parameters import components
from mig_idg.ogc.describe.operations import LANDING
from mig_idg.settings import Settings
from mig_idg.store.query import Limits


def every_reference(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for inner in value.values():
            yield from every_reference(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from every_reference(inner)


def parameters(document: Any, path: str) -> dict[str, Any]:
    shared = document["components"]["parameters"]
    given = document["paths"][path]["get"]["parameters"]
    found = [shared[one["$ref"].rsplit("/", 1)[1]] if "$ref" in one else one for one in given]
    return {one["name"]: one for one in found}


def test_the_definition_is_valid_and_needs_no_other_document(asking: Asking) -> None:
    for who in (PARTNER, asking_public()):
        for lang in ("fr", "en"):
            document = asking.json("/openapi", who, lang=lang)
            validate(document)
            assert all(reference.startswith("#/components/") for reference in every_reference(document))


def asking_public() -> Any:
    from mig_idg.guard.principal import PUBLIC

    return PUBLIC


def test_qgis_finds_the_size_of_its_pages(asking: Asking) -> None:
    schema = asking.json("/openapi")["components"]["parameters"]["limit"]["schema"]
    assert schema["maximum"] == Limits().maximum >= 10_000
    assert schema["default"] == Limits().default
    assert schema["type"] == "integer"


def test_each_class_of_rights_has_its_own_definition(asking: Asking) -> None:
    public, partner = asking.json("/openapi"), asking.json("/openapi", PARTNER)
    assert "/collections/bancs/items" in public["paths"]
    assert "/collections/reseaux/items" not in public["paths"]
    assert "/collections/reseaux/access" in public["paths"]
    assert not any("secrets" in path for path in public["paths"])
    assert "/collections/secrets/items" in partner["paths"]


def test_a_hidden_attribute_is_not_a_parameter(asking: Asking) -> None:
    own = asking.json("/openapi", PARTNER)
    assert "nom" in parameters(own, "/collections/erp/items")
    assert "telephone" not in parameters(own, "/collections/erp/items")
    assert "telephone" in parameters(own, "/collections/reseaux/items")


def test_an_attribute_is_described_by_its_label(asking: Asking) -> None:
    assert parameters(asking.json("/openapi"), "/collections/bancs/items")["nom"]["description"] == "Nom de la rue"
    english = parameters(asking.json("/openapi", lang="en"), "/collections/bancs/items")
    assert english["nom"]["description"] == "Street name"


def test_the_formats_of_a_door_are_those_it_serves(asking: Asking) -> None:
    found = parameters(asking.json("/openapi"), "/collections/bancs/items")["f"]["schema"]["enum"]
    assert {"json", "html", "csv", "gpkg"} <= set(found)


def test_beyond_some_collections_paths_are_written_once(asking: Asking, many: Callable[[int], Snapshot]) -> None:
    asking.snapshot = many(60)
    document = asking.json("/openapi")
    validate(document)
    assert "/collections/{collection}/items" in document["paths"]
    assert document["components"]["parameters"]["collection"]["schema"]["enum"][0] == "couche-0000"
    body = asking.response("/openapi").body
    assert isinstance(body, bytes)
    assert len(body) < 100_000


def test_beyond_some_collections_shapes_and_pixels_share_their_paths(
    asking: Asking, many: Callable[[int], Snapshot]
) -> None:
    snapshot = many(60)
    pictured = replace(
        snapshot.collections["couche-0001"], table=None, raster={"cog": "a.tif", "bands": "rgb"},
        services=("tiles", "maps", "coverages"),
    )  # fmt: skip
    snapshot.collections["couche-0001"] = pictured  # type: ignore[index]
    asking.snapshot = snapshot
    document = asking.json("/openapi")
    validate(document)
    tile = document["paths"]["/collections/{collection}/tiles/{tms}/{z}/{row}/{col}"]["get"]
    assert {"application/vnd.mapbox-vector-tile", "image/png"} <= set(tile["responses"]["200"]["content"])
    words = next(one["schema"]["enum"] for one in tile["parameters"] if one.get("name") == "f")
    assert {"mvt", "png"} <= set(words)


def test_operation_ids_are_unique(asking: Asking) -> None:
    document = asking.json("/openapi", PARTNER)
    ids = [operation["operationId"] for verbs in document["paths"].values() for operation in verbs.values()]
    assert len(ids) == len(set(ids))


def test_operations_of_tiles_end_as_the_standard_recognises_them(asking: Asking) -> None:
    """OGC 20-057, oas30: the executable suite finds the tiles by them."""
    paths = asking.json("/openapi", PARTNER)["paths"]
    ends = {path: verbs["get"]["operationId"] for path, verbs in paths.items() if "/tiles" in path and "get" in verbs}
    assert ends
    for path, id in ends.items():
        last = "getTile" if path.endswith("{col}") else "getTileSet" if path.endswith("{tms}") else "getTileSetsList"
        of = "collection" if path.startswith("/collections/") else "dataset"
        assert re.search(rf"\.{of}\.(vector|map)\.{last}$", id), path


def test_each_operation_tells_its_errors_as_problems(asking: Asking) -> None:
    document = asking.json("/openapi", PARTNER)
    for path, verbs in document["paths"].items():
        for operation in verbs.values():
            assert {"400", "401", "503"} <= set(operation["responses"]), path
    problem = document["components"]["responses"]["Problem403"]["content"]
    assert "application/problem+json" in problem


def test_the_four_ways_to_show_a_token_are_declared(asking: Asking) -> None:
    schemes = asking.json("/openapi")["components"]["securitySchemes"]
    assert {(one["type"], one.get("scheme") or one.get("in")) for one in schemes.values()} == {
        ("http", "bearer"),
        ("http", "basic"),
        ("apiKey", "header"),
        ("apiKey", "query"),
    }


# Pages and machines that are no part of the API: static files and what robots are asked.
NOT_OF_THE_API = {"/static/{*file}", "/favicon.ico", "/robots.txt"}


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> list[Route]:
    """All routes of the trades, and those of the decision service."""
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    records = Records(Pool("", PoolLimits(1, 1)))
    _, sessions = identity(settings, utc_now)
    remarks = remark_routes(settings, "", sessions, utc_now, records)
    evaluation = Evaluation(facts_on=lambda _day: Facts())
    return [*every_route(settings, records, remarks), *evaluation.routes()]


def test_every_route_has_its_operations_and_no_operation_is_without_its_route(routes: list[Route]) -> None:
    """Method by method: an operation cannot be written elsewhere than in the row of a route that answers it."""
    for route in routes:
        told = {one.method for one in route.described}
        answered = set(route.methods) - {"HEAD", "OPTIONS"}
        if route.pattern in NOT_OF_THE_API or (route.pattern in DECISIONS and not route.operations):
            assert told == set(), route.pattern
        else:
            assert told == answered, route.pattern
    with pytest.raises(ValueError, match="operation copy by POST"):
        Route("/copy", "open", routes[0].handler, operations=(replace(LANDING, id="copy", method="POST"),))
    with pytest.raises(ValueError, match="must name its action"):
        Route("/either", lambda *_: "view", routes[0].handler, actions=("view", "query"), operations=(LANDING,))


def test_what_is_told_is_what_is_mounted(asking: Asking) -> None:
    """The definition of a service without rasters nor processes does not tell of them."""
    told = set(asking.json("/openapi", PARTNER)["paths"])
    assert {"/", "/collections/bancs/items", "/tileMatrixSets", "/access/v1/evaluation"} <= told
    assert not {path for path in told if path.startswith(("/processes", "/stac", "/wmts", "/deposits"))}


def test_every_parameter_named_by_an_operation_is_described(routes: list[Route]) -> None:
    known = components("fr", Limits())
    for one in (operation for route in routes for operation in route.described):
        assert set(one.parameters) <= set(known), one.id
        placed = {part.strip("{}") for part in one.pattern.split("/") if part.startswith("{")} - {"collection"}
        assert placed <= {known[name]["name"] for name in one.parameters}, one.id
        assert one.tag in TAGS, one.id
