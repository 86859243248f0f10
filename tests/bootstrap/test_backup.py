"""A backup made as the how-to says, restored as it says on a machine with nothing, is the service that was saved."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from mig_idg.database import backup
from mig_idg.database.backup import Sources
from mig_idg.database.cluster import PrivateCluster, throwaway
from mig_idg.database.migrate import migrate
from mig_idg.database.programs import find_programs
from mig_idg.demonstration import adhesion
from mig_idg.errors import Conflict, NotFound, Text, Unprocessable
from mig_idg.registry import publications

ROOT = Path(__file__).parents[2]
HOW_TO = ROOT / "docs" / "how-to"
PROGRAM = str(Path(sys.executable).parent / "mig-idg")
NOW = datetime(2026, 12, 1, 2, 30, tzinfo=UTC)
QUESTION = (
    b"select (select count(*) from registry.act),"
    b" (select md5(string_agg(id || st_astext(geom), ',' order by id)) from data.squares)"
)
pytestmark = pytest.mark.slow


def silent(_: Text) -> None:
    """Nobody reads."""


@pytest.fixture(scope="module")
def lived_in(cluster: PrivateCluster, database: str, tmp_path_factory: pytest.TempPathFactory) -> Sources:
    """A service with the partnership's acts, a layer that is served, rasters, declarations, a secret."""
    with psycopg.connect(cluster.url(database=database)) as connection:
        adhesion.adopt(connection, date(2026, 10, 1))
        connection.execute("create table data.squares (id text primary key, geom geometry(Polygon, 2154) not null)")
        connection.execute(
            "insert into data.squares select n, st_makeenvelope(n, n, n + 1, n + 1, 2154) from generate_series(1, 1000) n"
        )
        publications.allow(connection, "squares", "data.squares", ["id", "geom"], "id", None)
        connection.execute("select served.ensure_profile('squares', array['id', 'geom'])")
    home = tmp_path_factory.mktemp("home")
    (home / "rasters" / "ortho").mkdir(parents=True)
    (home / "rasters" / "ortho" / "a.tif").write_bytes(b"pixels" * 1000)
    (home / "session.key").write_bytes(b"k" * 32)
    (home / "session.key").chmod(0o600)
    (home / "cluster.lock").touch()
    folder = tmp_path_factory.mktemp("clone")
    (folder / "collections").mkdir()
    (folder / "collections" / "squares.yaml").write_text("id: squares\n")
    (folder / "recipes").mkdir()
    (folder / "recipes" / "squares.yml").write_text("id: squares\n")
    (folder / "pygeoapi-config.yml").write_text("metadata: {}\n")
    return Sources(
        cluster.url(database=database), home, folder / "collections", folder / "pygeoapi-config.yml",
        {"IDG_OIDC_CLIENT_SECRET": "hush"}, beside={"recipes": folder / "recipes", "harvest": folder / "harvest"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def saved(lived_in: Sources, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its backup."""
    return backup.create(lived_in, tmp_path_factory.mktemp("backups"), now=NOW, progress=silent)


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[PrivateCluster]:
    """A new machine: another cluster, with nothing in it."""
    with throwaway() as made:
        yield made


@pytest.fixture(scope="module")
def restored(saved: Path, elsewhere: PrivateCluster, tmp_path_factory: pytest.TempPathFactory) -> Sources:
    """The service of the new machine."""
    clone = tmp_path_factory.mktemp("other")
    into = Sources(
        elsewhere.url(), clone / "home", clone / "collections", clone / "pygeoapi-config.yml", {},
        beside={"recipes": clone / "recipes", "harvest": clone / "harvest"},
    )  # fmt: skip
    backup.restore(saved, into, force=False, progress=silent)
    return into


def test_what_was_saved_is_there_to_the_last_row_and_file(lived_in: Sources, restored: Sources) -> None:
    answers = []
    for one in (lived_in, restored):
        with psycopg.connect(one.url) as connection:
            answers.append(connection.execute(QUESTION).fetchone())
    assert answers[0] == answers[1]
    assert answers[0] is not None
    assert answers[0][0] > 50
    for name in ("home/rasters/ortho/a.tif", "home/session.key"):
        path = name.removeprefix("home/")
        assert (restored.home / path).read_bytes() == (lived_in.home / path).read_bytes()
    assert (restored.collections / "squares.yaml").read_text() == "id: squares\n"
    assert (restored.beside["recipes"] / "squares.yml").read_text() == "id: squares\n"
    assert restored.config_file.is_file()
    assert "hush" in (restored.home / "restored.env").read_text()
    assert not (restored.home / "cluster.lock").exists()


def test_tables_functions_policies_and_rights_are_the_same(lived_in: Sources, restored: Sources) -> None:
    def schema(url: str) -> list[str]:
        done = subprocess.run(
            [find_programs().path("pg_dump"), "--schema-only", url], capture_output=True, text=True, check=True
        )
        return sorted(line for line in done.stdout.splitlines() if line and not re.match(r"--|\\(un)?restrict", line))

    assert schema(restored.url) == schema(lived_in.url)


def test_boxes_are_as_quick_under_a_row_policy_as_they_were(restored: Sources) -> None:
    with psycopg.connect(restored.url) as connection:
        row = connection.execute(
            "select proleakproof from pg_proc where oid = 'geometry_overlaps(geometry, geometry)'::regprocedure"
        ).fetchone()
        assert row == (True,)
        assert migrate(connection) == ()


def test_nobody_else_of_the_machine_reads_a_backup_nor_its_secrets(saved: Path, restored: Sources) -> None:
    assert stat.S_IMODE(saved.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in saved.rglob("*") if path.is_file()} == {0o600}
    for path in (restored.home / "restored.env", restored.home / "session.key"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_there_is_not_written_over(saved: Path, restored: Sources) -> None:
    with pytest.raises(Conflict, match="cluster") as refused:
        backup.restore(saved, restored, force=False, progress=silent)
    assert "--force" in refused.value.text("fr")
    backup.restore(saved, restored, force=True, progress=silent)


def test_a_database_that_is_served_is_not_replaced_even_so(saved: Path, restored: Sources) -> None:
    with (
        psycopg.connect(restored.url, application_name="mig-idg serve"),
        pytest.raises(Conflict, match="mig-idg serve"),
    ):
        backup.restore(saved, restored, force=True, progress=silent)


def test_another_clones_declarations_stay_and_the_saved_ones_are_put_beside(
    saved: Path, restored: Sources, tmp_path: Path
) -> None:
    mine = tmp_path / "collections"
    mine.mkdir()
    (mine / "squares.yaml").write_text("id: mine\n")
    into = replace(restored, collections=mine, home=tmp_path / "home")
    with psycopg.connect(restored.url, autocommit=True) as connection:
        connection.execute("drop table public.idg_ledger")
    backup.restore(saved, into, force=False, progress=silent)
    assert (mine / "squares.yaml").read_text() == "id: mine\n"
    assert (tmp_path / "home" / "restored" / "collections" / "squares.yaml").read_text() == "id: squares\n"


@pytest.mark.parametrize("harm", ["changed", "missing", "added"])
def test_a_damaged_backup_is_named_and_not_restored(
    saved: Path, elsewhere: PrivateCluster, tmp_path: Path, harm: str
) -> None:
    copy = Path(shutil.copytree(saved, tmp_path / saved.name))
    victim = copy / "home" / "rasters" / "ortho" / ("b.tif" if harm == "added" else "a.tif")
    if harm == "missing":
        victim.unlink()
    else:
        victim.write_bytes(b"Pixels" * 1000)
    into = Sources(elsewhere.url(), tmp_path / "home", tmp_path / "c", tmp_path / "f.yml", {})
    with pytest.raises(Unprocessable, match=victim.name):
        backup.restore(copy, into, force=True, progress=silent)
    assert not (tmp_path / "home").exists()


def test_a_file_of_the_night_before_is_stored_once_and_old_nights_go(lived_in: Sources, tmp_path: Path) -> None:
    nights = [
        backup.create(lived_in, tmp_path, now=NOW + timedelta(days=day), progress=silent, keep=2) for day in range(3)
    ]
    assert [one.folder for one in backup.listed(tmp_path)] == nights[1:]
    files = [night / "home" / "rasters" / "ortho" / "a.tif" for night in nights[1:]]
    assert files[0].stat().st_ino == files[1].stat().st_ino
    backup.verify(nights[-1])


def test_a_backup_cut_short_is_not_taken_for_one(tmp_path: Path) -> None:
    (tmp_path / ".being-written-idg-20261201T023000Z").mkdir()
    assert [one.complete for one in backup.listed(tmp_path)] == [False]
    with pytest.raises(NotFound):
        backup.chosen(tmp_path)


@pytest.mark.parametrize("page", ["backup.md", "backup.fr.md"])
def test_the_commands_of_the_how_to_do_it_from_nothing(page: str) -> None:
    """Each line `mig-idg backup …` of the page, in its order, in homes of this test; and its `export IDG_HOME`."""
    place = Path(tempfile.mkdtemp(prefix="idg-test-"))
    place.chmod(0o755)
    blocks = "".join(re.findall(r"```sh\n(.*?)```", (HOW_TO / page).read_text(), flags=re.DOTALL))
    lines = [line for line in blocks.splitlines() if line.startswith(("mig-idg backup ", "export IDG_HOME="))]
    verbs = [line.split()[2] for line in lines if line.startswith("mig-idg")]
    assert set(verbs) == {"create", "status", "verify", "restore"}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("IDG_")}
    environment["IDG_HOME"] = str(place / "first")

    def run(words: str) -> str:
        done = subprocess.run(
            [PROGRAM, *words.split()[1:]],
            env=environment, cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return done.stdout

    try:
        run("mig-idg db migrate")
        for line in lines:
            line = line.replace("/var/lib/mig-idg-backup", str(place / "backups")).replace("/srv/", f"{place}/")
            if line.startswith("export"):
                environment["IDG_HOME"] = line.partition("=")[2]
            else:
                run(line)
        assert json.loads(run("mig-idg db status --json"))["pending"] == []
        if page == "backup.md":
            refused = subprocess.run(
                [PROGRAM, "backup", "restore", str(place / "backups")],
                env=environment, cwd=ROOT, capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert (refused.returncode, "--force" in refused.stderr) == (1, True)
    finally:
        for home in place.glob("*/cluster.lock"):
            PrivateCluster(home.parent).stop("immediate")
            shutil.rmtree(PrivateCluster(home.parent).base, ignore_errors=True)
        shutil.rmtree(place, ignore_errors=True)


def test_a_restore_in_place_puts_aside_every_schema_that_there_is(
    lived_in: Sources, saved: Path, elsewhere: PrivateCluster
) -> None:
    """Where the server may make no database of its own: nothing of what was there stays beside what comes back."""
    with psycopg.connect(lived_in.url) as connection:
        there = connection.execute(
            "select nspname::text from pg_namespace where nspname !~ '^pg_' and nspname not in ('public', 'information_schema')"
        ).fetchall()
    assert {name for (name,) in there} <= set(backup.SCHEMAS)
    with psycopg.connect(elsewhere.url(database="postgres"), autocommit=True) as admin:
        admin.execute("drop database if exists in_place with (force)")
        admin.execute("create database in_place")
    url = elsewhere.url(database="in_place")
    with psycopg.connect(url) as connection:
        migrate(connection)
        connection.execute("create table vintages.of_before (id integer)")
        major = connection.info.server_version // 10_000
    backup._restore_in_place(saved, url, major)
    with psycopg.connect(url) as restored, psycopg.connect(lived_in.url) as connection:
        assert restored.execute(QUESTION).fetchone() == connection.execute(QUESTION).fetchone()
        assert restored.execute("select to_regclass('vintages.of_before')").fetchone() == (None,)
