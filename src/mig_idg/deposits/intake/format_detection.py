"""What a file is, by its first bytes: names and extensions are the depositor's words, never believed alone.

Each format that is read is bound to one driver; everything else is refused by its name when we know it.
"""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from pathlib import Path

from mig_idg.errors import Text, Unavailable, UnsupportedMedia

HEAD = 1 << 20


@dataclass(frozen=True, slots=True)
class Format:
    """A format that is read: its name for people, the GDAL driver that reads it (None: read without GDAL), suffix."""

    name: str
    driver: str | None
    suffix: str


CSV = Format("CSV", None, ".csv")
GEOPACKAGE = Format("GeoPackage", "GPKG", ".gpkg")
GEOJSON = Format("GeoJSON", "GeoJSON", ".geojson")
SHAPEFILE = Format("Shapefile", "ESRI Shapefile", ".shp")
GML = Format("GML", "GML", ".gml")
FLATGEOBUF = Format("FlatGeobuf", "FlatGeobuf", ".fgb")
GEOPARQUET = Format("GeoParquet", None, ".parquet")
ZIP = Format("ZIP", None, ".zip")
READ = (CSV, GEOPACKAGE, GEOJSON, SHAPEFILE, GML, FLATGEOBUF, GEOPARQUET)

# First bytes of what is often sent and not read here, and what to do about it.
FOREIGN = (
    (b"\x1f\x8b", Text("une archive gzip", "a gzip archive")),
    (b"7z\xbc\xaf'\x1c", Text("une archive 7-Zip", "a 7-Zip archive")),
    (b"Rar!", Text("une archive RAR", "a RAR archive")),
    (b"%PDF", Text("un PDF", "a PDF")),
    (b"\xd0\xcf\x11\xe0", Text("un classeur Excel ancien", "an old Excel workbook")),
    (b"II*\x00", Text("une image TIFF", "a TIFF image")),
    (b"MM\x00*", Text("une image TIFF", "a TIFF image")),
    (b"\x89PNG", Text("une image PNG", "a PNG image")),
    (b"\xff\xd8\xff", Text("une image JPEG", "a JPEG image")),
)


def recognise(path: Path) -> Format:
    """The format of a regular file. Raises UnsupportedMedia with what it looks like, Unavailable if unreadable."""
    head = _head(path)
    if not head:
        raise _refused(path, Text("un fichier vide", "an empty file"))
    for magic, what in FOREIGN:
        if head.startswith(magic):
            raise _refused(path, what)
    return _binary(path, head) or _text(path, head)


def _head(path: Path) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise _refused(path, Text("ni un fichier ordinaire", "not a regular file"))
        with path.open("rb") as file:
            return file.read(HEAD)
    except OSError as error:
        raise Unavailable(
            Text(f"{path} : lecture impossible ({error.strerror}).", f"{path}: cannot be read ({error.strerror}).")
        ) from None


def _binary(path: Path, head: bytes) -> Format | None:
    if head.startswith(b"SQLite format 3\x00"):
        if head[68:72] in (b"GPKG", b"GP10", b"GP11"):
            return GEOPACKAGE
        raise _refused(path, Text("une base SQLite qui n'est pas un GeoPackage", "a SQLite database, not a GeoPackage"))
    if head[:3] == b"fgb" and head[4:7] == b"fgb":
        return FLATGEOBUF
    if head.startswith(b"PAR1"):
        return GEOPARQUET
    if head.startswith(b"\x00\x00\x27\x0a"):
        return SHAPEFILE
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return ZIP
    return None


def _text(path: Path, head: bytes) -> Format:
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"{"):
        if re.search(rb'"type"\s*:\s*"(?:FeatureCollection|Feature)"', text):
            return GEOJSON
        raise _refused(path, Text("du JSON qui n'est pas du GeoJSON", "JSON that is not GeoJSON"))
    if text.startswith(b"<"):
        return _xml(path, text)
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refused(path, Text("un fichier binaire inconnu", "an unknown binary file"))
    return CSV


def _xml(path: Path, text: bytes) -> Format:
    """GML and nothing else; a document type declaration is refused, since it can name files and grow without end."""
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise _refused(path, Text("du XML avec une DTD, refusé par sûreté", "XML with a DTD, refused for safety"))
    if b"<OGRVRT" in text or b"<VRTDataset" in text:
        raise _refused(path, Text("un fichier VRT", "a VRT file"))
    if b"opengis.net/gml" in text:
        return GML
    raise _refused(path, Text("du XML qui n'est pas du GML", "XML that is not GML"))


def _refused(path: Path, what: Text) -> UnsupportedMedia:
    names = ", ".join(form.name for form in READ)
    return UnsupportedMedia(
        Text(f"{path.name} : {what.fr}.", f"{path.name}: {what.en}."),
        remedy=Text(f"Formats lus : {names} (Shapefile en ZIP).", f"Formats read: {names} (Shapefile as ZIP)."),
        extra={"file": path.name},
    )
