"""Which versions a layer has, which one is in force, and how the pointer moves.

A version is never rewritten (the database refuses it); it may be pruned, which takes its rows and leaves its line. The
owner's rights are needed. How its rows are kept: `store.vintages`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from mig_idg.errors import Conflict, Gone, NotFound, Text
from mig_idg.store.vintages import Changes, Content

ACTS = {
    "baseline": Text("Lignes d'avant la première version", "Rows from before the first version"),
    "import": Text("Import d'un fichier", "Import of a file"),
    "deposit": Text("Dépôt", "Deposit"),
    "flow": Text("Flux", "Flow"),
    "consolidation": Text("Consolidation", "Consolidation"),
    "exclusion": Text("Contributeur écarté", "Contributor set aside"),
    "edits": Text("Saisies en ligne", "Edits on line"),
}
"""The acts that make a version, as they are told."""


@dataclass(frozen=True, slots=True)
class Made:
    """What is said of a version when it is recorded: the act that made it, its author, where its rows come from."""

    act: str
    author: str
    valid_from: date
    label: str | None = None
    source: str | None = None
    sha256: str | None = None
    validated: str | None = None
    writers: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """A version as it was recorded. `added`, `changed`, `removed` are counted from the one it replaced."""

    collection: str
    number: int
    label: str
    valid_from: date
    recorded_at: datetime
    act: str
    author: str
    writers: list[dict[str, Any]]
    source: str | None
    sha256: str | None
    replaces: int | None
    rows: int
    added: int
    changed: int
    removed: int
    digest: str
    validated: str | None
    pruned_at: datetime | None
    pruned_by: str | None
    in_force: bool

    def as_json(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return {
            "number": self.number,
            "label": self.label,
            "in_force": self.in_force,
            "valid_from": self.valid_from,
            "recorded_at": self.recorded_at,
            "act": self.act,
            "author": self.author,
            "writers": self.writers,
            "source": self.source,
            "sha256": self.sha256,
            "replaces": self.replaces,
            "rows": self.rows,
            "added": self.added,
            "changed": self.changed,
            "removed": self.removed,
            "digest": self.digest,
            "validated": self.validated,
            "pruned_at": self.pruned_at,
        }


@dataclass(frozen=True, slots=True)
class Pointer:
    """The version in force; `data_version` is that of the rows when they were a version's."""

    in_force: int
    data_version: int


_VERSIONS = (
    "select v.*, v.number = l.in_force as in_force from versions.version v"
    " join versions.layer l on l.collection = v.collection where v.collection = %s"
)


def known(connection: Connection[Any], collection: str) -> list[Version]:
    """Every version, the last one first, pruned ones among them."""
    with connection.cursor(row_factory=class_row(Version)) as cursor:
        return cursor.execute(f"{_VERSIONS} order by v.number desc", [collection]).fetchall()


def find(connection: Connection[Any], collection: str, number: int) -> Version:
    """One version. Raises NotFound, Gone when it was pruned."""
    with connection.cursor(row_factory=class_row(Version)) as cursor:
        found = cursor.execute(f"{_VERSIONS} and v.number = %s", [collection, number]).fetchone()
    if found is None:
        raise missing(collection, number)
    if found.pruned_at is not None:
        raise gone(number)
    return found


def pointer(connection: Connection[Any], collection: str, *, lock: bool = False) -> Pointer | None:
    """Where the pointer is; None for a layer without versions. `lock` keeps it there until the transaction ends."""
    row = connection.execute(
        "select l.in_force, l.data_version from versions.layer l where l.collection = %s"
        + (" for update" if lock else ""),
        [collection],
    ).fetchone()
    return Pointer(*row) if row else None


def last(connection: Connection[Any], collection: str) -> int:
    """The number of the last version recorded, pruned or not; 0 when there is none."""
    row = connection.execute(
        "select coalesce(max(number), 0) from versions.version where collection = %s", [collection]
    ).fetchone()
    return int(row[0]) if row else 0


def alone(connection: Connection[Any], collection: str) -> None:
    """Be the only one to make or move versions of this layer until the transaction ends: others wait."""
    connection.execute("select pg_advisory_xact_lock(hashtextextended(%s, 93))", [collection])


def pending(connection: Connection[Any], collection: str) -> bool:
    """Whether rows were written since they were last those of a version; True for a layer that has none."""
    row = connection.execute(
        "select coalesce(d.number, 0) <> l.data_version from versions.layer l"
        " left join registry.data_version d on d.collection = l.collection where l.collection = %s",
        [collection],
    ).fetchone()
    return row is None or bool(row[0])


def record(
    connection: Connection[Any], collection: str, number: int, made: Made, content: Content, changes: Changes
) -> None:
    """Write a version and put it in force."""
    before = pointer(connection, collection)
    connection.execute(
        "insert into versions.version (collection, number, label, valid_from, act, author, writers, source, sha256,"
        " replaces, rows, added, changed, removed, digest, validated)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            collection, number, made.label or str(number), made.valid_from, made.act, made.author,
            Jsonb(list(made.writers)), made.source, made.sha256, before.in_force if before else None, content.rows,
            changes.added, changes.changed, changes.removed, content.digest, made.validated,
        ],
    )  # fmt: skip
    point(connection, collection, number, made.author)


def point(connection: Connection[Any], collection: str, number: int, author: str) -> None:
    """The version in force is this one: its rows are the layer's at this moment of the transaction."""
    before = pointer(connection, collection)
    connection.execute(
        "insert into versions.layer (collection, relation, in_force, data_version)"
        " values (%s, format('vintages.%%I', %s::text)::regclass, %s,"
        "  coalesce((select d.number from registry.data_version d where d.collection = %s), 0))"
        " on conflict (collection) do update set in_force = excluded.in_force, data_version = excluded.data_version",
        [collection, collection, number, collection],
    )
    connection.execute(
        "insert into versions.pointer (collection, number, before, author) values (%s, %s, %s, %s)",
        [collection, number, before.in_force if before else None, author],
    )


def same(connection: Connection[Any], collection: str) -> None:
    """The rows were written and are what they were: nothing is pending any more."""
    connection.execute(
        "update versions.layer l set data_version = d.number from registry.data_version d"
        " where d.collection = l.collection and l.collection = %s",
        [collection],
    )


def mark_pruned(connection: Connection[Any], collection: str, numbers: Sequence[int], author: str) -> None:
    """Their rows are gone; that they were stays."""
    connection.execute(
        "update versions.version set pruned_at = clock_timestamp(), pruned_by = %s"
        " where collection = %s and number = any(%s) and pruned_at is null and validated is null",
        [author, collection, list(numbers)],
    )


def since(connection: Connection[Any], collection: str) -> dict[str, Any] | None:
    """What a publication says of the version in force: its number, and the first day that a version is of."""
    row = connection.execute(
        "select l.in_force, (select min(v.valid_from) from versions.version v"
        "  where v.collection = l.collection and v.pruned_at is null)"
        " from versions.layer l where l.collection = %s",
        [collection],
    ).fetchone()
    return {"number": row[0], "first": row[1].isoformat()} if row else None


def last_validated(connection: Connection[Any], collection: str) -> str | None:
    """The name of the last version that the committee validated, or None."""
    row = connection.execute(
        "select version from registry.dataset_version where dataset = %s order by id desc limit 1", [collection]
    ).fetchone()
    return str(row[0]) if row else None


def writers(connection: Connection[Any], collection: str) -> tuple[dict[str, Any], ...]:
    """Who wrote rows one by one since the last version, as the journal of decisions tells."""
    rows = connection.execute(
        "select login, organisation, sum(requests)::int from journal.decisions"
        " where dataset = %s and action = 'contribute' and outcome = 'permit' and at > coalesce("
        "  (select max(recorded_at) from versions.version where collection = %s), '-infinity')"
        " group by login, organisation order by 3 desc, 1",
        [collection, collection],
    ).fetchall()
    return tuple({"login": login, "organisation": body, "writes": count} for login, body, count in rows)


def missing(collection: str, number: int | str) -> NotFound:
    """The same words for a version that never was and for one that the caller may not see."""
    return NotFound(
        Text(
            f"« {collection} » n'a pas de version {number}, ou elle n'est pas visible.",
            f"“{collection}” has no version {number}, or it is not visible.",
        ),
        remedy=Text(f"Voyez /collections/{collection}/versions.", f"See /collections/{collection}/versions."),
    )


def gone(number: int) -> Gone:
    """A version whose rows were pruned."""
    return Gone(
        Text(f"La version {number} n'est plus conservée.", f"Version {number} is no longer kept."),
        remedy=Text(
            "Repartez de la première page de la version en vigueur.",
            "Start again from the first page of the version in force.",
        ),
    )


def busy(collection: str) -> Conflict:
    """An import or a restore is under way."""
    return Conflict(
        Text(f"Un autre import remplit « {collection} » en ce moment.", f"Another import is filling “{collection}”."),
        remedy=Text("Attendez qu'il finisse.", "Wait for it to end."),
    )
