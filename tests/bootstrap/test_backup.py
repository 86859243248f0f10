"""A dump made as the how-to says, restored as it says, is the database that was dumped."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest

from mig_idg.database.cluster import PrivateCluster, throwaway
from mig_idg.database.migrate import migrate
from mig_idg.database.programs import find_programs
from mig_idg.demonstration import adhesion
from mig_idg.registry import publications

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "backup.md"
pytestmark = pytest.mark.slow

RESTORE = ("--clean", "--if-exists", "--exit-on-error")


def run(program: str, cluster: PrivateCluster, *words: str) -> str:
    """One of PostgreSQL's programs, told as the how-to tells it where the cluster is."""
    done = subprocess.run(
        [find_programs().path(program), f"--host={cluster.sockets}", "--username=idg_owner", *words],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def lived_in(cluster: PrivateCluster, database: str) -> str:
    """A database with the partnership's acts, and a layer that is served."""
    with psycopg.connect(cluster.url(database=database)) as connection:
        adhesion.adopt(connection, date(2026, 10, 1))
        connection.execute("create table data.squares (id text primary key, geom geometry(Polygon, 2154) not null)")
        connection.execute(
            "insert into data.squares select n, st_makeenvelope(n, n, n + 1, n + 1, 2154) from generate_series(1, 1000) n"
        )
        publications.allow(connection, "squares", "data.squares", ["id", "geom"], "id", None)
    return database


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[PrivateCluster]:
    """A new machine: another cluster, with nothing in it."""
    with throwaway() as made:
        yield made


@pytest.fixture(scope="module")
def restored(
    cluster: PrivateCluster, lived_in: str, elsewhere: PrivateCluster, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The database of the new machine: migrated, then restored from the dump and the roles."""
    folder = tmp_path_factory.mktemp("backup")
    dump, roles = str(folder / "idg.dump"), str(folder / "roles.sql")
    run("pg_dump", cluster, "--format=custom", f"--file={dump}", lived_in)
    run("pg_dumpall", cluster, "--roles-only", f"--file={roles}")
    with psycopg.connect(elsewhere.url()) as connection:
        migrate(connection)
    run("psql", elsewhere, "--dbname=idg", "--quiet", f"--file={roles}")
    run("pg_restore", elsewhere, "--dbname=idg", *RESTORE, dump)
    return "idg"


def test_what_was_dumped_is_there_to_the_last_row(
    cluster: PrivateCluster, lived_in: str, elsewhere: PrivateCluster, restored: str
) -> None:
    question = b"select (select count(*) from registry.act), (select md5(string_agg(id || st_astext(geom), ',' order by id)) from data.squares)"
    answers = []
    for where, name in ((cluster, lived_in), (elsewhere, restored)):
        with psycopg.connect(where.url(database=name)) as connection:
            answers.append(connection.execute(question).fetchone())
    assert answers[0] == answers[1]
    assert answers[0] is not None
    assert answers[0][0] > 50


def test_tables_functions_policies_and_rights_are_the_same(
    cluster: PrivateCluster, lived_in: str, elsewhere: PrivateCluster, restored: str
) -> None:
    def schema(where: PrivateCluster, name: str) -> list[str]:
        text = run("pg_dump", where, "--schema-only", name)
        return sorted(line for line in text.splitlines() if line and not re.match(r"--|\\(un)?restrict", line))

    assert schema(elsewhere, restored) == schema(cluster, lived_in)


def test_nothing_is_left_to_migrate(elsewhere: PrivateCluster, restored: str) -> None:
    with psycopg.connect(elsewhere.url(database=restored)) as connection:
        assert migrate(connection) == ()


def test_the_how_to_shows_these_options() -> None:
    (line,) = (line for line in HOW_TO.read_text().splitlines() if line.startswith("pg_restore "))
    for option in RESTORE:
        assert option in line
