"""The import of rasters: examined, converted, written down, published whole.

Each file that is converted is committed at once, under a vintage that nobody sees yet; an interrupted import finds them
again by the digest of their source. Publication is one transaction, at the end, when every file is sound; or when the
administrator asked to go on without those that are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from psycopg import Connection

from mig_idg.deposits.intake.rasters import convert, examine, tiling, virtual
from mig_idg.deposits.intake.rasters import vintage as vintages
from mig_idg.deposits.intake.rasters.examine import Facts, Target
from mig_idg.deposits.intake.rasters.process_pool import ProcessPool
from mig_idg.deposits.intake.rasters.report import Finding, Report
from mig_idg.deposits.intake.rasters.validity import Progress, died, sound_files
from mig_idg.deposits.intake.rasters.vintage import Choices
from mig_idg.errors import InvalidParameter, Problem, Text, Unprocessable
from mig_idg.publication.model import Declaration
from mig_idg.registry import datasets
from mig_idg.store import rasters
from mig_idg.store.storage import Folder, Place

SUFFIXES = (".tif", ".tiff", ".jp2", ".j2k", ".asc", ".vrt")
# Pictures that are not taken: a folder of them is refused by their name, not as if it were empty.
REFUSED = (".jpg", ".jpeg", ".png", ".ecw", ".sid", ".img", ".gif", ".bmp", ".webp")
BESIDE = (".tfw", ".tifw", ".j2w", ".jgw", ".jgwx", ".pgw", ".eww", ".wld", ".aux", ".xml", ".csv", ".txt", ".prj")


def run(
    connection: Connection[Any],
    paths: Sequence[Path],
    declaration: Declaration,
    home: Path,
    choices: Choices,
    progress: Progress | None = None,
    place: Place | None = None,
) -> Report:
    """Import files (or folders of files) into a collection of pixels; `home` is IDG_HOME. Commits as it goes.

    COGs are made under `home` and kept in `place`, which is IDG_HOME/rasters unless told otherwise. Raises
    InvalidParameter when the vintage is not named or the collection holds one file only, Conflict when another import
    fills it, Unavailable when the place does not take the files. What is wrong with the files is in the report, and
    `published` says whether they are in force.
    """
    with connection.transaction():
        datasets.require_unfrozen(connection, declaration.id)
    raster = declaration.source.raster
    if raster is None:
        raise InvalidParameter(
            "collection", Text("Cette collection n'est pas un raster.", "This collection is no raster.")
        )
    srid = int(declaration.source.crs.removeprefix("EPSG:"))
    target = Target(raster.bands, srid, declaration.extent, choices.nodata)
    report = Report(declaration.id, None if raster.cog else vintages.named(choices))
    files = _files(paths, report)
    report.files = len(files)
    if not files and not report.findings:
        report.findings.append(Finding("nothing", "", Text("Aucun fichier image.", "No picture file.")))
    with ProcessPool(choices.workers) as process_pool:
        look = partial(examine.examine, target=target)
        sound = sound_files(process_pool, files, look, _together, report, progress)
        if choices.check_only or not sound or (report.errors and not choices.without_faulty):
            return report
        kept = place or Folder(home / "rasters")
        with rasters.alone(connection, declaration.id):
            if raster.cog is not None:
                return _one(connection, process_pool, sound, declaration, home, kept, report)
            return _many(connection, process_pool, sound, declaration, home, kept, target, choices, report, progress)


def _files(paths: Sequence[Path], report: Report) -> list[Path]:
    """The files to bring in: those given, those of a folder, those that a VRT lists; each once."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if not p.name.startswith("."))
            taken = [p for p in inside if p.suffix.lower() in SUFFIXES]
            found.extend(taken or [p for p in inside if p.suffix.lower() in REFUSED])
        elif path.suffix.lower() not in BESIDE:
            found.append(path)
    listed: list[Path] = []
    for path in found:
        try:
            listed.extend(virtual.sources(path) if path.suffix.lower() == ".vrt" else (path,))
        except Unprocessable as error:
            report.findings.append(Finding("points-elsewhere", path.name, error.detail))
    return list(dict.fromkeys(listed))


def _together(sound: Sequence[Facts]) -> list[Finding]:
    return [*examine.together(sound), *tiling.check(sound)]


def _one(
    connection: Connection[Any], process_pool: ProcessPool, sound: Sequence[Facts], declaration: Declaration,
    home: Path, place: Place, report: Report,
) -> Report:  # fmt: skip
    """The single file of a collection, replaced in one rename."""
    raster = declaration.source.raster
    assert raster is not None
    assert raster.cog is not None
    if len(sound) != 1:
        report.findings.append(
            Finding(
                "one-file", "",
                Text(f"La collection tient en un fichier ; {len(sound)} donnés. Déclarez « vintages: true ».",
                     f"The collection is one file; {len(sound)} given. Declare “vintages: true”."),
            )
        )  # fmt: skip
        return report
    path = _aside(home, raster.cog, place)
    for _, made in process_pool.each(partial(_cog, declared=_said(declaration)), [(sound[0], path)]):
        if not isinstance(made, convert.Made):
            report.findings.append(made if isinstance(made, Finding) else died(sound[0].path))
            return report
        place.put(made.path, raster.cog)
    rasters.touch(connection, declaration.id)
    connection.commit()
    report.converted, report.published = 1, True
    return report


def _aside(home: Path, name: str, place: Place) -> Path:
    """Where a COG is made: beside its final name on the same disk, or in a folder of its own before it is sent."""
    if isinstance(place, Folder):
        made = place.path(name)
        return made.with_name(f".{made.name}.made")
    return home / "rasters" / ".sending" / name


def _many(
    connection: Connection[Any], process_pool: ProcessPool, sound: Sequence[Facts], declaration: Declaration,
    home: Path, place: Place, target: Target, choices: Choices, report: Report, progress: Progress | None,
) -> Report:  # fmt: skip
    assert report.vintage is not None
    vintage = rasters.prepare(
        connection, declaration.id, report.vintage, vintages.during(choices, report.vintage), target.srid,
        choices.author,
    )  # fmt: skip
    connection.commit()
    folder = Path(declaration.id) / report.vintage / str(vintage)
    already = rasters.prepared(connection, vintage)
    wanted = {one.sha256: one for one in sound}
    rasters.forget(connection, vintage, [name for sha, (name, _) in already.items() if sha not in wanted])
    work = []
    for one in sound:
        name = str(folder / f"{one.name}.tif")
        if one.sha256 in already and place.held(name) is not None:
            report.kept += 1
        else:
            work.append((one, _aside(home, name, place)))
    for (one, _), made in process_pool.each(partial(_cog, declared=_said(declaration)), work):
        if not isinstance(made, convert.Made):
            report.findings.append(made if isinstance(made, Finding) else died(one.path))
            continue
        place.put(made.path, str(folder / f"{one.name}.tif"))
        rasters.add(connection, vintage, _row(one, made, folder, target))
        connection.commit()
        report.converted += 1
        if progress:
            told = Text(f"converti {one.path.name}", f"converted {one.path.name}")
            progress(told, report.converted + report.kept, len(sound))
    if report.errors and not choices.without_faulty:
        return report
    _publish(connection, vintage, folder, home, place, target, report)
    return report


def _publish(
    connection: Connection[Any], vintage: int, folder: Path, home: Path, place: Place, target: Target, report: Report
) -> None:
    held = rasters.prepared(connection, vintage)
    if not held:
        return
    name = str(folder / "overview.tif")
    made = _aside(home, name, place)
    files = [place.path(path) for path in sorted(path for _, path in held.values())]
    drawn = convert.overview(files, made, target.kind, target.srid, place.environment)
    if drawn:
        place.put(made, name)
        rasters.describe_overview(connection, vintage, name, drawn[1])
    rasters.publish(connection, vintage, report.as_json("en"))
    connection.commit()
    report.published = True


@dataclass(frozen=True, slots=True)
class Said:
    """What goes into a COG, out of its declaration."""

    kind: str
    srid: int
    title: str
    credit: str


def _said(declaration: Declaration) -> Said:
    raster = declaration.source.raster
    assert raster is not None
    credit = declaration.credit or declaration.owner or "Mutualisation de l'Information Géographique"
    return Said(raster.bands, int(declaration.source.crs.removeprefix("EPSG:")), declaration.title.fr, credit)


def _cog(asked: tuple[Facts, Path], declared: Said) -> convert.Made | Finding:
    """In a process of the pool: the COG, or what was wrong (a finding travels between processes, an error does not)."""
    facts, path = asked
    try:
        return convert.to_cog(facts, path, declared.kind, declared.srid, declared.title, declared.credit)
    except Problem as error:
        return Finding(str(error.extra.get("finding", "damaged")), facts.path.name, error.detail)


def _row(facts: Facts, made: convert.Made, folder: Path, target: Target) -> rasters.NewFile:
    return rasters.NewFile(
        name=facts.name,
        path=str(folder / f"{facts.name}.tif"),
        source=facts.path.name,
        source_sha256=facts.sha256,
        sha256=made.sha256,
        size=made.size,
        width=facts.width,
        height=facts.height,
        bounds=facts.bounds,
        pixel=facts.pixel,
        footprint=vintages.footprint(facts.bounds, target.srid),
        properties={"dtype": facts.dtype, "bands": facts.bands},
    )
