"""Operations of OGC API Tiles, of shapes and of pixels."""

from __future__ import annotations

from mig_idg.errors import Text
from mig_idg.ogc.describe.openapi.operation import JSON, TILES, Operation

MVT = "application/vnd.mapbox-vector-tile"
_HERE = "/collections/{collection}"
_PLACE = ("tms", "z", "row", "col")
_ASKED = ("datetime", "filter", "filter-lang", "filter-crs", "properties", "exclude-properties", "q")
_JSON = ((JSON, "object"),)
_SET = (*_JSON, ("application/vnd.mapbox.tilejson+json", "object"))
_PICTURES = (("image/png", "binary"), ("image/jpeg", "binary"), ("image/webp", "binary"))
_SHAPES = ((MVT, "binary"),)


def _tilesets(
    under: str, id: str, fr: str, en: str, services: tuple[str, ...], *, raster: bool = False
) -> tuple[Operation, Operation]:
    kind = "map" if raster else "vector"
    return (
        Operation(f"{_HERE}{under}", f"{id}s", Text(f"Jeux de tuiles {fr}", f"{en} tilesets"), TILES, "view", _JSON,
                  formats=("json",), services=services, raster=raster, suffix=f".collection.{kind}.getTileSetsList"),
        Operation(f"{_HERE}{under}/{{tms}}", id, Text(f"Un jeu de tuiles {fr}", f"One {en} tileset"), TILES, "view",
                  _SET, ("tms",), ("json", "tilejson"), services, raster=raster,
                  suffix=f".collection.{kind}.getTileSet"),
    )  # fmt: skip


OPERATIONS: tuple[Operation, ...] = (
    Operation("/tileMatrixSets", "tileMatrixSets", Text("Les quadrillages", "Tile matrix sets"), TILES, "open", _JSON,
              formats=("json",), suffix=".getTileMatrixSetsList"),
    Operation("/tileMatrixSets/{tms}", "tileMatrixSet", Text("Un quadrillage", "One tile matrix set"), TILES, "open",
              _JSON, ("tms",), ("json",), suffix=".getTileMatrixSet"),
    *_tilesets("/tiles", "tileset", "de la collection", "Collection", ("tiles",)),
    Operation(f"{_HERE}/tiles/{{tms}}/{{z}}/{{row}}/{{col}}", "tile", Text("Une tuile vectorielle", "One vector tile"),
              TILES, "view", _SHAPES, (*_PLACE, *_ASKED), ("mvt", "pbf"), ("tiles",), properties=True, tabular=True,
              suffix=".collection.vector.getTile"),
    Operation(f"{_HERE}/tiles/{{tms}}/{{z}}/{{row}}/{{col}}", "rasterTile", Text("Une tuile image", "One raster tile"),
              TILES, "view", _PICTURES, (*_PLACE, "datetime", "style"), ("png", "jpeg", "webp"), ("tiles",),
              raster=True, suffix=".collection.map.getTile"),
    *_tilesets("/map/tiles", "mapTileset", "image", "Map", ("maps",), raster=True),
    Operation(f"{_HERE}/map/tiles/{{tms}}/{{z}}/{{row}}/{{col}}", "mapTile", Text("Une tuile image", "One map tile"),
              TILES, "view", _PICTURES, (*_PLACE, "datetime", "style"), ("png", "jpeg", "webp"), ("maps",),
              raster=True, suffix=".collection.map.getTile"),
    Operation("/tiles", "datasetTilesets", Text("Tuiles de plusieurs collections", "Tiles of several collections"),
              TILES, "listing", _JSON, formats=("json",), suffix=".dataset.vector.getTileSetsList"),
    Operation("/tiles/{tms}", "datasetTileset", Text("Un jeu de tuiles de plusieurs collections",
                                                     "One tileset of several collections"),
              TILES, "listing", _SET, ("tms",), ("json", "tilejson"), suffix=".dataset.vector.getTileSet"),
    Operation("/tiles/{tms}/{z}/{row}/{col}", "datasetTile", Text("Une tuile de plusieurs collections",
                                                                  "One tile of several collections"),
              TILES, "listing", _SHAPES, (*_PLACE, "several", *_ASKED), ("mvt", "pbf"),
              suffix=".dataset.vector.getTile"),
)  # fmt: skip
