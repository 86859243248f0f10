"""What may leave the disk, what stays, and who can go on reading."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mig_idg.database import connect
from mig_idg.deposits.intake.rasters.prune import prune
from mig_idg.store import rasters
from mig_idg.store.storage import Folder

LONG_AGO, NOW = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 6, 15, 10, tzinfo=UTC)
MONTH = timedelta(days=30)


@pytest.fixture
def owner(database_url: str) -> Iterator[Any]:
    """A connection of the owner's that may commit; what it prepared is taken away."""
    with connect(database_url) as connection:
        yield connection
        connection.rollback()
        connection.execute("truncate raster.file, raster.vintage")
        connection.commit()


def vintage(
    owner: Any, home: Path, collection: str, name: str, *, published: datetime | None, replaced: datetime | None = None,
    files: tuple[str, ...] = ("a.tif", "b.tif"), opened: datetime = LONG_AGO,
) -> str:  # fmt: skip
    """A vintage with its files on disk; its folder."""
    (number,) = owner.execute(
        """
        insert into raster.vintage (collection, name, during, srid, author, opened_at, published_at, replaced_at)
        values (%s, %s, '[2025-01-01,2026-01-01)', 2154, 'test', %s, %s, %s) returning id
        """,
        (collection, name, opened, published, replaced),
    ).fetchone()
    folder = f"{collection}/{name}/{number}"
    for file in files:
        path = home / folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x" * 1000)
        os.utime(path, (LONG_AGO.timestamp(),) * 2)
        owner.execute(
            """
            insert into raster.file (
              vintage, name, path, source, source_sha256, sha256, size, width, height, west, south, east, north, pixel,
              footprint, imported_at
            )
            values (
              %s, %s, %s, 's', repeat('0', 64), repeat('0', 64), 1000, 9, 9, 0, 0, 9, 9, 1,
              st_makeenvelope(2, 48, 2.1, 48.1, 4326), %s
            )
            """,
            (number, file.removesuffix(".tif"), f"{folder}/{file}", opened),
        )
    owner.commit()
    return folder


def pruned(owner: Any, home: Path, **how: Any) -> list[tuple[str, str, int]]:
    """(collection, why, files) of what was done."""
    done = prune(owner, Folder(home), **{"now": NOW, "older": MONTH, "author": "claire", **how})
    return [(one.collection, one.why, one.files) for one in done]


def on_disk(home: Path) -> set[str]:
    """Every file."""
    return {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()}


def test_only_what_was_replaced_long_ago_leaves_and_its_rows_stay(owner: Any, tmp_path: Path) -> None:
    old = vintage(owner, tmp_path, "photos", "2025", published=LONG_AGO, replaced=NOW - timedelta(days=40))
    recent = vintage(owner, tmp_path, "photos", "2024", published=LONG_AGO, replaced=NOW - timedelta(days=20))
    shown = vintage(owner, tmp_path, "photos", "2023", published=LONG_AGO)
    assert pruned(owner, tmp_path) == [("photos", "replaced", 2)]
    assert on_disk(tmp_path) == {f"{folder}/{file}" for folder in (recent, shown) for file in ("a.tif", "b.tif")}
    assert not (tmp_path / old).exists()
    rows = owner.execute(
        "select v.name, v.pruned_by, count(f) from raster.vintage v join raster.file f on f.vintage = v.id"
        " where v.pruned_at is not null group by 1, 2"
    ).fetchall()
    assert rows == [("2025", "claire", 2)]
    assert pruned(owner, tmp_path) == []


def test_a_dry_run_tells_the_same_and_changes_nothing(owner: Any, tmp_path: Path) -> None:
    vintage(owner, tmp_path, "photos", "2025", published=LONG_AGO, replaced=LONG_AGO)
    before = on_disk(tmp_path)
    told = pruned(owner, tmp_path, dry_run=True)
    assert on_disk(tmp_path) == before
    assert owner.execute("select count(*) from raster.vintage where pruned_at is not null").fetchone() == (0,)
    assert pruned(owner, tmp_path) == told == [("photos", "replaced", 2)]


def test_a_preparation_given_up_leaves_and_its_name_is_free_again(owner: Any, tmp_path: Path) -> None:
    vintage(owner, tmp_path, "photos", "2025", published=None)
    fresh = vintage(owner, tmp_path, "photos", "2026", published=None, opened=NOW - timedelta(days=2))
    assert pruned(owner, tmp_path) == [("photos", "abandoned", 2)]
    assert {name.rsplit("/", 1)[0] for name in on_disk(tmp_path)} == {fresh}
    assert vintage(owner, tmp_path, "photos", "2025", published=None)


def test_a_coproduced_version_is_kept_whatever_its_age(owner: Any, tmp_path: Path) -> None:
    owner.execute("insert into registry.dataset (id, kind) values ('bati-3d', 'coproduced') on conflict do nothing")
    folder = vintage(owner, tmp_path, "bati-3d", "2020", published=LONG_AGO, replaced=LONG_AGO)
    assert pruned(owner, tmp_path) == [("bati-3d", "coproduced", 0)]
    assert on_disk(tmp_path) == {f"{folder}/a.tif", f"{folder}/b.tif"}


def test_what_was_just_replaced_is_safe_even_when_everything_is_asked(owner: Any, tmp_path: Path) -> None:
    vintage(owner, tmp_path, "photos", "2025", published=LONG_AGO, replaced=NOW - timedelta(minutes=5))
    assert pruned(owner, tmp_path, older=timedelta(0)) == []
    assert len(on_disk(tmp_path)) == 2


def test_a_reader_reads_to_the_end_what_it_had_opened(owner: Any, tmp_path: Path) -> None:
    folder = vintage(owner, tmp_path, "photos", "2025", published=LONG_AGO, replaced=LONG_AGO)
    with (tmp_path / folder / "a.tif").open("rb", buffering=0) as reader:
        assert len(reader.read(10)) == 10
        pruned(owner, tmp_path)
        assert len(reader.read()) == 990


def test_an_import_under_way_keeps_its_collection_from_pruning(owner: Any, database_url: str, tmp_path: Path) -> None:
    vintage(owner, tmp_path, "photos", "2025", published=LONG_AGO, replaced=LONG_AGO)
    vintage(owner, tmp_path, "plans", "2025", published=LONG_AGO, replaced=LONG_AGO)
    with connect(database_url) as other, rasters.alone(other, "photos"):
        assert pruned(owner, tmp_path) == [("photos", "busy", 0), ("plans", "replaced", 2)]
    assert pruned(owner, tmp_path) == [("photos", "replaced", 2)]


def test_leftovers_beside_a_vintage_in_force_go_and_its_files_stay(owner: Any, tmp_path: Path) -> None:
    folder = vintage(owner, tmp_path, "photos", "2025", published=LONG_AGO)
    owner.execute("update raster.vintage set overview = %s", (f"{folder}/overview.tif",))
    for name in ("overview.tif", ".c.tif.part", "fresh.tif"):
        (tmp_path / folder / name).write_bytes(b"x")
    for name in ("overview.tif", ".c.tif.part"):
        os.utime(tmp_path / folder / name, (LONG_AGO.timestamp(),) * 2)
    os.utime(tmp_path / folder / "fresh.tif", (NOW.timestamp(),) * 2)
    assert pruned(owner, tmp_path) == [("photos", "in_force", 1)]
    assert {name.rsplit("/", 1)[1] for name in on_disk(tmp_path)} == {"a.tif", "b.tif", "overview.tif", "fresh.tif"}


def test_a_single_file_and_what_others_put_beside_are_never_touched(owner: Any, tmp_path: Path) -> None:
    vintage(owner, tmp_path, "photos", "2025", published=LONG_AGO, replaced=LONG_AGO)
    for name in ("orthophoto.tif", "photos/lisez-moi.txt", "photos/2025/notes.txt"):
        (tmp_path / name).write_bytes(b"x")
    pruned(owner, tmp_path)
    assert on_disk(tmp_path) == {"orthophoto.tif", "photos/lisez-moi.txt", "photos/2025/notes.txt"}


def test_the_database_itself_refuses_to_prune_what_is_in_force(owner: Any, tmp_path: Path) -> None:
    import psycopg

    vintage(owner, tmp_path, "photos", "2025", published=LONG_AGO)
    with pytest.raises(psycopg.errors.CheckViolation):
        owner.execute("update raster.vintage set pruned_at = now(), pruned_by = 'x'")
    owner.rollback()


def test_an_operator_says_prune(
    owner: Any, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    from mig_idg.cli import messages
    from mig_idg.cli.main import directory

    vintage(owner, tmp_path / "rasters", "photos", "2025", published=LONG_AGO, replaced=LONG_AGO)
    for name, value in {"IDG_DATABASE_URL": database_url, "IDG_HOME": str(tmp_path), "LC_ALL": "fr_FR.UTF-8"}.items():
        monkeypatch.setenv(name, value)
    messages.settings.cache_clear()
    assert messages.guarded(directory, ["collections", "prune", "--dry-run"]) == 0
    assert "photos 2025 — remplacé : 2 fichier(s), 0,0 Mo" in capsys.readouterr().out
    assert messages.guarded(directory, ["collections", "prune", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["vintages"][0] | {"words": ""} == {
        "collection": "photos", "vintage": "2025", "reason": "replaced", "words": "", "files": 2, "bytes": 2000,
    }  # fmt: skip
    assert on_disk(tmp_path / "rasters") == set()
    messages.settings.cache_clear()
