"""The servers while they run: ours, and the peers. Each has two workers and the same database.

Peers read it as its owner: they know no rights. Every server is a process group of its own, stopped whatever happens.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench import adapters
from bench.dataset import Ground, token_in
from bench.recipes import RECIPES, WORKERS, Path_
from mig_idg.errors import Text, Unavailable

NAMES = tuple(RECIPES)
START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: where it listens, its process, how it is asked."""

    name: str
    base: str
    pid: int
    path: Path_ = field(compare=False)
    headers: Mapping[str, str] = field(default_factory=dict)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def idg(ground: Ground, database: str = "idg", *, rights: bool = True, kept: bool = True) -> Iterator[Server]:
    """Ours: two workers, asked with the token of a partner; without rights, asked with none.

    Unless `kept`, no worker keeps a tile: each is as never asked before.
    """
    port = free_port()
    environment = {
        "IDG_DATABASE_URL": ground.owner(database),
        "IDG_DATABASE_APP_URL": ground.application(database),
        "IDG_HOME": str(ground.cluster.home),
        "IDG_RIGHTS": str(rights).lower(),
        **({} if kept else {"IDG_KEPT_TILES": "0"}),
    }
    command = [str(Path(sys.executable).parent / "mig-idg"), "serve", f"--port={port}", f"--workers={WORKERS}"]
    token = ground.token if database == "idg" else token_in(ground, database)
    headers = {"Authorization": f"Bearer {token}"} if rights else {}
    name = ("mig-idg" if kept else "mig-idg+") if rights else "mig-idg sans droits"
    with process(name, command, port, environment, "/readyz") as pid:
        yield Server(name, f"http://127.0.0.1:{port}", pid, adapters.ours, headers)


@contextmanager
def peer(name: str, ground: Ground) -> Iterator[Server | None]:
    """A peer by name; None when it is not on this machine. Raises Unavailable when it does not start."""
    port = free_port()
    recipe = RECIPES[name](ground, port)
    if recipe is None:
        yield None
        return
    command, environment, ready, path = recipe
    with process(name, command, port, environment, ready) as pid:
        yield Server(name, f"http://127.0.0.1:{port}", pid, path)


@contextmanager
def process(name: str, command: list[str], port: int, environment: Mapping[str, str], ready: str) -> Iterator[int]:
    """A server in a process group of its own, stopped with all its children whatever happens."""
    process = subprocess.Popen(
        command,
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        _wait(name, process, f"http://127.0.0.1:{port}{ready}")
        yield process.pid
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if process.stderr:
            process.stderr.close()


def _wait(name: str, process: subprocess.Popen[bytes], address: str) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):  # noqa: S310 (an address of ours)
                return
        except urllib.error.HTTPError as error:
            if error.code < 500:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise Unavailable(Text(f"{name} ne démarre pas.", f"{name} does not start."))
