"""One layer of a tile: every feature when they fit, else one for each cell of a grid, from all rows or from a sample.

What was done is said in the answer (`idg-tile`), and what may be done in the tileset's metadata. The choice rests on
counts of publication only where the caller sees every row: elsewhere it would tell how many are hidden.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

from mig_idg.database.lane import Row, StatementFailed
from mig_idg.errors import Text, TooLarge
from mig_idg.guard.visit import Layer, Threshold, Visit
from mig_idg.ogc.features.asking import explained
from mig_idg.ogc.tiles import packing
from mig_idg.ogc.tiles.cache import Drawer, Drawn, Key
from mig_idg.ogc.tiles.place import Place
from mig_idg.store import tiles
from mig_idg.store.grant import Grant
from mig_idg.store.query import Query
from mig_idg.store.statement import NOTHING, Statement
from mig_idg.store.table import Table

MOST_FEATURES = 40_000
MOST_BYTES = 6 * 2**20
SAMPLE = 200_000
READ_AT_MOST = 1_000_000
GRIDS = (tiles.CELLS, 48, 16)
PACKED = "zstd"

_drawers: WeakKeyDictionary[Threshold, Drawer] = WeakKeyDictionary()


async def draw(
    visit: Visit, layer: Layer, query: Query, place: Place, asked: tuple[tuple[str, str], ...], encoding: str = ""
) -> Drawn:
    """The layer's part of the tile, for this caller, as the rows are now, in that encoding."""
    collection, grant, _ = layer
    assert grant is not None
    key: Key = (collection.id, grant.key, place.name, asked, encoding or PACKED)
    drawer = drawer_of(visit)
    async with drawer.turn(key) as at_once:
        if drawer.knows(key) or not at_once:
            await _fetch(visit, layer, NOTHING)
            kept = drawer.get(key, _version(visit))
            if kept is not None:
                return kept if encoding else await packing.unpacked(kept)
        drawn = await packing.packed(await _drawn(visit, layer, query, place), encoding)
        drawer.put(key, _version(visit), drawn)
        if not encoding:
            drawer.later(_pack(drawer, key, _version(visit), drawn))
        return drawn


async def _pack(drawer: Drawer, key: Key, version: object, drawn: Drawn) -> None:
    """Keep packed what was sent as it was drawn."""
    drawer.put(key, version, await packing.packed(drawn, PACKED))


def drawer_of(visit: Visit) -> Drawer:
    """The finished tiles of this worker: one drawer for a threshold, so for a database."""
    assert visit.threshold is not None
    return _drawers.setdefault(visit.threshold, Drawer())


def _version(visit: Visit) -> object:
    return (visit.snapshot.generation, visit.data_version)


async def _drawn(visit: Visit, layer: Layer, query: Query, place: Place) -> Drawn:
    collection, grant, _ = layer
    assert grant is not None
    rectangle, time_column = place.rectangle, collection.time_column
    if tiles.reach(rectangle, grant.table) is None:
        await _fetch(visit, layer, NOTHING)
        return Drawn(b"", 0, 0)
    expected = tiles.expected(rectangle, grant.table) if grant.all_rows else None
    if await _fits(visit, layer, query, rectangle, expected):
        statement = tiles.whole(query, grant, collection.id, rectangle, MOST_FEATURES, time_column)
        drawn = _read(await _fetch(visit, layer, statement), "complete")
        if drawn.of <= MOST_FEATURES and len(drawn.body) <= MOST_BYTES:
            return drawn
    share = _share(expected, grant)
    for cells in GRIDS:
        statement = tiles.thinned(query, grant, collection.id, rectangle, time_column, cells=cells, share=share)
        drawn = _read(await _fetch(visit, layer, statement), "thinned" if share == 1 else "sampled")
        if len(drawn.body) <= MOST_BYTES:
            return drawn
    raise TooLarge(
        Text("Cette tuile dépasse la taille permise.", "This tile is over the size allowed."),
        remedy=Text("Choisissez des attributs (properties=).", "Choose attributes (properties=)."),
    )


async def _fits(visit: Visit, layer: Layer, query: Query, rectangle: tiles.Rectangle, expected: float | None) -> bool:
    """Whether every feature may be drawn: by the counts of publication when they are clear, else counted now."""
    collection, grant, _ = layer
    assert grant is not None
    if expected is not None and expected * 2 <= MOST_FEATURES:
        return True
    if expected is not None and expected > 4 * MOST_FEATURES and not query.selective:
        return False
    rows = await _fetch(visit, layer, tiles.crowd(query, grant, rectangle, MOST_FEATURES, collection.time_column))
    return int(rows[0][0] or b"0") <= MOST_FEATURES


def _share(expected: float | None, grant: Grant) -> float:
    """The share of the table to read for a crowded tile; all of it where the tile is a small part of a large table."""
    if expected is None or expected <= SAMPLE:
        return 1.0
    share = SAMPLE / expected
    return share if _rows(grant.table) * share <= READ_AT_MOST else 1.0


def _rows(table: Table) -> int:
    return table.stats.rows if table.stats else 0


def _read(rows: list[Row], how: str) -> Drawn:
    _, features, of = rows[0]
    shown, total = int.from_bytes(features or b"", "big"), int.from_bytes(of or b"", "big")
    return Drawn(b"".join(piece or b"" for piece, _, _ in rows) if shown else b"", shown, total, how)


async def _fetch(visit: Visit, layer: Layer, statement: Statement) -> list[Row]:
    try:
        return await visit.fetch(statement, layer)
    except StatementFailed as failed:
        raise explained(failed, visit) from failed
