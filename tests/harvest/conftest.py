"""A small server on loopback that answers what a test tells it, and a source that points at it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson
import pytest

from mig_idg.database import connect
from mig_idg.harvest.model import Source

NOW = datetime(2026, 6, 15, 8, 0, tzinfo=UTC)
Answered = tuple[int, dict[str, str], bytes]


class Peer:
    """A catalogue elsewhere: `answers` by path and query, each a body, a triple, or a function of the headers."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.answers: dict[str, Any] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    def answer(self, path: str, headers: dict[str, str]) -> Answered:
        self.asked.append((path, headers))
        found = self.answers.get(path, self.answers.get(path.partition("?")[0]))
        if callable(found):
            found = found(path, headers)
        if found is None:
            return 404, {}, b"nothing"
        if isinstance(found, tuple):
            return found
        if isinstance(found, bytes):
            return 200, {"content-type": "application/xml"}, found
        return 200, {"content-type": "application/json"}, orjson.dumps(found)

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


@pytest.fixture
def peer() -> Iterator[Peer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, told, body = one.answer(self.path, headers)
            self.send_response(status)
            for name, value in told.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    one = Peer(server.server_port)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield one
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def source(peer: Peer, type: str, path: str = "/", **more: Any) -> Source:
    """A source on the peer, declared private as an operator would."""
    told: dict[str, Any] = {
        "id": "voisin", "title": {"fr": "Le voisin", "en": "The neighbour"}, "type": type, "url": f"{peer.base}{path}",
        "private": True, "delay": 0, **more,
    }  # fmt: skip
    return Source.model_validate(told)


@pytest.fixture
def clock() -> Callable[[], datetime]:
    """An hour later each time it is asked the day; runs are told apart."""
    moments = (NOW + timedelta(minutes=n) for n in range(100_000))
    return lambda: next(moments)


def pod(*ids: str, **more: Any) -> dict[str, Any]:
    """A data.json of datasets with these identifiers."""
    return {"dataset": [{"identifier": id, "title": f"Jeu {id}", "description": "Un jeu du voisin.",
                         "license": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
                         "publisher": {"name": "Ville voisine"}, "modified": "2026-05-01", **more} for id in ids]}  # fmt: skip


@pytest.fixture
def connection(database_url: str) -> Iterator[Any]:
    """A connection with the owner's rights, nothing having been harvested yet."""
    with connect(database_url) as opened:
        opened.execute("truncate harvest.source, harvest.pair cascade")
        opened.commit()
        yield opened
        opened.rollback()


@pytest.fixture
def another(database_url: str) -> Iterator[Any]:
    """A second one."""
    with connect(database_url) as opened:
        yield opened
