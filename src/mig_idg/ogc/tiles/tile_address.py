"""An address `{tms}/{z}/{row}/{col}`, read strictly: a tile that exists, or the reason why it does not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from mig_idg.errors import InvalidParameter, NotFound, Text, did_you_mean, nearest
from mig_idg.ogc.tiles.grids import GRIDS, Grid, Level
from mig_idg.store.tiles import Rectangle

_NUMBER = re.compile(r"0|[1-9][0-9]{0,9}")


@dataclass(frozen=True, slots=True)
class Place:
    """One tile of one grid."""

    grid: Grid
    level: Level
    row: int
    column: int

    @property
    def rectangle(self) -> Rectangle:
        """Its bounds."""
        return self.grid.rectangle(self.level, self.row, self.column)

    @property
    def name(self) -> str:
        """`WebMercatorQuad/14/5634/8292`."""
        return f"{self.grid.id}/{self.level.id}/{self.row}/{self.column}"


def grid_named(id: str) -> Grid:
    """The tile matrix set of that name. Raises NotFound, proposing the nearest."""
    grid = GRIDS.get(id)
    if grid is None:
        raise NotFound(
            Text(f"Jeu de matrices de tuiles inconnu : « {id[:60]} ».", f"Unknown tile matrix set: “{id[:60]}”."),
            remedy=did_you_mean(nearest(id[:60], GRIDS))
            or Text("La liste est à /tileMatrixSets.", "The list is at /tileMatrixSets."),
            extra={"tileMatrixSetId": id[:60]},
        )
    return grid


def read(params: Mapping[str, str]) -> Place:
    """The tile named by `tms`, `z`, `row` and `col` of a path. Raises NotFound and InvalidParameter.

    What is not a whole number is 400, what is outside the matrix 404 (OGC 20-057, /req/core/tc-error).
    """
    grid = grid_named(params["tms"])
    level = grid.level(params["z"])
    if level is None:
        _whole("tileMatrix", params["z"])
        last = grid.levels[-1].id
        raise NotFound(
            Text(
                f"{grid.id} n'a pas de niveau « {params['z']} » : de 0 à {last}.",
                f"{grid.id} has no level “{params['z']}”: from 0 to {last}.",
            ),
            extra={"tileMatrix": params["z"]},
        )
    row, column = _whole("tileRow", params["row"]), _whole("tileCol", params["col"])
    for name, value, size in (("tileRow", row, level.height), ("tileCol", column, level.width)):
        if value >= size:
            raise NotFound(
                Text(
                    f"Hors de la matrice : {name} va de 0 à {size - 1} au niveau {level.id} de {grid.id}.",
                    f"Outside the matrix: {name} goes from 0 to {size - 1} at level {level.id} of {grid.id}.",
                ),
                extra={name: value},
            )
    return Place(grid, level, row, column)


def _whole(name: str, value: str) -> int:
    if not _NUMBER.fullmatch(value):
        raise InvalidParameter(
            name,
            Text(f"« {name} » : un entier positif est attendu.", f"“{name}”: a whole number is expected."),
        )
    return int(value)
