"""What a file is, whatever it is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from mig_idg.deposits.intake import format_detection
from mig_idg.errors import Unavailable, UnsupportedMedia

GPKG = b"SQLite format 3\x00" + b"\x00" * 52 + b"GPKG" + b"\x00" * 40


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a;b\n1;2\n", format_detection.CSV),
        (b"\xef\xbb\xbfa;b\n1;2\n", format_detection.CSV),
        (GPKG, format_detection.GEOPACKAGE),
        (b"fgb\x03fgb\x01rest", format_detection.FLATGEOBUF),
        (b"PAR1rest", format_detection.GEOPARQUET),
        (b"PK\x03\x04rest", format_detection.ZIP),
        (b'\n {"type": "FeatureCollection", "features": []}', format_detection.GEOJSON),
        (b'<?xml version="1.0"?><r xmlns:gml="http://www.opengis.net/gml/3.2"/>', format_detection.GML),
    ],
)
def test_a_file_is_known_by_its_content_and_not_by_its_name(
    tmp_path: Path, content: bytes, expected: format_detection.Format
):
    path = tmp_path / "depot.exe"
    path.write_bytes(content)
    assert format_detection.recognise(path) == expected


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "vide"),
        (b"%PDF-1.7", "PDF"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"II*\x00", "TIFF"),
        (b'{"type": "Topology"}', "GeoJSON"),
        (b"<OGRVRTDataSource/>", "VRT"),
        (b'<a xmlns:gml="http://www.opengis.net/gml"><OGRVRTDataSource/></a>', "VRT"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a xmlns="http://www.opengis.net/gml"/>', "DTD"),
        (b"<kml/>", "GML"),
        (b"SQLite format 3\x00" + b"\x00" * 100, "SQLite"),
        (b"\x7fELF\x00\x01", "binaire"),
    ],
)
def test_what_is_not_read_is_refused_by_its_name(tmp_path: Path, content: bytes, word: str):
    path = tmp_path / "depot.geojson"
    path.write_bytes(content)
    with pytest.raises(UnsupportedMedia, match=word) as refused:
        format_detection.recognise(path)
    assert "GeoPackage" in refused.value.text()


def test_a_folder_or_a_missing_file_is_not_read(tmp_path: Path):
    with pytest.raises(UnsupportedMedia):
        format_detection.recognise(tmp_path)
    with pytest.raises(Unavailable):
        format_detection.recognise(tmp_path / "absent.csv")
