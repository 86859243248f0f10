"""A PostGIS that somebody else administers: its owner is no superuser, as docs/how-to/install.md makes it."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from mig_idg.database import as_application, connect
from mig_idg.database.cluster import throwaway
from mig_idg.database.migrate import migrate
from mig_idg.registry import publications

pytestmark = pytest.mark.slow

OWNER, NAME = "somebody_elses_owner", "somebody_elses"


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The owner's address, after the commands of the how-to and the migrations, where no role of ours was known."""
    with throwaway() as cluster:
        with psycopg.connect(cluster.url(database="postgres"), autocommit=True) as admin:
            admin.execute(f"create role {OWNER} login createrole".encode())
            admin.execute(f"create database {NAME} owner {OWNER}".encode())
        with psycopg.connect(cluster.url(database=NAME), autocommit=True) as admin:
            admin.execute("create extension postgis")
        with connect(cluster.url(role=OWNER, database=NAME)) as connection:
            migrate(connection)
        yield cluster.url(role=OWNER, database=NAME)


def test_the_server_enters_as_the_role_without_rights(url: str) -> None:
    with connect(as_application(url)) as connection:
        assert connection.execute("select current_user, session_user").fetchone() == ("idg_app", OWNER)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("create table data.mine (id int)")


def test_it_becomes_a_view_profile_to_read_what_is_published(url: str) -> None:
    with connect(url) as owner:
        owner.execute("create table data.squares (id text primary key, geom geometry(Point, 2154))")
        publications.allow(owner, "squares", "data.squares", ["id", "geom"], "id", None)
        profile = owner.execute("select served.ensure_profile('squares', array['id', 'geom'])").fetchone()
        owner.commit()
    assert profile is not None
    with connect(as_application(url)) as connection:
        connection.execute(f'set local role "{profile[0]}"'.encode())
        assert connection.execute("select current_user").fetchone() == (profile[0],)
