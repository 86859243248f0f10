"""Migrations are one sequence, and a database of any earlier version becomes that of today."""

from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from mig_idg.database import connect
from mig_idg.database.cluster import PrivateCluster
from mig_idg.database.migrate import BEFORE_THE_SEQUENCE, migrate, require_sequence, sql_folder
from mig_idg.database.schema import dump
from mig_idg.errors import Conflict

FILES = tuple(path.stem for path in sorted((sql_folder() / "migrations").glob("*.sql")))
# The order in which the files of the time before the sequence came into being: databases in service had them so.
BY_AGE = ("0001", "0002", "0003", "0010", "0011", "0012", "0013", "0014", "0030", "0031", "0060", "0032", "0061")
BY_AGE += ("0040", "0015", "0062", "0070")
# Their replaceable objects as they were when the migration of that number was the last.
STATES = Path(__file__).parent / "states"
_count = itertools.count(1)


@pytest.fixture
def empty(cluster: PrivateCluster) -> Iterator[str]:
    """The owner's URL of a database in which nothing was ever done."""
    name = f"idg_sequence_{os.getpid()}_{next(_count)}"
    with connect(cluster.url(database="postgres"), autocommit=True) as admin:
        admin.execute(f"create database {name} template template0")
    yield cluster.url(database=name)
    with connect(cluster.url(database="postgres"), autocommit=True) as admin:
        admin.execute(f"drop database {name} with (force)")


@pytest.fixture(scope="module")
def fresh(cluster: PrivateCluster) -> str:
    """The schema of a database that was made by this version."""
    return dump(cluster.url(database="idg_template"))[1]


def become(url: str, migrations: Sequence[str], replaceable: Path | None = None) -> None:
    """Make of an empty database one of an earlier version, as that version's own `db migrate` did."""
    folder = sql_folder()
    with connect(url) as connection:
        connection.execute(
            "create table public.idg_ledger"
            " (name text primary key, sha256 text not null, applied_at timestamptz not null default now())"
        )
        texts = [folder / "migrations" / f"{name}.sql" for name in migrations]
        texts += sorted(replaceable.glob("*.sql")) if replaceable else []
        for path in texts:
            connection.execute(path.read_bytes())
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            connection.execute("insert into public.idg_ledger (name, sha256) values (%s, %s)", (path.stem, digest))


def named(number: str) -> str:
    """The file of that number."""
    (name,) = (name for name in FILES if name.startswith(f"{number}-"))
    return name


SEQUENCE = [FILES[:count] for count in range(1, len(FILES))]
AGES = [tuple(map(named, BY_AGE[:count])) for count in range(1, len(BY_AGE) + 1)]
EARLIER = list({tuple(done): done for done in (*SEQUENCE, *AGES)}.values())


@pytest.mark.slow
@pytest.mark.parametrize("done", EARLIER, ids=lambda done: f"{len(done)}-{done[-1]}")
def test_a_database_of_any_earlier_state_gets_the_schema_of_a_new_one(
    empty: str, fresh: str, done: Sequence[str]
) -> None:
    become(empty, done)
    with connect(empty) as connection:
        ran = migrate(connection)
    assert not set(ran) & set(done)
    assert dump(empty)[1] == fresh


@pytest.mark.parametrize("state", sorted(STATES.iterdir()), ids=lambda path: path.name)
def test_a_database_of_an_earlier_version_with_its_functions_gets_the_schema_of_a_new_one(
    empty: str, fresh: str, state: Path
) -> None:
    order = list(map(named, BY_AGE)) + [name for name in FILES if name[:4] > "0070"]
    become(empty, order[: order.index(named(state.name)) + 1], state)
    with connect(empty) as connection:
        migrate(connection)
        assert migrate(connection) == ()
    assert dump(empty)[1] == fresh


def test_the_files_before_the_sequence_are_those_of_the_day_it_was_made() -> None:
    assert {name for name in FILES if name[:4] <= "0070"} == BEFORE_THE_SEQUENCE
    assert tuple(map(named, sorted(BY_AGE))) == tuple(name for name in FILES if name in BEFORE_THE_SEQUENCE)


def test_a_number_below_the_last_applied_is_refused_with_what_to_do() -> None:
    with pytest.raises(Conflict) as refused:
        require_sequence([*FILES, "0033-late"], FILES)
    assert "0033-late" in refused.value.text("fr")
    assert FILES[-1] in refused.value.text("fr")


def test_a_database_that_lacks_a_file_numbered_by_area_may_still_have_it() -> None:
    require_sequence(FILES, set(FILES) - {"0015-agreements-and-versions"})


def test_the_next_number_is_taken() -> None:
    require_sequence([*FILES, "9999-next"], FILES)


def test_one_number_is_one_file() -> None:
    with pytest.raises(Conflict, match="0100"):
        require_sequence(["0100-one", "0100-other"], [])
