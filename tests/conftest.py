"""One throw-away PostGIS cluster for the whole run; one fresh, migrated database for each test module that asks."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from mig_idg.database import connect
from mig_idg.database.cluster import PrivateCluster, throwaway
from mig_idg.database.migrate import migrate

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
_numbers = itertools.count(1)

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
    """A real PostgreSQL with PostGIS, made for this run, with a migrated template database."""
    with throwaway(tmp_path_factory.mktemp("cluster")) as running:
        with connect(running.url(role="idg_owner", database="postgres"), autocommit=True) as admin:
            admin.execute("create database idg_template")
        with connect(running.url(role="idg_owner", database="idg_template")) as template:
            migrate(template)
        yield running


@pytest.fixture(scope="module")
def database(cluster: PrivateCluster) -> Iterator[str]:
    """The name of a fresh migrated database."""
    name = f"idg_{os.getpid()}_{next(_numbers)}"
    with connect(cluster.url(role="idg_owner", database="postgres"), autocommit=True) as admin:
        admin.execute(f"create database {name} template idg_template")
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


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection with the owner's rights, rolled back after the test."""
    with connect(database_url) as opened:
        yield opened
        opened.rollback()
