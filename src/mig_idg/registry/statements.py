"""The SQL that Python asks, one file per question in `queries/`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from psycopg import Connection
from psycopg.rows import dict_row

Row = dict[str, Any]


def ask(conn: Connection[Any], question: str, values: Mapping[str, Any] | None = None) -> list[Row]:
    """The rows that answer `queries/{question}.sql`, each as a dict by column name."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_text(question), values).fetchall()


@cache
def _text(question: str) -> bytes:
    return (files("mig_idg.registry") / "queries" / f"{question}.sql").read_bytes()
