"""Tiles drawn ahead: a table beside the copy of a layer, filled after a publication, read instead of drawing.

    room(connection, copy)                  the table for the tiles of a copy, made when there is none; its name
    there(connection, name)                 whether it is there
    read(table, collection, zoom, …)        the statement that finds one of them
    begin(connection, table, …)             from here on, tiles kept are those of these rows
    keep(connection, table, …)              one more, or a newer one, while the rows are still those
    known(connection, table, …)             those that are there
    finish(connection, table, …)            all of them are there
    finished(connection, table, …)          whether they all are
    version(connection, collection)         that of the rows now
    answer(connection, statement)           a statement of `store.tiles`, for who draws

One row of the table, at a zoom that is none, holds the version of the rows that all tiles show. A write moves it on and
takes the tiles that it touched, in its own transaction (`served.follow`, `sql/replaceable/41-prepared.sql`): what it
costs is in proportion to the change. A tile drawn meanwhile finds the row moved, and is not kept.

Rows of `read`: (piece of the tile, features, features they stand for, how it was drawn, encoding, version of the rows
shown). Tiles of another version of the rows are as good as absent. The table is under a policy that wants all rows, and
only the profile that sees every column may read it (`sql/replaceable/01-profiles.sql`).
"""

from __future__ import annotations

import hashlib
from typing import Any

from psycopg import Connection, sql

from mig_idg.database.pipeline import TUPLES, Row, failure, rows_of
from mig_idg.store import tiles
from mig_idg.store.statement import Statement, quoted
from mig_idg.store.table import COPIES, Table
from mig_idg.store.tiles import PIECE

# To be changed when the same rows give another tile.
RECIPE = 4
# Where it is written that all tiles are there, and which version of the rows they show (`served.follow` knows both).
_ALL, _SHOWN = (-1, 0, 0), (-2, 0, 0)


def room(connection: Connection[Any], copy: str) -> str:
    """The table for the tiles of the copy of that name. In the caller's transaction."""
    name = f"tiles-{copy.rpartition('_')[2]}"
    table = sql.Identifier(COPIES, name)
    if not there(connection, name):
        connection.execute(
            sql.SQL(
                "create table {} (\n"
                "  collection text not null,\n"
                "  zoom smallint not null,\n"
                "  tile_row integer not null,\n"
                "  tile_column integer not null,\n"
                "  recipe smallint not null,\n"
                "  version bigint not null,\n"
                "  features integer not null,\n"
                "  meant bigint not null,\n"
                "  how text not null,\n"
                "  encoding text not null,\n"
                "  body bytea not null,\n"
                "  primary key (collection, zoom, tile_row, tile_column)\n"
                ")"
            ).format(table)
        )
        # Compressed already.
        connection.execute(sql.SQL("alter table {} alter column body set storage external").format(table))
        connection.execute(
            "select served.enclose(%s::regclass, served.row_test(null))", [f"{quoted(COPIES)}.{quoted(name)}"]
        )
        connection.execute(
            "update served.copy set tiles = %s::regclass where relation = %s::regclass",
            [f"{quoted(COPIES)}.{quoted(name)}", f"{quoted(COPIES)}.{quoted(copy)}"],
        )
    return name


def there(connection: Connection[Any], name: str) -> bool:
    """Whether the table of that name is there: an administrator who wants room may drop it."""
    row = connection.execute("select to_regclass(%s) is not null", [f"{quoted(COPIES)}.{quoted(name)}"]).fetchone()
    return bool(row and row[0])


def recipe(table: Table) -> int:
    """What makes the same rows another tile, as a smallint: how tiles are drawn, and thinned."""
    made_from = repr((RECIPE, tiles.thinned_by(table.stats, table.geometry))).encode()
    return int.from_bytes(hashlib.sha256(made_from).digest()[:2]) >> 1


def read(table: Table, collection: str, zoom: int, row: int, column: int) -> Statement:
    """The tile of WebMercatorQuad at that place, for a profile that sees all of the table."""
    assert table.tiles is not None
    name = f"{quoted(COPIES)}.{quoted(table.tiles)}"
    return Statement(
        f"select substring(body, place, {PIECE}), features, meant, how, encoding, version\n"
        f"from (\n"
        f"  select tile.body, tile.features, tile.meant, tile.how, tile.encoding, shown.version,\n"
        f"    generate_series(1, greatest(length(tile.body), 1), {PIECE}) as place\n"
        f"  from {name} as tile\n"
        f"  join {name} as shown using (collection, recipe)\n"
        f"  where collection = $1::text\n"
        f"    and tile.zoom = $2::smallint\n"
        f"    and tile.tile_row = $3::integer\n"
        f"    and tile.tile_column = $4::integer\n"
        f"    and (shown.zoom, shown.tile_row, shown.tile_column) = {_SHOWN}\n"
        f"    and recipe = {recipe(table)}\n"
        f") as cut",
        (collection, zoom, row, column),
        binary=True,
    )


def version(connection: Connection[Any], collection: str) -> int:
    """The version of the rows of a collection now."""
    row = connection.execute("select number from registry.data_version where collection = %s", [collection]).fetchone()
    return int(row[0]) if row else 0


def begin(connection: Connection[Any], table: Table, collection: str, version: int) -> None:
    """From here on tiles show this version of the rows: those that show another are dropped."""
    assert table.tiles is not None
    if _shown(connection, table, collection) == (version, recipe(table)):
        return
    name = sql.Identifier(COPIES, table.tiles)
    connection.execute(sql.SQL("delete from {} where collection = %s").format(name), [collection])
    connection.execute(
        sql.SQL(_INSERTED + "values (%s, %s, %s, %s, %s, %s, 0, 0, 'shown', '', '')\n" + _OR_UPDATED).format(name),
        [collection, *_SHOWN, recipe(table), version],
    )


def _shown(connection: Connection[Any], table: Table, collection: str) -> tuple[int, int] | None:
    """The version of the rows that tiles show, and their recipe."""
    assert table.tiles is not None
    row = connection.execute(
        sql.SQL(
            "select version, recipe from {} where (collection, zoom, tile_row, tile_column) = (%s, %s, %s, %s)"
        ).format(sql.Identifier(COPIES, table.tiles)),
        [collection, *_SHOWN],
    ).fetchone()
    return (int(row[0]), int(row[1])) if row else None


def known(connection: Connection[Any], table: Table, collection: str) -> set[tuple[int, int, int]]:
    """The places (zoom, row, column) that have a tile."""
    assert table.tiles is not None
    rows = connection.execute(
        sql.SQL("select zoom, tile_row, tile_column from {} where collection = %s and zoom >= 0").format(
            sql.Identifier(COPIES, table.tiles)
        ),
        [collection],
    )
    return set(rows.fetchall())


def finish(connection: Connection[Any], table: Table, collection: str, version: int) -> None:
    """Write down that nothing is left to draw of this version."""
    keep(connection, table, collection, _ALL, version, (0, 0, "finished", "", b""))


def finished(connection: Connection[Any], table: Table, collection: str, version: int) -> bool:
    """Whether nothing is left to draw of this version."""
    assert table.tiles is not None
    if _shown(connection, table, collection) != (version, recipe(table)):
        return False
    row = connection.execute(
        sql.SQL(
            "select exists (\n  select from {} where (collection, zoom, tile_row, tile_column) = (%s, %s, %s, %s)\n)"
        ).format(sql.Identifier(COPIES, table.tiles)),
        [collection, *_ALL],
    ).fetchone()
    return bool(row and row[0])


_INSERTED = (
    "insert into {} (collection, zoom, tile_row, tile_column, recipe, version, features, meant, how, encoding, body)\n"
)
_OR_UPDATED = (
    "on conflict (collection, zoom, tile_row, tile_column) do update\n"
    "set recipe = excluded.recipe, version = excluded.version, features = excluded.features,\n"
    "    meant = excluded.meant, how = excluded.how, encoding = excluded.encoding, body = excluded.body"
)


def keep(
    connection: Connection[Any], table: Table, collection: str, place: tuple[int, int, int], version: int,
    drawn: tuple[int, int, str, str, bytes],
) -> None:  # fmt: skip
    """One tile: its place (zoom, row, column), and (features, those they stand for, how, encoding, bytes).

    Nothing is kept when the rows have moved since `version`: a writer under way is waited for.
    """
    assert table.tiles is not None
    name = sql.Identifier(COPIES, table.tiles)
    connection.execute(
        sql.SQL(
            "with shown as (\n"
            "  select version from {0}\n"
            "  where (collection, zoom, tile_row, tile_column) = (%s, %s, %s, %s) and (version, recipe) = (%s, %s)\n"
            "  for share\n"
            ")\n"
        ).format(name)
        + sql.SQL(_INSERTED).format(name)
        + sql.SQL("select %s, %s, %s, %s, %s, shown.version, %s, %s, %s, %s, %s\nfrom shown\n" + _OR_UPDATED),
        [collection, *_SHOWN, version, recipe(table), collection, *place, recipe(table), *drawn],
    )


def response(connection: Connection[Any], statement: Statement) -> list[Row]:
    """The rows of a statement, as a connection gives them. Raises StatementFailed."""
    result = connection.pgconn.exec_params(
        statement.sql.encode(), statement.bound, result_format=1 if statement.binary else 0
    )
    if result.status != TUPLES:
        raise failure(result)
    return rows_of(result)
