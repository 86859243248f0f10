"""The import of point clouds: examined, copied as they are, written down, published whole.

Files are offered for download as they came, to the byte: a COPC stays a COPC. Each tile is committed as soon as it is
in its place, under a vintage that nobody sees yet; an interrupted import finds it again by its digest. Publication is
one transaction, when every tile is sound; or when the administrator asked to go on without those that are not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

from psycopg import Connection

from mig_idg.deposits.intake.lidar import classes as asprs
from mig_idg.deposits.intake.lidar import examine
from mig_idg.deposits.intake.lidar.examine import Target, Tile
from mig_idg.deposits.intake.rasters import tiling, vintage
from mig_idg.deposits.intake.rasters.process_pool import ProcessPool
from mig_idg.deposits.intake.rasters.report import Finding, Report
from mig_idg.deposits.intake.rasters.validity import Progress, sound_files
from mig_idg.deposits.intake.rasters.vintage import Choices
from mig_idg.errors import InvalidParameter, Text, Unavailable
from mig_idg.publication.model import Declaration
from mig_idg.registry import datasets
from mig_idg.store import rasters
from mig_idg.store.storage import Folder, Place

SUFFIXES = (".las", ".laz")
PIECE = 4 * 2**20


def run(
    connection: Connection[Any],
    paths: Sequence[Path],
    declaration: Declaration,
    home: Path,
    choices: Choices,
    progress: Progress | None = None,
    place: Place | None = None,
) -> Report:
    """Import tiles (or folders of tiles) into a collection of points; `home` is IDG_HOME. Commits as it goes.

    Raises InvalidParameter when the vintage is not named, Conflict when another import fills the collection, and
    Unavailable when the place does not take the files. What is wrong with the tiles is in the report.
    """
    with connection.transaction():
        datasets.require_unfrozen(connection, declaration.id)
    points = declaration.source.points
    if points is None:
        raise InvalidParameter(
            "collection", Text("Cette collection n'est pas un nuage de points.", "This collection is no point cloud.")
        )
    srid = int(declaration.source.crs.removeprefix("EPSG:"))
    target = Target(srid, declaration.extent, points.density, points.classes, choices.crs)
    files = _files(paths)
    report = Report(declaration.id, vintage.named(choices), files=len(files))
    days = vintage.during(choices, report.vintage or "")
    if not files:
        report.findings.append(Finding("nothing", "", Text("Aucun fichier LAS ou LAZ.", "No LAS or LAZ file.")))
    with ProcessPool(choices.workers) as process_pool:
        look = partial(examine.examine, target=target)
        sound = sound_files(process_pool, files, look, _together, report, progress)
    if choices.check_only or not sound or (report.errors and not choices.without_faulty):
        return report
    with rasters.alone(connection, declaration.id):
        number = rasters.prepare(connection, declaration.id, report.vintage or "", days, srid, choices.author)
        connection.commit()
        folder = Path(declaration.id) / (report.vintage or "") / str(number)
        _kept(connection, number, sound, folder, srid, place or Folder(home / "rasters"), home, report, progress)
        if not report.errors or choices.without_faulty:
            rasters.publish(connection, number, report.as_json("en"))
            connection.commit()
            report.published = True
    return report


def _files(paths: Sequence[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found.extend(
                sorted(p for p in path.iterdir() if p.suffix.lower() in SUFFIXES and not p.name.startswith("."))
            )
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def _together(tiles: Sequence[Tile]) -> list[Finding]:
    return [*_same_names(tiles), *map(_mild, tiling.check(tiles))]


def _mild(found: Finding) -> Finding:
    """Strips of flight overlap, and water sends no echo: for points, what a tiling lacks or repeats is a warning."""
    return replace(found, severity="warning")


def _same_names(tiles: Sequence[Tile]) -> list[Finding]:
    seen: dict[str, str] = {}
    found = []
    for one in tiles:
        if one.name in seen:
            words = Text(f"Même nom que {seen[one.name]}.", f"Same name as {seen[one.name]}.")
            found.append(Finding("same-name", one.path.name, words))
        seen[one.name] = one.path.name
    return found


def _kept(
    connection: Connection[Any], number: int, sound: Sequence[Tile], folder: Path, srid: int, place: Place, home: Path,
    report: Report, progress: Progress | None,
) -> None:  # fmt: skip
    """Every sound tile in its place and written down; those of an interrupted import are found again."""
    already = rasters.prepared(connection, number)
    wanted = {one.sha256 for one in sound}
    rasters.forget(connection, number, [name for sha, (name, _) in already.items() if sha not in wanted])
    for tile in sound:
        name = str(folder / f"{tile.name}{tile.header.suffix}")
        held = place.held(name) if tile.sha256 in already else None
        if held is not None and held.size == tile.size:
            report.kept += 1
        elif _copied(tile, place, name, home / "rasters" / folder / f".{tile.name}.part"):
            rasters.add(connection, number, _row(tile, name, srid))
            report.converted += 1
        else:
            words = Text("Le fichier a changé pendant l'import.", "The file changed during the import.")
            report.findings.append(Finding("changed", tile.path.name, words))
        connection.commit()
        if progress:
            progress(
                Text(f"rangé {tile.path.name}", f"kept {tile.path.name}"), report.converted + report.kept, len(sound)
            )


def _copied(tile: Tile, place: Place, name: str, unfinished: Path) -> bool:
    """Whether the bytes that were examined are the ones in place. Raises Unavailable: no room, no right."""
    digest = hashlib.sha256()
    try:
        unfinished.parent.mkdir(parents=True, exist_ok=True)
        with tile.path.open("rb") as source, unfinished.open("wb") as copy:
            while piece := source.read(PIECE):
                digest.update(piece)
                copy.write(piece)
        if digest.hexdigest() != tile.sha256:
            return False
        place.put(unfinished, name)
    except OSError as error:
        raise Unavailable(
            Text(f"{tile.path.name} ne peut pas être rangé : {error.strerror}.",
                 f"{tile.path.name} cannot be kept: {error.strerror}."),
            remedy=Text("Vérifiez l'espace et les droits, puis relancez : l'import reprendra.",
                        "Check room and rights, then run again: the import will go on."),
        ) from error  # fmt: skip
    finally:
        unfinished.unlink(missing_ok=True)
    return True


def _row(tile: Tile, name: str, srid: int) -> rasters.NewFile:
    return rasters.NewFile(
        name=tile.name,
        path=name,
        source=tile.path.name,
        source_sha256=tile.sha256,
        sha256=tile.sha256,
        size=tile.size,
        width=None,
        height=None,
        bounds=tile.bounds,
        pixel=None,
        footprint=vintage.footprint(tile.bounds, srid),
        properties=facts(tile),
        suffix=tile.header.suffix,
        points=tile.survey.count,
    )


def facts(tile: Tile) -> dict[str, Any]:
    """What the catalogue tells of a tile, as plain values."""
    head, seen = tile.header, tile.survey
    return {
        "las": head.version,
        "point_format": head.point_format,
        "encoding": "LASzip" if head.compressed else "LAS",
        "copc": head.copc,
        "created": head.created.isoformat() if head.created else None,
        "vertical": tile.vertical,
        "density": round(seen.density, 3),
        "area": round(seen.area, 1),
        "z": [round(seen.spans["Z"].minimum, 3), round(seen.spans["Z"].maximum, 3)],
        "classes": [
            {"code": code, "name": asdict(asprs.name(code)), "count": many} for code, many in seen.classes.items()
        ],
        "returns": {str(number): many for number, many in seen.returns.items()},
        "schemas": list(tile.schemas),
        "statistics": [
            {
                "name": name, "position": position, "count": seen.count,
                "minimum": span.minimum, "maximum": span.maximum, "average": round(span.average, 6),
                "variance": round(span.variance, 6), "stddev": round(span.variance**0.5, 6),
            }
            for position, (name, span) in enumerate(seen.spans.items())
        ],
    }  # fmt: skip
