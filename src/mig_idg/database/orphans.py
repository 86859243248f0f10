"""Processes of a cluster that outlived their postmaster, and the lock file of one that did not outlive its machine.

After `kill -9` of the postmaster its backends may still be at work on the shared memory: a second postmaster beside
them would corrupt the data, so we wait for them. After a restart of the machine or of a container, where process
numbers come again (and where the dead may stay as zombies), `postmaster.pid` and the lock of the socket may name a
process that has nothing to do with us: PostgreSQL would refuse to start, so both are removed — only when no process
at all works in that data folder.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

PATIENCE = 30.0
"""Seconds given to what is left of a killed cluster before it is ended."""


def of(data: Path) -> tuple[int, ...]:
    """The processes whose working directory is `data`: PostgreSQL's all are (Linux; elsewhere, none are seen)."""
    found = []
    target = os.path.realpath(data)
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if os.readlink(entry / "cwd") == target:
                found.append(int(entry.name))
    return tuple(found)


def settle(data: Path, sockets: Path, patience: float = PATIENCE) -> None:
    """Return when nothing works in `data` any more and no lock file lies about it; the cluster is known not to answer.

    A postmaster that is alive (starting up, or recovering) is left alone: `pg_ctl start` waits for it.
    """
    lock = data / "postmaster.pid"
    if _postmaster(lock) in of(data):
        return
    deadline = time.monotonic() + patience
    while left := of(data):
        if time.monotonic() > deadline:
            for process in left:
                with suppress(OSError):
                    os.kill(process, signal.SIGTERM)
            deadline = time.monotonic() + patience
        time.sleep(0.05)
    if Path("/proc/self/cwd").exists():
        for left_behind in (lock, sockets / ".s.PGSQL.5432.lock", sockets / ".s.PGSQL.5432"):
            left_behind.unlink(missing_ok=True)


def _postmaster(lock: Path) -> int | None:
    try:
        return int(lock.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
