"""One layer of a tile: every feature when they fit, else one for each cell of a grid, from all rows or from a sample.

    draw(…)     for a caller: kept by this worker, or drawn ahead, or drawn now
    drawn(…)    drawn now, whoever asks the database

What was done is said in the answer (`idg-tile`), and what may be done in the tileset's metadata. The choice rests on
counts of publication only where the caller sees every row: elsewhere it would tell how many are hidden.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from mig_idg.database.pipeline import Row, StatementFailed
from mig_idg.errors import Text, TooLarge
from mig_idg.guard.request import Layer, Request
from mig_idg.ogc.features.execution import explained
from mig_idg.ogc.tiles import compression
from mig_idg.ogc.tiles.cache import Drawn, Key, TileCache
from mig_idg.ogc.tiles.tile_address import Place
from mig_idg.store import seeded_tiles, tiles
from mig_idg.store.collection import Collection
from mig_idg.store.grant import Grant
from mig_idg.store.query import Query
from mig_idg.store.statement import NOTHING, Statement
from mig_idg.store.table import Table

MOST_FEATURES = tiles.MOST_FEATURES
MOST_BYTES = 6 * 2**20
SAMPLE = 200_000
READ_AT_MOST = 1_000_000
GRIDS = (tiles.CELLS, 48, 16)
PACKED = "zstd"
# The grid that maps on the web ask for is drawn ahead.
AHEAD = "WebMercatorQuad"
# No such table, or no right on it: an administrator made room.
_NOT_THERE = ("42P01", "42501")

Fetch = Callable[[Statement], Awaitable[list[Row]]]


async def draw(
    request: Request, layer: Layer, query: Query, place: Place, asked: tuple[tuple[str, str], ...], encoding: str = ""
) -> Drawn:
    """The layer's part of the tile, for this caller, as the rows are now, in that encoding."""
    collection, grant, _ = layer
    assert grant is not None
    key: Key = (collection.id, grant.key, place.name, asked, encoding or PACKED)
    cache = cache_of(request)
    fetch = partial(_fetch, request, layer)
    async with cache.turn(key) as at_once:
        if cache.knows(key) or not at_once:
            await fetch(NOTHING)
            kept = cache.get(key, _version(request))
            if kept is not None:
                return kept if encoding else await compression.unpacked(kept)
        plain = not query.selective and query.properties is None
        found = await _ahead(request, layer, place) if plain else None
        if found is not None:
            made = found if encoding == found.encoding else await compression.unpacked(found)
            made = await compression.packed(made, encoding)
            cache.put(key, _version(request), made if encoding else found)
            return made
        made = await compression.packed(await drawn(fetch, collection, grant, query, place), encoding)
        cache.put(key, _version(request), made)
        if not encoding:
            cache.later(_pack(cache, key, _version(request), made))
        return made


async def _pack(cache: TileCache, key: Key, version: object, made: Drawn) -> None:
    """Keep packed what was sent as it was drawn."""
    cache.put(key, version, await compression.packed(made, PACKED))


def cache_of(request: Request) -> TileCache:
    """The finished tiles of this application."""
    return request.resource(TileCache)


def _version(request: Request) -> object:
    return (request.snapshot.generation, request.data_version)


async def _ahead(request: Request, layer: Layer, place: Place) -> Drawn | None:
    """The tile that was drawn ahead of the rows as they are now, for a caller who sees all of them."""
    collection, grant, _ = layer
    assert grant is not None
    if grant.table.tiles is None or not grant.all_rows or place.grid.id != AHEAD:
        return None
    statement = seeded_tiles.read(grant.table, collection.id, int(place.level.id), place.row, place.column)
    try:
        rows = await request.fetch(statement, layer)
    except StatementFailed as failed:
        if failed.sqlstate in _NOT_THERE:
            return None
        raise explained(failed, request) from failed
    if not rows or _number(rows[0][5]) != request.data_version:
        return None
    _, features, meant, how, encoding, _ = rows[0]
    body = b"".join(piece or b"" for piece, *_ in rows)
    return Drawn(body, _number(features), _number(meant), (how or b"").decode(), (encoding or b"").decode())


async def drawn(fetch: Fetch, collection: Collection, grant: Grant, query: Query, place: Place) -> Drawn:
    """The tile as the rows are now. Raises TooLarge when even its thinnest form is over six megabytes."""
    rectangle, time_column = place.rectangle, collection.time_column
    if tiles.reach(rectangle, grant.table) is None:
        await fetch(NOTHING)
        return Drawn(b"", 0, 0)
    expected = tiles.expected(rectangle, grant.table) if grant.all_rows else None
    plain = grant.all_rows and not query.selective
    crowded = tiles.crowded(rectangle, grant.table, MOST_FEATURES) if plain else None
    if crowded is None and await _fits(fetch, collection, grant, query, rectangle, expected):
        statement = tiles.whole(query, grant, collection.id, rectangle, MOST_FEATURES, time_column)
        made = _read(await fetch(statement), "complete")
        if made.of <= MOST_FEATURES and len(made.body) <= MOST_BYTES:
            return made
    sample = _sampled(expected if crowded is None else crowded, grant)
    for cells in GRIDS:
        statement = tiles.thinned(query, grant, collection.id, rectangle, time_column, cells=cells, sample=sample)
        made = _read(await fetch(statement), "thinned" if sample == 1 else "sampled")
        if len(made.body) <= MOST_BYTES:
            # Nothing was left out where each cell has one feature at most.
            return replace(made, how="complete") if sample == 1 and made.features == made.of else made
    raise TooLarge(
        Text("Cette tuile dépasse la taille permise.", "This tile is over the size allowed."),
        remedy=Text("Choisissez des attributs (properties=).", "Choose attributes (properties=)."),
    )


async def _fits(
    fetch: Fetch, collection: Collection, grant: Grant, query: Query, rectangle: tiles.Rectangle, expected: float | None
) -> bool:
    """Whether every feature may be drawn: by the counts of publication when they are clear, else counted now."""
    if expected is not None and expected * 2 <= MOST_FEATURES:
        return True
    if expected is not None and expected > 4 * MOST_FEATURES and not query.selective:
        return False
    rows = await fetch(tiles.crowd(query, grant, rectangle, MOST_FEATURES, collection.time_column))
    return int(rows[0][0] or b"0") <= MOST_FEATURES


def _sampled(expected: float | None, grant: Grant) -> float:
    """The share of the table to read for a crowded tile; all of it where the tile is a small part of a large table."""
    if expected is None or expected <= SAMPLE:
        return 1.0
    sample = SAMPLE / expected
    return sample if _rows(grant.table) * sample <= READ_AT_MOST else 1.0


def _rows(table: Table) -> int:
    return table.stats.rows if table.stats else 0


def _read(rows: list[Row], how: str) -> Drawn:
    _, features, of = rows[0]
    shown, total = _number(features), _number(of)
    return Drawn(b"".join(piece or b"" for piece, _, _ in rows) if shown else b"", shown, total, how)


def _number(value: bytes | None) -> int:
    return int.from_bytes(value or b"", "big")


async def _fetch(request: Request, layer: Layer, statement: Statement) -> list[Row]:
    try:
        return await request.fetch(statement, layer)
    except StatementFailed as failed:
        raise explained(failed, request) from failed
