"""What `mig-idg import` does with a collection of pixels or points: files or a tiling, one vintage at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from mig_idg.cli.messages import author, lang, registry_connection, say, say_json, settings, t
from mig_idg.errors import InvalidParameter, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mig_idg.deposits.intake.rasters import Report
    from mig_idg.deposits.intake.rasters.validity import Progress
    from mig_idg.publication.model import Declaration


def bring(
    files: Sequence[Path],
    declaration: Declaration,
    *,
    vintage: str | None,
    during: str | None,
    without_faulty: bool,
    check_only: bool,
    as_json: bool,
    crs: str | None = None,
    nodata: float | None = None,
) -> int:
    """Import pictures or points; 1 when they are not published (or, with `check_only`, not sound)."""
    from mig_idg.deposits.intake import lidar, rasters
    from mig_idg.deposits.intake.rasters import Choices

    run = lidar.run if declaration.source.points is not None else rasters.run
    choices = Choices(author(), vintage, _days(during), without_faulty, check_only, crs=_srid(crs), nodata=nodata)
    with registry_connection() as connection, _bar(quiet=as_json) as progress:
        report = run(connection, files, declaration, settings().home, choices, progress, settings().raster_place())
    if as_json:
        say_json(report.as_json(lang()))
    else:
        _tell(report, check_only=check_only)
    return 0 if (report.published or (check_only and not report.errors)) else 1


def _days(text: str | None) -> tuple[date, date] | None:
    """`2025-06-01/2025-08-31`, both days included. Raises InvalidParameter."""
    if text is None:
        return None
    try:
        first, last = (date.fromisoformat(part) for part in text.split("/"))
    except ValueError:
        first, last = date.max, date.min
    if last < first:
        raise InvalidParameter(
            "during",
            Text(f"Période illisible : « {text} ».", f"Unreadable period: “{text}”."),
            remedy=Text("--during 2025-06-01/2025-08-31", "--during 2025-06-01/2025-08-31"),
        )
    return first, last + timedelta(days=1)


def _srid(text: str | None) -> int | None:
    """`EPSG:2154` as 2154. Raises InvalidParameter."""
    if text is None:
        return None
    number = text.upper().removeprefix("EPSG:")
    if not (number.isascii() and number.isdecimal() and len(number) <= 6):
        raise InvalidParameter(
            "crs",
            Text(f"Système de coordonnées illisible : « {text[:40]} ».", f"Unreadable CRS: “{text[:40]}”."),
            remedy=Text("--crs EPSG:2154", "--crs EPSG:2154"),
        )
    return int(number)


def _tell(report: Report, *, check_only: bool) -> None:
    for one in report.findings:
        mark = "✗" if one.severity == "error" else "!"
        where = f"{one.file} : " if one.file else ""
        say(f"{mark} {where}{one.words.in_(lang())} [{one.code}]", err=one.severity == "error")
    name = report.vintage or report.collection
    if report.published:
        say(
            Text(
                f"« {name} » est publié : {report.converted} fichier(s) rangé(s), {report.kept} déjà prêt(s).",
                f"“{name}” is published: {report.converted} file(s) kept, {report.kept} ready before.",
            )
        )
    elif check_only and not report.errors:
        say(Text(f"{report.files} fichier(s) conformes.", f"{report.files} file(s) sound."))
    else:
        say(
            Text(
                f"Rien n'est publié : {len(report.errors)} défaut(s). Corrigez, ou publiez sans les fichiers fautifs "
                "par --without-faulty.",
                f"Nothing is published: {len(report.errors)} fault(s). Mend them, or publish without the faulty files "
                "by --without-faulty.",
            ),
            err=True,
        )


@contextmanager
def _bar(*, quiet: bool) -> Iterator[Progress | None]:
    """A progress bar on the error stream of a terminal."""
    from rich.console import Console
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield None
        return
    with Bar(console=console) as bar:
        task = bar.add_task(t("fichiers", "files"), total=None)

        def progress(what: Text, done: int, size: int) -> None:
            bar.update(task, description=what.in_(lang()), completed=done, total=size)

        yield progress
