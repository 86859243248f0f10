"""What a tileset says of itself: layers, attributes granted, limits, links; and the official schemas it follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest
import yaml
from referencing import Registry, Resource
from tests.ogc.tiles.conftest import PLAN

from mig_idg.ogc.tiles.grids import GRIDS

LAMPS = "/collections/lampes/tiles"


def test_every_grid_is_listed_and_described(town) -> None:
    listed = town.get("/tileMatrixSets").json()["tileMatrixSets"]
    assert [grid["id"] for grid in listed] == ["WebMercatorQuad", "WorldCRS84Quad", "LAMB93_10cm"]
    for grid in listed:
        (own,) = [one["href"] for one in grid["links"] if one["rel"] == "self"]
        described = town.get(own.removeprefix("http://idg.test")).json()
        assert described["id"] == grid["id"]
        assert described["crs"] == grid["crs"]
    assert town.get("/tileMatrixSets/Nowhere").status_code == 404
    assert town.get("/tileMatrixSets?limit=1").status_code == 400


def test_the_national_grid_is_that_of_the_ign() -> None:
    """Facts of the IGN's LAMB93_10cm: origin, cell of the first and last level, size of some matrices."""
    grid = GRIDS["LAMB93_10cm"]
    assert grid.origin == (0, 12_000_000)
    assert [level.cell for level in (grid.levels[0], grid.levels[10], grid.levels[21])] == [209715.2, 204.8, 0.1]
    sizes = {0: (1, 1), 5: (1, 7), 10: (25, 206), 15: (788, 6569), 21: (50400, 420409)}
    assert {n: (grid.levels[n].width, grid.levels[n].height) for n in sizes} == sizes
    assert round(grid.levels[0].scale, 6) == 748982857.142857


def test_a_collection_has_one_tileset_for_each_grid(town) -> None:
    tilesets = town.get(LAMPS).json()["tilesets"]
    assert len(tilesets) == len(GRIDS)
    for tileset in tilesets:
        alone = town.get(f"{LAMPS}/{tileset['tileMatrixSetId']}").json()
        assert (
            tileset["tileMatrixSetLimits"] == alone["tileMatrixSetLimits"]
        )  # where the OGC's executable suite reads them
        assert all(town.get(one["href"].removeprefix("http://idg.test")).status_code == 200 for one in tileset["links"])
        path = urlsplit(next(one["href"] for one in tileset["links"] if one["rel"] == "self")).path
        rels = {one["rel"]: one for one in town.get(path).json()["links"]}
        assert rels["item"]["templated"] is True
        tile = rels["item"]["href"].replace("{tileMatrix}", "0").replace("{tileRow}", "0").replace("{tileCol}", "0")
        assert town.get(tile.removeprefix("http://idg.test")).status_code in (200, 204)


def test_the_limits_hold_every_tile_that_is_not_empty_and_no_other_row_or_column(town) -> None:
    document = town.get(f"{LAMPS}/LAMB93_10cm").json()
    limits = {one["tileMatrix"]: one for one in document["tileMatrixSetLimits"]}
    assert limits["14"]["minTileRow"] <= 1566 <= limits["14"]["maxTileRow"]
    assert limits["14"]["maxTileRow"] - limits["14"]["minTileRow"] <= 2
    assert limits["0"] == {"tileMatrix": "0", "minTileRow": 0, "maxTileRow": 0, "minTileCol": 0, "maxTileCol": 0}
    assert document["boundingBox"]["lowerLeft"] == [2.19, 48.87]


def test_layers_name_the_attributes_granted_and_no_other(town) -> None:
    path = "/collections/quartiers/tiles/WebMercatorQuad"
    assert town.get(path).status_code in (401, 404)
    (layer,) = town.get(path, partner=True).json()["layers"]
    assert layer["id"] == "quartiers"
    assert layer["geometryDimension"] == 2
    assert set(layer["propertiesSchema"]["properties"]) == {"uid", "commune", "feature_count"}
    (vector,) = town.get(f"{path}?f=tilejson", partner=True).json()["vector_layers"]
    assert set(vector["fields"]) == {"uid", "commune", "feature_count"}


def test_the_dataset_lists_only_the_layers_its_caller_may_see(town) -> None:
    public = town.get("/tiles/WebMercatorQuad").json()["layers"]
    partner = town.get("/tiles/WebMercatorQuad", partner=True).json()["layers"]
    assert {layer["id"] for layer in public} == {"lampes", "bordures", *PLAN}
    assert {layer["id"] for layer in partner} == {"lampes", "bordures", *PLAN, "quartiers", "compteurs"}
    assert len(town.get("/tiles").json()["tilesets"]) == len(GRIDS)


def test_tilejson_leads_to_tiles_and_knows_one_grid(town) -> None:
    document = town.get(f"{LAMPS}/WebMercatorQuad?f=tilejson").json()
    assert document["tilejson"] == "3.0.0"
    assert document["bounds"] == [2.19, 48.87, 2.25, 48.91]
    assert "Essai" not in document["attribution"]
    assert document["vector_layers"][0]["fields"]["id"].startswith("Number")
    (template,) = document["tiles"]
    address = (
        template.replace("{z}", "14").replace("{y}", "5634").replace("{x}", "8292").removeprefix("http://idg.test")
    )
    assert set(town.layers(address)) == {"lampes"}
    assert town.get(f"{LAMPS}/LAMB93_10cm?f=tilejson").status_code == 406


def test_links_keep_the_token_of_clients_that_drop_headers(town) -> None:
    prefix = f"/t/{town.token}"
    document = town.get(f"{prefix}/collections/quartiers/tiles/WebMercatorQuad?f=tilejson").json()
    (template,) = document["tiles"]
    address = template.replace("{z}", "10").replace("{y}", "352").replace("{x}", "518").removeprefix("http://idg.test")
    assert address.startswith(prefix)
    assert set(town.layers(address)) == {"quartiers"}


@pytest.mark.parametrize("path", ["/tiles/Nowhere", f"{LAMPS}/Nowhere", "/collections/inconnue/tiles"])
def test_what_is_not_there_is_404(town, path: str) -> None:
    assert town.get(path).status_code == 404


@pytest.mark.reference
@pytest.mark.parametrize(
    ("path", "schema"),
    [
        *((f"/tileMatrixSets/{id}", "tileMatrixSet") for id in GRIDS),
        *((f"{LAMPS}/{id}", "tileSet") for id in GRIDS),
        ("/tiles/WebMercatorQuad", "tileSet"),
        ("/tileMatrixSets#tileMatrixSets", "tileMatrixSet-item"),
        (f"{LAMPS}#tilesets", "tileSet-item"),
        ("/tiles#tilesets", "tileSet-item"),
    ],
)
def test_documents_follow_the_official_schemas(town, shared: Path, path: str, schema: str) -> None:
    path, _, member = path.partition("#")
    document = town.get(path).json()
    validator = official(shared / "ogc" / "tiles", schema)
    for one in document[member] if member else [document]:
        assert [error.message for error in validator.iter_errors(one)] == []


def official(folder: Path, name: str) -> jsonschema.Draft7Validator:
    """The schema of that name with the files it refers to; OpenAPI 3.0 keywords that JSON Schema lacks are left alone."""

    def retrieve(uri: str) -> Resource[Any]:
        parts = Path(urlsplit(uri).path).parts[-2:]
        return Resource.from_contents(yaml.safe_load(folder.joinpath(*parts).read_text()), default_specification=DRAFT)

    from referencing.jsonschema import DRAFT7 as DRAFT

    contents = yaml.safe_load((folder / "tms" / f"{name}.yaml").read_text())
    contents["$id"] = f"http://schemas.test/schemas/tms/{name}.yaml"
    return jsonschema.Draft7Validator(contents, registry=Registry(retrieve=retrieve))
