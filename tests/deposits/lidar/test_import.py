"""LiDAR brought in: what is refused and why, what the catalogue tells of a tile, and when it is in force."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import laspy
import numpy as np
import pytest
from pyproj import CRS

from mig_idg.database import connect
from mig_idg.deposits.intake.lidar import run
from mig_idg.deposits.intake.lidar.examine import Target, Tile, examine
from mig_idg.deposits.intake.lidar.importer import facts
from mig_idg.deposits.intake.rasters import Choices
from mig_idg.errors import Conflict, InvalidParameter
from mig_idg.publication.model import Declaration

pytestmark = pytest.mark.slow

WEST, NORTH = 640_000.0, 6_867_000.0


def declared(**points: Any) -> Declaration:
    """A collection of points."""
    return Declaration.model_validate(
        {
            "id": "lidar-essai",
            "title": {"fr": "Essai", "en": "Test"},
            "description": {"fr": "Essai", "en": "Test"},
            "kind": "mutualised",
            "owner": "92050",
            "source": {"points": points, "crs": "EPSG:2154"},
            "terms": {"mode": "all_partners", "actions": ["query", "download"]},
            "services": ["stac", "download"],
        }
    )


def cloud(
    folder: Path, name: str, col: int = 0, *, count: int = 20_000, side: float = 100.0, crs: Any = 2154,
    point_format: int = 6, version: str = "1.4", kinds: tuple[int, ...] = (2, 2, 2, 5, 6), seed: int = 7,
) -> Path:  # fmt: skip
    """A square of points at a place of the tiling: ground, trees and a roof."""
    rng = np.random.default_rng([col, seed])
    head = laspy.LasHeader(point_format=point_format, version=version)
    head.scales, head.offsets = np.full(3, 0.001), np.array([WEST, NORTH, 0.0])
    head.creation_date = date(2024, 3, 5)
    if crs:
        head.add_crs(CRS.from_epsg(crs) if isinstance(crs, int) else CRS.from_user_input(crs))
    points = laspy.LasData(head)
    x, y = rng.uniform(0, side, count), rng.uniform(-side, 0, count)
    x[:2], y[:2] = (0, side), (-side, 0)
    points.x, points.y = WEST + col * side + x, NORTH + y
    points.z = rng.uniform(30, 60, count)
    points.intensity = rng.integers(0, 65535, count).astype(np.uint16)
    points.classification = np.array(kinds, np.uint8)[np.arange(count) % len(kinds)]
    points.return_number, points.number_of_returns = np.ones(count, np.uint8), np.full(count, 2, np.uint8)
    points.return_number[::4] = 2
    path = folder / name
    points.write(path)
    return path


@pytest.fixture
def owner(database_url: str) -> Iterator[Any]:
    """A connection of the owner's that may commit; what it prepared is taken away."""
    with connect(database_url) as connection:
        yield connection
        connection.rollback()
        connection.execute("truncate raster.file, raster.vintage")
        connection.commit()


def bring(owner: Any, home: Path, paths: list[Path], points: dict[str, Any] | None = None, **choices: Any) -> Any:
    """An import by the test."""
    return run(owner, paths, declared(**(points or {})), home, Choices(author="test", **{"vintage": "2025", **choices}))


def in_force(owner: Any) -> list[tuple[Any, ...]]:
    """(vintage, file) of what clients see."""
    return owner.execute("select vintage_name, name || suffix from served.raster_file order by 1, 2").fetchall()


def codes(report: Any) -> set[tuple[str, str]]:
    """(code, file) of the findings."""
    return {(one.code, one.file) for one in report.findings}


def test_tiles_are_kept_to_the_byte_and_in_force_together(owner: Any, tmp_path: Path) -> None:
    laz, las = cloud(tmp_path, "a.laz"), cloud(tmp_path, "b.las", 1)
    report = bring(owner, tmp_path / "home", [laz, las])
    assert report.published, codes(report)
    assert in_force(owner) == [("2025", "a.laz"), ("2025", "b.las")]
    for path, sha, source in owner.execute("select path, sha256, source from raster.file").fetchall():
        kept = (tmp_path / "home" / "rasters" / path).read_bytes()
        assert kept == (tmp_path / source).read_bytes()
        assert hashlib.sha256(kept).hexdigest() == sha
    points, width, area = owner.execute(
        "select points, width, st_area(footprint::geography) from served.raster_file where name = 'a'"
    ).fetchone()
    assert (points, width) == (20_000, None)
    assert area == pytest.approx(10_000, rel=0.01)


def test_the_catalogue_tells_what_is_in_a_tile(tmp_path: Path) -> None:
    tile = examine(cloud(tmp_path, "a.laz"), Target(2154))
    assert isinstance(tile, Tile)
    assert not tile.findings
    told = facts(tile)
    assert (told["las"], told["point_format"], told["encoding"], told["copc"]) == ("1.4", 6, "LASzip", False)
    assert told["created"] == "2024-03-05"
    assert told["density"] == pytest.approx(2.0, rel=0.02)
    assert [(c["code"], c["name"]["fr"], c["count"]) for c in told["classes"]] == [
        (2, "sol", 12_000), (5, "végétation haute", 4_000), (6, "bâtiment", 4_000),
    ]  # fmt: skip
    assert told["returns"] == {"1": 15_000, "2": 5_000}
    z = next(one for one in told["statistics"] if one["name"] == "Z")
    assert 30 <= z["minimum"] < 31
    assert 59 < z["maximum"] <= 60
    assert z["average"] == pytest.approx(45, abs=0.5)
    assert z["stddev"] == pytest.approx(30 / 12**0.5, rel=0.02)
    assert {"name": "Z", "size": 8, "type": "floating"} in told["schemas"]
    assert {"name": "Intensity", "size": 2, "type": "unsigned"} in told["schemas"]
    assert {"name": "GpsTime", "size": 8, "type": "floating"} in told["schemas"]


def test_the_density_is_that_of_the_ground_covered_not_of_the_box_around(tmp_path: Path) -> None:
    whole = examine(cloud(tmp_path, "a.laz", count=40_000), Target(2154))
    corner = laspy.read(tmp_path / "a.laz")
    kept = corner[(corner.x - WEST) < (corner.y - (NORTH - 100))]  # a triangle: half the points, half the ground
    kept.write(tmp_path / "half.laz")
    half = examine(tmp_path / "half.laz", Target(2154))
    assert isinstance(whole, Tile)
    assert isinstance(half, Tile)
    assert half.survey.density == pytest.approx(whole.survey.density, rel=0.1)


@pytest.mark.parametrize(
    ("point_format", "version"), [(0, "1.2"), (1, "1.2"), (3, "1.3"), (6, "1.4"), (7, "1.4"), (8, "1.4")]
)
def test_each_version_and_point_format_is_read(tmp_path: Path, point_format: int, version: str) -> None:
    tile = examine(cloud(tmp_path, "a.laz", point_format=point_format, version=version), Target(2154))
    assert isinstance(tile, Tile)
    assert (tile.header.version, tile.header.point_format, tile.survey.count) == (version, point_format, 20_000)
    assert not tile.findings


def test_a_compound_crs_is_judged_by_its_horizontal_part(tmp_path: Path) -> None:
    tile = examine(cloud(tmp_path, "a.laz", crs="EPSG:2154+5720"), Target(2154))
    assert isinstance(tile, Tile)
    assert not tile.findings
    assert tile.vertical is not None
    assert "IGN69" in tile.vertical


def test_a_crs_that_is_absent_or_another_is_refused_and_may_be_told_when_absent(owner: Any, tmp_path: Path) -> None:
    mute, other = cloud(tmp_path, "muet.laz", crs=None), cloud(tmp_path, "cc49.laz", 1, crs=3949)
    report = bring(owner, tmp_path / "home", [mute, other])
    assert codes(report) >= {("crs-absent", "muet.laz"), ("crs", "cc49.laz")}
    assert not report.published
    told = bring(owner, tmp_path / "home", [mute], crs=2154)
    assert codes(told) == {("crs-assumed", "muet.laz")}
    assert told.published


def test_a_broken_tile_is_named_and_the_rest_goes_on_only_if_asked(owner: Any, tmp_path: Path) -> None:
    good, bad = cloud(tmp_path, "bon.laz"), cloud(tmp_path, "casse.laz", 1)
    bad.write_bytes(bad.read_bytes()[:-20_000])
    report = bring(owner, tmp_path / "home", [good, bad])
    assert {one.file for one in report.errors} == {"casse.laz"}
    assert not report.published
    assert in_force(owner) == []
    assert bring(owner, tmp_path / "home", [good, bad], without_faulty=True).published
    assert in_force(owner) == [("2025", "bon.laz")]


def patched(path: Path, *changes: tuple[int, str, Any]) -> Path:
    """The file with some fields of its header rewritten."""
    content = bytearray(path.read_bytes())
    for place, form, value in changes:
        struct.pack_into("<" + form, content, place, value)
    path.write_bytes(bytes(content))
    return path


@pytest.mark.parametrize(
    ("name", "changes", "code"),
    [
        ("a.las", [(247, "Q", 10**12)], "header"),
        ("a.laz", [(247, "Q", 3_900_000_000)], "bomb"),
        ("a.laz", [(247, "Q", 30_000)], None),
        ("a.las", [(247, "Q", 21_000)], "truncated"),
        ("a.laz", [(100, "I", 2**32 - 1)], "header"),
        ("a.laz", [(243, "I", 2**31)], "truncated"),
        ("a.laz", [(96, "I", 2**31)], "truncated"),
        ("a.laz", [(105, "H", 3)], "header"),
        ("a.laz", [(104, "B", 0x80 | 42)], "version"),
        ("a.laz", [(25, "B", 9)], "version"),
        ("a.laz", [(247, "Q", 0), (107, "I", 0)], "empty"),
        ("a.laz", [(179, "d", float("nan"))], "header"),
        ("a.las", [(131, "d", float("inf"))], "header"),
    ],
)
def test_a_header_that_lies_is_refused_and_named(tmp_path: Path, name: str, changes: Any, code: str | None) -> None:
    found = examine(patched(cloud(tmp_path, name), *changes), Target(2154))
    assert not isinstance(found, Tile)
    assert found.file == name
    assert code is None or found.code == code


@pytest.mark.parametrize("content", [b"", b"LASF", b"LASF" + b"\0" * 400, b"PK\x03\x04zip", b"hello"])
def test_what_is_no_cloud_is_told_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.laz").write_bytes(content)
    found = examine(tmp_path / "x.laz", Target(2154))
    assert not isinstance(found, Tile)
    assert found.severity == "error"


def test_bytes_changed_in_the_middle_are_a_finding_and_not_a_crash(owner: Any, tmp_path: Path) -> None:
    bad = cloud(tmp_path, "a.laz")
    content = bytearray(bad.read_bytes())
    start = struct.unpack_from("<I", content, 96)[0]
    content[start : start + 8] = b"\xff" * 8  # where the table of chunks is
    bad.write_bytes(bytes(content))
    report = bring(owner, tmp_path / "home", [bad])
    assert {one.file for one in report.errors} == {"a.laz"}
    assert report.errors[0].code in ("damaged", "truncated", "decoder-died")


def test_a_link_is_no_tile(tmp_path: Path) -> None:
    (tmp_path / "lien.laz").symlink_to(cloud(tmp_path, "a.laz"))
    found = examine(tmp_path / "lien.laz", Target(2154))
    assert not isinstance(found, Tile)
    assert found.code == "not-a-file"


def test_too_few_points_and_undeclared_classes_are_told(tmp_path: Path) -> None:
    tile = examine(cloud(tmp_path, "a.laz"), Target(2154, density=10, classes=(2, 5)))
    assert isinstance(tile, Tile)
    assert {one.code: one.words.fr for one in tile.findings} == {
        "density": "2.0 points par m², 10 attendus.", "classes": "Classes non déclarées : 6 (bâtiment).",
    }  # fmt: skip


def test_points_elsewhere_than_the_name_or_the_extent_say_are_told(tmp_path: Path) -> None:
    here = examine(cloud(tmp_path, "LHD_FXX_0640_6867_PTS.laz"), Target(2154, extent=(2.0, 48.8, 2.4, 49.0)))
    assert isinstance(here, Tile)
    assert not here.findings
    there = examine(cloud(tmp_path, "LHD_FXX_0700_6867_PTS.laz"), Target(2154, extent=(4.0, 45.0, 5.0, 46.0)))
    assert isinstance(there, Tile)
    assert {one.code for one in there.findings} == {"outside"}
    lost = examine(cloud(tmp_path, "LHD_FXX_0700_6867_PTS.laz"), Target(2154))
    assert isinstance(lost, Tile)
    assert {one.code for one in lost.findings} == {"name-differs"}


def test_an_interrupted_import_goes_on_where_it_was(owner: Any, tmp_path: Path, monkeypatch: Any) -> None:
    from mig_idg.store import storage

    tiles = [cloud(tmp_path, f"t{n}.laz", n, count=2_000) for n in range(3)]
    put, done = storage.Folder.put, []

    def full(self: Any, made: Path, name: str) -> None:
        if len(done) == 2:
            raise OSError(28, "No space left on device")
        done.append(name)
        put(self, made, name)

    monkeypatch.setattr(storage.Folder, "put", full)
    with pytest.raises(Exception, match=r"t2\.laz ne peut pas être rangé"):
        bring(owner, tmp_path / "home", tiles)
    assert in_force(owner) == []
    monkeypatch.setattr(storage.Folder, "put", put)
    report = bring(owner, tmp_path / "home", tiles)
    assert (report.kept, report.converted, report.published) == (2, 1, True)
    assert not list((tmp_path / "home").rglob("*.part"))


def test_a_vintage_replaces_the_one_of_its_name_whole(owner: Any, tmp_path: Path) -> None:
    home = tmp_path / "home"
    bring(owner, home, [cloud(tmp_path, "a.laz"), cloud(tmp_path, "b.laz", 1)])
    bring(owner, home, [cloud(tmp_path, "c.laz", 2)])
    assert in_force(owner) == [("2025", "c.laz")]
    bring(owner, home, [cloud(tmp_path, "d.laz", 3)], vintage="2026")
    assert in_force(owner) == [("2025", "c.laz"), ("2026", "d.laz")]


def test_two_imports_of_one_collection_do_not_mix(owner: Any, database_url: str, tmp_path: Path) -> None:
    from mig_idg.store import rasters

    with connect(database_url) as other, rasters.alone(other, "lidar-essai"), pytest.raises(Conflict):
        bring(owner, tmp_path / "home", [cloud(tmp_path, "a.laz", count=500)])
    assert bring(owner, tmp_path / "home", [cloud(tmp_path, "a.laz", count=500)]).published


def test_strips_that_overlap_are_a_warning_only(owner: Any, tmp_path: Path) -> None:
    report = bring(owner, tmp_path / "home", [cloud(tmp_path, "a.laz"), cloud(tmp_path, "b.laz", seed=8)])
    assert {one.code for one in report.findings} == {"overlap"}
    assert report.published


def test_checking_changes_nothing(owner: Any, tmp_path: Path) -> None:
    report = bring(owner, tmp_path / "home", [cloud(tmp_path, "a.laz")], check_only=True)
    assert (report.published, report.errors) == (False, [])
    assert owner.execute("select count(*) from raster.vintage").fetchone() == (0,)
    assert not (tmp_path / "home").exists()


def test_a_vintage_without_a_year_asks_for_its_days_before_any_work(owner: Any, tmp_path: Path) -> None:
    with pytest.raises(InvalidParameter):
        bring(owner, tmp_path / "home", [cloud(tmp_path, "a.laz", count=500)], vintage="ete")


def test_a_copc_is_known_as_one_and_stays_one(owner: Any, tmp_path: Path) -> None:
    source = cloud(tmp_path, "plain.laz", count=1_000)
    content = bytearray(source.read_bytes())
    content[377:381], content[393:395] = b"copc", struct.pack("<H", 1)  # the first record is COPC's, by its owner
    (tmp_path / "dalle.copc.laz").write_bytes(bytes(content))
    report = bring(owner, tmp_path / "home", [tmp_path / "dalle.copc.laz"], crs=2154)
    assert report.published, codes(report)
    assert in_force(owner) == [("2025", "dalle.copc.laz")]
    assert owner.execute("select properties ->> 'copc' from served.raster_file").fetchone() == ("true",)


def test_memory_does_not_grow_with_the_tile(tmp_path: Path) -> None:
    import tracemalloc

    from mig_idg.deposits.intake.lidar import survey

    cloud(tmp_path, "a.laz", count=400_000)
    kept, survey_chunk = [], 50_000
    with laspy.open(tmp_path / "a.laz") as reader:
        tracemalloc.start()
        seen = survey.survey(reader.chunk_iterator(survey_chunk), (WEST, NORTH - 100, WEST + 100, NORTH), 400_000)
        kept.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert seen.count == 400_000
    assert kept[0] < 400_000 * 30  # less than the points at once


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch, owner: Any, database_url: str, tmp_path: Path) -> Iterator[Any]:
    """`say("import", …)`: the exit code of a command line, against the module's database."""
    from mig_idg.cli import messages
    from mig_idg.cli.main import directory

    (tmp_path / "lidar.yml").write_text(
        "id: lidar\ntitle: {fr: Essai, en: Trial}\ndescription: {fr: Essai, en: Trial}\nkind: mutualised\n"
        'owner: "92050"\nsource: {points: {}, crs: "EPSG:2154"}\nservices: [stac, download]\n'
    )
    variables = {"DATABASE_URL": database_url, "COLLECTIONS_DIR": str(tmp_path), "HOME": str(tmp_path / "home")}
    for name, value in variables.items():
        monkeypatch.setenv(f"IDG_{name}", value)
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    messages.settings.cache_clear()
    yield lambda *line: messages.guarded(directory, [str(word) for word in line])
    messages.settings.cache_clear()


def test_an_operator_imports_tiles_and_is_told_which_one_is_faulty(say: Any, tmp_path: Path, capfd: Any) -> None:
    good, mute, broken = cloud(tmp_path, "a.laz"), cloud(tmp_path, "b.laz", 1, crs=None), cloud(tmp_path, "c.laz", 2)
    broken.write_bytes(broken.read_bytes()[:-9000])
    assert say("import", good, mute, broken, "--collection", "lidar", "--vintage", "2025") == 1
    said = capfd.readouterr()
    assert "b.laz : Le fichier ne dit pas son système de coordonnées." in said.err
    assert "c.laz" in said.err
    assert "Traceback" not in said.err
    assert "panicked" not in said.err
    assert say("import", good, mute, "--collection", "lidar", "--vintage", "2025", "--crs", "EPSG:2154") == 0
    assert "« 2025 » est publié : 2 fichier(s) rangé(s)" in capfd.readouterr().out
    assert say("import", good, "--collection", "lidar") == 2
    assert say("import", good, "--collection", "lidar", "--vintage", "2025", "--crs", "Lambert") == 2
    assert say("import", tmp_path / "absent.laz", "--collection", "lidar", "--vintage", "2025") == 1
