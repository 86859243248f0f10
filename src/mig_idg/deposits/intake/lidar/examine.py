"""What a tile of points says of itself and what its points say, against what the collection declares."""

from __future__ import annotations

import hashlib
import math
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import laspy
from pyproj import CRS

from mig_idg.deposits.intake.lidar import classes as asprs
from mig_idg.deposits.intake.lidar import header
from mig_idg.deposits.intake.lidar.header import Header
from mig_idg.deposits.intake.lidar.survey import CHUNK, Survey, survey
from mig_idg.deposits.intake.rasters.examine import KILOMETRES, outside
from mig_idg.deposits.intake.rasters.report import Finding
from mig_idg.errors import Text, Unprocessable

# Edges of neighbours differ by the last points near them; a name of a tile of the national tiling tells its corner.
TOLERANCE = 1.0


@dataclass(frozen=True, slots=True)
class Target:
    """What the collection declares: CRS, extent in CRS84 degrees, fewest points for a m², classes that may be used.

    `assumed` is the CRS the administrator tells for files that tell none.
    """

    srid: int
    extent: tuple[float, float, float, float] | None = None
    density: float | None = None
    classes: tuple[int, ...] = ()
    assumed: int | None = None


@dataclass(frozen=True, slots=True)
class Tile:
    """One file of points, examined. `bounds` are those of its points, xmin, ymin, xmax, ymax in the declared CRS."""

    path: Path
    name: str
    sha256: str
    size: int
    header: Header
    survey: Survey
    schemas: tuple[dict[str, Any], ...]
    vertical: str | None
    findings: tuple[Finding, ...] = field(default=())

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """xmin, ymin, xmax, ymax."""
        return self.survey.bounds

    @property
    def pixel(self) -> float:
        """How far two neighbours may be apart or overlap without being told."""
        return TOLERANCE


def examine(path: Path, target: Target) -> Tile | Finding:
    """The facts of a tile with what is wrong with it, or the reason why it cannot be read to its end."""
    try:
        told = header.read(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _examined(path, told, target)
    except Unprocessable as error:
        return Finding(str(error.extra.get("finding", "unreadable")), path.name, error.detail)
    except (laspy.LaspyException, ValueError, OverflowError, EOFError, MemoryError, OSError, RuntimeError):
        # lazrs raises RuntimeError's child; what a decoder says of bytes is no sentence for people.
        return Finding("damaged", path.name, _damaged(path))


def tile_name(path: Path) -> str:
    """The name of the item a tile becomes: the file's, without `.copc.laz`, `.laz` or `.las`."""
    stem = re.sub(r"(?i)(\.copc)?\.(laz|las)$", "", path.name)
    plain = re.sub(r"[^0-9A-Za-z_.-]+", "-", stem).strip("-.")
    return (plain or "points")[:120]


def _examined(path: Path, told: Header, target: Target) -> Tile:
    with laspy.open(path, laz_backend=laspy.LazBackend.Lazrs if told.compressed else ()) as reader:
        (west, south), (east, north) = reader.header.mins[:2], reader.header.maxs[:2]
        box = (float(west), float(south), float(east), float(north))
        depth = (float(reader.header.mins[2]), float(reader.header.maxs[2]))
        if not all(map(math.isfinite, (*box, *depth, *reader.header.scales, *reader.header.offsets))):
            raise header.unfit(path, "header", Text("a un en-tête incohérent", "has an inconsistent header"))
        crs, vertical = _crs(reader.header)
        seen = survey(reader.chunk_iterator(CHUNK), box, told.count)
        schemas = tuple(_schemas(reader.header.point_format))
    if seen.count != told.count:
        raise header.unfit(
            path,
            "truncated",
            Text(
                f"annonce {told.count} points et n'en a que {seen.count}",
                f"claims {told.count} points and has only {seen.count}",
            ),
        )
    tile = Tile(path, tile_name(path), _sha256(path), path.stat().st_size, told, seen, schemas, vertical)
    found = (*_crs_faults(tile, crs, target), *_box_faults(tile, (*box, *depth)), *_place_faults(tile, target),
             *_content_faults(tile, target))  # fmt: skip
    return Tile(path, tile.name, tile.sha256, tile.size, told, seen, schemas, vertical, found)


def _crs(head: Any) -> tuple[CRS | None, str | None]:
    """The horizontal CRS and the name of the vertical one, as the records tell them; None for what they do not."""
    try:
        known = head.parse_crs()
    except Exception:  # PROJ, or laspy on records that are no text: whatever it is, the file tells no CRS
        return None, None
    if known is None:
        return None, None
    if known.is_compound:
        parts = known.sub_crs_list
        return parts[0], parts[1].name if len(parts) > 1 else None
    return known, None


def _crs_faults(tile: Tile, crs: CRS | None, target: Target) -> Iterator[Finding]:
    name = tile.path.name
    if crs is None:
        assumed = target.assumed == target.srid
        yield Finding(
            "crs-assumed" if assumed else "crs-absent",
            name,
            Text(
                f"Le fichier ne dit pas son système ; pris en EPSG:{target.srid}, comme demandé.",
                f"The file does not tell its CRS; taken as EPSG:{target.srid}, as asked.",
            )
            if assumed
            else Text(
                f"Le fichier ne dit pas son système de coordonnées. S'il est bien en EPSG:{target.srid} : "
                f"--crs EPSG:{target.srid}.",
                f"The file does not tell its CRS. If it is in EPSG:{target.srid}: --crs EPSG:{target.srid}.",
            ),
            "warning" if assumed else "error",
        )
        return
    srid = crs.to_epsg(min_confidence=70)
    if srid != target.srid:
        told = f"EPSG:{srid}" if srid else crs.name
        yield Finding(
            "crs",
            name,
            Text(
                f"Le fichier est en {told}, la collection en EPSG:{target.srid}.",
                f"The file is in {told}, the collection in EPSG:{target.srid}.",
            ),
        )


def _box_faults(tile: Tile, box: tuple[float, ...]) -> Iterator[Finding]:
    """LAZ has no checksum: points that leave the extent the header tells may be all that shows of changed bytes."""
    height = tile.survey.spans["Z"]
    apart = max(
        abs(told - seen) for told, seen in zip(box, (*tile.bounds, height.minimum, height.maximum), strict=True)
    )
    if apart > 0.05:
        yield Finding(
            "header-extent",
            tile.path.name,
            Text(
                f"L'en-tête annonce une étendue que les points ne tiennent pas (écart de {apart:.2f}).",
                f"The header tells an extent that the points do not keep (off by {apart:.2f}).",
            ),
            "warning",
        )


def _place_faults(tile: Tile, target: Target) -> Iterator[Finding]:
    name, (xmin, ymin, xmax, ymax) = tile.path.name, tile.bounds
    if words := outside(tile.bounds, target):
        yield Finding("outside", name, words)
        return
    match = KILOMETRES.search(tile.path.name)
    if match and target.srid == 2154:
        x, y = int(match.group(1)) * 1000, int(match.group(2)) * 1000
        middle = ((xmin + xmax) / 2, (ymin + ymax) / 2)
        if not (x <= middle[0] <= x + 1000 and y - 1000 <= middle[1] <= y):
            yield Finding(
                "name-differs",
                name,
                Text(
                    f"Le nom annonce la dalle {x}, {y} ; les points sont autour de {middle[0]:.0f}, {middle[1]:.0f}.",
                    f"The name tells tile {x}, {y}; the points are around {middle[0]:.0f}, {middle[1]:.0f}.",
                ),
                "warning",
            )


def _content_faults(tile: Tile, target: Target) -> Iterator[Finding]:
    name = tile.path.name
    if target.density is not None and tile.survey.density < target.density:
        yield Finding(
            "density",
            name,
            Text(
                f"{tile.survey.density:.1f} points par m², {target.density:g} attendus.",
                f"{tile.survey.density:.1f} points per m², {target.density:g} expected.",
            ),
        )
    foreign = [code for code in tile.survey.classes if target.classes and code not in target.classes]
    if foreign:
        words = [asprs.name(code) for code in foreign]
        yield Finding(
            "classes",
            name,
            Text(
                "Classes non déclarées : "
                + ", ".join(f"{c} ({w.fr})" for c, w in zip(foreign, words, strict=True))
                + ".",
                "Classes not declared: "
                + ", ".join(f"{c} ({w.en})" for c, w in zip(foreign, words, strict=True))
                + ".",
            ),
        )


def _schemas(point_format: Any) -> Iterator[dict[str, Any]]:
    """The dimensions of a point, as the `pointcloud` extension of STAC tells them (size in bytes)."""
    kinds = {"i": "signed", "u": "unsigned", "f": "floating"}
    for one in point_format.dimensions:
        if one.name in ("X", "Y", "Z"):
            yield {"name": one.name, "size": 8, "type": "floating"}
        else:
            kind = kinds.get(one.dtype.base.kind if one.dtype is not None else "u", "unsigned")
            name = "".join(part[:1].upper() + part[1:] for part in one.name.split("_"))
            yield {"name": name, "size": max(1, one.num_bits // 8), "type": kind}


def _damaged(path: Path) -> Text:
    return Text(
        f"{path.name} est abîmé : ses points ne se lisent pas jusqu'au bout.",
        f"{path.name} is damaged: its points cannot be read to the end.",
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
