"""`mig-idg import FILE --collection ID`: a file into a collection, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mig_idg.cli.messages import author, lang, registry_connection, say, say_json, settings, t, today
from mig_idg.errors import InvalidParameter, Problem, Text, UnknownWord

if TYPE_CHECKING:
    from mig_idg.deposits.intake.imports import Choices, Progress
    from mig_idg.deposits.intake.report import ImportReport, RefusedFile, Said
    from mig_idg.publication.model import Declaration


@click.command(
    name="import",
    help=t(
        "Charge FILE dans une collection : CSV (BAL 1.3, 1.4, 1.5 ou coordonnées), classeur (XLSX, XLS, ODS), "
        "GeoPackage, GeoJSON, Shapefile (ZIP), FileGDB, GML, KML, KMZ, DXF, MIF, TAB, FlatGeobuf, GeoParquet ; "
        "images (GeoTIFF, JPEG 2000, ASC) et nuages de points (LAS, LAZ, COPC), "
        "seuls, en dalles ou par dossiers. Un fichier fautif est refusé avec lignes et colonnes, et rien ne change.",
        "Loads FILE into a collection: CSV (BAL 1.3, 1.4, 1.5 or coordinates), workbook (XLSX, XLS, ODS), GeoPackage, "
        "GeoJSON, Shapefile (ZIP), FileGDB, GML, KML, KMZ, DXF, MIF, TAB, FlatGeobuf, GeoParquet; "
        "pictures (GeoTIFF, JPEG 2000, ASC) and point clouds (LAS, LAZ, COPC), alone, as "
        "tiles or by folders. A faulty file is refused with lines and columns, and nothing changes.",
    ),
)
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--collection", "collection_id", required=True, help=t("identifiant déclaré", "declared identifier"))
@click.option("--layer", help=t("couche du fichier, feuille du classeur", "layer of the file, sheet of the workbook"))
@click.option("--encoding", help=t("encodage, s'il n'est pas UTF-8", "encoding, if not UTF-8"))
@click.option("--crs", help=t("système de coordonnées, si le fichier ne le dit pas", "CRS, if the file does not say"))
@click.option(
    "--replace",
    type=click.Choice(["all", "territory"]),
    help=t(
        "ce que le fichier remplace : toute la collection, ou ses territoires seulement (défaut pour une BAL)",
        "what the file replaces: the whole collection, or its territories only (default for a BAL)",
    ),
)
@click.option(
    "--rename",
    multiple=True,
    metavar="FILE=COLLECTION",
    help=t("colonne du fichier = colonne de la collection", "column of the file = column of the collection"),
)
@click.option("--leave", multiple=True, metavar="COLUMN", help=t("colonne à ne pas reprendre", "column not to take"))
@click.option(
    "--set",
    "given",
    multiple=True,
    metavar="COLUMN=VALUE",
    help=t("valeur d'une colonne que le fichier n'a pas", "value of a column that the file has not"),
)
@click.option(
    "--retype",
    multiple=True,
    metavar="COLUMN=TYPE",
    help=t(
        "type d'une colonne : text, integer, float, numeric, boolean, date ou timestamptz ; lit 12,5, 31/12/2024, oui",
        "type of a column: text, integer, float, numeric, boolean, date or timestamptz; reads 12,5, 31/12/2024, oui",
    ),
)
@click.option(
    "--header",
    metavar="LINE",
    help=t("ligne de l'en-tête d'un tableau : 4, ou 3-4", "line of the header of a table: 4, or 3-4"),
)
@click.option("--delimiter", help=t("séparateur d'un CSV, s'il est inhabituel", "separator of a CSV, if unusual"))
@click.option(
    "--decimal-comma", is_flag=True, help=t("coordonnées à virgule décimale", "coordinates with a decimal comma")
)
@click.option("--flat", is_flag=True, help=t("laisser les altitudes de côté", "leave heights aside"))
@click.option("--dry-run", is_flag=True, help=t("tout contrôler, ne rien garder", "check everything, keep nothing"))
@click.option("--aggregate", is_flag=True, help=t("BAL de plusieurs communes", "BAL of several communes"))
@click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False),
    help=t("dossier des déclarations", "folder of the declarations"),
)
@click.option("--vintage", help=t("images et points : millésime", "pictures and points: vintage"))
@click.option(
    "--during",
    help=t("images et points : jours de prise, 2025-06-01/2025-08-31", "pictures and points: days they are from"),
)
@click.option(
    "--without-faulty",
    is_flag=True,
    help=t("images, points : publier sans les fichiers fautifs", "pictures, points: publish without faulty files"),
)
@click.option(
    "--check",
    "check_only",
    is_flag=True,
    help=t("comme --dry-run : contrôler seulement", "as --dry-run: only check"),
)
@click.option(
    "--nodata",
    type=float,
    help=t("images : valeur des pixels sans donnée, si les fichiers ne la disent pas", "pictures: value of no data"),
)
@click.option("--json", "as_json", is_flag=True, help=t("réponse en JSON", "answer in JSON"))
def command(
    files: tuple[Path, ...],
    collection_id: str,
    layer: str | None,
    encoding: str | None,
    crs: str | None,
    replace: str | None,
    rename: tuple[str, ...],
    leave: tuple[str, ...],
    given: tuple[str, ...],
    retype: tuple[str, ...],
    header: str | None,
    delimiter: str | None,
    decimal_comma: bool,
    flat: bool,
    dry_run: bool,
    aggregate: bool,
    directory: Path | None,
    vintage: str | None,
    during: str | None,
    without_faulty: bool,
    check_only: bool,
    nodata: float | None,
    as_json: bool,
) -> int:
    """Import one file, or the pictures of a vintage; 1 when they are refused."""
    from mig_idg.deposits.intake.adjust import Adjustments
    from mig_idg.deposits.intake.headers import header_lines
    from mig_idg.deposits.intake.imports import Choices
    from mig_idg.deposits.intake.report import RefusedFile

    declaration = _declared(collection_id, directory or settings().collections_dir)
    if declaration.source.raster is not None or declaration.source.points is not None:
        from mig_idg.cli import import_raster

        return import_raster.bring(
            files, declaration, vintage=vintage, during=during, without_faulty=without_faulty,
            check_only=check_only or dry_run, as_json=as_json, crs=crs, nodata=nodata,
        )  # fmt: skip
    if len(files) != 1:
        raise click.UsageError(t("Un seul fichier à la fois pour une couche.", "One file at a time for a layer."))
    (file,) = files
    adjustments = Adjustments(
        _pairs("rename", rename), frozenset(leave), _pairs("set", given), _pairs("retype", retype)
    )
    choices = Choices(
        layer, encoding, crs, replace, aggregate, today(), adjustments, author(),  # type: ignore[arg-type]
        header=header_lines(header) if header else None, delimiter=_delimiter(delimiter), comma=decimal_comma,
        flat=flat, rehearse=dry_run or check_only,
    )  # fmt: skip
    try:
        _import(file, declaration, choices, as_json)
    except RefusedFile as refused:
        _tell_refusal(refused, as_json)
        return 1
    except Problem as problem:
        if as_json:
            remedy = problem.remedy.in_(lang()) if problem.remedy else None
            detail = {"accepted": False, "file": file.name, "detail": problem.detail.in_(lang()), "remedy": remedy}
            say_json({**detail, "findings": []})
        raise
    return 0


def _delimiter(written: str | None) -> str | None:
    """One character; `\\t` and `tab` are a tab."""
    if written is None:
        return None
    known = {"\\t": "\t", "tab": "\t"}.get(written, written)
    if len(known) != 1 or known in '\r\n"':
        raise InvalidParameter(
            "delimiter",
            Text(f"--delimiter attend un caractère, pas « {written} ».", f"--delimiter is one character: “{written}”."),
        )
    return known


def _pairs(option: str, written: tuple[str, ...]) -> dict[str, str]:
    """`name=value` words as a mapping."""
    for word in written:
        if "=" not in word.strip("="):
            raise InvalidParameter(
                option,
                Text(f"--{option} attend NOM=VALEUR, pas « {word} ».", f"--{option} expects NAME=VALUE, not “{word}”."),
            )
    return {name.strip(): value.strip() for name, _, value in (word.partition("=") for word in written)}


def _declared(collection_id: str, directory: Path) -> Declaration:
    """The declaration of that id; a fault in its own file is told, those of others are not in the way."""
    from mig_idg.publication.load import load_folder

    folder = load_folder(directory)
    known = {one.declaration.id: one.declaration for one in folder.declared}
    if collection_id in known:
        return known[collection_id]
    for error in folder.errors:
        if Path(error.file).stem == collection_id:
            raise error
    raise UnknownWord(Text("Collection", "collection"), collection_id, known)


def _import(file: Path, declaration: Declaration, choices: Choices, as_json: bool) -> None:
    from mig_idg.cli.follow_up import finish
    from mig_idg.deposits.intake.imports import run

    with registry_connection() as connection:
        with _bar(quiet=as_json) as progress:
            done = run(connection, file, declaration, choices, progress)
        connection.commit()
        _tell(done, as_json)
        if choices.rehearse:
            return
        finish(connection, quiet=as_json)


@contextmanager
def _bar(*, quiet: bool) -> Iterator[Progress | None]:
    """A progress bar on the terminal, on the error stream so that the answer can be piped."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield None
        return
    names = {"check": t("contrôle", "checking"), "load": t("chargement", "loading")}
    with Progress(
        TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn(), console=console
    ) as bar:
        tasks = {}

        def progress(step: str, done: int, size: int) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(names[step], total=size or None)
            bar.update(tasks[step], completed=done)

        yield progress


def _tell(done: ImportReport, as_json: bool) -> None:
    if as_json:
        say_json(done.as_json(lang()))
        return
    _tell_findings(done.findings)
    limits = done.territories
    if done.rehearsed:
        say(
            Text(
                f"{done.file} ({done.standard or done.format}) : {done.rows} lignes seraient chargées dans "
                f"« {done.collection} », {done.replaced} remplacées. Rien n'a changé (--dry-run).",
                f"{done.file} ({done.standard or done.format}): {done.rows} rows would be loaded in "
                f"“{done.collection}”, {done.replaced} replaced. Nothing has changed (--dry-run).",
            )
        )
        return
    say(
        Text(
            f"{done.file} ({done.standard or done.format}) : {done.rows} lignes dans « {done.collection} » "
            f"({done.table}{', créée' if done.created else ''}) en {done.seconds:.1f} s.",
            f"{done.file} ({done.standard or done.format}): {done.rows} rows in “{done.collection}” "
            f"({done.table}{', made' if done.created else ''}) in {done.seconds:.1f} s.",
        )
    )
    if done.replaced:
        scope = Text("", "") if limits is None else Text(f" ({', '.join(limits[:5])})", f" ({', '.join(limits[:5])})")
        say(Text(f"{done.replaced} lignes remplacées{scope.fr}.", f"{done.replaced} rows replaced{scope.en}."))


def _tell_refusal(refused: RefusedFile, as_json: bool) -> None:
    if as_json:
        findings = [one.as_json(lang()) for one in refused.told]
        say_json(
            {"accepted": False, "file": refused.extra["file"], "detail": refused.text(lang()), "findings": findings}
        )
        return
    _tell_findings(refused.told)
    say(refused.text(lang()), err=True)


def _tell_findings(told: tuple[Said, ...]) -> None:
    """One table: what, how many, where (line:column), the value, what was expected."""
    if not told:
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    marks = {"error": "[red]✗[/red]", "warning": "[yellow]![/yellow]", "info": "·"}
    table = Table(box=None, pad_edge=False)
    for head in ("", t("constat", "finding"), t("nombre", "count"), t("lignes", "lines"), t("attendu", "expected")):
        table.add_column(head, justify="right" if head in ("nombre", "count") else "left")
    for one in told:
        table.add_row(
            marks[one.level],
            f"{one.label.means.in_(lang())} [dim]{one.code}[/dim]",
            str(one.count),
            _places(one),
            escape(one.expected(lang()) or ""),
        )
    console = Console(stderr=True)
    if not console.is_terminal:
        console.width = 240  # a sentence in a log is not cut in four
    console.print(table)


def _places(one: Said) -> str:
    """`3:12 « 4 ter », 7:12 « 5 b »…`"""
    from rich.markup import escape

    places = []
    for example in one.examples[:10]:
        where = "" if example.line is None else str(example.line) + (f":{example.column}" if example.column else "")
        value = example.short if example.line is not None or example.code == "column.renamed" else example.field
        value = value or example.short
        if example.field and not one.is_standard and example.line is not None:
            where = f"{where} {escape(example.field)}"
        places.append(f"{where} « {escape(value)} »" if value else where)
    return ", ".join(places) + ("…" if one.count > len(places) else "")
