"""Files made to harm: refused, named, in little time and memory; and nothing outside the file is ever read."""

from __future__ import annotations

import os
import random
import struct
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from mig_idg.deposits.intake.rasters import convert
from mig_idg.deposits.intake.rasters.examine import Facts, Target, examine
from mig_idg.deposits.intake.rasters.importer import Said, _cog
from mig_idg.deposits.intake.rasters.report import Finding

NAN, INF = float("nan"), float("inf")
RGB, HEIGHTS = Target("rgb", 2154, None), Target("elevation", 2154, None)


@pytest.fixture(autouse=True)
def _unplaced() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def refused(path: Path, target: Target = RGB) -> set[str]:
    """The codes of the errors of a file that must not come in."""
    told = examine(path, target)
    if isinstance(told, Finding):
        assert told.file == path.name
        return {told.code}
    errors = {one.code for one in told.findings if one.severity == "error"}
    if not errors:
        made = _cog((told, path.with_suffix(".cog")), Said(target.kind, target.srid, "t", "c"))
        assert isinstance(made, Finding), "it came in"
        errors = {made.code}
    return errors


def tiff(path: Path, *tags: tuple[int, int, int, bytes | int], strip: bytes = b"") -> Path:
    """A little-endian TIFF of these tags (number, type, count, value or bytes kept aside)."""
    strip = strip or zlib.compress(b"\0" * 300)
    told = {256: (4, 1, 10), 257: (4, 1, 10), 258: (3, 1, 8), 259: (3, 1, 8), 262: (3, 1, 1), 273: (4, 1, 8),
            277: (3, 1, 1), 278: (4, 1, 10), 279: (4, 1, len(strip))} | {tag: rest for tag, *rest in tags}  # fmt: skip
    aside, start = b"", 8 + len(strip)
    after = start + 2 + 12 * len(told) + 4
    rows = b""
    for tag in sorted(told):
        kind, count, value = told[tag]
        if isinstance(value, bytes):
            value, aside = after + len(aside), aside + value
        rows += struct.pack("<HHII", tag, kind, count, value)
    path.write_bytes(
        struct.pack("<2sHI", b"II", 42, start) + strip + struct.pack("<H", len(told)) + rows + b"\0\0\0\0" + aside
    )
    return path


def placed(*numbers: float) -> tuple[tuple[int, int, int, bytes], ...]:
    """Tags that place a picture: scale x, y and corner x, y."""
    sx, sy, x, y = numbers
    return (33550, 12, 3, struct.pack("<3d", sx, sy, 0)), (33922, 12, 6, struct.pack("<6d", 0, 0, 0, x, y, 0))


@pytest.mark.parametrize(
    "numbers",
    [(NAN, NAN, 640_000, 6_867_000), (1, 1, INF, 6_867_000), (1, 1, 640_000, NAN), (1e300, 1e300, 0, 0),
     (1, 1, 1e300, -1e300), (1e-300, 1e-300, 640_000, 6_867_000), (-1, 1, 640_000, 6_867_000)],
)  # fmt: skip
def test_a_picture_placed_nowhere_on_earth_is_refused(tmp_path: Path, numbers: tuple[float, ...]) -> None:
    path = tiff(tmp_path / "x.tif", *placed(*numbers))
    assert refused(path, Target("classes", 2154, None)) <= {"no-georeference", "outside", "rotated", "unreadable"}


@pytest.mark.parametrize(
    ("tags", "codes"),
    [
        ([(256, 4, 1, 0)], {"unreadable"}),
        ([(256, 4, 1, 2**32 - 1), (257, 4, 1, 2**32 - 1)], {"unreadable", "dimensions"}),
        ([(277, 3, 1, 65535)], {"unreadable", "dimensions"}),
        ([(322, 4, 1, 2**31), (323, 4, 1, 2**31), (324, 4, 1, 8), (325, 4, 1, 20)], {"unreadable", "blocks", "damaged"}),
        ([(278, 4, 1, 2**32 - 1)], {"damaged", "unreadable", "no-georeference"}),
        ([(279, 4, 1, 2**32 - 1)], {"damaged", "unreadable", "no-georeference"}),
        ([(273, 4, 1, 2**31)], {"damaged", "unreadable", "no-georeference"}),
        ([(259, 3, 1, 64000)], {"damaged", "unreadable"}),
        ([(258, 3, 1, 63)], {"damaged", "unreadable", "type", "no-georeference"}),
        ([(42113, 2, 8, b"1e9999\0\0")], {"no-georeference"}),
        ([(42112, 2, 2**31, 8)], {"unreadable", "no-georeference"}),
    ],
)  # fmt: skip
def test_absurd_tags_are_refused(tmp_path: Path, tags: Any, codes: set[str]) -> None:
    assert refused(tiff(tmp_path / "x.tif", *tags), Target("classes", 2154, None)) <= codes


def test_a_large_picture_in_one_block_is_told_and_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = tiff(
        tmp_path / "x.tif", (256, 4, 1, 60_000), (257, 4, 1, 60_000), (278, 4, 1, 60_000),
        *placed(1, 1, 640_000, 6_867_000), strip=os.urandom(3_000_000),
    )  # fmt: skip
    assert refused(path, Target("classes", 2154, None)) == {"damaged"}


def test_a_directory_that_points_to_itself_ends(tmp_path: Path) -> None:
    path = tiff(tmp_path / "x.tif")
    content = bytearray(path.read_bytes())
    start = struct.unpack_from("<I", content, 4)[0]
    struct.pack_into("<I", content, start + 2 + 9 * 12, start)
    path.write_bytes(bytes(content))
    assert refused(path, Target("classes", 2154, None)) <= {"no-georeference", "unreadable"}


@pytest.mark.parametrize(
    "text",
    [
        "<VRTDataset rasterXSize='9' rasterYSize='9'><SourceFilename>/etc/passwd</SourceFilename></VRTDataset>",
        "\n\n  <VRTDataset><SourceFilename>http://127.0.0.1:1/x.tif</SourceFilename></VRTDataset>",
        "\ufeff<VRTDataset/>",
        "<!-- a --><VRTDataset/>",
        "<GDAL_WMS><Service name='TMS'><ServerUrl>http://127.0.0.1:1/</ServerUrl></Service></GDAL_WMS>",
        "<WMS_Capabilities/>",
        '{"type": "gdal_streamed_alg", "command_line": "gdal raster convert /etc/passwd x"}',
        "GDALG",
        "/vsicurl/http://127.0.0.1:1/x.tif",
        "GTIFF_DIR:1:/etc/passwd",
        "HDF5:/etc/passwd",
    ],
)
@pytest.mark.parametrize("name", ["x.vrt", "x.tif", "x.asc", "x.jp2"])
def test_a_text_that_names_something_else_is_never_opened(tmp_path: Path, text: str, name: str) -> None:
    (tmp_path / name).write_text(text)
    assert refused(tmp_path / name) <= {"points-elsewhere", "format"}


def test_a_picture_takes_nothing_from_the_files_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    profile = {"driver": "GTiff", "width": 100, "height": 100, "count": 3, "dtype": "uint8", "crs": "EPSG:2154",
               "transform": from_origin(640_000, 6_867_000, 1, 1)}  # fmt: skip
    with rasterio.open(path, "w", **profile) as made:
        made.write(np.full((3, 100, 100), 90, np.uint8))
    elsewhere = (
        "<VRTDataset rasterXSize='50' rasterYSize='50'><SourceFilename>/etc/passwd</SourceFilename></VRTDataset>"
    )
    for beside in ("a.tif.ovr", "a.tif.msk", "a.ovr"):
        (tmp_path / beside).write_text(elsewhere)
    (tmp_path / "a.tif.aux.xml").write_text(
        "<PAMDataset><SRS>EPSG:4326</SRS><GeoTransform>0,1,0,0,0,-1</GeoTransform><Metadata><MDI key='OVERVIEW_FILE'>"
        ":::BASE:::../secret.tif</MDI></Metadata></PAMDataset>"
    )
    told = examine(path, RGB)
    assert isinstance(told, Facts)
    assert (told.masked, told.bounds) == (False, (640_000.0, 6_866_900.0, 640_100.0, 6_867_000.0))
    made_ = _cog((told, tmp_path / "out.tif"), Said("rgb", 2154, "t", "c"))
    assert isinstance(made_, convert.Made)


@pytest.mark.parametrize(
    "words",
    [
        "1\n0\n0\n-1\n1e300\n0",
        "nan\n0\n0\n-1\n0\n0",
        "1\n0\n0\n-1",
        "0\n0\n0\n0\n0\n0",
        "1;rm\n0\n0\n-1\n0\n0",
        "\xff\xfe",
    ],
)
def test_a_world_file_that_places_nothing_is_told(tmp_path: Path, words: str) -> None:
    path = tiff(tmp_path / "x.tif")
    path.with_suffix(".tfw").write_bytes(words.encode("latin-1"))
    assert refused(path, Target("classes", 2154, None)) <= {"world-file", "outside", "no-georeference"}


def grid(path: Path, head: str, values: str = "1 2\n3 4\n") -> Path:
    """An ASCII grid."""
    path.write_text(head + values)
    return path


@pytest.mark.parametrize(
    ("head", "values"),
    [
        ("ncols 100000000\nnrows 100000000\nxllcorner 0\nyllcorner 0\ncellsize 1\n", "1"),
        ("ncols -5\nnrows 2\nxllcorner 0\nyllcorner 0\ncellsize 1\n", "1 2"),
        ("ncols 2\nnrows 2\nxllcorner nan\nyllcorner 0\ncellsize 1\n", "1 2\n3 4\n"),
        ("ncols 2\nnrows 2\nxllcorner 640000\nyllcorner 6867000\ncellsize 0\n", "1 2\n3 4\n"),
        ("ncols 2\nnrows 2\nxllcorner 640000\nyllcorner 6867000\ncellsize -1\n", "1 2\n3 4\n"),
        ("ncols 300\nnrows 300\nxllcorner 640000\nyllcorner 6867000\ncellsize 1\n", "1 2\n3 4\n"),
        ("ncols 2\nnrows 2\nxllcorner 640000\nyllcorner 6867000\ncellsize 1\n", "un deux\ntrois quatre\n"),
        ("ncols", ""),
        ("ncols 2\n" * 100_000, ""),
    ],
)  # fmt: skip
def test_an_ascii_grid_that_does_not_hold_what_it_claims_is_refused(tmp_path: Path, head: str, values: str) -> None:
    assert refused(grid(tmp_path / "mnt.asc", head, values), HEIGHTS)


def test_a_jpeg_2000_that_is_cut_is_refused(tmp_path: Path) -> None:
    whole = tmp_path / "a.jp2"
    profile = {"driver": "JP2OpenJPEG", "width": 256, "height": 256, "count": 3, "dtype": "uint8", "crs": "EPSG:2154",
               "transform": from_origin(640_000, 6_867_000, 1, 1)}  # fmt: skip
    with rasterio.open(whole, "w", QUALITY=100, REVERSIBLE="YES", **profile) as made:
        made.write(np.random.default_rng(3).integers(0, 255, (3, 256, 256)).astype(np.uint8))
    told = examine(whole, RGB)
    assert isinstance(told, Facts)
    assert isinstance(_cog((told, tmp_path / "ok.tif"), Said("rgb", 2154, "t", "c")), convert.Made)
    for part in (20, 200, 5_000, whole.stat().st_size // 2, whole.stat().st_size - 2_000):
        cut = tmp_path / f"cut{part}.jp2"
        cut.write_bytes(whole.read_bytes()[:part])
        assert refused(cut) <= {"unreadable", "damaged", "no-georeference"}, part


def test_names_that_are_no_names_become_plain_ones(tmp_path: Path) -> None:
    for name in ("é à ; drop table.tif", "-rf.tif", "..%2F..%2Fetc.tif", "a" * 200 + ".tif", "日本.tif"):
        profile = {"driver": "GTiff", "width": 10, "height": 10, "count": 3, "dtype": "uint8", "crs": "EPSG:2154",
                   "transform": from_origin(640_000, 6_867_000, 1, 1)}  # fmt: skip
        with rasterio.open(tmp_path / name, "w", **profile) as made:
            made.write(np.ones((3, 10, 10), np.uint8))
        told = examine(tmp_path / name, RGB)
        assert isinstance(told, Facts)
        assert set(told.name) <= set("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_.-")
        assert 0 < len(told.name) <= 120
        assert told.name[0] not in "-."


def test_no_change_of_bytes_gets_anything_but_an_answer(tmp_path: Path) -> None:
    """Two hundred pictures with a few bytes changed: each is taken or told, none raises."""
    whole = tmp_path / "a.tif"
    profile = {"driver": "GTiff", "width": 64, "height": 64, "count": 3, "dtype": "uint8", "crs": "EPSG:2154",
               "compress": "lzw", "tiled": True, "blockxsize": 16, "blockysize": 16,
               "transform": from_origin(640_000, 6_867_000, 1, 1)}  # fmt: skip
    with rasterio.open(whole, "w", **profile) as made:
        made.write(np.random.default_rng(3).integers(0, 255, (3, 64, 64)).astype(np.uint8))
    content, dice = whole.read_bytes(), random.Random(7)
    for number in range(200):
        changed = bytearray(content)
        for _ in range(dice.choice((1, 3, 8))):
            changed[dice.randrange(4, dice.choice((500, len(changed))))] = dice.choice((0, 255, dice.randrange(256)))
        path = tmp_path / f"{number}.tif"
        path.write_bytes(bytes(changed))
        told = examine(path, RGB)
        if isinstance(told, Facts) and not any(one.severity == "error" for one in told.findings):
            assert isinstance(_cog((told, tmp_path / "out.tif"), Said("rgb", 2154, "t", "c")), convert.Made | Finding)
