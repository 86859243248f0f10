"""A private PostgreSQL that was killed is started again, and what became of it can be read."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from mig_idg.database import supervision
from mig_idg.database.cluster import PrivateCluster
from mig_idg.database.supervision import LONGEST_BACKOFF, Supervisor, backoff, read_state
from mig_idg.errors import Text, Unavailable


@pytest.fixture
def cluster() -> Iterator[PrivateCluster]:
    """A running private cluster in a folder that PostgreSQL's account may enter."""
    home = Path(tempfile.mkdtemp(prefix="idg-test-"))
    home.chmod(0o755)
    made = PrivateCluster(home, lasting=False)
    made.start()
    yield made
    made.stop("immediate")
    shutil.rmtree(home)


class Broken(PrivateCluster):
    """A cluster that fails to start twice, then does."""

    tries = 0

    def start(self) -> None:
        Broken.tries += 1
        if Broken.tries < 3:
            raise Unavailable(Text("Le disque est plein.", "The disk is full."))


@pytest.mark.slow
def test_a_killed_postgresql_is_started_again_and_serves(cluster: PrivateCluster) -> None:
    supervisor = Supervisor(cluster)
    assert supervisor.alive()
    os.kill(int((cluster.data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    while supervisor.alive():
        pass
    supervisor.restart()
    with psycopg.connect(cluster.url()) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    state = read_state(cluster.home)
    assert state is not None
    assert (state["state"], state["restarts"]) == ("running", 1)


def test_each_start_that_does_not_hold_waits_longer_up_to_a_minute() -> None:
    waits = [backoff(failures) for failures in range(10)]
    assert waits[:4] == [0, 1, 2, 4]
    assert waits[-1] == LONGEST_BACKOFF


def test_a_start_that_fails_is_tried_again_and_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "SHORTEST_BACKOFF", 0.01)
    told: list[supervision.State] = []
    supervisor = Supervisor(Broken(tmp_path))
    monkeypatch.setattr(supervisor, "_tell", told.append)
    supervisor.restart()
    assert [state.state for state in told] == ["restarting", "restarting", "restarting", "running"]
    assert told[1].reason == "Le disque est plein."
    assert told[-1].restarts == 1


def test_it_is_not_started_again_once_the_service_stops(tmp_path: Path) -> None:
    supervisor = Supervisor(Broken(tmp_path))
    tries = Broken.tries
    supervisor.stop()
    supervisor.restart()
    assert Broken.tries == tries


def test_nobody_supervises_an_existing_database(tmp_path: Path) -> None:
    assert read_state(tmp_path) is None
