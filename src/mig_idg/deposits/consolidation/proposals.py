"""Proposals that the working group took, laid over the rows of a coproduced layer (Charte MIG, § 3.2.2, § 3.4).

They go in with the next version and with each one after it, until the contributors' own data have caught up: a proposal
is compared column by column with the row it started from. What changed meanwhile is not overwritten: such a proposal is
overtaken, and the group decides again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from mig_idg.deposits.consolidation.contributions import published
from mig_idg.deposits.intake.republish import republish
from mig_idg.errors import Conflict, Text
from mig_idg.publication import versions
from mig_idg.publication.model import Declaration
from mig_idg.registry import datasets, proposals
from mig_idg.registry.refusals import refused
from mig_idg.store import layers
from mig_idg.store.versions import Made, last_validated

OVERTAKEN = Text(
    "la donnée a changé là où la proposition la changeait",
    "the data changed where the proposal would change it",
)
_TAKEN = (
    "select id, action, feature, values, shaped, st_srid(shape) as srid, shape, base, organisation, state"
    " from proposals.proposal where dataset = %s and state in ('taken', 'applied') order by id"
)


@dataclass(frozen=True, slots=True)
class Applied:
    """How many proposals are in the rows, and how many were overtaken."""

    applied: int
    overtaken: int


def apply(connection: Any, dataset: str, now: datetime | None = None) -> Applied:
    """Lay the proposals taken over the rows, in the caller's transaction. Raises Conflict during an import."""
    declaration, moment = published(connection, dataset), now or datetime.now(UTC)
    table = str(declaration.source.table)
    with connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(_TAKEN, (dataset,)).fetchall()
    if not found:
        return Applied(0, 0)
    if not layers.alone(connection, table):
        raise Conflict(Text(f"Un import remplit {table} en ce moment.", f"An import is filling {table} now."))
    layer = _Layer(connection, declaration)
    done = 0
    for one in found:
        fits = layer.take(one)
        done += fits
        state = "applied" if fits else "overtaken"
        if state != one["state"]:
            connection.execute(
                "update proposals.proposal set state = %s, applied_at = case when %s then %s::timestamptz end"
                " where id = %s",
                (state, fits, moment, one["id"]),
            )
            words = None if fits else OVERTAKEN.fr
            proposals.note(connection, one["id"], moment, one["state"], state, "consolidation", words)
    return Applied(done, len(found) - done)


def publish(connection: Any, dataset: str, author: str, *, validated: bool = False) -> Applied:
    """The same as a version of the layer, in force; nothing when no proposal is taken."""
    if not connection.execute(
        "select exists (select from proposals.proposal where dataset = %s and state = 'taken')", (dataset,)
    ).fetchone()[0]:
        return Applied(0, 0)
    declaration = published(connection, dataset)
    versions.keep_pending(connection, declaration, author)
    told = apply(connection, dataset)
    label = last_validated(connection, dataset) if validated else None
    made = Made("edits", author, versions.legal_day(connection), source="proposals", validated=label)
    versions.replaced(connection, declaration, made)
    republish(connection, dataset, author=author)
    return told


def publish_working(connection: Any, dataset: str, author: str, on: date) -> Applied:
    """Put the proposals taken into a layer that is being made. Raises Refused once its rows were validated."""
    datasets.require_coproduced(connection, dataset)
    if datasets.state_of(connection, dataset, on) == "validated":
        raise refused(
            "Charte MIG, § 3.4",
            Text(
                f"« {dataset} » est validé : les propositions retenues entrent avec la version suivante.",
                f"“{dataset}” is validated: proposals taken go in with the next version.",
            ),
            remedy=Text(
                "Soumettez-la : « committee stage … submitted », puis « committee record --validate ».",
                "Submit it: “committee stage … submitted”, then “committee record --validate”.",
            ),
            rule="validated_rows_are_frozen",
        )
    return publish(connection, dataset, author)


class _Layer:
    """The table of a layer, as proposals are laid over it."""

    def __init__(self, connection: Any, declaration: Declaration) -> None:
        self._connection = connection
        name, id = str(declaration.source.table), str(declaration.source.id)
        self._types = layers.present(connection, name) or {}
        self._table = sql.Identifier(*name.split("."))
        self._id, self._id_name = sql.Identifier(id), id
        self._geometry = declaration.source.geometry
        self._srid = int(declaration.source.crs.removeprefix("EPSG:"))

    def take(self, proposal: Mapping[str, Any]) -> bool:
        """Whether the row is, in the end, what was proposed; a rule of the table may forbid it."""
        verb = {"create": self._create, "update": self._update, "delete": self._delete}[proposal["action"]]
        try:
            with self._connection.transaction():
                return verb(proposal)
        except (psycopg.IntegrityError, psycopg.DataError, psycopg.errors.RaiseException):
            return False

    def _create(self, proposal: Mapping[str, Any]) -> bool:
        id = proposal["values"].get(self._id_name) or self._new_id(proposal["id"])
        if self._row(id) is not None:
            return bool(proposal["state"] == "applied")
        pairs = dict(self._expressions(proposal)) | {self._id_name: self._typed(self._id_name, id)}
        self._connection.execute(
            sql.SQL("insert into {} ({}) values ({})").format(
                self._table, sql.SQL(", ").join(map(sql.Identifier, pairs)), sql.SQL(", ").join(pairs.values())
            )
        )
        return True

    def _update(self, proposal: Mapping[str, Any]) -> bool:
        row, base = self._row(proposal["feature"]), proposal["base"]
        if row is None:
            return False
        pairs = dict(self._expressions(proposal))
        if not pairs:
            return True
        wanted = self._connection.execute(
            sql.SQL("select to_jsonb(w) from (select {}) w").format(
                sql.SQL(", ").join(
                    sql.SQL("{} as {}").format(value, sql.Identifier(name)) for name, value in pairs.items()
                )
            )
        ).fetchone()[0]
        left = {name for name in pairs if row[name] != wanted[name]}
        if any(row[name] != base.get(name) for name in left):
            return False
        if left:
            self._connection.execute(
                sql.SQL("update {} set {} where {} = {}").format(
                    self._table,
                    sql.SQL(", ").join(sql.SQL("{} = {}").format(sql.Identifier(name), pairs[name]) for name in left),
                    self._id,
                    self._typed(self._id_name, proposal["feature"]),
                )
            )
        return True

    def _delete(self, proposal: Mapping[str, Any]) -> bool:
        row = self._row(proposal["feature"])
        if row is None:
            return True
        if row != proposal["base"]:
            return False
        self._connection.execute(
            sql.SQL("delete from {} where {} = {}").format(
                self._table, self._id, self._typed(self._id_name, proposal["feature"])
            )
        )
        return True

    def _row(self, id: str) -> dict[str, Any] | None:
        found = self._connection.execute(
            sql.SQL("select to_jsonb(t) from {} t where t.{} = {}").format(
                self._table, self._id, self._typed(self._id_name, id)
            )
        ).fetchone()
        return found[0] if found else None

    def _expressions(self, proposal: Mapping[str, Any]) -> Iterator[tuple[str, sql.Composable]]:
        for name, value in proposal["values"].items():
            if name in self._types and name != self._id_name:
                yield name, self._typed(name, value)
        if proposal["shaped"] and self._geometry:
            yield self._geometry, self._shape(proposal)

    def _typed(self, name: str, value: str | None) -> sql.Composable:
        kind = self._types.get(name, "text")
        if kind.startswith("timestamp") and "without" in kind:
            return sql.SQL("({}::timestamptz at time zone 'UTC')").format(sql.Literal(value))
        return sql.SQL("{}::{}").format(sql.Literal(value), sql.SQL(kind))

    def _shape(self, proposal: Mapping[str, Any]) -> sql.Composable:
        kind = self._types.get(self._geometry or "", "geometry")
        if proposal["shape"] is None:
            return sql.SQL("null::{}").format(sql.SQL(kind))
        there = sql.SQL("{}::geometry").format(sql.Literal(proposal["shape"]))
        if proposal["srid"] != self._srid:
            there = sql.SQL("st_transform({}, {})").format(there, sql.Literal(self._srid))
        if "multi" in kind.lower():
            there = sql.SQL("st_multi({})").format(there)
        return sql.SQL("({})::{}").format(there, sql.SQL(kind))

    def _new_id(self, number: int) -> str:
        """The identifier of a feature that gave none: the same each time the proposal is laid over the rows."""
        kind = self._types.get(self._id_name, "text")
        word = f"{proposals.PREFIX}{number}"
        if kind in ("integer", "bigint", "uuid"):
            made = {
                "uuid": "md5(%s)::uuid::text",
                "integer": "(('x' || substr(md5(%s), 1, 7))::bit(28)::int)::text",
                "bigint": "(('x' || substr(md5(%s), 1, 15))::bit(60)::bigint)::text",
            }[kind]
            return str(self._connection.execute(f"select {made}", (word,)).fetchone()[0])
        return word
