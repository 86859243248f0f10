"""Publication: the declarations of a folder become a numbered generation, in one transaction, or nothing changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from mig_idg.database import Connection
from mig_idg.declaration.check import Checked, check
from mig_idg.declaration.load import Declared, load_folder
from mig_idg.declaration.model import Declaration
from mig_idg.errors import InvalidDeclaration, Misunderstood, Text
from mig_idg.registry import declared as registry_declared
from mig_idg.registry import publications
from mig_idg.registry.organisations import everyone
from mig_idg.store.grant import granted_columns

Progress = Callable[[str], None]
Prepare = Callable[[Connection[Any], Declaration], None]


class InvalidCollections(Misunderstood):
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


def check_folder(connection: Connection[Any], folder: Path, rasters: Path | None = None) -> list[Checked]:
    """Every declaration of the folder, checked on the database. Raises InvalidCollections with all that is wrong."""
    loaded = load_folder(folder)
    errors = list(loaded.errors)
    bodies = everyone(connection)
    checked: list[Checked] = []
    for one in loaded.declared:
        result = check(connection, one, bodies, rasters)
        if isinstance(result, list):
            errors.extend(result)
        else:
            checked.append(result)
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
    prepare: Prepare | None = None,
    progress: Progress = lambda collection: None,
) -> Published:
    """Publish the folder as one numbered transaction; `on` is the day its facts begin (Europe/Paris).

    `prepare` may add to a table what makes it fast, before it is described. Raises InvalidCollections: nothing changed.
    """
    with connection.transaction():
        if prepare is not None:
            for one in load_folder(folder).declared:
                _prepare(connection, one, prepare)
        checked = check_folder(connection, folder, rasters)
        notes: list[Text] = []
        for one in checked:
            declaration = one.declared.declaration
            progress(declaration.id)
            if one.table is not None:
                columns = list(granted_columns(one.table, ()) or ())
                publications.allow(
                    connection,
                    declaration.id,
                    f"{one.table.schema}.{one.table.name}",
                    columns,
                    one.table.id.name,
                    one.table.territory,
                )
            notes.extend(registry_declared.record(connection, _facts(one), author, on).notes)
        registry_declared.archive_missing(connection, [one.declared.declaration.id for one in checked], author, on)
        number = publications.record(
            connection, {one.declared.declaration.id: one.entry for one in checked}, author=author
        )
    return Published(number, tuple(one.declared.declaration.id for one in checked), tuple(notes))


def _prepare(connection: Connection[Any], declared: Declared, prepare: Prepare) -> None:
    if declared.declaration.source.table is not None:
        prepare(connection, declared.declaration)


def _facts(checked: Checked) -> dict[str, Any]:
    """What the registry keeps of a declaration: plain values, the attributes being the table's columns."""
    plain = checked.declared.declaration.plain
    table = checked.table
    columns = [*table.names, *([table.geometry.name] if table.geometry else [])] if table else ["raster"]
    return {**plain, "columns": columns}
