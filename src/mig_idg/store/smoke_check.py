"""A collection tried for real: its table, columns, key, geometry and SRID are what was published, and can be read."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import Connection, sql

from mig_idg.errors import Problem
from mig_idg.store.collection import Collection
from mig_idg.store.grant import granted_columns, profile_name
from mig_idg.store.table import Table, describe


def try_collection(connection: Connection[Any], collection: Collection) -> str | None:
    """Why the collection cannot be served, in one English sentence for the log, or None when it can.

    Leaves the connection's transaction usable.
    """
    if collection.table is None:
        return None
    table = collection.table
    try:
        with connection.transaction():
            now = describe(
                connection,
                f"{table.schema}.{table.name}",
                table.id.name,
                table.geometry.name if table.geometry else None,
                table.territory,
            )
            difference = _difference(table, now)
            if difference:
                return difference
            columns = granted_columns(table, ()) or ()
            role = profile_name(collection.id, columns, copy=table.copy)
            connection.execute(sql.SQL("set local role {}").format(sql.Identifier(role)))
            connection.execute(
                sql.SQL("select {} from {} limit 0").format(
                    sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier("served", role)
                )
            )
            connection.execute("set local role none")
    except Problem as error:
        return error.text("en")
    except psycopg.Error as error:
        return f"the view profile cannot be read (SQLSTATE {error.sqlstate})"
    return None


def _difference(published: Table, now: Table) -> str | None:
    """What changed in the table since its publication and would break an answer."""
    present = {column.name: column.sql for column in now.columns}
    for column in published.columns:
        if column.name not in present:
            return f"column {column.name} is gone"
        if present[column.name] != column.sql:
            return f"column {column.name} is now {present[column.name]}, it was {column.sql}"
    if published.geometry and now.geometry and published.geometry.srid != now.geometry.srid:
        return f"the SRID is now {now.geometry.srid}, it was {published.geometry.srid}"
    return None
