"""Who wrote which feature on line: read only; the write itself notes it (`edits.note`, in the same statement)."""

from __future__ import annotations

from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

from mig_idg.errors import Text

type Conn = Connection[Any]

ACTIONS = {
    "create": Text("création", "creation"),
    "update": Text("modification", "change"),
    "delete": Text("suppression", "deletion"),
}


def listing(conn: Conn, collection: str, feature: str | None = None, limit: int = 200) -> list[dict[str, Any]]:
    """The edits of a collection, or of one of its features, the last one first."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "select at, feature, action, login, organisation, attributes, moved from edits.edit"
            " where collection = %(collection)s and (%(feature)s::text is null or feature = %(feature)s)"
            " order by id desc limit %(limit)s",
            {"collection": collection, "feature": feature, "limit": limit},
        ).fetchall()
