"""Rasters brought in: what is refused and why, what is converted, and when it is in force."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin
from rio_cogeo.cogeo import cog_validate

from mig_idg.database import connect
from mig_idg.deposits.intake.rasters import Choices, run
from mig_idg.publication.model import Declaration

pytestmark = pytest.mark.slow

WEST, NORTH = 640_000.0, 6_867_000.0


def declared(kind: str = "rgb", **raster: Any) -> Declaration:
    """A collection of pixels."""
    return Declaration.model_validate(
        {
            "id": "ortho-essai",
            "title": {"fr": "Essai", "en": "Test"},
            "description": {"fr": "Essai", "en": "Test"},
            "kind": "mutualised",
            "owner": "92050",
            "credit": "Ville de Nanterre",
            "source": {"raster": {"bands": kind, **(raster or {"vintages": True})}, "crs": "EPSG:2154"},
            "terms": {"mode": "all_partners", "actions": ["view"]},
            "services": ["tiles"],
        }
    )


def tile(folder: Path, name: str, col: int = 0, row: int = 0, *, pixel: float = 1.0, **changed: Any) -> Path:
    """A small photograph, 100 m on a side, at a place of the tiling."""
    side = round(100 / pixel)
    rng = np.random.default_rng([col, row, 7])
    profile = {
        "driver": "GTiff", "width": side, "height": side, "count": 3, "dtype": "uint8", "crs": "EPSG:2154",
        "transform": from_origin(WEST + col * 100, NORTH - row * 100, pixel, pixel),
    } | changed  # fmt: skip
    path = folder / name
    with rasterio.open(path, "w", **profile) as made:
        shape = (profile["count"], profile["height"], profile["width"])
        made.write(rng.integers(40, 200, shape).astype(profile["dtype"]))
        made.update_tags(TIFFTAG_HOSTCOMPUTER="PC-DE-MARTINE", OPERATOR="martine.dupont")
    return path


@pytest.fixture
def owner(database_url: str) -> Iterator[Any]:
    """A connection of the owner's that may commit; what it prepared is taken away."""
    with connect(database_url) as connection:
        yield connection
        connection.rollback()
        connection.execute("truncate raster.file, raster.vintage")
        connection.commit()


def bring(owner: Any, home: Path, paths: list[Path], kind: str = "rgb", **choices: Any) -> Any:
    """An import by the test."""
    return run(owner, paths, declared(kind), home, Choices(author="test", **{"vintage": "2025", **choices}))


def in_force(owner: Any) -> list[tuple[Any, ...]]:
    """(vintage, file) of what clients see."""
    return owner.execute("select vintage_name, name from served.raster_file order by 1, 2").fetchall()


def codes(report: Any) -> set[tuple[str, str]]:
    """(code, file) of the findings."""
    return {(one.code, one.file) for one in report.findings}


def test_a_tiling_becomes_cogs_in_force_together(owner: Any, tmp_path: Path) -> None:
    paths = [tile(tmp_path, f"dalle_{c}{r}.tif", c, r) for c in range(2) for r in range(2)]
    report = bring(owner, tmp_path / "home", paths)
    assert report.published, codes(report)
    assert in_force(owner) == [("2025", f"dalle_{c}{r}") for c in range(2) for r in range(2)]
    rows = owner.execute(
        "select path, width, st_srid(footprint), st_area(footprint::geography) from served.raster_file"
    )
    for path, width, srid, area in rows.fetchall():
        made = tmp_path / "home" / "rasters" / path
        assert cog_validate(made, quiet=True)[0]
        assert (width, srid) == (100, 4326)
        assert area == pytest.approx(10_000, rel=0.005)
    overview, pixel = owner.execute("select overview, overview_pixel from served.raster_vintage").fetchone()
    with rasterio.open(tmp_path / "home" / "rasters" / overview) as whole:
        assert tuple(whole.bounds) == (WEST, NORTH - 200, WEST + 200, NORTH)
        assert whole.res[0] == pixel > 1


def test_the_tags_of_the_workstation_stay_behind_and_the_credit_goes_along(owner: Any, tmp_path: Path) -> None:
    bring(owner, tmp_path / "home", [tile(tmp_path, "a.tif")])
    (path,) = owner.execute("select path from served.raster_file").fetchone()
    made = tmp_path / "home" / "rasters" / path
    content = made.read_bytes()
    assert b"MARTINE" not in content
    assert b"martine" not in content
    with rasterio.open(made) as opened:
        assert opened.tags()["TIFFTAG_COPYRIGHT"] == "Ville de Nanterre"


def test_pixels_survive_the_conversion(owner: Any, tmp_path: Path) -> None:
    heights = tile(tmp_path, "mnt.tif", count=1, dtype="float32", nodata=-9999.0)
    with rasterio.open(heights, "r+") as opened:
        values = opened.read(1)
        values[:10] = -9999.0
        opened.write(values, 1)
    report = bring(owner, tmp_path / "home", [heights], "elevation")
    assert report.published, codes(report)
    (path,) = owner.execute("select path from served.raster_file").fetchone()
    with rasterio.open(tmp_path / "home" / "rasters" / path) as made:
        assert made.nodata == -99999.0
        assert (made.read(1)[:10] == -99999.0).all()
        assert (made.read(1)[10:] == values[10:]).all()


def test_a_world_file_places_a_picture_and_its_absence_is_told(owner: Any, tmp_path: Path) -> None:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        placed = tile(tmp_path, "avec.tif", transform=rasterio.Affine.identity(), crs=None)
        lost = tile(tmp_path, "sans.tif", transform=rasterio.Affine.identity(), crs=None)
    placed.with_suffix(".tfw").write_text(f"1\n0\n0\n-1\n{WEST + 0.5}\n{NORTH - 0.5}\n")
    report = bring(owner, tmp_path / "home", [placed, lost], without_faulty=True)
    assert ("no-georeference", "sans.tif") in codes(report)
    assert ("crs-assumed", "avec.tif") in codes(report)
    assert in_force(owner) == [("2025", "avec")]
    assert owner.execute("select west, north from served.raster_file").fetchone() == (WEST, NORTH)


def test_a_broken_tile_is_named_and_nothing_changes_unless_asked(owner: Any, tmp_path: Path) -> None:
    good, bad = tile(tmp_path, "bon.tif"), tile(tmp_path, "casse.tif", 1)
    bad.write_bytes(bad.read_bytes()[: bad.stat().st_size // 2])
    report = bring(owner, tmp_path / "home", [good, bad])
    assert not report.published
    assert {one.file for one in report.errors} == {"casse.tif"}
    assert in_force(owner) == []
    again = bring(owner, tmp_path / "home", [good, bad], without_faulty=True)
    assert (again.published, in_force(owner)) == (True, [("2025", "bon")])


def test_an_interrupted_import_goes_on_where_it_was(owner: Any, tmp_path: Path) -> None:
    first, second = tile(tmp_path, "a.tif"), tile(tmp_path, "b.tif", 1)
    broken = tile(tmp_path, "c.tif", 2, compress="deflate")
    whole = broken.read_bytes()
    broken.write_bytes(whole[:2000] + b"\xff" * 4000 + whole[6000:])
    assert bring(owner, tmp_path / "home", [first, second, broken]).converted == 2
    broken.write_bytes(whole)
    report = bring(owner, tmp_path / "home", [first, second, broken])
    assert (report.kept, report.converted, report.published) == (2, 1, True)


def test_a_vintage_replaces_the_one_of_its_name_whole_and_moves_the_version(owner: Any, tmp_path: Path) -> None:
    home = tmp_path / "home"
    bring(owner, home, [tile(tmp_path, "a.tif"), tile(tmp_path, "b.tif", 1)])
    before = owner.execute("select number from registry.data_version where collection = 'ortho-essai'").fetchone()[0]
    bring(owner, home, [tile(tmp_path, "c.tif", 2)])
    assert in_force(owner) == [("2025", "c")]
    bring(owner, home, [tile(tmp_path, "d.tif", 2)], vintage="2026")
    assert in_force(owner) == [("2025", "c"), ("2026", "d")]
    after = owner.execute("select number from registry.data_version where collection = 'ortho-essai'").fetchone()[0]
    assert after == before + 2


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"crs": "EPSG:3949"}, "crs"),
        ({"count": 1}, "bands"),
        ({"dtype": "float32"}, "type"),
        ({"transform": from_origin(WEST, NORTH, 1, 1) @ rasterio.Affine.rotation(10)}, "rotated"),
    ],
)
def test_what_differs_from_the_declaration_is_told(owner: Any, tmp_path: Path, changed: Any, code: str) -> None:
    report = bring(owner, tmp_path / "home", [tile(tmp_path, "x.tif", **changed)])
    assert (code, "x.tif") in codes(report)
    assert not report.published


def test_overlaps_gaps_and_another_resolution_are_told(owner: Any, tmp_path: Path) -> None:
    ring = [tile(tmp_path, f"t{c}{r}.tif", c, r) for c in range(3) for r in range(3) if (c, r) != (1, 1)]
    report = bring(owner, tmp_path / "home", ring, check_only=True)
    assert ("gap", "") in codes(report)
    assert not report.errors
    over = tile(tmp_path, "over.tif", 0, 0)
    finer = tile(tmp_path, "finer.tif", 1, 1, pixel=0.5)
    told = codes(bring(owner, tmp_path / "home", [*ring, over, finer], check_only=True))
    assert any(code == "overlap" for code, _ in told)
    assert ("resolution", "finer.tif") in told


def test_a_mosaic_brings_its_tiles_in(owner: Any, tmp_path: Path) -> None:
    tiles = [tile(tmp_path, f"t{c}.tif", c) for c in range(2)]
    named = "".join(f'<SourceFilename relativeToVRT="1">{one.name}</SourceFilename>' for one in tiles)
    (tmp_path / "tout.vrt").write_text(f"<VRTDataset><VRTRasterBand>{named}</VRTRasterBand></VRTDataset>")
    report = bring(owner, tmp_path / "home", [tmp_path / "tout.vrt"])
    assert report.published, codes(report)
    assert in_force(owner) == [("2025", "t0"), ("2025", "t1")]


def vrt(path: Path) -> bytes:
    return f'<VRTDataset rasterXSize="9" rasterYSize="9"><SourceFilename>{path}</SourceFilename></VRTDataset>'.encode()


def test_a_file_that_points_elsewhere_is_refused_whatever_its_name(owner: Any, tmp_path: Path) -> None:
    secret = tile(tmp_path, "secret.tif")
    for name in ("a.vrt", "b.tif", "c.asc"):
        (tmp_path / name).write_bytes(vrt(secret))
        report = bring(owner, tmp_path / "home", [tmp_path / name])
        assert ("points-elsewhere", name) in codes(report)
    link = tmp_path / "lien.tif"
    link.symlink_to(secret)
    assert ("not-a-file", "lien.tif") in codes(bring(owner, tmp_path / "home", [link]))
    assert in_force(owner) == []


def bomb(width: int, height: int) -> bytes:
    """A TIFF that claims a size, with one small strip."""
    strip = zlib.compress(b"\0" * 1000)
    tags = [(256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 8), (262, 3, 1), (273, 4, 8), (277, 3, 1),
            (278, 4, height), (279, 4, len(strip))]  # fmt: skip
    start = 8 + len(strip)
    head = struct.pack("<2sHI", b"II", 42, start)
    rows = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    return head + strip + struct.pack("<H", len(tags)) + rows + struct.pack("<I", 0)


@pytest.mark.parametrize(("size", "code"), [((3_000_000, 10), "dimensions"), ((60_000, 60_000), "bomb")])
def test_absurd_dimensions_and_bombs_are_refused_before_a_pixel_is_read(
    owner: Any, tmp_path: Path, size: tuple[int, int], code: str
) -> None:
    (tmp_path / "b.tif").write_bytes(bomb(*size))
    report = bring(owner, tmp_path / "home", [tmp_path / "b.tif"], "classes")
    assert (code, "b.tif") in codes(report)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04zip", b"II*\x00garbage", b"hello", b"ncols x\nnrows y\n"])
def test_what_is_no_raster_is_told_so(owner: Any, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.tif").write_bytes(content)
    report = bring(owner, tmp_path / "home", [tmp_path / "x.tif"])
    assert {one.file for one in report.errors} == {"x.tif"}


def test_a_single_file_collection_is_replaced_by_one_rename(owner: Any, tmp_path: Path) -> None:
    home = tmp_path / "home"
    single = declared(cog="photo.tif")
    report = run(owner, [tile(tmp_path, "a.tif")], single, home, Choices(author="test"))
    assert report.published
    assert cog_validate(home / "rasters" / "photo.tif", quiet=True)[0]
    two = run(owner, [tile(tmp_path, "a.tif"), tile(tmp_path, "b.tif", 1)], single, home, Choices(author="test"))
    assert ("one-file", "") in codes(two)


def test_a_vintage_without_a_year_asks_for_its_days(owner: Any, tmp_path: Path) -> None:
    from mig_idg.errors import InvalidParameter

    with pytest.raises(InvalidParameter):
        bring(owner, tmp_path / "home", [tile(tmp_path, "a.tif")], vintage="ete")
    done = bring(
        owner, tmp_path / "home", [tile(tmp_path, "a.tif")], vintage="ete", during=(date(2025, 6, 1), date(2025, 9, 1))
    )
    assert done.published


@pytest.mark.reference
@pytest.mark.parametrize(
    ("name", "kind", "published"),
    [
        ("FICTIF_92-2024-0639-6867-LA93-0M05_cog.tif", "rgb", True),
        ("FICTIF_92-2024-0639-6867-LA93-0M20_non_cog.tif", "rgb", True),
        ("FICTIF_sans_georeference.tif", "rgb", False),
        ("FICTIF_0639_6867_MNT_0M50_LAMB93_IGN69.asc", "elevation", True),
        ("FICTIF_0639_6867_MNT_0M50_LAMB93_IGN69.tif", "elevation", True),
    ],
)
def test_the_reference_files_are_judged_as_they_deserve(
    owner: Any, shared: Path, tmp_path: Path, name: str, kind: str, published: bool
) -> None:
    report = bring(owner, tmp_path / "home", [shared / "reference" / "raster" / name], kind, vintage="2024")
    assert report.published is published, codes(report)


# ——— named for what they are


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("ortho.jpg", b"\xff\xd8\xff\xe0", "JPEG"),
        ("ortho.png", b"\x89PNG\r\n", "PNG"),
        ("ortho.ecw", b"ecw\x00", "ECW"),
        ("ortho.tif", b"<!DOCTYPE html><html>", "page HTML"),
        ("ortho.tif", b"PK\x03\x04", "archive ZIP"),
    ],
)
def test_a_picture_that_is_not_taken_is_named_with_the_command_that_makes_one(
    owner: Any, tmp_path: Path, name: str, content: bytes, word: str
):
    folder = tmp_path / "livraison"
    folder.mkdir()
    (folder / name).write_bytes(content + b"\x00" * 64)
    for given in ([folder / name], [folder]):
        report = bring(owner, tmp_path, given, vintage="2025", check_only=True)
        assert [one.code for one in report.errors] == ["format"]
        assert word in report.errors[0].words.fr


def test_an_undeclared_black_border_is_told_and_is_no_data_when_that_is_said(owner: Any, tmp_path: Path):
    path = tile(tmp_path, "bord.tif")
    with rasterio.open(path, "r+") as opened:
        pixels = opened.read()
        pixels[:, :, :20] = 0
        opened.write(pixels)
    told = bring(owner, tmp_path, [path], vintage="2025", check_only=True)
    assert [(one.code, one.severity) for one in told.findings] == [("border", "warning")]
    assert "--nodata 0" in told.findings[0].words.fr
    said = bring(owner, tmp_path, [path], vintage="2025", check_only=True, nodata=0)
    assert not said.findings
