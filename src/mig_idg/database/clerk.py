"""Connections that write acts: the server becomes `idg_clerk` for one transaction, and is idg_app again after it.

No read of data ever runs under that role (sql/replaceable/80-desks.sql says what it may). A transaction that was not
told to write is read only.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Connection

from mig_idg.database.connect import connect

BOUNDS = "set local statement_timeout = '15s'; set local lock_timeout = '8s'"


@contextmanager
def as_clerk(url: str, *, write: bool = False) -> Iterator[Connection[tuple[Any, ...]]]:
    """One transaction as the clerk; committed when the block ends well, rolled back otherwise. Raises Unavailable."""
    with connect(url, application_name="mig-idg desks") as connection:
        if not write:
            connection.execute("set transaction read only")
        connection.execute(f"set local role idg_clerk; {BOUNDS}".encode())
        yield connection
