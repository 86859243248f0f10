"""A file into a collection: recognised, looked at whole, then written in one transaction. Nothing is half done.

    run(connection, path, declaration)  ->  ImportReport

A file with faults is refused (RefusedFile, with every finding) before the table is touched, or with the table rolled
back. What can be kept with a doubt is kept and told. Readers see the old rows until the new ones are committed.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from mig_idg.deposits.intake import (
    archive,
    bal,
    delimited,
    diagnosis,
    features,
    format_detection,
    report,
    texts,
    vectors,
)
from mig_idg.deposits.intake.adjust import Adjusted, Adjustments
from mig_idg.deposits.intake.delimited import Delimited
from mig_idg.deposits.intake.fit import Fit, family
from mig_idg.deposits.intake.format_detection import Format
from mig_idg.deposits.intake.geometry import Kind, Target, crs
from mig_idg.deposits.intake.headers import HeaderLines
from mig_idg.deposits.intake.report import ImportReport
from mig_idg.deposits.intake.republish import republish
from mig_idg.deposits.intake.source import Field, Source, Survey, Wanted
from mig_idg.deposits.intake.vectors import VectorFile
from mig_idg.errors import BadRequest, Conflict, InvalidParameter, Text, Unprocessable, UnsupportedMedia, nearest
from mig_idg.publication import versions
from mig_idg.publication.model import Declaration
from mig_idg.registry import datasets
from mig_idg.standards.findings import Finding, Tally
from mig_idg.store import layers
from mig_idg.store.layers import LayerColumn, LayerTable, RowRefused
from mig_idg.store.prepare import postpone
from mig_idg.store.versions import Made

Step = Literal["check", "load"]
Progress = Callable[[Step, int, int], None]
Inspect = Callable[[int], None]
Replace = Literal["all", "territory"]
NONE = Adjustments()


@dataclass(frozen=True, slots=True)
class Choices:
    """What the caller may decide: layer of the file, its encoding, its CRS, what is replaced, how much is told.

    `header`, `delimiter`, `comma`: where the header of a text is, what separates its cells, decimals with a comma.
    `flat` leaves heights aside. `rehearse`: everything is done and undone, nothing is kept.

    `replace` None: a BAL file replaces the addresses of its communes, any other file replaces everything.
    `act`, `label`, `valid_from` are said of the version that the import makes (`publication.versions`), if it makes one
    (`versioned`): what it is, how it is called, from which day its content holds (None: the day of the import).

    `aggregate` accepts a BAL file of several communes. `on` is the day of the check (dates in the future).
    """

    layer: str | None = None
    encoding: str | None = None
    crs: str | None = None
    replace: Replace | None = None
    aggregate: bool = False
    on: date | None = None
    adjustments: Adjustments = NONE
    author: str = "mig-idg import"
    examples: int = 10
    header: HeaderLines | None = None
    delimiter: str | None = None
    comma: bool = False
    flat: bool = False
    rehearse: bool = False
    act: str = "import"
    label: str | None = None
    valid_from: date | None = None
    source: str | None = None
    versioned: bool = True


DEFAULT = Choices()


def run(
    connection: Any,
    path: Path,
    declaration: Declaration,
    choices: Choices = DEFAULT,
    progress: Progress | None = None,
    inspect: Inspect | None = None,
) -> ImportReport:
    """Import a file into the table of a collection, which is made if it is not there.

    `connection` has the owner's rights and no transaction open: the import is one, committed when this returns, unless
    the caller had opened one before. `progress` hears
    (step, done, all), in bytes for text and in rows for other files; all is 0 when it is not known. `inspect` is called
    with how many rows were replaced, once the new ones are in the table, before they are kept or undone.

    Raises UnsupportedMedia, Unprocessable (RefusedFile with findings), InvalidParameter (a choice to make), Conflict
    (another import is running), TooLarge.
    """
    start = time.monotonic()
    with connection.transaction():
        datasets.require_unfrozen(connection, declaration.id)
    wanted = replace(_wanted(declaration), settled=choices.adjustments.settled)
    tally = Tally(choices.examples)
    with tempfile.TemporaryDirectory(prefix="mig-idg-") as scratch:
        source, size = _opened(path, Path(scratch), declaration, choices, tally)
        if choices.adjustments:
            source = Adjusted(source, choices.adjustments)
        survey = source.survey(wanted, _counter("check", size, progress))
        _check_survey(survey, wanted, tally)
        if report.has_errors(tally, survey.levels):
            raise report.refusal(path.name, tally, survey.levels)
        told = _counter("load", size, progress)
        made = _version(connection, path, choices) if choices.versioned and not choices.rehearse else None
        done = _written(connection, source, survey, declaration, wanted, choices, told, inspect, made)
    return ImportReport(
        file=path.name,
        format=source.format,
        collection=declaration.id,
        table=declaration.source.table or "",
        standard=survey.standard,
        rehearsed=choices.rehearse,
        seconds=time.monotonic() - start,
        findings=report.said(tally, survey.levels),
        **done,
    )


def _wanted(declaration: Declaration) -> Wanted:
    source = declaration.source
    if source.table is None or source.id is None:
        raise BadRequest(
            Text(
                f"« {declaration.id} » n'a pas de table : cette commande y charge des entités.",
                f"“{declaration.id}” has no table: this command loads features into one.",
            )
        )
    return Wanted(source.id, source.geometry, declaration.territory, int(source.crs.removeprefix("EPSG:")))


# ——— what is read


def _opened(path: Path, scratch: Path, declaration: Declaration, choices: Choices, tally: Tally) -> tuple[Source, int]:
    """The file as a source of rows, and its size for the progress bar. What is unpacked goes to `scratch`."""
    form, read, layer = _unpacked(path, scratch, choices.layer)
    if form == format_detection.CSV:
        return _text(read, path.name, declaration, choices, tally, scratch), read.stat().st_size
    if form == format_detection.WORKBOOK:
        sheet, name = _sheet(read, path.name, layer, scratch)
        shown = f"{path.name} ({name})"
        return _text(sheet, shown, declaration, choices, tally, scratch, form), sheet.stat().st_size
    file = VectorFile(_linked(read, form, scratch), form, path.name, choices.encoding)
    if form == format_detection.GML and (fault := diagnosis.where(file.path, form)):
        raise Unprocessable(
            Text(
                f"{path.name}:{fault.line}:{fault.column} : XML mal formé.",
                f"{path.name}:{fault.line}:{fault.column}: malformed XML.",
            ),
            extra={"file": path.name, "line": fault.line, "column": fault.column},
        )
    plan = Kind("LineString", True) if declaration.standard and declaration.standard.name == "pcrs" else None
    spatial = declaration.source.geometry is not None
    taken = features.chosen(file, layer, street_plan=plan, tally=tally, spatial_wanted=spatial)
    if choices.crs:
        crs(choices.crs)
    known = sum(layer.features for layer in taken) if all(layer.features >= 0 for layer in taken) else 0
    source = features.Features(file, taken, tally, crs=choices.crs, classes=plan is not None, flat=choices.flat)
    return source, known


def _text(
    read: Path,
    shown: str,
    declaration: Declaration,
    choices: Choices,
    tally: Tally,
    scratch: Path,
    form: Format = format_detection.CSV,
) -> Source:
    encoding, delimiter = (choices.encoding, choices.delimiter) if form == format_detection.CSV else ("utf-8", ";")
    text = delimited.open_text(read, encoding, tally, scratch, delimiter=delimiter, header=choices.header)
    if text is None or report.has_errors(tally):
        raise report.refusal(shown, tally)
    if declaration.standard and declaration.standard.name == "bal":
        return bal.Addresses(text, shown, tally, aggregate=choices.aggregate, on=choices.on)
    if len(text.header) < 2 and not declaration.source.geometry:
        raise Unprocessable(Text(f"{shown} : aucune colonne.", f"{shown}: no columns."), extra={"file": shown})
    return texts.Text(text, shown, tally, crs=choices.crs, format=form.name, comma=choices.comma)


def _unpacked(path: Path, scratch: Path, layer: str | None) -> tuple[Format, Path, str | None]:
    """The format of a file, the file to read, and the layer still to choose: those of what is inside an archive."""
    form = format_detection.recognise(path)
    if form != format_detection.ZIP:
        return form, path, layer
    inside = archive.unpack(path, scratch, layer)
    return inside.format, inside.path, None if inside.name.endswith(layer or "\0") else layer


def table_of(path: Path, scratch: Path, tally: Tally, encoding: str | None = None) -> Delimited:
    """A CSV file, or the one sheet of a workbook, as delimited text. What is unpacked goes to `scratch`.

    Raises RefusedFile with its findings, UnsupportedMedia for another kind of file, InvalidParameter (which sheet).
    """
    form, read, _ = _unpacked(path, scratch, None)
    delimiter = None
    if form == format_detection.WORKBOOK:
        read, encoding, delimiter = _sheet(read, path.name, None, scratch)[0], "utf-8", ";"
    elif form != format_detection.CSV:
        raise UnsupportedMedia(
            Text(f"{path.name} ({form.name}) n'est pas un tableau.", f"{path.name} ({form.name}) is not a table."),
            remedy=Text("CSV, Excel ou LibreOffice Calc.", "CSV, Excel or LibreOffice Calc."),
        )
    text = delimited.open_text(read, encoding, tally, scratch, delimiter=delimiter)
    if text is None or report.has_errors(tally):
        raise report.refusal(path.name, tally)
    return text


def _sheet(read: Path, shown: str, named: str | None, scratch: Path) -> tuple[Path, str]:
    """The one sheet of a workbook that holds something, or the one that was named, as a text; and its name."""
    book = VectorFile(read, format_detection.WORKBOOK, shown)
    known = vectors.sheets(book)
    if (named is not None and named not in known) or (named is None and len(known) != 1):
        listed = ", ".join(known) or "—"
        raise InvalidParameter(
            "layer",
            Text(f"{shown} : quelle feuille ? Feuilles : {listed}.", f"{shown}: which sheet? Sheets: {listed}."),
            remedy=Text("Choisissez avec --layer.", "Choose with --layer."),
        )
    name = named or known[0]
    target = scratch / "feuille.csv"
    vectors.sheet_as_text(book, name, target)
    return target, name


def _linked(read: Path, form: Format, scratch: Path) -> Path:
    """The file under a name of ours in a folder of ours: GDAL writes beside what it reads (`.gfs`, `-wal`)."""
    if read.parent == scratch and read.suffix == form.suffix:
        return read
    link = scratch / f"depot{form.suffix}"
    if (
        form == format_detection.GEOPACKAGE
        and (log := read.with_name(f"{read.name}-wal")).exists()
        and log.stat().st_size
    ):
        raise Unprocessable(
            Text(
                f"{read.name} est ouvert ailleurs : ses derniers changements sont dans {log.name}, pas en lui.",
                f"{read.name} is open elsewhere: its last changes are in {log.name}, not in the file.",
            ),
            remedy=Text("Fermez-le dans QGIS, puis recommencez.", "Close it in QGIS, then start again."),
            extra={"file": read.name},
        )
    parts = format_detection.TOGETHER.get(form, (form.suffix,)) if read.parent != scratch else (form.suffix,)
    for suffix in parts:
        beside = read if suffix == parts[0] else _beside(read, suffix)
        if beside.exists():
            link.with_suffix(suffix).symlink_to(beside.resolve())
    for suffix in format_detection.NEEDED.get(form, ()):
        if not link.with_suffix(suffix).exists():
            raise Unprocessable(
                Text(f"Il manque {suffix} à côté de {read.name}.", f"{suffix} is missing beside {read.name}."),
                remedy=Text("Ces fichiers vont ensemble.", "These files go together."),
                extra={"file": read.name},
            )
    return link


def _beside(read: Path, suffix: str) -> Path:
    """The neighbour of a file, in small or capital letters."""
    return next(
        (one for one in (read.with_suffix(suffix), read.with_suffix(suffix.upper())) if one.exists()),
        read.with_suffix(suffix),
    )


def _check_survey(survey: Survey, wanted: Wanted, tally: Tally) -> None:
    """What no table of this collection could be made of."""
    for one in survey.fields:
        if one.type == "binary":
            option = f'--leave "{one.called or one.name}"'
            remedy = Text(f"{option} charge le reste", f"{option} loads the rest")
            tally.add([Finding("column.type", None, one.called or one.name, None, None, remedy)])
    if wanted.geometry and survey.geometry is None:
        tally.add([Finding("geometry.absent", None, wanted.geometry)])


# ——— what is written


def _written(
    connection: Any,
    source: Source,
    survey: Survey,
    declaration: Declaration,
    wanted: Wanted,
    choices: Choices,
    told: Callable[[int], None],
    inspect: Inspect | None = None,
    made: Made | None = None,
) -> dict[str, Any]:
    """All rows, their version and what is published of them, in one transaction, then fresh statistics."""
    name = declaration.source.table or ""
    territories = _replaced(survey, wanted, choices)
    with layers.transaction(connection, keep=not choices.rehearse):
        if not layers.alone(connection, name):
            raise Conflict(
                Text(f"Un autre import remplit {name} en ce moment.", f"Another import is filling {name} now."),
                remedy=Text("Attendez qu'il finisse.", "Wait for it to end."),
            )
        if made is not None:
            versions.keep_pending(connection, declaration, choices.author)
        present = layers.present(connection, name)
        table = _known(present, survey, declaration, wanted, source) if present else _new(survey, declaration, wanted)
        if present is None:
            layers.make(connection, table)
        changed = _to_retype(present, survey, choices) if present else {}
        anew = (territories is None or bool(changed)) and postpone(connection, name)
        replaced = 0 if present is None else layers.clear(connection, table, territories)
        for column, kind in changed.items():
            _retype(connection, name, column, kind, declaration.id)
        if changed:
            present = layers.present(connection, name) or {}
            table = _known(present, survey, declaration, wanted, source)
        fit = Fit(source, survey, present or {}, None if survey.standard else wanted.territory)
        target = _target(table, wanted)
        try:
            rows = layers.fill(connection, table, _batches(source, wanted, survey, target, table, told, fit))
            if present is None:
                layers.index(connection, table)
        except RowRefused as refused:
            _tell(source, refused, wanted)
            raise report.refusal(source.shown, source.tally, survey.levels) from None
        if not rows and not report.has_errors(source.tally, survey.levels):
            source.tally.add([Finding("rows.empty")])  # an empty file never empties a collection
        if report.has_errors(source.tally, survey.levels):
            raise report.refusal(source.shown, source.tally, survey.levels)
        if inspect is not None:
            inspect(replaced)
        version = versions.replaced(connection, declaration, made) if made is not None else None
        if not choices.rehearse:
            republish(connection, declaration.id, author=choices.author, anew=anew)
    if not choices.rehearse:
        with connection.transaction():
            layers.analyze(connection, table)
    limited = tuple(sorted(territories)) if territories is not None else None
    number = version.number if version else None
    return {
        "rows": rows, "replaced": replaced, "created": present is None, "territories": limited, "version": number
    }  # fmt: skip


def _version(connection: Any, path: Path, choices: Choices) -> Made:
    """What the version of this file is known by."""
    with connection.transaction():
        on = choices.valid_from or versions.legal_day(connection)
    sha256 = None
    if path.is_file():
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Made(choices.act, choices.author, on, label=choices.label, source=choices.source or path.name, sha256=sha256)


def _replaced(survey: Survey, wanted: Wanted, choices: Choices) -> frozenset[str] | None:
    """The territories whose rows are replaced; None: all rows."""
    how = choices.replace or ("territory" if (survey.standard or "").startswith("BAL") else "all")
    if how == "all" or wanted.territory is None:
        return None
    if survey.territories is None:
        raise InvalidParameter(
            "replace",
            Text(
                f"Le fichier n'a pas la colonne de territoire « {wanted.territory} ».",
                f"The file lacks the territory column “{wanted.territory}”.",
            ),
        )
    return survey.territories


def _new(survey: Survey, declaration: Declaration, wanted: Wanted) -> LayerTable:
    """A table shaped by the file, under the names of the declaration."""
    columns = [LayerColumn(f.name, f.type, f.comment or f.called) for f in survey.fields]
    names = [column.name for column in columns]
    if wanted.key not in names:
        columns.insert(0, LayerColumn(wanted.key, "integer", "numéro d'ordre dans le fichier"))
    if wanted.territory and wanted.territory not in names:
        raise InvalidParameter(
            "territory",
            Text(
                f"La déclaration attend la colonne de territoire « {wanted.territory} », que le fichier n'a pas. "
                f"Colonnes : {', '.join(names)}.",
                f"The declaration expects the territory column “{wanted.territory}”, which the file lacks. "
                f"Columns: {', '.join(names)}.",
            ),
        )
    kind = survey.geometry
    return LayerTable(
        name=declaration.source.table or "",
        columns=tuple(columns),
        key=wanted.key,
        geometry=wanted.geometry if kind else None,
        geometry_type=kind.type if kind else "Geometry",
        srid=wanted.srid,
        has_z=bool(kind and kind.has_z),
        territory=wanted.territory,
        comment=declaration.title.fr,
    )


def _known(
    present: dict[str, str], survey: Survey, declaration: Declaration, wanted: Wanted, source: Source
) -> LayerTable:
    """The table that is there; the file must bring its columns and no other."""
    shape = re.fullmatch(r"geometry\((\w+?)(Z?),(\d+)\)", present.get(wanted.geometry or "", ""))
    plain = {name: kind for name, kind in present.items() if not kind.startswith("geometry")}
    brought = {f.name: f for f in survey.fields}
    unknown = [f for name, f in brought.items() if name not in plain and not f.implied]
    source.tally.add(
        Finding("column.unknown", 1 if f.column else None, f.called or f.name, f.column, f.name, _placed(f, plain))
        for f in unknown
    )
    if wanted.geometry and not shape:
        source.tally.add(
            [Finding("geometry.column", None, wanted.geometry, expected=_column_to_add(declaration, survey))]
        )
    absent = [name for name in plain if name not in brought and name != wanted.key]
    source.tally.add(Finding("column.absent", field=name) for name in absent)
    if report.has_errors(source.tally, survey.levels):
        raise report.refusal(source.shown, source.tally, survey.levels)
    taken = [name for name in plain if name in brought or name == wanted.key]
    return LayerTable(
        name=declaration.source.table or "",
        columns=tuple(LayerColumn(name, _ours(plain[name])) for name in taken),
        key=wanted.key,
        geometry=wanted.geometry if shape and survey.geometry else None,
        geometry_type=shape[1] if shape else "Geometry",
        srid=int(shape[3]) if shape else wanted.srid,
        has_z=bool(shape and shape[2]),
        territory=wanted.territory if wanted.territory in taken else None,
    )


def _placed(one: Field, plain: dict[str, str]) -> Text:
    """What to do with a column that the collection has not: perhaps another name of one that it has."""
    called = one.called or one.name
    near = nearest(one.name, plain)
    renamed = f'--rename "{called}={near or "…"}"'
    return Text(
        f'{renamed} si c\'est elle, --leave "{called}" pour la laisser',
        f'{renamed} if it is that one, --leave "{called}" to leave it',
    )


def _column_to_add(declaration: Declaration, survey: Survey) -> Text:
    kind = str(survey.geometry or "Geometry").replace(" ", "")
    srid = declaration.source.crs.removeprefix("EPSG:")
    statement = (
        f"alter table {declaration.source.table} add column {declaration.source.geometry} geometry({kind},{srid})"
    )
    return Text(f"ajoutez-la : {statement}", f"add it: {statement}")


def _to_retype(present: dict[str, str], survey: Survey, choices: Choices) -> dict[str, str]:
    """The columns that the caller gives another type than the one they have in the table."""
    if not choices.adjustments.types:
        return {}
    asked = {one.name: one.type for one in survey.fields if choices.adjustments.retypes(one)}
    return {name: kind for name, kind in asked.items() if name in present and family(present[name]) != kind}


def _retype(connection: Any, table: str, column: str, kind: str, collection: str) -> None:
    if not layers.retype(connection, table, column, kind):
        raise Conflict(
            Text(
                f"La colonne « {column} » de « {collection} » ne peut pas devenir {kind} : d'autres lignes ont "
                "des valeurs qui n'en sont pas, ou une vue en dépend.",
                f"Column “{column}” of “{collection}” cannot become {kind}: other rows have values that are not, or a "
                "view depends on it.",
            ),
            remedy=Text(
                f"--retype {column}=text la prend en texte ; --replace all remplace toutes les lignes.",
                f"--retype {column}=text takes it as text; --replace all replaces all rows.",
            ),
        )


def _ours(sql_type: str) -> str:
    """The family of a column that is there; its own type rules what it takes."""
    return family(sql_type)


def _target(table: LayerTable, wanted: Wanted) -> Target | None:
    return Target(table.srid, Kind(table.geometry_type, table.has_z)) if table.geometry else None


def _batches(
    source: Source,
    wanted: Wanted,
    survey: Survey,
    target: Target | None,
    table: LayerTable,
    told: Callable[[int], None],
    fit: Fit,
) -> Iterator[Any]:
    """The rows of the source with the table's columns; features without an identifier are numbered."""
    numbered = wanted.key not in {f.name for f in survey.fields}
    if numbered:
        source.tally.add([Finding("key.numbered", field=wanted.key)])
    given = 0
    for batch in source.batches(wanted, survey, target, told):
        batch = fit.checked(batch)
        if report.has_errors(source.tally, survey.levels):
            continue  # refused already: look at the rest, to tell all that is wrong, without sending it
        yield layers.numbered(batch, table.key, given) if numbered else batch
        given += batch.num_rows


def _tell(source: Source, refused: RowRefused, wanted: Wanted) -> None:
    """What the database refused, in the words of the file."""
    codes = {"duplicate": "key.duplicate", "null": "value.missing", "geometry": "geometry.type", "value": "value.unfit"}
    line = source.number_of(refused.row) if refused.row else None
    code = "key.missing" if refused.kind == "null" and refused.column == wanted.key else codes[refused.kind]
    source.tally.add([Finding(code, line, refused.column, None, refused.value)])


def _counter(step: Step, size: int, progress: Progress | None) -> Callable[[int], None]:
    done = 0

    def told(more: int) -> None:
        nonlocal done
        done += more
        if progress:
            progress(step, done, size)

    return told
