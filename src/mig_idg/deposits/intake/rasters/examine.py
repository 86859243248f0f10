"""What a raster says of itself, against what its collection declares."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import rasterio
import rasterio.errors
from affine import Affine
from pyproj import CRS
from rasterio.enums import ColorInterp, MaskFlags
from rasterio.windows import Window

from mig_idg.deposits.intake.rasters.format_detection import IMPORTING, open_alone, sniff
from mig_idg.deposits.intake.rasters.report import Finding
from mig_idg.errors import Text, Unprocessable

BANDS = {"rgb": (3, 3), "rgbi": (4, 4), "elevation": (1, 1), "classes": (1, 1)}
TYPES = {
    "rgb": ("uint8", "uint16"),
    "rgbi": ("uint8", "uint16"),
    "elevation": ("float32", "float64", "int16", "int32"),
    "classes": ("uint8", "uint16", "int16", "int32"),
}
KILOMETRES = re.compile(r"(?<!\d)(0\d{3}|1[0-2]\d{2})[_-](6\d{3}|7[01]\d{2})(?!\d)")
NO_HEIGHT = (-9999.0, -99999.0, -32768.0, -3.4028234663852886e38)


# What decoders raise on bytes that mean nothing, beside rasterio's own errors.
UNREADABLE = (
    rasterio.errors.RasterioError, rasterio._err.CPLE_BaseError, ValueError, ArithmeticError, MemoryError, EOFError,
)  # fmt: skip


class Placing(Protocol):
    """What a collection declares of where its files are: the CRS, the extent in CRS84 degrees."""

    @property
    def srid(self) -> int:
        """EPSG number."""

    @property
    def extent(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north; None = not declared."""


@dataclass(frozen=True, slots=True)
class Target:
    """What the collection declares: the kind of bands, the CRS, the extent in CRS84 degrees.

    `nodata` is what the operator says stands for no data, in files that do not say it themselves.
    """

    kind: str
    srid: int
    extent: tuple[float, float, float, float] | None
    nodata: float | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """One file, examined. `transform` is a, b, c, d, e, f; `bounds` xmin, ymin, xmax, ymax in the declared CRS."""

    path: Path
    name: str
    sha256: str
    driver: str
    width: int
    height: int
    bands: int
    dtype: str
    nodata: float | None
    alpha: bool
    masked: bool
    transform: tuple[float, float, float, float, float, float]
    findings: tuple[Finding, ...] = ()

    @property
    def affine(self) -> Affine:
        """From column, row to x, y."""
        return Affine(*self.transform)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """xmin, ymin, xmax, ymax."""
        left, top = self.transform[2], self.transform[5]
        return left, top + self.height * self.transform[4], left + self.width * self.transform[0], top

    @property
    def pixel(self) -> float:
        """Width of a pixel."""
        return self.transform[0]


def examine(path: Path, target: Target) -> Facts | Finding:
    """The facts of a file with what is wrong with it, or the reason why it cannot even be opened."""
    try:
        sniffed = sniff(path)
        with rasterio.Env(session=None, **IMPORTING), open_alone(sniffed) as dataset:
            placed = _placed(dataset, sniffed.world)
            alpha = any(kind == ColorInterp.alpha for kind in dataset.colorinterp)
            facts = Facts(
                path=path,
                name=item_name(path),
                sha256=_sha256(path),
                driver=sniffed.driver,
                width=dataset.width,
                height=dataset.height,
                bands=dataset.count - alpha,
                dtype=dataset.dtypes[0],
                nodata=dataset.nodata if dataset.nodata is not None else target.nodata,
                alpha=alpha,
                masked=MaskFlags.all_valid not in dataset.mask_flag_enums[0],
                transform=placed or (0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
            )
            found = tuple(_faults(facts, dataset, target)) if placed else (_unplaced(path),)
    except Unprocessable as error:
        return Finding(str(error.extra.get("finding", "unreadable")), path.name, error.detail)
    except UNREADABLE:
        return Finding(
            "unreadable", path.name, Text(f"{path.name} ne peut pas être lu.", f"{path.name} cannot be read.")
        )
    return Facts(**{**{name: getattr(facts, name) for name in Facts.__slots__}, "findings": found})


def item_name(path: Path) -> str:
    """The name of the item a file becomes: its own, without suffix, in letters a URL likes."""
    plain = re.sub(r"[^0-9A-Za-z_.-]+", "-", path.stem).strip("-.")
    return (plain or "image")[:120]


def _placed(dataset: Any, world: Any) -> Any:
    """Where the pixels are: as the file says, else as the world file says, else nowhere."""
    found = dataset.transform
    if not all(map(math.isfinite, found)):
        return None
    if found != Affine.identity() and found.a != 0:
        return (found.a, found.b, found.c, found.d, found.e, found.f)
    return world


def _unplaced(path: Path) -> Finding:
    return Finding(
        "no-georeference",
        path.name,
        Text(
            "L'image n'est pas calée : ni géoréférence, ni fichier de calage (.tfw).",
            "The picture is not placed: neither georeference nor world file (.tfw).",
        ),
    )


def _faults(facts: Facts, dataset: Any, target: Target) -> Iterator[Finding]:
    name = facts.path.name
    yield from _crs_faults(name, dataset.crs, target)
    a, b, _, d, e, _ = facts.transform
    if b or d or a <= 0 or e >= 0:
        yield Finding("rotated", name, Text("L'image n'est pas orientée au nord.", "The picture is not north-up."))
    elif abs(a + e) > 1e-6 * a:
        yield Finding(
            "pixel-not-square",
            name,
            Text(f"Les pixels ne sont pas carrés ({a:g} × {-e:g}).", f"Pixels are not square ({a:g} × {-e:g})."),
            "warning",
        )
    low, high = BANDS[target.kind]
    if not low <= facts.bands <= high:
        yield Finding(
            "bands",
            name,
            Text(f"{facts.bands} bande(s), {low} attendue(s).", f"{facts.bands} band(s), {low} expected."),
        )
    if facts.dtype not in TYPES[target.kind]:
        yield Finding(
            "type",
            name,
            Text(
                f"Valeurs de type {facts.dtype} ; attendu : {', '.join(TYPES[target.kind])}.",
                f"Values of type {facts.dtype}; expected: {', '.join(TYPES[target.kind])}.",
            ),
        )
    if target.kind == "elevation" and facts.nodata is None and not facts.masked:
        yield Finding(
            "nodata",
            name,
            Text(
                "Aucune valeur d'absence n'est déclarée (−9999 ou −99999 sont d'usage).",
                "No value stands for missing data (−9999 or −99999 are usual).",
            ),
            "warning",
        )
    if (
        target.kind in ("rgb", "rgbi")
        and facts.dtype.startswith("uint")
        and facts.nodata is None
        and not facts.alpha
        and not facts.masked
    ):
        yield from _border_faults(name, dataset)
    yield from _place_faults(facts, target)


def _border_faults(name: str, dataset: Any) -> Iterator[Finding]:
    """A border of one colour, black or white, that nothing declares as no data: drawn over the neighbours.

    Only the four edges are read.
    """
    width, height = dataset.width, dataset.height
    sides = ((0, 0, width, 1), (0, height - 1, width, 1), (0, 0, 1, height), (width - 1, 0, 1, height))
    try:
        edges = [dataset.read(window=Window(*side)) for side in sides]
    except UNREADABLE:
        return  # told when the pixels are read to the end
    for value, fr, en in ((0, "noir", "black"), (np.iinfo(edges[0].dtype).max, "blanc", "white")):
        part = max(float((edge == value).all(axis=0).mean()) for edge in edges)
        if part > 0.05:
            yield Finding(
                "border",
                name,
                Text(
                    f"Un bord {fr} n'est pas déclaré comme absence de donnée ({part:.0%} d'un côté) : "
                    f"--nodata {value} le rend transparent.",
                    f"A {en} border is not declared as missing data ({part:.0%} of a side): "
                    f"--nodata {value} makes it transparent.",
                ),
                "warning",
            )


def _crs_faults(name: str, crs: Any, target: Target) -> Iterator[Finding]:
    if not crs:
        yield Finding(
            "crs-assumed",
            name,
            Text(
                f"Le fichier ne dit pas son système ; pris en EPSG:{target.srid}, comme déclaré.",
                f"The file does not tell its CRS; taken as EPSG:{target.srid}, as declared.",
            ),
            "warning",
        )
        return
    known = CRS.from_wkt(crs.to_wkt())
    flat = known.sub_crs_list[0] if known.is_compound else known
    srid = flat.to_epsg(min_confidence=70)
    if srid != target.srid:
        told = f"EPSG:{srid}" if srid else flat.name
        yield Finding(
            "crs",
            name,
            Text(
                f"Le fichier est en {told}, la collection en EPSG:{target.srid}.",
                f"The file is in {told}, the collection in EPSG:{target.srid}.",
            ),
        )


def outside(bounds: tuple[float, float, float, float], target: Placing) -> Text | None:
    """Why a file is not where it ought to be; None when it is.

    Without a declared extent, it still has to be where its CRS is of use: swapped or absurd coordinates are told.
    """
    from mig_idg.store.crs import WGS84, moved

    xmin, ymin, xmax, ymax = bounds
    sane = all(math.isfinite(value) and abs(value) < 1e9 for value in bounds) and xmin < xmax and ymin < ymax
    box = moved(bounds, target.srid, WGS84) if sane else None
    used = CRS.from_epsg(target.srid).area_of_use
    if box is None or (used is not None and _apart(box.bounds, used.bounds)):
        return Text(
            f"Les coordonnées ne sont pas du domaine de l'EPSG:{target.srid}.",
            f"The coordinates are not in the domain of EPSG:{target.srid}.",
        )
    if target.extent is not None and _apart(box.bounds, target.extent):
        return Text("Le fichier est hors de l'étendue déclarée.", "The file is outside the declared extent.")
    return None


def _apart(one: Sequence[float], other: Sequence[float]) -> bool:
    return one[2] < other[0] or one[0] > other[2] or one[3] < other[1] or one[1] > other[3]


def _place_faults(facts: Facts, target: Target) -> Iterator[Finding]:
    name, (xmin, _, _, ymax) = facts.path.name, facts.bounds
    if words := outside(facts.bounds, target):
        yield Finding("outside", name, words)
        return
    match = KILOMETRES.search(facts.path.stem)
    if match and target.srid == 2154:
        x, y = int(match.group(1)) * 1000, int(match.group(2)) * 1000
        if abs(xmin - x) > 1 or abs(ymax - y) > 1:
            yield Finding(
                "name-differs",
                name,
                Text(
                    f"Le nom annonce le coin {x}, {y} ; l'image commence à {xmin:.1f}, {ymax:.1f}.",
                    f"The name tells corner {x}, {y}; the picture starts at {xmin:.1f}, {ymax:.1f}.",
                ),
                "warning",
            )


def _sha256(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def together(facts: Sequence[Facts]) -> Iterator[Finding]:
    """What the files have to agree on: the size of a pixel, the names."""
    if not facts:
        return
    usual = sorted(one.pixel for one in facts)[len(facts) // 2]
    for one in facts:
        if abs(one.pixel - usual) > 1e-6 * usual:
            yield Finding(
                "resolution",
                one.path.name,
                Text(
                    f"Pixel de {one.pixel:g}, les autres fichiers ont {usual:g}.",
                    f"Pixel of {one.pixel:g}, the other files have {usual:g}.",
                ),
            )
    seen: dict[str, str] = {}
    for one in facts:
        if one.name in seen:
            yield Finding(
                "same-name",
                one.path.name,
                Text(f"Même nom que {seen[one.name]}.", f"Same name as {seen[one.name]}."),
            )
        seen[one.name] = one.path.name
