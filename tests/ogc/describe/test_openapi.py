"""The API definition: sound, sufficient, and silent on what the caller may not know."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from openapi_spec_validator import validate
from tests.ogc.describe.conftest import PARTNER, Asking

from mig_idg.app.create import every_route, identity, remark_routes, utc_now
from mig_idg.database.pool import Pool, PoolLimits
from mig_idg.guard.snapshot import Snapshot
from mig_idg.jobs import Records
from mig_idg.ogc.describe import DECISIONS
from mig_idg.ogc.describe.openapi.operations import OPERATIONS, UNSPOKEN
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


def test_every_door_of_the_application_is_spoken_of(tmp_path: Path) -> None:
    settings, records = Settings(home=tmp_path), Records(Pool("", PoolLimits(1, 1)))
    _, sessions = identity(settings, utc_now)
    remarks = remark_routes(settings, "", sessions, utc_now, records)
    mounted = {
        (route.pattern, method)
        for route in every_route(settings, records, remarks)
        for method in route.methods
        if method not in ("HEAD", "OPTIONS") and not route.pattern.startswith(UNSPOKEN)
    }
    spoken = {(one.pattern, one.method) for one in OPERATIONS}
    assert mounted - spoken == set()
    assert {pattern for pattern, _ in spoken - mounted} <= set(DECISIONS)


def test_every_parameter_named_by_an_operation_is_described(asking: Asking) -> None:
    from mig_idg.ogc.describe.openapi.parameters import components

    known = set(components("fr", Limits()))
    for one in OPERATIONS:
        assert set(one.parameters) <= known, one.id
        placed = {part.strip("{}") for part in one.pattern.split("/") if part.startswith("{")} - {"collection"}
        described = {components("fr", Limits())[name]["name"] for name in one.parameters}
        assert placed <= described, one.id
