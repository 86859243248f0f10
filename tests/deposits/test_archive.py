"""Archives of strangers: nothing is written but what we name, nothing grows without end."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest

from mig_idg.deposits.intake import archive
from mig_idg.errors import InvalidParameter, TooLarge, Unprocessable, UnsupportedMedia

POINTS = b'{"type": "FeatureCollection", "features": []}'


def zipped(path: Path, **entries: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in entries.items():
            out.writestr(name, content)
    return path


@pytest.fixture
def into(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def test_the_names_of_an_archive_are_never_used_on_disk(tmp_path: Path, into: Path):
    path = zipped(tmp_path / "a.zip", **{"../../evil.geojson": POINTS})
    inside = archive.unpack(path, into)
    assert inside.path.parent == into
    assert {p.name for p in tmp_path.rglob("*") if p.is_file()} == {"a.zip", "depot-0"}


def test_an_archive_that_grows_a_hundredfold_is_stopped_on_the_way(tmp_path: Path, into: Path):
    path = zipped(tmp_path / "bomb.zip", **{"a.geojson": b"{" + b" " * 200_000_000})
    with pytest.raises(TooLarge):
        archive.unpack(path, into)
    assert sum(p.stat().st_size for p in into.iterdir()) < 50_000_000


def test_a_link_in_an_archive_is_refused(tmp_path: Path, into: Path):
    path = tmp_path / "link.zip"
    with zipfile.ZipFile(path, "w") as out:
        info = zipfile.ZipInfo("a.geojson")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        out.writestr(info, "/etc/passwd")
    with pytest.raises(UnsupportedMedia, match="lien"):
        archive.unpack(path, into)


def test_more_than_fifty_files_are_refused(tmp_path: Path, into: Path):
    with pytest.raises(TooLarge):
        archive.unpack(zipped(tmp_path / "many.zip", **{f"{n}.csv": b"a" for n in range(51)}), into)


def test_a_shapefile_without_its_table_says_what_is_missing(tmp_path: Path, into: Path):
    path = zipped(tmp_path / "shape.zip", **{"d/a.shp": b"\x00\x00\x27\x0a", "d/a.shx": b"x"})
    with pytest.raises(Unprocessable, match=r"\.dbf"):
        archive.unpack(path, into)


def test_two_files_need_a_choice_and_the_choice_is_by_name(tmp_path: Path, into: Path):
    path = zipped(tmp_path / "two.zip", **{"one.geojson": POINTS, "two.geojson": POINTS, "lisez-moi.txt": b"a"})
    with pytest.raises(InvalidParameter, match=r"one\.geojson, two\.geojson"):
        archive.unpack(path, into)
    assert archive.unpack(path, into, "two.geojson").name == "two.geojson"


@pytest.mark.parametrize("cut", [10, 60])
def test_a_damaged_archive_is_said_to_be_so(tmp_path: Path, into: Path, cut: int):
    whole = zipped(tmp_path / "whole.zip", **{"a.geojson": POINTS * 50}).read_bytes()
    path = tmp_path / "cut.zip"
    path.write_bytes(whole[:-cut])
    with pytest.raises(Unprocessable, match="endommagée"):
        archive.unpack(path, into)


def test_a_spreadsheet_is_not_an_archive_of_data(tmp_path: Path, into: Path):
    with pytest.raises(UnsupportedMedia, match="bureautique"):
        archive.unpack(zipped(tmp_path / "a.xlsx", **{"[Content_Types].xml": b"<a/>"}), into)
