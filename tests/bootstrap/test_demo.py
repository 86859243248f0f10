"""`mig-idg demo`: what it says, what it keeps, what it leaves behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from mig_idg.cli.demo import accounts
from mig_idg.database import orphans
from mig_idg.database.cluster import PrivateCluster
from mig_idg.demonstration import adhesion
from mig_idg.registry import tokens

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
DAY = date(2026, 10, 1)


def demo(home: Path, *words: str) -> list[str]:
    """The command line of a demonstration in that home."""
    return [str(Path(sys.executable).with_name("mig-idg")), "demo", "--home", str(home), *words]


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A home where the demonstration was loaded once, in a place that PostgreSQL's account may enter."""
    folder = Path(tempfile.mkdtemp(prefix="idg-demo-"))
    folder.chmod(0o755)
    loaded = subprocess.run(demo(folder / "home", "--no-serve"), capture_output=True, text=True, cwd=ROOT)
    assert loaded.returncode == 0, loaded.stderr
    yield folder / "home"
    PrivateCluster(folder / "home").stop("immediate")
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def adopted(database_url: str) -> str:
    """A database in which the demonstration's adhesions are written."""
    with psycopg.connect(database_url) as connection:
        adhesion.adopt(connection, DAY)
    return database_url


# accounts


def test_there_is_an_account_for_each_situation_and_one_line_for_the_public(adopted: str, tmp_path: Path) -> None:
    with psycopg.connect(adopted) as connection:
        accounts.open_all(connection, tmp_path, author="test")
    written = json.loads((tmp_path / "demo-accounts.json").read_text())
    assert written["public"] == {
        "login": None,
        "token": None,
        "organisation": None,
        "roles": [],
        "note": accounts.PUBLIC.fr,
    }
    for name in ("owner", "other-partner", "ept", "served-commune", "argenteuil", "outside-ept-commune", "withdrawn",
                 "contractor", "emergency", "group-member", "committee", "pilot"):  # fmt: skip
        assert set(written[name]) == {"login", "token", "organisation", "roles", "note"}
        assert tokens.well_formed(written[name]["token"])
    assert written["committee"]["roles"] == ["technical_committee"]


def test_the_file_of_tokens_is_for_its_owner_alone(adopted: str, tmp_path: Path) -> None:
    with psycopg.connect(adopted) as connection:
        accounts.open_all(connection, tmp_path, author="test")
        connection.rollback()
    assert (tmp_path / "demo-accounts.json").stat().st_mode & 0o777 == 0o600


def test_a_token_that_still_enters_is_kept_and_a_revoked_one_replaced(adopted: str, tmp_path: Path) -> None:
    with psycopg.connect(adopted) as connection:
        before = accounts.open_all(connection, tmp_path, author="test")
        live = tokens.load(connection).by_hash
        gone = before["ept"].token
        assert gone is not None
        tokens.revoke(connection, live[tokens.fingerprint(gone)].token)
        after = accounts.open_all(connection, tmp_path, author="test")
        connection.rollback()
    assert after["ept"].token != before["ept"].token
    assert {name: a for name, a in after.items() if name != "ept"} == {n: a for n, a in before.items() if n != "ept"}


def test_a_file_of_tokens_that_was_spoilt_is_written_again(adopted: str, tmp_path: Path) -> None:
    (tmp_path / "demo-accounts.json").write_text("{not json")
    with psycopg.connect(adopted) as connection:
        accounts.open_all(connection, tmp_path, author="test")
        connection.rollback()
    assert "pilot" in json.loads((tmp_path / "demo-accounts.json").read_text())


# the command


def test_a_taken_port_is_said_before_anything_is_made(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        response = subprocess.run(demo(home, "--port", str(port)), capture_output=True, text=True)
    assert response.returncode == 3
    assert response.stderr.count("\n") == 1
    assert str(port) in response.stderr
    assert "--port" in response.stderr
    assert not home.exists()


@pytest.mark.slow
def test_the_second_start_keeps_what_was_changed_and_takes_seconds(home: Path) -> None:
    cluster = PrivateCluster(home)
    assert not cluster.running
    tokens_before = (home / "demo-accounts.json").read_text()
    with cluster.in_use(), psycopg.connect(cluster.url()) as connection:
        connection.execute("delete from data.equipements where commune_insee = '92050'")
    start = time.monotonic()
    second = subprocess.run(demo(home, "--no-serve"), capture_output=True, text=True, cwd=ROOT)
    assert time.monotonic() - start < 90  # the first start takes minutes on a slow machine
    assert second.returncode == 0, second.stderr
    assert (home / "demo-accounts.json").read_text() == tokens_before
    with cluster.in_use(), psycopg.connect(cluster.url()) as connection:
        left = connection.execute("select count(*) from data.equipements where commune_insee = '92050'").fetchone()
        publications = connection.execute("select count(*) from registry.publication").fetchone()
    assert left == (0,)
    assert publications == (1,)


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_asked_to_stop_it_stops_server_and_cluster(home: Path, how: signal.Signals) -> None:
    with serving(home) as (process, port):
        assert get(port, "/healthz") == 200
        assert get(port, "/collections/equipements/items?limit=1&f=json") == 200
        process.send_signal(how)
        assert process.wait(30) == 0
    assert orphans.of(PrivateCluster(home).data) == ()


@pytest.mark.slow
def test_killed_with_its_database_it_starts_again_and_has_lost_nothing(home: Path) -> None:
    with serving(home) as (process, port):
        cluster = PrivateCluster(home)
        with psycopg.connect(cluster.url()) as connection:
            connection.execute("create table data.witness as select 1 as it_was_there")
        process.kill()  # its workers must notice by themselves
        for each in orphans.of(cluster.data):
            with suppress(ProcessLookupError):  # it may have left by itself
                os.kill(each, signal.SIGKILL)
        process.wait()
        wait_until(lambda: get(port, "/healthz") == 0)
    with serving(home) as (_, port):
        assert get(port, "/readyz") == 200
        with psycopg.connect(cluster.url()) as connection:
            assert connection.execute("select it_was_there from data.witness").fetchone() == (1,)


@contextmanager
def serving(home: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A demonstration that answers on a free port; killed if the test did not stop it."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    log = home.parent / "demo.log"
    with log.open("w") as written:
        process: subprocess.Popen[Any] = subprocess.Popen(
            demo(home, "--port", str(port)), stdout=written, stderr=written, cwd=ROOT, start_new_session=True
        )
    try:
        deadline = time.monotonic() + 120
        while get(port, "/readyz") != 200:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
        yield process, port
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until(holds: Callable[[], bool]) -> None:
    """Return when it holds; fail after half a minute."""
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def get(port: int, path: str) -> int:
    """The status of an answer, 0 when nobody answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except OSError:
        time.sleep(0.05)
        return 0
