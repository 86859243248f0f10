"""Connections that write measurements: the server becomes `idg_sensor_writer` for one transaction, idg_app after it.

A few connections are kept open: a message of a sensor is one short transaction, and there are thousands of them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import Connection

from mig_idg.database.connect import connect, unreachable

BOUNDS = b"set local role idg_sensor_writer; set local statement_timeout = '30s'; set local lock_timeout = '5s'"
KEPT = 4

type Conn = Connection[tuple[Any, ...]]


class Moved(Exception):
    """Rights changed since they were read: what was to be written is decided again."""


class Writers:
    """The connections of one application, to the database at `url` (the server's own)."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._idle: list[Conn] = []
        self._lock = threading.Lock()

    @contextmanager
    def writing(self, setting: bytes, epoch: int) -> Iterator[Conn]:
        """One transaction under these rights, committed when the block ends well. Raises Moved, Unavailable."""
        connection = self._taken()
        try:
            with connection.transaction():
                row = connection.execute("select number from registry.epoch").fetchone()
                if row is None or row[0] != epoch:
                    raise Moved
                connection.execute("select set_config('idg.rows', %s, true)", (setting.decode(),))
                connection.execute(BOUNDS)
                yield connection
        except psycopg.OperationalError as error:
            if connection.closed or connection.broken:
                raise unreachable() from error
            raise
        finally:
            self._given_back(connection)

    def run[T](self, setting: bytes, epoch: int, do: Callable[[Conn], T]) -> T | None:
        """What `do` gives, committed; None when the rights moved since `epoch`. Raises Unavailable."""
        try:
            with self.writing(setting, epoch) as connection:
                return do(connection)
        except Moved:
            return None

    def close(self) -> None:
        """Close those kept."""
        with self._lock:
            for one in self._idle:
                one.close()
            self._idle.clear()

    def _taken(self) -> Conn:
        with self._lock:
            while self._idle:
                one = self._idle.pop()
                if not one.closed and not one.broken:
                    return one
        return connect(self._url, autocommit=True, application_name="mig-idg measurements")

    def _given_back(self, connection: Conn) -> None:
        with self._lock:
            if connection.closed or connection.broken or len(self._idle) >= KEPT:
                connection.close()
            else:
                self._idle.append(connection)
