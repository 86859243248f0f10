"""What a file is, by its first bytes: the driver is chosen here and forced, whatever the name says.

Only three formats are opened: GeoTIFF, JPEG 2000 and the ASCII grid. A VRT (read as a list by `virtual`), a GDALG or
any other text that could name another file or an address is refused before GDAL sees it. GDAL opens the file alone: no
directory is listed, no side-car read; the one side-car we accept, the world file, we read ourselves.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rasterio
from affine import Affine

from mig_idg.errors import Text, Unprocessable

IMPORTING: Mapping[str, Any] = {
    "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
    "GDAL_PAM_ENABLED": "NO",
    "GDAL_GEOREF_SOURCES": "INTERNAL",
    "GDAL_CACHEMAX": 128 * 1024 * 1024,  # rasterio hands bytes to GDAL
    "GDAL_NUM_THREADS": "1",
    "GDAL_HTTP_MAX_RETRY": "0",
    "GDAL_HTTP_PROXY": "http://127.0.0.1:9",
    "GDAL_HTTPS_PROXY": "http://127.0.0.1:9",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
    "GDAL_VRT_ENABLE_PYTHON": "NO",
    "GDAL_TIFF_INTERNAL_MASK": True,
    "GTIFF_SRS_SOURCE": "EPSG",
}
MAGIC = (
    (b"II*\x00", "GTiff"),
    (b"MM\x00*", "GTiff"),
    (b"II+\x00", "GTiff"),
    (b"MM\x00+", "GTiff"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "JP2OpenJPEG"),
    (b"\xff\x4f\xff\x51", "JP2OpenJPEG"),
)
# Pictures that are often sent and not taken, by their first bytes, and what to do about them.
FOREIGN = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG", "PNG"),
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"ecw", "ECW"),
    (b"ECW", "ECW"),
    (b"msid", "MrSID"),
    (b"%PDF", "PDF"),
    (b"SQLite format 3", "GeoPackage"),
    (b"CDF", "netCDF"),
    (b"\x89HDF", "HDF5"),
    (b"EHFA_HEADER_TAG", "Erdas Imagine (IMG)"),
    (b"PK\x03\x04", "ZIP"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"RIFF", "WebP"),
)
MOST_SIDE = 400_000
MOST_PIXELS = 10_000_000_000
# A file this many times smaller than its pixels, for more than a gigabyte of them, is a bomb.
MOST_RATIO, BOMB_FROM = 1_500, 2**30
WORLD_FILES = {".tif": (".tfw", ".tifw", ".TFW"), ".tiff": (".tfw", ".tifw"), ".jp2": (".j2w", ".jp2w", ".J2W")}


@dataclass(frozen=True, slots=True)
class Sniffed:
    """The driver of a file, and where its pixels are when a world file says it."""

    path: Path
    driver: str
    world: tuple[float, float, float, float, float, float] | None = None


def sniff(path: Path) -> Sniffed:
    """What the file is. Raises Unprocessable: not a regular file, empty, or of a format that is not taken."""
    if path.is_symlink() or not path.is_file():
        raise _unfit(path, "not-a-file", Text("n'est pas un fichier", "is not a file"))
    with path.open("rb") as opened:
        head = opened.read(512)
    if not head:
        raise _unfit(path, "empty", Text("est vide", "is empty"))
    for magic, driver in MAGIC:
        if head.startswith(magic):
            return Sniffed(path, driver, _world(path))
    words = head.lstrip().lower()
    if words.startswith((b"ncols", b"nrows")):
        return Sniffed(path, "AAIGrid")
    if words.startswith((b"<vrtdataset", b"<?xml", b"gdal", b'{"type"', b"<gdal_wms", b"<wms")):
        raise _unfit(
            path,
            "points-elsewhere",
            Text(
                "désigne d'autres fichiers ou adresses (VRT, WMS…) : refusé",
                "names other files or addresses (VRT, WMS…): refused",
            ),
        )
    for magic, name in FOREIGN:
        if head.startswith(magic):
            raise _unfit(path, "format", _foreign(path, name))
    if words.startswith((b"<!doctype html", b"<html")):
        raise _unfit(
            path,
            "format",
            Text(
                "est une page HTML, pas une image : téléchargez-la à nouveau, connecté s'il le faut",
                "is an HTML page, not a picture: download it again, signed in if it is needed",
            ),
        )
    raise _unfit(
        path,
        "format",
        Text(
            "n'est ni un GeoTIFF, ni un JPEG 2000, ni une grille ASCII",
            "is neither a GeoTIFF, a JPEG 2000 nor an ASCII grid",
        ),
    )


def open_alone(sniffed: Sniffed) -> Any:
    """The dataset, by its driver and no other, within sane dimensions. Raises Unprocessable."""
    try:
        dataset = rasterio.open(sniffed.path, driver=sniffed.driver, sharing=False)
    except rasterio.errors.RasterioError as error:
        raise _unfit(sniffed.path, "unreadable", Text("ne peut pas être lu", "cannot be read")) from error
    problem = _absurd(dataset, sniffed.path)
    if problem:
        dataset.close()
        raise problem
    return dataset


def _foreign(path: Path, name: str) -> Text:
    """What a picture of another format is, and the command that makes one that is taken."""
    if name in ("ZIP", "7-Zip"):
        return Text(f"est une archive {name} : décompressez-la", f"is a {name} archive: unpack it")
    command = f"gdal_translate -of COG -a_srs EPSG:2154 {path.name} {path.stem}.tif"
    if name == "ECW":
        return Text(
            f"est un ECW, format fermé : demandez du JPEG 2000 ou du GeoTIFF, ou là où ECW se lit, {command}",
            f"is an ECW file, a closed format: ask for JPEG 2000 or GeoTIFF, or where ECW can be read, {command}",
        )
    return Text(
        f"est un {name} : convertissez-le avec son calage, {command}",
        f"is a {name} file: convert it with its world file, {command}",
    )


def _absurd(dataset: Any, path: Path) -> Unprocessable | None:
    width, height, count = dataset.width, dataset.height, dataset.count
    if max(width, height) > MOST_SIDE or width * height > MOST_PIXELS or count > 16:
        return _unfit(
            path,
            "dimensions",
            Text(
                f"annonce {width} × {height} pixels et {count} bandes : refusé",
                f"claims {width} × {height} pixels and {count} bands: refused",
            ),
        )
    size = {"uint8": 1, "int8": 1, "uint16": 2, "int16": 2}.get(dataset.dtypes[0], 4)
    unpacked = width * height * count * size
    if unpacked > BOMB_FROM and unpacked > MOST_RATIO * max(path.stat().st_size, 1):
        return _unfit(
            path,
            "bomb",
            Text(
                "se déplie en plus de mille cinq cents fois sa taille : refusé",
                "unfolds to over fifteen hundred times its size: refused",
            ),
        )
    return None


def _world(path: Path) -> tuple[float, float, float, float, float, float] | None:
    """The affine transform of the world file beside a picture, or None. Raises Unprocessable when it cannot be read.

    Its six lines give the centre of the first pixel; the transform is of its corner.
    """
    for suffix in WORLD_FILES.get(path.suffix.lower(), ()):
        beside = path.with_suffix(suffix)
        if beside.is_file() and not beside.is_symlink() and beside.stat().st_size < 1000:
            try:
                a, d, b, e, c, f = (float(word.replace(",", ".")) for word in beside.read_text("ascii").split()[:6])
            except ValueError as error:
                raise _unfit(
                    beside, "world-file", Text("n'est pas un fichier de calage lisible", "is not a readable world file")
                ) from error
            if not all(map(math.isfinite, (a, b, c, d, e, f))) or a == 0 or e == 0:
                raise _unfit(
                    beside, "world-file", Text("ne cale rien (valeurs nulles)", "places nothing (null values)")
                )
            corner = Affine(a, b, c, d, e, f) @ Affine.translation(-0.5, -0.5)
            return (corner.a, corner.b, corner.c, corner.d, corner.e, corner.f)
    return None


def _unfit(path: Path, code: str, words: Text) -> Unprocessable:
    return Unprocessable(
        Text(f"{path.name} {words.fr}.", f"{path.name} {words.en}."), extra={"file": path.name, "finding": code}
    )
