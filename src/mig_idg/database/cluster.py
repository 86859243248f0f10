"""The private PostgreSQL cluster of a home folder: made, started, shared and stopped without an administrator.

    $IDG_HOME/cluster/          mode 700, owned by the account that runs PostgreSQL; a symbolic link when that
    │                           account may not walk into the home (a clone under /root)
    ├── data/                   the cluster; `local.conf` in it is the operator's and is never written here
    ├── run/                    the socket, when its path is short enough for the kernel
    └── log/                    PostgreSQL's own journal, seven days of it
    $IDG_HOME/cluster.lock      held while the cluster is made, started or stopped
    $IDG_HOME/cluster.use       held (shared) by every process that uses it: the last one to leave stops it

Nothing listens on the network. Who may connect is decided by the kernel: the socket lies in a folder of mode 700, and
`peer` authentication maps the system account that runs us to the two roles of the project and to no other.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import CompletedProcess
from typing import IO, Any, Literal
from urllib.parse import quote

import psycopg

from mig_idg.database import orphans, placement, tuning
from mig_idg.database.failures import explained
from mig_idg.database.programs import Programs, Runner, find_programs, runner_for
from mig_idg.errors import Text, Unavailable

OWNER, APPLICATION, DATABASE = "idg_owner", "idg_app", "idg"
ROOM_NEEDED = 300 * 2**20
StopMode = Literal["smart", "fast", "immediate"]
Notice = Callable[[Text], None]


def _silence(_: Text) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class PrivateCluster:
    """The cluster of one home folder. `notice` hears the sentences that the person who started us should read."""

    home: Path
    notice: Notice = field(default=_silence, compare=False)
    lasting: bool = True

    @property
    def base(self) -> Path:
        """The folder of the cluster, links followed."""
        return (self.home / "cluster").resolve()

    @property
    def data(self) -> Path:
        """The data folder, whether it exists yet or not."""
        return self.base / "data"

    @property
    def exists(self) -> bool:
        """True once `create` has finished at least once. Raises Unavailable when it is somebody else's."""
        runner_for(self.base)
        return (self.data / "PG_VERSION").exists()

    @property
    def sockets(self) -> Path:
        """The folder of the socket: in the cluster, or a short private one when that path is too long."""
        return placement.socket_folder(self.base)

    @property
    def running(self) -> bool:
        """True when it answers a question (a process or a socket left behind does not)."""
        if not self.exists:
            return False
        try:
            with psycopg.connect(self.url(database="postgres"), connect_timeout=3):
                return True
        except psycopg.OperationalError:
            return False

    def url(self, role: str = OWNER, database: str = DATABASE) -> str:
        """The address for `psycopg` and libpq: by the socket, no password, nothing taken from PGHOST or PGPORT."""
        return f"postgresql://{quote(role)}@/{quote(database)}?host={quote(str(self.sockets), safe='')}&port=5432"

    def create(self) -> None:
        """Make the cluster if it is not there; an attempt cut short is swept away and begun again."""
        with self._alone():
            self._create()

    def create_from(self, model: Path) -> None:
        """Make it as a copy of the data folder of another one, which is stopped."""
        with self._alone():
            self._make_base(runner_for(self.base))
            draft = self.base / "data.new"
            shutil.rmtree(draft, ignore_errors=True)
            subprocess.run(["cp", "-a", "--reflink=auto", str(model), str(draft)], check=True)
            draft.rename(self.data)

    def keep_as(self, model: Path) -> None:
        """Leave a copy of the data folder at `model`, whole or not at all; stopped meanwhile, started again."""
        draft = model.with_name(f"{model.name}.{os.getpid()}")
        with self._alone():
            self._stop("fast")
            subprocess.run(["cp", "-a", "--reflink=auto", str(self.data), str(draft)], check=True)
            with suppress(OSError):  # another run left it meanwhile
                draft.rename(model)
            shutil.rmtree(draft, ignore_errors=True)
            self._start()

    def start(self) -> None:
        """Make it if need be, start it if need be, and wait until the database `idg` answers."""
        with self._alone():
            self._create()
            if not self.running:
                self._start()
            self._ensure_database()

    def stop(self, mode: StopMode = "fast") -> None:
        """Stop it if it runs. `fast` rolls back what is open and loses nothing that was committed."""
        with self._alone():
            self._stop(mode)

    @contextmanager
    def in_use(self) -> Iterator[PrivateCluster]:
        """Started on entry; stopped on exit, unless another process of this home still uses it.

        The kernel drops a lock with its process: after `kill -9` nobody is counted who is not there.
        """
        self._make_home()
        with (self.home / "cluster.use").open("a") as use:
            fcntl.flock(use, fcntl.LOCK_SH)
            self.start()
            try:
                yield self
            finally:
                with self._alone():
                    if _try_lock(use):
                        self._stop("fast")

    # the steps, all of them under the lock

    def _create(self) -> None:
        if self.exists:
            return
        programs, runner = find_programs(), runner_for(self.base)
        self._make_base(runner)
        draft = self.base / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        _require_room(self.base)
        options = ["--encoding=UTF8", "--data-checksums", f"--username={OWNER}", "--auth=peer"]
        options += [] if self.lasting else ["--no-sync"]
        for locale in ("C.UTF-8", "C"):
            made = runner.run(
                [programs.path("initdb"), "--pgdata=data.new", f"--locale={locale}", *options], cwd=self.base
            )
            if "invalid locale name" not in made.stderr:
                break
        if made.returncode:
            shutil.rmtree(draft, ignore_errors=True)
            raise explained(made.stderr, self.base)
        draft.rename(self.data)

    def _start(self) -> None:
        programs, runner = find_programs(self._major()), runner_for(self.base)
        placement.make_private(self.sockets, runner)
        orphans.settle(self.data, self.sockets)
        placement.make_private(self.base / "log", runner)
        tuning.write(self.data, self.sockets, runner, lasting=self.lasting)
        startup = self.base / "log" / "startup.log"
        started = self._pg_ctl(programs, runner, "start", "--wait", "--timeout=600", "--log=log/startup.log")
        if started.returncode and not self.running:
            raise explained(started.stderr + _tail(startup), self.base)

    def _stop(self, mode: StopMode) -> None:
        if not self.exists or not orphans.of(self.data):
            return
        programs, runner = find_programs(self._major()), runner_for(self.base)
        stopped = self._pg_ctl(programs, runner, "stop", "--wait", "--timeout=60", f"--mode={mode}")
        if stopped.returncode and self.running:
            raise explained(stopped.stderr, self.base)

    def _ensure_database(self) -> None:
        with psycopg.connect(self.url(database="postgres"), autocommit=True) as connection:
            known = connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone()
            if not known:
                connection.execute(f'create database "{DATABASE}"')

    def _pg_ctl(self, programs: Programs, runner: Runner, verb: str, *options: str) -> CompletedProcess[str]:
        # pg_ctl hands its paths to a shell: relative ones, so that no quote or $ of the home's name gets there
        return runner.run([programs.path("pg_ctl"), verb, "--pgdata=data", *options], cwd=self.base)

    def _major(self) -> int:
        return int((self.data / "PG_VERSION").read_text())

    def _make_home(self) -> None:
        try:
            placement.make_open(self.home)
            (self.home / "cluster.lock").touch()
        except OSError as error:
            raise explained(str(error), self.home) from error

    def _make_base(self, runner: Runner) -> None:
        link = self.home / "cluster"
        if not link.exists() and not runner.may_reach(self.home):
            elsewhere = placement.folder_outside(self.home)
            self.notice(
                Text(
                    f"L'utilisateur « {runner.name} » ne peut pas entrer dans {self.home} : "
                    f"les fichiers de PostgreSQL vont dans {elsewhere}.",
                    f"User “{runner.name}” cannot enter {self.home}: PostgreSQL's files go to {elsewhere}.",
                )
            )
            placement.make_private(elsewhere, runner)
            link.unlink(missing_ok=True)
            link.symlink_to(elsewhere)
        placement.make_private(self.base, runner)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._make_home()
        with (self.home / "cluster.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


@contextmanager
def throwaway(directory: Path | None = None, model: Path | None = None) -> Iterator[PrivateCluster]:
    """A small running cluster for the tests, without fsync, gone on exit; any role may connect to it.

    It is made in `directory` when the account that runs PostgreSQL may go there (pytest's folders are closed to it
    when the suite runs as root), else in a new folder of the system's temporary one. It begins as a copy of the data
    folder `model`, where that exists.
    """
    runner = runner_for(directory / "cluster" if directory else Path("/nonexistent"))
    usable = directory is not None and directory.is_dir() and runner.may_reach(directory)
    _sweep()
    home = directory if usable and directory else Path(tempfile.mkdtemp(prefix=f"idg-{os.getpid()}-"))
    if home != directory:
        home.chmod(0o711)
    cluster = PrivateCluster(home, lasting=False)
    try:
        if model is not None and model.is_dir():
            cluster.create_from(model)
        cluster.start()
        yield cluster
    finally:
        with suppress(Unavailable):
            cluster.stop("immediate")
        shutil.rmtree(cluster.base, ignore_errors=True)
        if home != directory:
            shutil.rmtree(home, ignore_errors=True)


def _sweep() -> None:
    """Take away the throw-away clusters that a killed process left: their name holds its number."""
    for home in Path(tempfile.gettempdir()).glob("idg-[0-9]*-*"):
        maker = home.name.split("-")[1]
        if maker.isdigit() and not Path("/proc", maker).exists() and home.stat().st_uid == os.geteuid():
            with suppress(Unavailable, OSError):
                PrivateCluster(home, lasting=False).stop("immediate")
                shutil.rmtree(home)


def _try_lock(use: IO[Any]) -> bool:
    """Nobody else holds it: from shared to exclusive without waiting."""
    try:
        fcntl.flock(use, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _require_room(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < ROOM_NEEDED:
        raise explained("No space left on device", folder)


def _tail(log: Path, size: int = 4000) -> str:
    try:
        return log.read_text(errors="replace")[-size:]
    except OSError:
        return ""
