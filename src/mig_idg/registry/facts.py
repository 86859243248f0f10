"""The facts of the charter as they stand on a day, and as we knew them at an instant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from psycopg import Connection
from psycopg.pq import TransactionStatus

from mig_idg.charter.articles import readings
from mig_idg.charter.facts import (
    Agreement,
    Dataset,
    Delegation,
    EptCommune,
    Facts,
    Membership,
    ReadingTaken,
    Restriction,
    RowLimit,
    Span,
    SubDistribution,
    Terms,
    Transfer,
)
from mig_idg.registry.statements import Row, ask

FOREVER = "infinity"
"""The instant at which everything recorded so far is known."""


def load(conn: Connection[Any], on: date, known_at: datetime | None = None) -> Facts:
    """Everything the charter's rules read, for questions about the day `on` (Europe/Paris).

    What is dated inside a dataset (state, owner, terms…) is resolved on that day; memberships, territories, acts,
    delegations and transfers keep their spans. `known_at` (aware) asks what we knew then; None is now. A dataset that
    had no state on the day is not there. `number` is the epoch the facts were read at: read first, so that facts
    changed meanwhile carry a number that is too old, never one that is too new.
    """
    if conn.info.transaction_status is TransactionStatus.IDLE:
        # One snapshot for all the questions; inside a transaction of the caller, the caller chose.
        with conn.transaction():
            conn.execute("set transaction isolation level repeatable read, read only")
            return _load(conn, on, known_at)
    return _load(conn, on, known_at)


def _load(conn: Connection[Any], on: date, known_at: datetime | None) -> Facts:
    when = {"on": on, "known_at": known_at or FOREVER}
    number = epoch(conn)
    bodies = ask(conn, "facts_names", when)
    return Facts(
        charter=_charter(ask(conn, "facts_charter", when), on),
        memberships=tuple(Membership(r["organisation"], _span(r)) for r in ask(conn, "facts_memberships", when)),
        ept_communes=tuple(EptCommune(r["ept"], r["commune"], _span(r)) for r in ask(conn, "facts_territory", when)),
        sub_distributions=tuple(_sub_distribution(r) for r in ask(conn, "facts_sub_distributions", when)),
        delegations=tuple(_delegation(r) for r in ask(conn, "facts_delegations", when)),
        third_party_transfers=tuple(_transfer(r) for r in ask(conn, "facts_transfers", when)),
        datasets=_datasets(conn, when),
        number=number,
        names={r["organisation"]: r["name"] for r in bodies},
        readings=tuple(_reading(r) for r in ask(conn, "facts_readings", when)),
        private=frozenset(r["organisation"] for r in bodies if not r["public_authority"]),
    )


def epoch(conn: Connection[Any]) -> int:
    """The number that moves with every change of facts."""
    row = conn.execute("select number from registry.epoch").fetchone()
    return int(row[0]) if row else 0


def _datasets(conn: Connection[Any], when: dict[str, Any]) -> dict[str, Dataset]:
    exceptions: dict[str, list[Restriction]] = {}
    for row in ask(conn, "facts_exceptions", when):
        exceptions.setdefault(row["dataset"], []).append(_restriction(row))
    co_owners = _by_dataset(ask(conn, "facts_co_owners", when), "co_owners")
    groups = _by_dataset(ask(conn, "facts_groups", when), "members")
    agreed: dict[str, list[Row]] = {}
    for row in ask(conn, "facts_agreements", when):
        agreed.setdefault(row["dataset"], []).append(row)
    takedowns = {r["dataset"]: "all" if r["everybody"] else "public" for r in ask(conn, "facts_takedowns", when)}
    return {
        row["id"]: Dataset(
            id=row["id"],
            kind=row["kind"],
            state=_state(row),
            owner=row["owner"],
            co_owners=co_owners.get(row["id"], frozenset()),
            working_group=groups.get(row["id"], frozenset()),
            attributes=tuple(row["attributes"]),
            metadata=row["metadata"],
            terms=_terms(row, agreed.get(row["id"], ())) if row["has_terms"] else None,
            exceptions=tuple(exceptions.get(row["id"], ())),
            takedown=takedowns.get(row["id"]),
            licence=row["licence"],
            frozen_audience=None if row["frozen_audience"] is None else frozenset(row["frozen_audience"]),
        )
        for row in ask(conn, "facts_datasets", when)
    }


def _by_dataset(rows: Iterable[Row], column: str) -> dict[str, frozenset[str]]:
    return {row["dataset"]: frozenset(row[column]) for row in rows}


def _state(row: Row) -> str:
    """The state as the rules know it: a coproduction that is declared no more gives what a rejected one gives."""
    return "rejected" if row["kind"] == "coproduced" and row["state"] == "archived" else str(row["state"])


def _terms(row: Row, given: Sequence[Row]) -> Terms:
    return Terms(
        mode=row["mode"],
        actions=frozenset(row["actions"]),
        named=frozenset(row["named"]),
        agreed=frozenset(row["agreed"]) | {one["requester"] for one in given if one["actions"] is None},
        agreements=tuple(
            Agreement(one["requester"], frozenset(one["actions"])) for one in given if one["actions"] is not None
        ),
        hidden_attributes=frozenset(row["hidden_attributes"]),
        extends_to_ept_communes=row["extends_to_ept_communes"],
        allows_contractors=row["allows_contractors"],
        span=Span(row["terms_from"], row["terms_to"]),
        rows=_row_limit(row),
    )


def _restriction(row: Row) -> Restriction:
    # An allegation blocks while its evidence is awaited (rules.md §7, 23): E4 then bites without its two facts.
    alleged = row["state"] == "alleged"
    return Restriction(
        ground=row["ground"],
        attributes=frozenset(row["attributes"]),
        objection_proved=row["objection_proved"] or alleged,
        law_allows=row["law_allows"] or alleged,
        beneficiaries=frozenset(row["beneficiaries"]),
        span=_span(row),
    )


def _sub_distribution(row: Row) -> SubDistribution:
    return SubDistribution(
        row["ept"], row["commune"], row["acknowledged"], _span(row), _scope(row["datasets"]), _row_limit(row)
    )


def _delegation(row: Row) -> Delegation:
    return Delegation(row["delegator"], row["contractor"], row["acknowledged"], _span(row), _scope(row["datasets"]))


def _transfer(row: Row) -> Transfer:
    return Transfer(row["giver"], row["recipient"], row["dataset"], row["acknowledged"], _span(row))


def _charter(rows: Sequence[Row], on: date) -> Span | None:
    """The charter in force on the day, prolongations joined end to end; otherwise the last that was; otherwise None."""
    spans: list[Span] = []
    for row in rows:
        if spans and spans[-1].end is not None and spans[-1].end == row["start"]:
            spans[-1] = Span(spans[-1].start, row["finish"])
        else:
            spans.append(_span(row))
    begun = [span for span in spans if span.start is None or span.start <= on]
    return begun[-1] if begun else (spans[0] if spans else None)


def _span(row: Row) -> Span:
    return Span(row["start"], row["finish"])


def _reading(row: Row) -> ReadingTaken:
    (told,) = (one for one in readings() if one.number == row["number"])
    return ReadingTaken(row["number"], row["choice"], told.setting, row["days"], row["decision"], row["since"])


def _scope(datasets: list[str] | None) -> frozenset[str] | None:
    return None if datasets is None else frozenset(datasets)


def _row_limit(row: Row) -> RowLimit | None:
    return "own_territory" if row["own_territory"] else None
