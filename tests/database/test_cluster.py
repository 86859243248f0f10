"""The private cluster: alone on its socket, whole after any death, and plain in its refusals."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest

from mig_idg.database import cluster as clusters
from mig_idg.database import failures, orphans, placement, programs, tuning
from mig_idg.database.cluster import PrivateCluster
from mig_idg.database.failures import answered, explained
from mig_idg.database.programs import Programs
from mig_idg.errors import Text, Unavailable

pytestmark = pytest.mark.slow

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has homes that PostgreSQL's account cannot enter")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that PostgreSQL's account may enter, which pytest's own are not when the suite runs as root."""
    with _folder() as made:
        yield made


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """The home that most of these tests share: each finds the cluster running and may do to it what it likes."""
    with _folder() as made:
        yield made / "home"


@pytest.fixture
def cluster(home: Path) -> PrivateCluster:
    """A running cluster, durable as those of users are."""
    made = PrivateCluster(home)
    made.start()
    return made


@contextmanager
def _folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="idg-test-"))
    made.chmod(0o755)
    yield made
    for lock in made.rglob("cluster.lock"):
        PrivateCluster(lock.parent).stop("immediate")
        shutil.rmtree(PrivateCluster(lock.parent).sockets, ignore_errors=True)
    shutil.rmtree(made)


def ask(cluster: PrivateCluster, question: str) -> object:
    with psycopg.connect(cluster.url()) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return row[0]


def record(cluster: PrivateCluster, word: str) -> None:
    with psycopg.connect(cluster.url()) as connection:
        connection.execute("drop table if exists public.kept")
        connection.execute("create table public.kept (word text)")
        connection.execute("insert into public.kept values (%s)", [word])


def test_it_listens_on_no_network_address_and_keeps_its_data_safe(cluster: PrivateCluster) -> None:
    assert ask(cluster, "show listen_addresses") == ""
    assert ask(cluster, "show fsync") == "on"
    assert ask(cluster, "show data_checksums") == "on"
    assert ask(cluster, "show server_encoding") == "UTF8"
    assert cluster.base.stat().st_mode & 0o777 == 0o700
    assert cluster.sockets.stat().st_mode & 0o777 == 0o700


def test_a_role_that_is_not_of_the_project_is_refused_even_on_the_socket(cluster: PrivateCluster) -> None:
    with psycopg.connect(cluster.url()) as connection:
        connection.execute("create role stranger login superuser")
    with pytest.raises(psycopg.OperationalError, match=r"[Pp]eer authentication failed"):
        psycopg.connect(cluster.url(role="stranger"))


def test_what_the_shell_says_of_postgresql_leads_nobody_elsewhere(
    cluster: PrivateCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"PGHOST": "nowhere.invalid", "PGPORT": "1", "PGDATABASE": "x", "PGUSER": "y"}.items():
        monkeypatch.setenv(name, value)
    assert ask(cluster, "select current_user || '@' || current_database()") == "idg_owner@idg"
    cluster.stop()
    cluster.start()
    assert cluster.running


def test_killed_with_all_its_processes_it_starts_again_and_has_lost_nothing(cluster: PrivateCluster) -> None:
    record(cluster, "before")
    for process in orphans.of(cluster.data):
        with suppress(ProcessLookupError):  # a backend leaves by itself once its postmaster is gone
            os.kill(process, signal.SIGKILL)
    assert not cluster.running
    cluster.start()
    assert ask(cluster, "select string_agg(word, ',') from public.kept") == "before"


def test_it_waits_for_the_backends_that_outlived_their_postmaster(cluster: PrivateCluster) -> None:
    record(cluster, "before")
    busy = psycopg.connect(cluster.url())
    postmaster = int((cluster.data / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGKILL)
    cluster.start()
    assert ask(cluster, "select word from public.kept") == "before"
    assert postmaster not in orphans.of(cluster.data)
    busy.close()


def test_a_lock_file_that_names_somebody_elses_process_does_not_keep_it_from_starting(cluster: PrivateCluster) -> None:
    lock = cluster.data / "postmaster.pid"
    left_behind = lock.read_text()
    cluster.stop()
    lock.write_text("\n".join([str(os.getpid()), *left_behind.split("\n")[1:]]))
    cluster.start()
    assert cluster.running


def test_an_initdb_cut_short_is_begun_again(folder: Path) -> None:
    cluster = PrivateCluster(folder / "home")
    cluster.create()
    cluster.data.rename(cluster.base / "data.new")
    (cluster.base / "data.new" / "PG_VERSION").unlink()
    cluster.start()
    assert cluster.running


def test_two_starts_at_once_make_one_cluster(folder: Path) -> None:
    twins = [PrivateCluster(folder / "home") for _ in range(2)]
    with ThreadPoolExecutor() as pool:
        list(pool.map(PrivateCluster.start, twins))
    record(twins[0], "one")
    assert ask(twins[1], "select word from public.kept") == "one"


def test_the_last_one_to_leave_stops_it(folder: Path) -> None:
    cluster = PrivateCluster(folder / "home")
    with cluster.in_use():
        with cluster.in_use():
            pass
        assert cluster.running
    assert not cluster.running
    assert orphans.of(cluster.data) == ()


def test_a_stop_loses_nothing_that_was_committed_and_is_harmless_twice(cluster: PrivateCluster) -> None:
    record(cluster, "kept")
    open_transaction = psycopg.connect(cluster.url())
    open_transaction.execute("insert into public.kept values ('never committed')")
    cluster.stop()
    cluster.stop()
    open_transaction.close()
    cluster.start()
    assert ask(cluster, "select string_agg(word, ',') from public.kept") == "kept"


@pytest.mark.parametrize("name", ["long " + "é" * 60, 'an apostrophe\'s "quote", and a comma'])
def test_a_home_whose_path_does_not_suit_a_socket_gets_a_short_private_one(folder: Path, name: str) -> None:
    cluster = PrivateCluster(folder / name)
    cluster.start()
    assert cluster.running
    assert len(os.fsencode(f"{cluster.sockets}/.s.PGSQL.5432")) <= placement.LONGEST_SOCKET_PATH


def test_a_socket_folder_that_somebody_else_put_there_first_is_refused(folder: Path) -> None:
    cluster = PrivateCluster(folder / ("x" * 90))
    cluster.create()
    trap = folder / "trap"
    trap.mkdir()
    cluster.sockets.symlink_to(trap)
    try:
        with pytest.raises(Unavailable, match="existe et n'est pas un dossier"):
            cluster.start()
    finally:
        cluster.sockets.unlink()


@as_root
def test_a_home_closed_to_postgresql_keeps_its_data_outside_and_says_so(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    said: list[Text] = []
    cluster = PrivateCluster(closed / "home", notice=said.append)
    try:
        cluster.start()
        assert cluster.running
        assert cluster.base == placement.folder_outside(closed / "home")
        assert [str(cluster.base) in text.fr for text in said] == [True]
    finally:
        cluster.stop("immediate")
        shutil.rmtree(cluster.base)


@as_root
def test_somebody_elses_cluster_is_named_with_its_owner(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = folder / "home" / "cluster"
    base.mkdir(parents=True)
    monkeypatch.setattr(os, "geteuid", lambda: 65534)
    with pytest.raises(Unavailable, match="appartient à l'utilisateur « root »"):
        PrivateCluster(folder / "home").start()


def test_the_throw_away_cluster_of_a_killed_run_is_taken_away_by_the_next() -> None:
    nobody = next(number for number in range(2**22 - 1, 0, -1) if not Path("/proc", str(number)).exists())
    home = Path(tempfile.gettempdir()) / f"idg-{nobody}-left"
    home.mkdir(mode=0o711)
    home.chmod(0o711)
    left = PrivateCluster(home, lasting=False)
    left.start()
    data = left.data
    with clusters.throwaway() as fresh:
        assert not home.exists()
        assert orphans.of(data) == ()
        assert fresh.running


def test_the_operators_own_settings_win_and_stay(cluster: PrivateCluster) -> None:
    cluster.stop()
    own = cluster.data / "local.conf"
    own.write_text("work_mem = '7MB'\n")
    own.chmod(0o644)
    cluster.start()
    assert ask(cluster, "show work_mem") == "7MB"
    assert own.read_text() == "work_mem = '7MB'\n"
    own.unlink()


def test_a_share_of_the_memory_is_taken_and_never_more_than_two_gigabytes() -> None:
    def buffers(gibibytes: float) -> str:
        text = tuning.settings(Path("/run/x"), int(gibibytes * 2**30), lasting=True)
        return next(line for line in text.splitlines() if line.startswith("shared_buffers"))

    assert buffers(0.5) == "shared_buffers = 128MB"
    assert buffers(8) == "shared_buffers = 1024MB"
    assert buffers(256) == "shared_buffers = 2048MB"


@pytest.mark.parametrize(
    ("installed", "sentence"),
    [
        ([], "PostgreSQL n'est pas installé."),
        ([Programs(Path("/x"), 13, (3, 3, 2))], "PostgreSQL 13 est trop ancien : il faut la version 15 ou plus."),
        ([Programs(Path("/x"), 16, ())], "PostGIS n'est pas installé pour PostgreSQL 16."),
        ([Programs(Path("/x"), 15, (3, 2, 4))], "PostGIS 3.2.4 est trop ancien : il faut la version 3.3 ou plus."),
    ],
)
def test_what_is_missing_or_too_old_is_named(
    installed: list[Programs], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "_installed", lambda: iter(installed))
    with pytest.raises(Unavailable) as refused:
        programs.find_programs()
    assert refused.value.detail.fr == sentence
    assert "IDG_DATABASE_URL" in refused.value.text("en")


def test_the_newest_postgresql_that_has_postgis_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    choice = [Programs(Path("/15"), 15, (3, 3)), Programs(Path("/16"), 16, (3, 4)), Programs(Path("/17"), 17, ())]
    monkeypatch.setattr(programs, "_installed", lambda: iter(choice))
    assert programs.find_programs().major == 16


def test_a_cluster_made_by_a_version_that_left_names_that_version(cluster: PrivateCluster) -> None:
    cluster.stop()
    version = cluster.data / "PG_VERSION"
    before = version.read_text()
    version.write_text("99\n")
    try:
        with pytest.raises(Unavailable, match="PostgreSQL 99, qui n'est plus installé"):
            cluster.start()
    finally:
        version.write_text(before)


def test_a_disk_without_room_is_said_before_anything_is_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "ROOM_NEEDED", 2**62)
    cluster = PrivateCluster(folder / "home")
    with pytest.raises(Unavailable, match="Le disque est plein"):
        cluster.create()
    assert not cluster.data.exists()


def test_a_home_that_cannot_be_a_folder_says_which_variable_to_change(folder: Path) -> None:
    (folder / "file").touch()
    with pytest.raises(Unavailable) as refused:
        PrivateCluster(folder / "file" / "home").start()
    assert "IDG_HOME" in refused.value.text("fr")


def test_the_words_of_postgresql_are_told_as_one_sentence_of_ours() -> None:
    told = explained('FATAL: could not write to file "pg_wal/xlogtemp.29": No space left on device', Path("/srv/idg"))
    assert told.text("en").startswith("The disk is full (/srv/idg).")
    assert "xlogtemp" not in told.text("en")


@pytest.mark.parametrize(
    ("raised", "sentence"),
    [
        (psycopg.errors.DiskFull("could not extend file base/16384/19622"), "Le disque est plein ("),
        (OSError(28, "No space left on device"), "Le disque est plein ("),
        (psycopg.errors.InsufficientPrivilege("permission denied"), "Le compte de la base n'a pas les droits"),
        (psycopg.OperationalError("server closed the connection"), "La base de données s'est arrêtée"),
    ],
)
def test_a_failure_half_way_is_one_sentence_without_the_words_from_below(
    raised: Exception, sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(Unavailable) as told, answered(tmp_path):
        raise raised
    assert told.value.text("fr").startswith(sentence)
    assert str(raised) not in told.value.text("fr")


def test_a_database_that_stopped_on_a_full_disk_is_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failures, "ALMOST_NOTHING", 2**62)
    with pytest.raises(Unavailable, match="Le disque est plein"), answered(tmp_path):
        raise psycopg.OperationalError("server closed the connection")
