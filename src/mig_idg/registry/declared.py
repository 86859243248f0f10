"""What collections declare, written as facts: only what changed since the last declaration.

An act (`terms set`, `exception declare`…) made between two publications is therefore not undone by the second: the
file says the same as before, so nothing is said again. A dataset that is declared no more is archived, never deleted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from psycopg.types.json import Jsonb

from mig_idg.errors import Conflict, Text
from mig_idg.registry import datasets, history
from mig_idg.registry.acts import Conn, Evidence, Record, act, open_act
from mig_idg.registry.facets import WRITERS, Saying
from mig_idg.registry.membership_status import membership_status
from mig_idg.registry.organisations import resolve

ARTICLE = "Charte MIG, § 3.2"
REHEARSAL = "demonstration"
"""The verb of the act that opens an invented partnership."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a declaration changed: the facets said anew, and what was understood but has no effect."""

    dataset: str
    changed: tuple[str, ...]
    notes: tuple[Text, ...] = ()


@act
def record(conn: Conn, declaration: Mapping[str, Any], author: str, on: date, *, since: date | None = None) -> Recorded:
    """Write what a declaration says, from the day `on`, where it differs from what was declared last.

    `declaration` is plain values under the keys of a collection's file: `id`, `kind`, `owner`, `working_group`,
    `metadata`, `licence`, `terms`, `exceptions`, `takedown`; the columns served are `columns`, or else the keys of
    `attributes`. Bodies may be named; an unknown one is UnknownWord with the nearest. The first time, the dataset is
    published (proposed, for a coproduction) from `since`, `on` unless given; its owner owned it before. In a
    demonstration it was published since the partnership began, so that past days can be asked about.
    """
    dataset, kind = declaration["id"], declaration["kind"]
    first = _be_born(conn, dataset, kind)
    wanted = {facet: _wanted(conn, facet, declaration) for facet in WRITERS}
    before = _declared(conn, dataset)
    changed = tuple(facet for facet in WRITERS if facet not in before or before[facet]["said"] != wanted[facet])
    sleeping = datasets.state_of(conn, dataset, on) in (None, "archived")
    if not changed and not sleeping:
        return Recorded(dataset, ())
    words = Text(f"Déclaration de « {dataset} ».", f"Declaration of “{dataset}”.")
    piece = Evidence("déclaration", f"collections/{dataset}.yml", on)
    number = open_act(conn, Record(on, author, piece), verb="declare", article=ARTICLE, words=words)
    saying = Saying(number, dataset, kind, on, first)
    if sleeping:
        _wake(conn, saying, since or _rehearsed_since(conn) or on)
    notes: list[Text] = []
    for facet in changed:
        cases = WRITERS[facet](conn, saying, wanted[facet], before.get(facet), notes)
        history.close(conn, number, "declared", {"dataset": dataset, "facet": facet})
        value = Jsonb({"said": wanted[facet], "cases": cases})
        history.insert(conn, number, "declared", {"dataset": dataset, "facet": facet, "value": value})
    if first and wanted["owner"] is not None:
        _freeze_if_owner_left(conn, saying, wanted["owner"])
    return Recorded(dataset, changed, tuple(notes))


@act
def archive_missing(conn: Conn, declared: Collection[str], author: str, on: date) -> tuple[str, ...]:
    """Archive, from the day, the datasets that were declared once and are no more; gives their ids."""
    rows = conn.execute(
        "select distinct d.dataset from registry.declared d where d.closed_by is null and d.dataset <> all(%s)",
        (list(declared),),
    )
    gone = sorted(id for (id,) in rows if datasets.state_of(conn, id, on) not in (None, "archived"))
    for dataset in gone:
        words = Text(f"« {dataset} » n'est plus déclaré : archivé.", f"“{dataset}” is declared no more: archived.")
        piece = Evidence("déclaration", f"collections/{dataset}.yml (absent)", on)
        number = open_act(conn, Record(on, author, piece), verb="archive", article=ARTICLE, words=words)
        datasets.set_state(conn, number, dataset, datasets.kind_of(conn, dataset), "archived", on)
    return tuple(gone)


def _be_born(conn: Conn, dataset: str, kind: str) -> bool:
    """Whether this is the first declaration; Conflict when the dataset was declared of the other kind."""
    conn.execute("insert into registry.dataset (id, kind) values (%s, %s) on conflict do nothing", (dataset, kind))
    known = datasets.kind_of(conn, dataset)
    if known != kind:
        raise Conflict(
            Text(
                f"« {dataset} » est une donnée « {known} » : elle ne change pas de nature (Charte MIG, glossaire).",
                f"“{dataset}” is {known}: data do not change kind (MIG charter, glossary).",
            ),
            remedy=Text("Déclarez-la sous un autre identifiant.", "Declare it under another id."),
        )
    return not history.known(conn, "declared", {"dataset": dataset})


def _declared(conn: Conn, dataset: str) -> dict[str, dict[str, Any]]:
    return {row["facet"]: row["value"] for row in history.known(conn, "declared", {"dataset": dataset})}


def _rehearsed_since(conn: Conn) -> date | None:
    row = conn.execute("select min(effective) from registry.act where verb = %s", (REHEARSAL,)).fetchone()
    return row[0] if row else None


def _wake(conn: Conn, saying: Saying, since: date) -> None:
    """Publish (or propose) from the day; a coproduction that comes back is where the committee left it."""
    if saying.kind == "mutualised":
        state: dict[str, Any] = {"state": "published", "decision": None}
    else:
        past = [
            r for r in history.known(conn, "dataset_state", {"dataset": saying.dataset}) if r["state"] != "archived"
        ]
        last = max(
            past, key=lambda row: row["valid"].lower or date.min, default={"state": "proposed", "decision": None}
        )
        state = {"state": last["state"], "decision": last["decision"]}
    day = since if saying.first else saying.on
    datasets.set_state(conn, saying.number, saying.dataset, saying.kind, state["state"], day, state["decision"])


def _freeze_if_owner_left(conn: Conn, saying: Saying, owner: str) -> None:
    """What a former partner publishes after it left, nobody had: it serves no partner (004 §2.3.2)."""
    now = membership_status(conn, owner, saying.on)
    if now is not None and now["state"] == "former":
        said = {"dataset": saying.dataset, "organisations": [], "valid": history.span(saying.on)}
        history.insert(conn, saying.number, "frozen_audience", said)


def _wanted(conn: Conn, facet: str, declaration: Mapping[str, Any]) -> Any:
    """What the declaration says of a facet, as JSON values with bodies by their id."""
    value = declaration.get(facet)
    match facet:
        case "owner":
            return None if value is None else resolve(conn, value)
        case "working_group":
            return sorted(resolve(conn, body) for body in value or ())
        case "attributes":
            return list(declaration.get("columns") or value or ())
        case "metadata":
            return value or "public"
        case "terms":
            return None if value is None else _plain_terms(conn, value, declaration)
        case "exceptions":
            return [_plain_exception(conn, said) for said in value or ()]
        case _:
            return value


def _plain_terms(conn: Conn, said: Mapping[str, Any], declaration: Mapping[str, Any]) -> dict[str, Any]:
    plain = {key: _jsonable(value) for key, value in said.items() if value not in (None, (), [], False)}
    for key in ("named", "agreed"):
        if key in plain:
            plain[key] = sorted(resolve(conn, body) for body in plain[key])
    # New owner, new terms: the old ones were not its own.
    return {**plain, "by": resolve(conn, declaration["owner"])}


def _plain_exception(conn: Conn, said: Mapping[str, Any]) -> dict[str, Any]:
    plain = {key: _jsonable(value) for key, value in said.items() if value not in (None, (), [])}
    if "beneficiaries" in plain:
        plain["beneficiaries"] = sorted(resolve(conn, body) for body in plain["beneficiaries"])
    return plain


def _jsonable(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple | set | frozenset) else value
