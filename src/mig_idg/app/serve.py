"""Serve: workers under a supervisor, started on the private cluster or an existing database."""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import resource
import signal
import socket
import sys
import tempfile
from contextlib import suppress
from threading import Thread

import uvicorn

from mig_idg.app.asgi import Application
from mig_idg.app.create import create_app
from mig_idg.app.metrics import FOLDER_VARIABLE
from mig_idg.app.protocol import BoundedProtocol
from mig_idg.errors import Text, Unavailable
from mig_idg.settings import URL_VARIABLE, Settings

DRAIN_SECONDS = 30
SWITCH_SECONDS = 0.0005
OPEN_FILES = 8192
# glibc's malloc.h
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_KEPT_BYTES, _ARENAS = 8 * 2**20, 2


def worker() -> Application:
    """The application of one worker process: its settings come by the environment of the supervisor."""
    from mig_idg.app.logging import configure

    configure()
    _keep_memory()
    _many_files()
    # What computes in a thread gives the interpreter back to the event loop after so long (5 ms by default).
    sys.setswitchinterval(SWITCH_SECONDS)
    Thread(target=_end_with_supervisor, daemon=True).start()
    application = create_app(Settings(), os.environ[URL_VARIABLE])
    _set_aside()
    return application


def run(settings: Settings, url: str) -> None:
    """Serve until stopped: SIGTERM and Ctrl-C finish what is under way, for thirty seconds at most.

    Raises Unavailable when the port is taken.
    """
    check_port(settings.host, settings.port)
    for name, value in settings.model_dump(exclude_none=True).items():
        os.environ[f"IDG_{name.upper()}"] = _text(value)
    os.environ[URL_VARIABLE] = url
    from mig_idg.app.jobs import Beside

    beside = Beside(settings, url)
    beside.start()
    try:
        with tempfile.TemporaryDirectory(prefix="mig-idg-metrics-") as folder:
            os.environ[FOLDER_VARIABLE] = folder
            _answer(settings)
    finally:
        beside.stop()


def _answer(settings: Settings) -> None:
    uvicorn.run(
        "mig_idg.app.serve:worker",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        loop="mig_idg.app.accept_loop:SharingLoop",
        http=BoundedProtocol,
        lifespan="on",
        access_log=False,
        log_level="warning",
        server_header=False,
        date_header=True,
        proxy_headers=settings.proxy_header,
        forwarded_allow_ips="127.0.0.1",
        timeout_keep_alive=75,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        backlog=2048,
    )


def _keep_memory() -> None:
    """Keep what an answer took for the next one: given back, it costs a page fault for each four kilobytes of it.

    In two heaps: by default each thread may have its own, and each would keep as much.
    """
    with suppress(OSError, AttributeError):  # another C library has no such setting
        set_option = ctypes.CDLL(None).mallopt
        set_option(_TRIM_THRESHOLD, _KEPT_BYTES)
        set_option(_MMAP_THRESHOLD, _KEPT_BYTES)
        set_option(_ARENA_MAX, _ARENAS)


def _set_aside() -> None:
    """What was made to begin with stays to the end: looking at it again, collection after collection, takes 50 ms."""
    gc.collect()
    gc.freeze()


def _many_files() -> None:
    """As many open files as the system lets us have, up to OPEN_FILES: connections, and the pictures of a mosaic."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _end_with_supervisor() -> None:
    """A worker whose supervisor was killed stops too: left alone, it would keep the port from the next start."""
    supervisor = multiprocessing.parent_process()
    if supervisor is not None:
        supervisor.join()
        os.kill(os.getpid(), signal.SIGTERM)


def check_port(host: str, port: int) -> None:
    """Raise Unavailable when something else listens there already."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise Unavailable(
                Text(f"Le port {port} est déjà pris.", f"Port {port} is already taken."),
                remedy=Text("Choisissez-en un autre avec --port.", "Choose another with --port."),
            ) from None


def _text(value: object) -> str:
    from pydantic import SecretStr

    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, tuple):
        import json

        return json.dumps(value)
    return str(value)
