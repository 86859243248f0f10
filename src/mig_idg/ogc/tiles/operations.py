"""Operations of OGC API Tiles, of shapes and of pixels: each is named by its route's row."""

from __future__ import annotations

from mig_idg.errors import Text
from mig_idg.guard.operation import JSON, PICTURE_WORDS, PICTURES, TILES, Operation

_PLACE = ("tms", "z", "row", "col")
_ASKED = ("datetime", "filter", "filter-lang", "filter-crs", "properties", "exclude-properties", "q")
_JSON = ((JSON, "object"),)
_SET = (*_JSON, ("application/vnd.mapbox.tilejson+json", "object"))
_SHAPES = (("application/vnd.mapbox-vector-tile", "binary"),)


def _tilesets(
    id: str, fr: str, en: str, services: tuple[str, ...], *, raster: bool = False
) -> tuple[Operation, Operation]:
    kind = "map" if raster else "vector"
    return (
        Operation(f"{id}s", Text(f"Jeux de tuiles {fr}", f"{en} tilesets"), TILES, _JSON, formats=("json",),
                  services=services, raster=raster, suffix=f".collection.{kind}.getTileSetsList"),
        Operation(id, Text(f"Un jeu de tuiles {fr}", f"One {en} tileset"), TILES, _SET, ("tms",), ("json", "tilejson"),
                  services, raster=raster, suffix=f".collection.{kind}.getTileSet"),
    )  # fmt: skip


def _picture(id: str, fr: str, en: str, services: tuple[str, ...]) -> Operation:
    return Operation(id, Text(fr, en), TILES, PICTURES, (*_PLACE, "datetime", "style"), PICTURE_WORDS, services,
                     raster=True, suffix=".collection.map.getTile")  # fmt: skip


GRIDS = Operation("tileMatrixSets", Text("Les quadrillages", "Tile matrix sets"), TILES, _JSON, formats=("json",),
                  suffix=".getTileMatrixSetsList")  # fmt: skip
GRID = Operation("tileMatrixSet", Text("Un quadrillage", "One tile matrix set"), TILES, _JSON, ("tms",), ("json",),
                 suffix=".getTileMatrixSet")  # fmt: skip
TILESETS, TILESET = _tilesets("tileset", "de la collection", "Collection", ("tiles",))
TILE = (
    Operation("tile", Text("Une tuile vectorielle", "One vector tile"), TILES, _SHAPES, (*_PLACE, *_ASKED),
              ("mvt", "pbf"), ("tiles",), properties=True, tabular=True, suffix=".collection.vector.getTile"),
    _picture("rasterTile", "Une tuile image", "One raster tile", ("tiles",)),
)  # fmt: skip
MAP_TILESETS, MAP_TILESET = _tilesets("mapTileset", "image", "Map", ("maps",), raster=True)
MAP_TILE = _picture("mapTile", "Une tuile image", "One map tile", ("maps",))
DATASET_TILESETS = Operation(
    "datasetTilesets", Text("Tuiles de plusieurs collections", "Tiles of several collections"), TILES, _JSON,
    formats=("json",), suffix=".dataset.vector.getTileSetsList",
)  # fmt: skip
DATASET_TILESET = Operation(
    "datasetTileset", Text("Un jeu de tuiles de plusieurs collections", "One tileset of several collections"), TILES,
    _SET, ("tms",), ("json", "tilejson"), suffix=".dataset.vector.getTileSet",
)  # fmt: skip
DATASET_TILE = Operation(
    "datasetTile", Text("Une tuile de plusieurs collections", "One tile of several collections"), TILES, _SHAPES,
    (*_PLACE, "several", *_ASKED), ("mvt", "pbf"), suffix=".dataset.vector.getTile",
)  # fmt: skip
