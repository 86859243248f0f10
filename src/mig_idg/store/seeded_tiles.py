"""Tiles drawn ahead: a table beside the copy of a layer, filled after a publication, read instead of drawing.

    room(connection, copy)                  the table for the tiles of a copy, made when there is none; its name
    there(connection, name)                 whether it is there
    read(table, collection, zoom, …)        the statement that finds one of them
    keep(connection, table, …)              one more, or a newer one
    known(connection, table, …)             those that are there
    finish(connection, table, …)            all of them are there
    finished(connection, table, …)          whether they all are
    version(connection, collection)         that of the rows now
    answer(connection, statement)           a statement of `store.tiles`, for who draws

Rows of `read`: (piece of the tile, features, features they stand for, how it was drawn, encoding, version of the rows
then). A tile of another version of the rows is as good as absent. The table is under a policy that wants all rows, and
only the profile that sees every column may read it (`sql/replaceable/01-profiles.sql`).
"""

from __future__ import annotations

from typing import Any

from psycopg import Connection, sql

from mig_idg.database.pipeline import TUPLES, Row, failure, rows_of
from mig_idg.store.statement import Statement, quoted
from mig_idg.store.table import COPIES, Table
from mig_idg.store.tiles import PIECE

# To be changed when the same rows give another tile.
RECIPE = 3
# Where it is written that all tiles are there.
_ALL = (-1, 0, 0)


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


def read(table: Table, collection: str, zoom: int, row: int, column: int) -> Statement:
    """The tile of WebMercatorQuad at that place, for a profile that sees all of the table."""
    assert table.tiles is not None
    return Statement(
        f"select substring(body, place, {PIECE}), features, meant, how, encoding, version\n"
        f"from (\n"
        f"  select *, generate_series(1, greatest(length(body), 1), {PIECE}) as place\n"
        f"  from {quoted(COPIES)}.{quoted(table.tiles)}\n"
        f"  where collection = $1::text\n"
        f"    and zoom = $2::smallint\n"
        f"    and tile_row = $3::integer\n"
        f"    and tile_column = $4::integer\n"
        f"    and recipe = {RECIPE}\n"
        f") as cut",
        (collection, zoom, row, column),
        binary=True,
    )


def version(connection: Connection[Any], collection: str) -> int:
    """The version of the rows of a collection now."""
    row = connection.execute("select number from registry.data_version where collection = %s", [collection]).fetchone()
    return int(row[0]) if row else 0


def known(connection: Connection[Any], table: Table, collection: str, version: int) -> set[tuple[int, int, int]]:
    """The places (zoom, row, column) that have a tile of this version."""
    assert table.tiles is not None
    rows = connection.execute(
        sql.SQL(
            "select zoom, tile_row, tile_column from {} where collection = %s and version = %s and recipe = %s"
        ).format(sql.Identifier(COPIES, table.tiles)),
        [collection, version, RECIPE],
    )
    return set(rows.fetchall())


def finish(connection: Connection[Any], table: Table, collection: str, version: int) -> None:
    """Write down that nothing is left to draw of this version."""
    keep(connection, table, collection, _ALL, version, (0, 0, "finished", "", b""))


def finished(connection: Connection[Any], table: Table, collection: str, version: int) -> bool:
    """Whether nothing is left to draw of this version."""
    assert table.tiles is not None
    row = connection.execute(
        sql.SQL(
            "select exists (\n"
            "  select from {} where (collection, zoom, tile_row, tile_column) = (%s, %s, %s, %s)\n"
            "    and version = %s and recipe = %s\n"
            ")"
        ).format(sql.Identifier(COPIES, table.tiles)),
        [collection, *_ALL, version, RECIPE],
    ).fetchone()
    return bool(row and row[0])


def keep(
    connection: Connection[Any], table: Table, collection: str, place: tuple[int, int, int], version: int,
    drawn: tuple[int, int, str, str, bytes],
) -> None:  # fmt: skip
    """One tile: its place (zoom, row, column), and (features, those they stand for, how, encoding, bytes)."""
    assert table.tiles is not None
    connection.execute(
        sql.SQL(
            "insert into {} (collection, zoom, tile_row, tile_column, recipe, version,"
            " features, meant, how, encoding, body)\n"
            "values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)\n"
            "on conflict (collection, zoom, tile_row, tile_column) do update\n"
            "set recipe = excluded.recipe, version = excluded.version, features = excluded.features,\n"
            "    meant = excluded.meant, how = excluded.how, encoding = excluded.encoding, body = excluded.body"
        ).format(sql.Identifier(COPIES, table.tiles)),
        [collection, *place, RECIPE, version, *drawn],
    )


def forget_others(connection: Connection[Any], table: Table, collection: str, version: int) -> None:
    """Drop the tiles of other versions of the rows: nobody will be given them."""
    assert table.tiles is not None
    connection.execute(
        sql.SQL("delete from {} where collection = %s and (version <> %s or recipe <> %s)").format(
            sql.Identifier(COPIES, table.tiles)
        ),
        [collection, version, RECIPE],
    )


def response(connection: Connection[Any], statement: Statement) -> list[Row]:
    """The rows of a statement, as a connection gives them. Raises StatementFailed."""
    result = connection.pgconn.exec_params(
        statement.sql.encode(), statement.bound, result_format=1 if statement.binary else 0
    )
    if result.status != TUPLES:
        raise failure(result)
    return rows_of(result)
