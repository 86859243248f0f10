"""The private PostgreSQL while it serves: started again when it was killed, with back-off, and its state told.

Linux ends a PostgreSQL that takes too much memory, and administrators kill the wrong process. Nobody is there at night:
the supervisor of the workers looks each second, and `/readyz` reads what it wrote in `$IDG_HOME/cluster.state`.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any, Literal

import structlog

from mig_idg.database.cluster import PrivateCluster
from mig_idg.errors import Problem

log = structlog.get_logger(__name__)

STATE_FILE = "cluster.state"
PERIOD_SECONDS = 1.0
SHORTEST_BACKOFF, LONGEST_BACKOFF = 1.0, 60.0
# A cluster that ran this long had recovered: the next death is another accident, tried again at once.
STEADY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class State:
    """What the supervisor knows of the cluster: `since` when, how many `restarts` since it watches, and why not."""

    state: Literal["running", "restarting"]
    since: str
    restarts: int = 0
    attempts: int = 0
    reason: str | None = None


def read_state(home: Path) -> dict[str, Any] | None:
    """What the supervisor wrote last; None where nobody supervises (an existing database, a test)."""
    try:
        document = json.loads((home / STATE_FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) else None


def backoff(failures: int) -> float:
    """Seconds to wait before the next start, after so many in a row that failed or did not hold."""
    return 0.0 if failures == 0 else float(min(LONGEST_BACKOFF, SHORTEST_BACKOFF * 2 ** (failures - 1)))


class Supervisor:
    """Looks at a private cluster until stopped, and starts it again when its postmaster is gone."""

    def __init__(self, cluster: PrivateCluster, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._cluster = cluster
        self._clock = clock
        self._stopping = Event()
        self._restarts = self._failures = 0
        self._started_at = clock()

    def run(self) -> None:
        """Until `stop`; nothing that goes wrong with a start ends it."""
        self._tell(State("running", _now()))
        while not self._stopping.wait(PERIOD_SECONDS):
            if not self.alive():
                self.restart()

    def stop(self) -> None:
        """No start from now on."""
        self._stopping.set()

    def alive(self) -> bool:
        """Whether the postmaster of the cluster's own lock file works in its data folder."""
        data = self._cluster.data
        try:
            process = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
            if Path("/proc/self/cwd").exists():
                return os.readlink(f"/proc/{process}/cwd") == os.path.realpath(data)
            os.kill(process, 0)
        except PermissionError:
            return True
        except (OSError, ValueError):
            return False
        return True

    def restart(self) -> None:
        """Start it again, waiting longer after each attempt that did not hold; returns once it runs, or at `stop`."""
        since = _now()
        log.error("postgresql-gone", home=str(self._cluster.home))
        if self._clock() - self._started_at > STEADY_SECONDS:
            self._failures = 0
        reason: str | None = None
        attempts = 0
        while True:
            pause = backoff(self._failures)
            self._tell(State("restarting", since, self._restarts, attempts, reason))
            if self._stopping.wait(pause):
                return
            attempts += 1
            self._failures += 1
            try:
                self._cluster.start()
            except Exception as error:
                reason = error.text("fr") if isinstance(error, Problem) else type(error).__name__
                log.error("postgresql-not-restarted", attempt=attempts, reason=reason, next_in=backoff(self._failures))
                continue
            self._restarts += 1
            self._started_at = self._clock()
            log.warning("postgresql-restarted", attempts=attempts, restarts=self._restarts)
            self._tell(State("running", _now(), self._restarts, 0))
            return

    def _tell(self, state: State) -> None:
        path = self._cluster.home / STATE_FILE
        with suppress(OSError):  # a full disk: the log has it
            draft = path.with_suffix(".new")
            draft.write_text(json.dumps(asdict(state)), "utf-8")
            draft.replace(path)


@contextmanager
def supervised(cluster: PrivateCluster) -> Iterator[Supervisor]:
    """The cluster is looked after while the block runs."""
    supervisor = Supervisor(cluster)
    thread = Thread(target=supervisor.run, name="postgresql-supervisor", daemon=True)
    thread.start()
    try:
        yield supervisor
    finally:
        supervisor.stop()
        thread.join(timeout=30)
        with suppress(OSError):
            (cluster.home / STATE_FILE).unlink(missing_ok=True)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
