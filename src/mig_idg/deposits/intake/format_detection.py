"""What a file is, by its first bytes: names and extensions are the depositor's words, never believed alone.

Each format that is read is bound to one driver; everything else is refused by its name when we know it, with what to
do about it.
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
GEOJSON_LINES = Format("GeoJSON Lines", "GeoJSONSeq", ".geojsonl")
SHAPEFILE = Format("Shapefile", "ESRI Shapefile", ".shp")
GML = Format("GML", "GML", ".gml")
KML = Format("KML", "LIBKML", ".kml")
FLATGEOBUF = Format("FlatGeobuf", "FlatGeobuf", ".fgb")
GEOPARQUET = Format("GeoParquet", None, ".parquet")
FILE_GEODATABASE = Format("FileGDB", "OpenFileGDB", ".gdb")
DXF = Format("DXF", "DXF", ".dxf")
MIF = Format("MapInfo MIF", "MapInfo File", ".mif")
TAB = Format("MapInfo TAB", "MapInfo File", ".tab")
WORKBOOK = Format("classeur (XLSX, XLS, ODS)", None, ".xlsx")
ZIP = Format("ZIP", None, ".zip")
READ = (
    CSV, GEOPACKAGE, GEOJSON, GEOJSON_LINES, SHAPEFILE, GML, KML, FLATGEOBUF, GEOPARQUET, FILE_GEODATABASE, DXF, MIF,
    TAB, WORKBOOK,
)  # fmt: skip

# The files that go together, side by side; the first is the one that is opened.
TOGETHER = {
    SHAPEFILE: (".shp", ".shx", ".dbf", ".prj", ".cpg"),
    MIF: (".mif", ".mid"),
    TAB: (".tab", ".dat", ".map", ".id", ".ind"),
}
NEEDED = {SHAPEFILE: (".shx", ".dbf"), MIF: (".mid",), TAB: (".dat",)}

_UNZIP = Text("Décompressez-la, et donnez le fichier ou un ZIP.", "Unpack it, and give the file or a ZIP.")
_IMAGE = Text(
    "Une image se charge dans une collection d'images, en GeoTIFF ou JPEG 2000 : gdal_translate -of COG.",
    "A picture is loaded in a collection of pictures, as GeoTIFF or JPEG 2000: gdal_translate -of COG.",
)
_POINTS = Text("Un nuage de points se charge dans sa collection.", "A point cloud is loaded in its own collection.")
_EXPORT = Text(
    "Exportez la couche depuis le logiciel qui l'a faite : GeoPackage, DXF ou Shapefile.",
    "Export the layer from the software that made it: GeoPackage, DXF or Shapefile.",
)
_DATA = Text(
    "C'est un projet, pas des données : exportez la couche en GeoPackage.",
    "It is a project, not data: export the layer as GeoPackage.",
)
_COPY = Text("Enregistrez le tableau en XLSX, ODS ou CSV.", "Save the table as XLSX, ODS or CSV.")
_PART = Text(
    "Donnez le .shp avec ses voisins (.shx, .dbf, .prj) à côté de lui, ou les quatre dans un ZIP.",
    "Give the .shp with its neighbours (.shx, .dbf, .prj) beside it, or the four in a ZIP.",
)
_AGAIN = Text(
    "Téléchargez le fichier à nouveau, connecté s'il le faut.", "Download the file again, signed in if it is needed."
)

# First bytes of what is often sent and not read here, and what to do about it.
FOREIGN = (
    (b"\x1f\x8b", Text("une archive gzip", "a gzip archive"), _UNZIP),
    (b"7z\xbc\xaf'\x1c", Text("une archive 7-Zip", "a 7-Zip archive"), _UNZIP),
    (b"Rar!", Text("une archive RAR", "a RAR archive"), _UNZIP),
    (b"BZh", Text("une archive bzip2", "a bzip2 archive"), _UNZIP),
    (b"\xfd7zXZ\x00", Text("une archive xz", "an xz archive"), _UNZIP),
    (b"\x28\xb5\x2f\xfd", Text("une archive Zstandard", "a Zstandard archive"), _UNZIP),
    (b"%PDF", Text("un PDF", "a PDF"), _EXPORT),
    (b"{\\rtf", Text("un document RTF", "an RTF document"), _COPY),
    (b"II*\x00", Text("une image TIFF", "a TIFF image"), _IMAGE),
    (b"MM\x00*", Text("une image TIFF", "a TIFF image"), _IMAGE),
    (b"II+\x00", Text("une image BigTIFF", "a BigTIFF image"), _IMAGE),
    (b"\x89PNG", Text("une image PNG", "a PNG image"), _IMAGE),
    (b"\xff\xd8\xff", Text("une image JPEG", "a JPEG image"), _IMAGE),
    (b"GIF8", Text("une image GIF", "a GIF image"), _IMAGE),
    (b"\x00\x00\x00\x0cjP  ", Text("une image JPEG 2000", "a JPEG 2000 image"), _IMAGE),
    (b"\xff\x4f\xff\x51", Text("une image JPEG 2000", "a JPEG 2000 image"), _IMAGE),
    (b"ecw", Text("une image ECW", "an ECW image"), _IMAGE),
    (b"ECW", Text("une image ECW", "an ECW image"), _IMAGE),
    (b"LASF", Text("un nuage de points LAS ou LAZ", "a LAS or LAZ point cloud"), _POINTS),
    (b"AC10", Text("un dessin DWG (AutoCAD)", "a DWG drawing (AutoCAD)"), _EXPORT),
    (b"\xfe\xff\xfe\xff\x0a\x00\x00\x00", Text("un dessin DGN", "a DGN drawing"), _EXPORT),
    (b"\x08\x09\xfe\x02", Text("un dessin DGN (MicroStation)", "a DGN drawing (MicroStation)"), _EXPORT),
    (b"\x00\x01\x00\x00Standard Jet DB", Text("une base Access", "an Access database"), _EXPORT),
    (b"\x00\x01\x00\x00Standard ACE DB", Text("une base Access", "an Access database"), _EXPORT),
    (b"CDF\x01", Text("un fichier netCDF", "a netCDF file"), _IMAGE),
    (b"CDF\x02", Text("un fichier netCDF", "a netCDF file"), _IMAGE),
    (b"\x89HDF", Text("un fichier HDF5", "an HDF5 file"), _IMAGE),
)
_OLE, _OLE_BOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", (b"W\0o\0r\0k\0b\0o\0o\0k", b"B\0o\0o\0k\0")


def recognise(path: Path) -> Format:
    """The format of a file, or of the folder of a FileGDB. Raises UnsupportedMedia with what it looks like and what
    to do about it, Unavailable if it cannot be read."""
    if path.is_dir():
        return _folder(path)
    head = _head(path)
    if not head:
        raise refused(path, Text("un fichier vide", "an empty file"), _AGAIN)
    for magic, what, remedy in FOREIGN:
        if head.startswith(magic):
            raise refused(path, what, remedy)
    return _binary(path, head) or _text(path, head)


def _folder(path: Path) -> Format:
    inside = {one.suffix.lower() for one in path.iterdir()}
    if ".gdbtable" in inside:
        return FILE_GEODATABASE
    raise refused(
        path,
        Text("un dossier, ni un fichier ordinaire, ni une FileGDB", "a folder, neither a regular file nor a FileGDB"),
        Text("Donnez le fichier qui est dedans.", "Give the file that is in it."),
    )


def _head(path: Path) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise refused(path, Text("ni un fichier ordinaire", "not a regular file"))
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
        raise refused(
            path,
            Text("une base SQLite qui n'est pas un GeoPackage", "a SQLite database, not a GeoPackage"),
            Text("Exportez la couche en GeoPackage.", "Export the layer as GeoPackage."),
        )
    if head[:3] == b"fgb" and head[4:7] == b"fgb":
        return FLATGEOBUF
    if head.startswith(b"PAR1"):
        return GEOPARQUET
    if head.startswith(b"\x00\x00\x27\x0a"):
        if path.suffix.lower() == ".shx":
            raise refused(path, Text("l'index (.shx) d'un Shapefile", "the index (.shx) of a Shapefile"), _PART)
        return SHAPEFILE
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return ZIP
    if head.startswith(b"AutoCAD Binary DXF"):
        return DXF
    if head.startswith(_OLE):
        if any(word in head for word in _OLE_BOOK) or path.suffix.lower() == ".xls":
            return WORKBOOK
        raise refused(path, Text("un document bureautique ancien", "an old office document"), _COPY)
    if head[0] in b"\x03\x30\x31\x83\x8b\xf5" and path.suffix.lower() == ".dbf" and b"\x0d" in head[32:]:
        raise refused(
            path, Text("la table (.dbf) d'un Shapefile, sans sa géométrie", "the table (.dbf) of a Shapefile"), _PART
        )
    return None


def marked_encoding(head: bytes) -> str | None:
    """The encoding that a byte order mark tells; None without a mark (or with that of UTF-8, which is the rule)."""
    if head.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return "utf-32"
    return "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else None


def unmarked_encoding(head: bytes) -> str | None:
    """UTF-16 without its mark, seen from its null bytes: one in two, always the same. None otherwise."""
    start = head[: 1 << 12]
    for name, nulls, others in (("utf-16-le", start[1::2], start[::2]), ("utf-16-be", start[::2], start[1::2])):
        if nulls and nulls.count(0) > 0.7 * len(nulls) and not others.count(0):
            return name
    return None


def _text(path: Path, head: bytes) -> Format:
    if name := marked_encoding(head) or unmarked_encoding(head):
        if head.decode(name, "ignore").lstrip("\ufeff \r\n\t").startswith(("{", "[", "<")):
            raise refused(
                path,
                Text(f"du JSON ou du XML en {name.upper()}", f"JSON or XML in {name.upper()}"),
                Text("Enregistrez-le en UTF-8.", "Save it in UTF-8."),
            )
        return CSV
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith((b"{", b"[", b"\x1e")):
        return _json(path, text)
    if text.startswith(b"<"):
        return _xml(path, text)
    if b"\x00" in head:
        raise refused(path, Text("un fichier binaire inconnu", "an unknown binary file"))
    return _drawn(path, text) or CSV


def _json(path: Path, text: bytes) -> Format:
    """GeoJSON, GeoJSON Lines, or JSON that says something else."""
    feature = re.compile(rb'"type"\s*:\s*"(?:FeatureCollection|Feature)"')
    lines = text.split(b"\n", 2)
    if text.startswith(b"\x1e") or (len(lines) > 1 and all(_is_whole(line, feature) for line in lines[:2])):
        return GEOJSON_LINES
    if text.startswith(b"{") and feature.search(text):
        return GEOJSON
    kinds = (
        (rb'"type"\s*:\s*"Topology"', Text("du TopoJSON, pas du GeoJSON", "TopoJSON, not GeoJSON")),
        (rb'"(?:esriGeometry\w+|geometryType|spatialReference)"', Text("du JSON d'Esri, pas du GeoJSON", "Esri JSON")),
        (rb'"type"\s*:\s*"(?:CityJSON\w*)"', Text("du CityJSON, pas du GeoJSON", "CityJSON, not GeoJSON")),
        (rb'"(?:error|errors|exceptions?|detail|message)"\s*:', Text(
            "du JSON qui n'est pas du GeoJSON : sans doute la réponse d'erreur d'un service",
            "JSON that is not GeoJSON: an error from a service, it seems",
        )),
    )  # fmt: skip
    for pattern, what in kinds:
        if re.search(pattern, text):
            raise refused(path, what, Text("Exportez-le en GeoJSON.", "Export it as GeoJSON."))
    raise refused(path, Text("du JSON qui n'est pas du GeoJSON", "JSON that is not GeoJSON"))


def _is_whole(line: bytes, feature: re.Pattern[bytes]) -> bool:
    """Is this line a feature by itself? (an empty last line too)"""
    line = line.strip()
    return not line or (line.startswith(b"{") and line.endswith(b"}") and bool(feature.search(line)))


def _xml(path: Path, text: bytes) -> Format:
    """GML or KML; a document type declaration is refused, since it can name files and grow without end."""
    start = text[:4096].lower()
    if start.startswith(b"<!doctype html") or b"<html" in start:
        raise refused(path, Text("une page HTML, pas des données", "an HTML page, not data"), _AGAIN)
    if re.search(rb"<(?:\w+:)?(?:ExceptionReport|ServiceExceptionReport)\b", text[:4096]):
        raise refused(path, Text("l'erreur d'un service OGC (WFS, WMS)", "an error from an OGC service"), _AGAIN)
    if b"<qgis" in start:
        raise refused(path, Text("un projet QGIS", "a QGIS project"), _DATA)
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise refused(path, Text("du XML avec une DTD, refusé par sûreté", "XML with a DTD, refused for safety"))
    if b"<OGRVRT" in text or b"<VRTDataset" in text:
        raise refused(
            path,
            Text("un fichier VRT, qui désigne d'autres fichiers", "a VRT file, which names other files"),
            Text("Donnez le fichier lui-même.", "Give the file itself."),
        )
    if b"opengis.net/kml" in text or re.search(rb"<kml[\s>]", text[:4096]):
        return KML
    if b"opengis.net/gml" in text:
        return GML
    for word, what in (
        (rb"<gpx[\s>]", Text("un GPX, pas du GML", "a GPX file, not GML")),
        (rb"<osm[\s>]", Text("un extrait OSM, pas du GML", "an OSM extract, not GML")),
        (rb"<svg[\s>]", Text("un dessin SVG, pas du GML", "an SVG drawing, not GML")),
        (rb"<(?:Workbook|ss:Workbook)[\s>]", Text("un classeur XML d'Excel 2003", "an Excel 2003 XML workbook")),
        (rb"<LandXML[\s>]", Text("un LandXML, pas du GML", "a LandXML file, not GML")),
    ):
        if re.search(word, text[:4096]):
            raise refused(path, what, Text("Exportez-le en GeoPackage ou CSV.", "Export it as GeoPackage or CSV."))
    raise refused(path, Text("du XML qui n'est ni du GML ni du KML", "XML that is neither GML nor KML"))


def _drawn(path: Path, text: bytes) -> Format | None:
    """The formats of drawings that are text: DXF, MIF, TAB; None for another text."""
    if re.match(rb"(?:999\s*\r?\n[^\n]*\n\s*)*0\s*\r?\nSECTION\s*\r?\n", text):
        return DXF
    if re.match(rb"(?i)version\s+\d+\s*\r?\n\s*charset\s", text):
        return MIF
    if re.match(rb"(?i)!table\s*\r?\n\s*!version", text):
        if not re.search(rb"(?i)type\s+native\b", text):
            raise refused(
                path,
                Text("une table MapInfo qui désigne d'autres fichiers", "a MapInfo table that names other files"),
                Text("Enregistrez-en une copie native (TAB) ou MIF.", "Save a native copy of it (TAB) or MIF."),
            )
        return TAB
    if re.match(rb"(?i)(?:PROJCS|GEOGCS|PROJCRS|GEOGCRS|COMPD_CS|LOCAL_CS)\[", text):
        raise refused(
            path, Text("la projection (.prj) d'une couche, sans la couche", "the projection (.prj) of a layer"), _PART
        )
    if text.startswith((b"ISO-10303-21", b"v 0", b"BEGIN:VC")):
        raise refused(path, Text("un fichier IFC, OBJ ou VCF", "an IFC, OBJ or VCF file"), _EXPORT)
    if re.match(rb"(?i)(?:ncols|nrows)\s+\d", text):
        raise refused(path, Text("une grille ASCII (ASC)", "an ASCII grid (ASC)"), _IMAGE)
    return None


def refused(path: Path, what: Text, remedy: Text | None = None) -> UnsupportedMedia:
    """A format that is not read: its name, what to do, what is read."""
    names = ", ".join(form.name for form in READ)
    lead = Text(f"{remedy.fr} ", f"{remedy.en} ") if remedy else Text("", "")
    return UnsupportedMedia(
        Text(f"{path.name} : {what.fr}.", f"{path.name}: {what.en}."),
        remedy=Text(f"{lead.fr}Formats lus : {names}.", f"{lead.en}Formats read: {names}."),
        extra={"file": path.name},
    )
