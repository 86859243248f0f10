"""Versions of layers: each replacement of the rows makes one, the pointer says which one is in force.

    keep_pending(connection, declaration, author)   before a replacement: rows written one by one become a version
    replaced(connection, declaration, made)         after it: the rows as they are now become a version, in force
    put_in_force(connection, declaration, n, author)    another version is in force: its rows are the layer's again
    prune(connection, declaration, author)          versions beyond those that the declaration keeps

All in the caller's transaction, which publishes afterwards: the previous state or the next one, nothing between. A
replacement that changes nothing makes no version: a version is a content.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from mig_idg.database import Connection
from mig_idg.errors import Conflict, Text, Unavailable
from mig_idg.publication.model import Declaration, Versions
from mig_idg.registry import datasets
from mig_idg.registry.refusals import refused
from mig_idg.store import layers, versions, vintages
from mig_idg.store.table import Table, describe
from mig_idg.store.versions import Made, Version

ARTICLE = "Charte MIG, § 3.4"


def kept(declaration: Declaration) -> Versions:
    """What is declared of the versions of a layer."""
    return declaration.versions or Versions()


def keep_pending(connection: Connection[Any], declaration: Declaration, author: str) -> Version | None:
    """Rows that no version has yet are kept as one before they are replaced; None when there are none.

    Those of a layer that never had a version are its first one.
    """
    id, name = declaration.id, declaration.source.table
    if not kept(declaration).recorded or name is None or layers.present(connection, name) is None:
        return None
    if not versions.pending(connection, id):
        return None
    if versions.pointer(connection, id) is None and layers.empty(connection, name):
        return None
    return cut(connection, declaration, author)


def cut(
    connection: Connection[Any],
    declaration: Declaration,
    author: str,
    *,
    label: str | None = None,
    valid_from: date | None = None,
) -> Version | None:
    """The rows changed one by one since the last version become one, with who wrote them; None when nothing changed."""
    writers = versions.writers(connection, declaration.id)
    first = versions.pointer(connection, declaration.id) is None
    # Of a validated coproduction, what is served before anything was recorded is what was validated.
    frozen = first and datasets.is_frozen(connection, declaration.id)
    made = Made(
        "baseline" if first else "edits", author, valid_from or legal_day(connection), label=label, writers=writers,
        validated=versions.last_validated(connection, declaration.id) if frozen else None,
    )  # fmt: skip
    return replaced(connection, declaration, made)


def replaced(connection: Connection[Any], declaration: Declaration, made: Made) -> Version | None:
    """The layer's rows as a version, put in force; None when they are those of the version in force already."""
    if not kept(declaration).recorded or declaration.source.table is None:
        return None
    id, table = declaration.id, table_of(connection, declaration)
    versions.alone(connection, id)
    vintages.follow(connection, id, table)
    pointer = versions.pointer(connection, id)
    content = vintages.content(connection, id, table)
    if pointer is not None and versions.find(connection, id, pointer.in_force).digest == content.digest:
        versions.same(connection, id)
        return None
    number = versions.last(connection, id) + 1
    vintages.keep(connection, id, table, number)
    changes = vintages.difference(connection, id, pointer.in_force if pointer else 0, number)
    versions.record(connection, id, number, made, content, changes)
    return versions.find(connection, id, number)


def put_in_force(connection: Connection[Any], declaration: Declaration, number: int, author: str) -> Version:
    """The layer's rows are those of version `number` again; what was pending is kept as a version first.

    Raises NotFound, Gone, Conflict (in force already, an import is under way), Refused for a validated coproduction,
    whose version in force is the committee's to change.
    """
    id, name = declaration.id, declaration.source.table or ""
    if not layers.alone(connection, name):
        raise versions.busy(id)
    versions.alone(connection, id)
    versions.find(connection, id, number)
    datasets.require_unfrozen(connection, id)
    if layers.consolidated(connection, id):
        raise refused(
            "Charte MIG, glossaire, § 3.5.2",
            Text(
                f"« {id} » vient d'une consolidation : chaque entité y garde son origine.",
                f"“{id}” comes from a consolidation: each feature keeps its origin there.",
            ),
            remedy=Text(
                "Adoptez la consolidation d'alors : « consolidation adopt N° ».",
                "Adopt the run of that time: “consolidation adopt NUMBER”.",
            ),
        )
    keep_pending(connection, declaration, author)
    pointer = versions.pointer(connection, id)
    if pointer is not None and pointer.in_force == number:
        raise Conflict(
            Text(f"La version {number} de « {id} » est déjà en vigueur.", f"Version {number} of “{id}” is in force."),
        )
    table = table_of(connection, declaration)
    vintages.follow(connection, id, table)
    vintages.content(connection, id, table)
    if not vintages.put_back(connection, id, table, number):
        raise Unavailable(
            Text(
                f"Les lignes de la version {number} ne sont pas revenues telles quelles : une règle de la table "
                f"{name} les change.",
                f"The rows of version {number} did not come back as they were: a rule of table {name} changes them.",
            ),
            remedy=Text("Rien n'a changé.", "Nothing changed."),
        )
    versions.point(connection, id, number, author)
    return versions.find(connection, id, number)


def prune(
    connection: Connection[Any], declaration: Declaration, author: str, *, keep: int | None = None, dry: bool = False
) -> list[Version]:
    """Give up the rows of old versions: beyond the last `keep` (as declared), never one that was validated.

    The version in force and the last one stay, whatever is asked.
    """
    id, most = declaration.id, keep if keep is not None else kept(declaration).keep
    versions.alone(connection, id)
    every = [one for one in versions.known(connection, id) if one.pruned_at is None]
    if most is None or not every:
        return []
    gone = [one for one in every[max(most, 1) :] if not one.in_force and one.validated is None]
    if gone and not dry:
        stay = {one.number for one in every} - {one.number for one in gone}
        vintages.forget(connection, id, sorted(stay))
        versions.mark_pruned(connection, id, [one.number for one in gone], author)
    return gone


def withhold(connection: Connection[Any], collection: str, contributor: str) -> int:
    """What a contributor gave is in no vintage any more (004 §3.3): today's exceptions hold for every version."""
    versions.alone(connection, collection)
    return vintages.withhold(connection, collection, contributor)


def table_of(connection: Connection[Any], declaration: Declaration) -> Table:
    """The layer's table as it is now."""
    source = declaration.source
    return describe(connection, source.table or "", source.id or "", source.geometry, declaration.territory)


def legal_day(connection: Connection[Any]) -> date:
    """The day in Europe/Paris, by the database's clock."""
    row = connection.execute("select (now() at time zone 'Europe/Paris')::date").fetchone()
    assert row is not None
    day: date = row[0]
    return day
