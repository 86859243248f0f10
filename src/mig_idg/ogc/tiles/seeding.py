"""After a publication: the tiles that a map will ask for first, drawn before anybody does.

From the tile that holds the world down to those with few features, which are quick to draw; each is kept at once, so
that whoever stops the work loses nothing, and whoever does it again finds what is missing. Figures:
docs/explanations/performance-tiles.md.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import structlog

from mig_idg.database import Connection
from mig_idg.database.pipeline import Row, StatementFailed
from mig_idg.errors import TooLarge
from mig_idg.ogc.tiles import compression
from mig_idg.ogc.tiles.grids import GRIDS
from mig_idg.ogc.tiles.tile_address import Place
from mig_idg.ogc.tiles.vector_tile import AHEAD, PACKED, drawn
from mig_idg.registry.publications import latest
from mig_idg.store import seeded_tiles, tiles
from mig_idg.store.collection import Collection, collection_from_json
from mig_idg.store.grant import ALL_ROWS, Grant, every_column, profile_name
from mig_idg.store.query import Query
from mig_idg.store.statement import Statement

# A tile with fewer features is quick to draw on demand.
FEWEST = 500
# For one collection: the widest tiles first, which are the dearest to draw.
MOST = 5_000

log = structlog.get_logger(__name__)

Progress = Callable[[str, int], None]


def draw_ahead(connection: Connection[Any], progress: Progress = lambda collection, drawn: None) -> dict[str, int]:
    """Draw what is missing for each collection in force; how many tiles, by collection that lacked some.

    `progress` hears the collection and how many were drawn. Commits each tile; what could not be drawn is left for who
    asks. The connection is the owner's, in no transaction.
    """
    publication = latest(connection)
    connection.commit()
    connection.autocommit = True
    made: dict[str, int] = {}
    try:
        for entry in publication.collections.values():
            collection = _served(entry, publication.number)
            if collection is not None:
                try:
                    number = _collection(connection, collection, progress)
                except StatementFailed as failed:  # published anew meanwhile, perhaps: tiles are drawn on demand
                    log.warning(
                        "tiles-not-drawn", collection=collection.id, sqlstate=failed.sqlstate, message=failed.message
                    )
                    continue
                if number:
                    made[collection.id] = number
    finally:
        connection.autocommit = False
    return made


def _served(entry: Mapping[str, Any], generation: int) -> Collection | None:
    collection = collection_from_json(entry, generation)
    drawable = "tiles" in collection.services and collection.table is not None and collection.table.tiles is not None
    # Each edit would take the widest tiles, which are the dearest to draw.
    edited = collection.editing.enabled
    return collection if drawable and not edited else None


def _collection(connection: Connection[Any], collection: Collection, progress: Progress) -> int:
    table = collection.table
    assert table is not None
    assert table.tiles is not None
    if not seeded_tiles.there(connection, table.tiles):
        return 0
    version = seeded_tiles.version(connection, collection.id)
    if seeded_tiles.finished(connection, table, collection.id, version):
        return 0
    seeded_tiles.begin(connection, table, collection.id, version)
    known = seeded_tiles.known(connection, table, collection.id)
    role = profile_name(collection.id, every_column(table), copy=table.copy)
    grant = Grant(table, role, ALL_ROWS, "", public=False)
    grid = GRIDS[AHEAD]

    async def fetch(statement: Statement) -> list[Row]:
        return seeded_tiles.response(connection, statement)

    waiting, number = deque([(0, 0, 0)]), 0
    while waiting and number + len(known) < MOST:
        zoom, row, column = at = waiting.popleft()
        if at not in known:
            place = Place(grid, grid.levels[zoom], row, column)
            if tiles.reach(place.rectangle, table) is None:
                continue
            crowd = tiles.crowd(Query(), grant, place.rectangle, FEWEST, None)
            if int(seeded_tiles.response(connection, crowd)[0][0] or b"0") < FEWEST:
                continue
            try:
                tile = _now(drawn(fetch, collection, grant, Query(), place))
            except TooLarge:
                tile = None
            if tile is not None:
                kept = compression.packed_now(tile, PACKED)
                seeded_tiles.keep(
                    connection, table, collection.id, at, version,
                    (kept.features, kept.of, kept.how, kept.encoding, kept.body),
                )  # fmt: skip
                number += 1
                progress(collection.id, number)
        if zoom + 1 < len(grid.levels):
            waiting.extend((zoom + 1, 2 * row + south, 2 * column + east) for south in (0, 1) for east in (0, 1))
    seeded_tiles.finish(connection, table, collection.id, version)
    return number


def _now[T](coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that never waits: what it asks is answered on the spot."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    raise RuntimeError("a tile drawn ahead waited for something")
