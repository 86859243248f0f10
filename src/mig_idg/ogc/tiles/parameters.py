"""What may be asked of a tile besides its place: the words of a page of features that make sense on a tile."""

from __future__ import annotations

from collections.abc import Mapping

from mig_idg.errors import UnknownParameter
from mig_idg.store.query import PARAMETERS, Query, parse
from mig_idg.store.table import Table

# The tile is the box and the limit; order, paging, CRS and precision are its own.
PARAMETERS_OF_TILES = (
    "f", "lang", "token", "datetime", "filter", "filter-lang", "filter-crs", "properties", "exclude-properties", "q",
)  # fmt: skip
_REFUSED = frozenset(PARAMETERS) - frozenset(PARAMETERS_OF_TILES)
_SILENT = ("f", "lang", "token")


def read(asked: Mapping[str, str], table: Table, time_column: str | None, *, also: tuple[str, ...] = ()) -> Query:
    """The query that the parameters of a tile make of `table`. Raises as `store.query.parse`, naming the culprit."""
    kept = {name: value for name, value in asked.items() if name not in also}
    for name in kept:
        if name in _REFUSED and table.column(name) is None:
            raise UnknownParameter(name, (*PARAMETERS_OF_TILES, *also, *table.names))
    return parse(kept, table, time_column=time_column)


def canonical(asked: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The parameters that change a tile's bytes, in one order: part of validators and cache keys."""
    return tuple(sorted((name, value) for name, value in asked.items() if name not in _SILENT))
