"""Publication: the declarations of a folder become a numbered generation, in one transaction, or nothing changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from mig_idg.database import Connection
from mig_idg.errors import BadRequest, InvalidDeclaration, Refused, Text, Unprocessable
from mig_idg.publication import open_gate, record_gate
from mig_idg.publication.check import Checked, check, parts_of_plugin, unknown_crs
from mig_idg.publication.load import Loaded, load_folder
from mig_idg.registry import datasets, publications
from mig_idg.registry import declared as registry_declared
from mig_idg.registry.organisations import everyone
from mig_idg.store import versions, vintages
from mig_idg.store.grant import every_column
from mig_idg.store.numbering import numbered
from mig_idg.store.prepare import prepare
from mig_idg.store.table import Table

Progress = Callable[[str], None]


class InvalidCollections(BadRequest):
    """The folder cannot be published: `errors` says all that is wrong, each with file and line."""

    def __init__(self, errors: Iterable[InvalidDeclaration]) -> None:
        self.errors = tuple(errors)
        super().__init__(
            Text("\n".join(e.text("fr") for e in self.errors), "\n".join(e.text("en") for e in self.errors)),
            remedy=Text("Rien n'a été publié.", "Nothing was published."),
        )


@dataclass(frozen=True, slots=True)
class Published:
    """A generation, the ids it holds, and what was understood in a declaration but has no effect."""

    number: int
    collections: tuple[str, ...]
    notes: tuple[Text, ...] = ()


def check_form(folder: Path) -> Loaded:
    """The folder read without the database: its form, and the codes of EPSG. Raises InvalidDeclaration if missing."""
    loaded = load_folder(folder)
    wrong = (
        error
        for one in loaded.declared
        for error in (
            *unknown_crs(one),
            *parts_of_plugin(one),
            *(record_gate.refusals(one) if record_gate.opens(one) else ()),
        )
    )
    return Loaded(loaded.declared, (*loaded.errors, *wrong))


def check_folder(
    connection: Connection[Any],
    folder: Path,
    rasters: Path | None = None,
    *,
    measured: bool = True,
    modules: tuple[str, ...] | None = None,
) -> list[Checked]:
    """Every declaration of the folder, checked on the database. Raises InvalidCollections with all that is wrong."""
    loaded = load_folder(folder)
    errors = list(loaded.errors)
    bodies = everyone(connection)
    checked: list[Checked] = []
    for one in loaded.declared:
        result = check(connection, one, bodies, rasters, measured=measured, modules=modules)
        if isinstance(result, list):
            errors.extend(result)
        else:
            checked.append(result)
        if record_gate.opens(one) or record_gate.opened_by_act(connection, one):
            errors.extend(record_gate.refusals(one))
    if errors:
        raise InvalidCollections(errors)
    return checked


def publish(
    connection: Connection[Any],
    folder: Path,
    *,
    author: str,
    on: date,
    rasters: Path | None = None,
    progress: Progress = lambda collection: None,
    modules: tuple[str, ...] | None = None,
    checks_required: bool = False,
) -> Published:
    """Publish the folder as one numbered transaction; `on` is the day its facts begin (Europe/Paris).

    Each table gets what its readers will have of it (`store.prepare`). Raises InvalidCollections: nothing changed.
    """
    with connection.transaction():
        before = publications.latest(connection).collections
        publications.forget_copies(connection)
        checked = []
        notes: list[Text] = []
        folder_checked = check_folder(connection, folder, rasters, modules=modules)
        if barred := tuple(open_gate.refusals(connection, folder_checked, required=checks_required)):
            raise InvalidCollections(barred)
        for found in folder_checked:
            progress(found.declared.declaration.id)
            _require_same_rows(connection, found, before)
            try:
                one = prepared(connection, found)
            except Unprocessable as error:
                raise InvalidCollections(
                    [found.declared.wrong(error.detail, "source", "table", remedy=error.remedy)]
                ) from None
            checked.append(told_updated(one, on))
            notes.extend(_in_parts(one))
            notes.extend(filter(None, [record_gate.awaited(one.declared), open_gate.asked(connection, one)]))
            notes.extend(registry_declared.record(connection, _facts(one), author, on).notes)
        registry_declared.archive_missing(connection, [one.declared.declaration.id for one in checked], author, on)
        number = publications.record(
            connection, {one.declared.declaration.id: one.entry for one in checked}, author=author
        )
    return Published(number, tuple(one.declared.declaration.id for one in checked), tuple(notes))


def declare(connection: Connection[Any], folder: Path, *, author: str, on: date, rasters: Path | None = None) -> None:
    """Enter what the folder declares as facts, and nothing else: rights move, no row is read and no copy is made.

    In the caller's transaction, who takes it back. Raises InvalidCollections.
    """
    before = publications.latest(connection).collections
    checked = check_folder(connection, folder, rasters, measured=False)
    for one in checked:
        _require_same_rows(connection, one, before)
        registry_declared.record(connection, _facts(one), author, on)
    registry_declared.archive_missing(connection, [one.declared.declaration.id for one in checked], author, on)


def told_updated(checked: Checked, on: date) -> Checked:
    """The same with its date of last update: that of its rows, never after the day, which is said when they have none.

    A licence that owes the date (LO, 000 art. 13) always has one to give.
    """
    declared = checked.declared.declaration.updated
    return replace(checked, updated=declared or min(checked.updated or on, on))


def prepared(connection: Connection[Any], checked: Checked, *, anew: bool = False) -> Checked:
    """The same with its table as readers will have it, entered in the allow-list; its copy made `anew` if asked."""
    if checked.table is None:
        return checked
    declaration = checked.declared.declaration
    table = checked.table
    if declaration.editing and declaration.editing.enabled and declaration.kind == "mutualised":
        table = numbered(connection, table)
    table = prepare(connection, table, wanted=declaration.source.prepared, anew=anew)
    allow(connection, declaration.id, table)
    version = versions.since(connection, declaration.id)
    if version is not None:
        vintages.follow(connection, declaration.id, table)
    return replace(checked, table=table, version=version)


def _require_same_rows(connection: Connection[Any], found: Checked, before: Mapping[str, Mapping[str, Any]]) -> None:
    """Refused when a validated coproduction is declared on another source: what is served as its version is frozen."""
    declaration = found.declared.declaration
    known = before.get(declaration.id)
    if known is None or declaration.kind != "coproduced":
        return
    was: Mapping[str, Any] = known["declaration"]["source"]
    now: Mapping[str, Any] = found.declared.declaration.plain["source"]  # type: ignore[assignment]
    if all(was.get(key) == now.get(key) for key in ("table", "id", "geometry", "raster", "points", "plugin")):
        return
    try:
        datasets.require_unfrozen(connection, declaration.id)
    except Refused as error:
        raise InvalidCollections([found.declared.wrong(error.detail, "source", "table", remedy=error.remedy)]) from None


def _in_parts(checked: Checked) -> Iterator[Text]:
    """Said when the copy that was wanted could not be made."""
    table, declaration = checked.table, checked.declared.declaration
    if table is not None and table.copy is None and declaration.source.prepared:
        name = f"{table.schema}.{table.name}"
        yield Text(
            f"« {declaration.id} » est servie sans copie préparée, donc moins vite : {name} est en plusieurs tables,"
            " ou a trop de colonnes.",
            f"“{declaration.id}” is served without a prepared copy, so less quickly: {name} is made of several"
            " tables, or has too many columns.",
        )


def allow(connection: Connection[Any], collection: str, table: Table) -> None:
    """Enter the table, and the copy that readers have, in the allow-list of what may be served."""
    publications.allow(
        connection,
        collection,
        f"{table.schema}.{table.name}",
        list(every_column(table)),
        table.id.name,
        table.territory,
        table.read if table.copy else None,
    )


def _facts(checked: Checked) -> dict[str, Any]:
    """What the registry keeps of a declaration: plain values, the attributes being the table's columns."""
    plain = checked.declared.declaration.plain
    table = checked.table
    columns = (
        [*table.names, *([table.geometry.name] if table.geometry else [])]
        if table
        else ["raster" if checked.declared.declaration.source.plugin is None else datasets.OF_PLUGIN]
    )
    return {**plain, "columns": columns}
