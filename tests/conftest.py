"""One throw-away PostGIS cluster for the whole run; one fresh, migrated database for each test module that asks."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import structlog

from mig_idg.database import connect
from mig_idg.database.cluster import PrivateCluster, throwaway
from mig_idg.database.migrate import migrate
from mig_idg.database.programs import find_programs

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
_numbers = itertools.count(1)

structlog.configure(
    processors=[structlog.processors.add_log_level, structlog.processors.KeyValueRenderer()],
    logger_factory=structlog.PrintLoggerFactory(sys.stderr),
)

for name in [name for name in os.environ if name.startswith("IDG_")]:
    del os.environ[name]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that read ../shared say so when it is not there."""
    if SHARED.is_dir():
        return
    for item in items:
        if item.get_closest_marker("reference"):
            item.add_marker(pytest.mark.skip(reason="../shared is not beside this checkout"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The reference material beside the checkout (tests that use it carry the `reference` marker)."""
    return SHARED


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateCluster]:
    """A real PostgreSQL with PostGIS, made for this run, with a migrated template database.

    Between runs, a stopped copy is kept in the system's temporary folder for the same `sql/` and server: a run of one
    test begins with it.
    """
    model = _model()
    with throwaway(tmp_path_factory.mktemp("cluster"), model) as running:
        if not model.is_dir():
            with connect(running.url(role="idg_owner", database="postgres"), autocommit=True) as admin:
                admin.execute("create database idg_template")
            with connect(running.url(role="idg_owner", database="idg_template")) as template:
                migrate(template)
            running.keep_as(model)
        yield running


def _model() -> Path:
    """Where the data folder of a migrated cluster is kept, by everything it depends on."""
    content = hashlib.sha256(repr(find_programs()).encode())
    for path in sorted((ROOT / "sql").rglob("*.sql")):
        content.update(path.name.encode() + path.read_bytes())
    for path in (ROOT / "src/mig_idg/database/migrate.py", ROOT / "src/mig_idg/database/cluster.py"):
        content.update(path.read_bytes())
    name = f"idg-model-{os.getuid()}-{content.hexdigest()[:16]}"
    for older in Path(tempfile.gettempdir()).glob(f"idg-model-{os.getuid()}-*"):
        if older.name != name and time.time() - older.stat().st_mtime > 86_400:
            shutil.rmtree(older, ignore_errors=True)
    return Path(tempfile.gettempdir()) / name


@pytest.fixture(scope="module")
def database(cluster: PrivateCluster) -> Iterator[str]:
    """The name of a fresh migrated database."""
    name = f"idg_{os.getpid()}_{next(_numbers)}"
    with connect(cluster.url(role="idg_owner", database="postgres"), autocommit=True) as admin:
        admin.execute(f"create database {name} template idg_template strategy file_copy")
    yield name
    with connect(cluster.url(role="idg_owner", database="postgres"), autocommit=True) as admin:
        admin.execute(f"drop database {name} with (force)")


@pytest.fixture(scope="module")
def database_url(cluster: PrivateCluster, database: str) -> str:
    """The owner's URL of the module's database."""
    return cluster.url(role="idg_owner", database=database)


@pytest.fixture(scope="module")
def app_url(cluster: PrivateCluster, database: str) -> str:
    """The server's own URL: the login role without rights."""
    return cluster.url(role="idg_app", database=database)


DEMONSTRATION_DAY = date(2026, 6, 15)


@dataclass
class Service:
    """The demonstration, served for real on a port of this machine: its address, its tokens, its owner's database."""

    url: str
    tokens: dict[str, str]
    database_url: str
    app_url: str
    home: Path
    now: list[datetime] = field(default_factory=list)
    settle: Callable[[], None] = lambda: None
    routes: tuple[Any, ...] = ()

    # `now[0]` is the server's clock; `settle()` returns once the journal is written.

    def get(self, path: str, who: str | None = None, **more: Any) -> httpx.Response:
        """GET as a demonstration account (`owner`, `ept`…; None: the public)."""
        return self.ask("GET", path, who, **more)

    def ask(self, method: str, path: str, who: str | None = None, **more: Any) -> httpx.Response:
        """Any method, as a demonstration account."""
        headers = {"authorization": f"Bearer {self.tokens[who]}"} if who else {}
        headers |= more.pop("headers", {})
        return httpx.request(method, self.url + path, headers=headers, timeout=30, **more)


@pytest.fixture(scope="session")
def demonstration(cluster: PrivateCluster, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """A database with the whole demonstration, to be copied from, and its home folder (rasters, accounts)."""
    from mig_idg import demonstration as data
    from mig_idg.cli.demo import accounts
    from mig_idg.demonstration import adhesion as partnership
    from mig_idg.publication.publish import publish

    home = tmp_path_factory.mktemp("home")
    with connect(cluster.url(role="idg_owner", database="postgres"), autocommit=True) as admin:
        admin.execute("create database idg_demonstration template idg_template")
    with connect(cluster.url(role="idg_owner", database="idg_demonstration")) as owner:
        data.load(owner, home)
        owner.commit()
        partnership.adopt(owner, DEMONSTRATION_DAY)
        publish(owner, ROOT / "collections", author="tests", on=DEMONSTRATION_DAY, rasters=home / "rasters")
        partnership.adopt(owner, DEMONSTRATION_DAY)
        accounts.open_all(owner, home, author="tests")
        owner.commit()
    return "idg_demonstration", home


@pytest.fixture(scope="session")
def serve_demonstration(cluster: PrivateCluster, demonstration: tuple[str, Path]) -> Callable[..., Any]:
    """A new server on a new copy of the demonstration, each time it is entered."""

    @contextmanager
    def served(*, route: Callable[[str], Any] = nullcontext, **settings: Any) -> Iterator[Service]:
        template, home = demonstration
        name = f"idg_{os.getpid()}_{next(_numbers)}"
        admin_url = cluster.url(role="idg_owner", database="postgres")
        with connect(admin_url, autocommit=True) as admin:
            admin.execute(f"create database {name} template {template} strategy file_copy")
        urls = cluster.url(role="idg_owner", database=name), cluster.url(role="idg_app", database=name)
        tokens = {
            account: said["token"]
            for account, said in json.loads((home / "demo-accounts.json").read_text()).items()
            if said["token"]
        }
        try:
            with route(urls[1]) as app_url, _running((urls[0], app_url), tokens, home, settings) as service:
                yield service
        finally:
            with connect(admin_url, autocommit=True) as admin:
                admin.execute(f"drop database {name} with (force)")

    return served


@contextmanager
def _running(urls: tuple[str, str], tokens: dict[str, str], home: Path, more: dict[str, Any]) -> Iterator[Service]:
    import socket

    import uvicorn

    from mig_idg.app.create import create_app
    from mig_idg.app.protocol import BoundedProtocol
    from mig_idg.settings import Settings

    listening = socket.socket(proto=socket.IPPROTO_TCP)  # asyncio turns Nagle off only when told it is TCP
    listening.bind(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    service = Service(f"http://127.0.0.1:{port}", tokens, *urls, home, [datetime(2026, 6, 15, 10, tzinfo=UTC)])
    settings = Settings(home=home, base_url=service.url, port=port, config_file=ROOT / "pygeoapi-config.yml", **more)
    try:
        app = create_app(settings, service.app_url, clock=lambda: service.now[0])
    except BaseException:
        listening.close()
        raise
    service.routes = app.guard.routes.all
    config = uvicorn.Config(app, http=BoundedProtocol, loop="asyncio", lifespan="on", log_level="error")
    config.timeout_graceful_shutdown = 5  # a client that left an answer unread does not hold the end of a test
    server = uvicorn.Server(config)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=lambda: loop.run_until_complete(server.serve([listening])), daemon=True)
    service.settle = lambda: asyncio.run_coroutine_threadsafe(app.guard.journal.flush(), loop).result(10)
    thread.start()
    ready = threading.Event()
    while not server.started and thread.is_alive():
        ready.wait(0.02)
    assert server.started, "the server did not start"
    try:
        yield service
    finally:
        server.should_exit = True
        thread.join(timeout=120)
        listening.close()
        assert not thread.is_alive(), "the server did not stop"
        loop.close()


@pytest.fixture(scope="session")
def service(serve_demonstration: Callable[..., Any]) -> Iterator[Service]:
    """The demonstration served once for the whole run: for tests that change nothing."""
    with serve_demonstration() as running:
        yield running


@pytest.fixture
def own_service(serve_demonstration: Callable[..., Any]) -> Iterator[Service]:
    """The demonstration served for one test alone, which may change facts, rows and time (`service.now`)."""
    with serve_demonstration() as running:
        yield running


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection with the owner's rights, rolled back after the test."""
    with connect(database_url) as opened:
        yield opened
        opened.rollback()
