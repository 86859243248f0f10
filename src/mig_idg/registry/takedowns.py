"""Takedowns (000 art. 7, 9.1): asked, executed with a tombstone, lifted; to the public only, or to all."""

from __future__ import annotations

from datetime import date
from typing import Any

from psycopg.types.json import Jsonb

from mig_idg.charter.facts import TAKEDOWNS
from mig_idg.charter.messages import day
from mig_idg.errors import Conflict, Text, UnknownWord
from mig_idg.registry import datasets, downstream, history
from mig_idg.registry.acts import Conn, Done, Record, act, open_act
from mig_idg.registry.statements import Row, ask

ARTICLE = "convention Tarn-et-Garonne, art. 7, 9.1"
SCOPES = {"public": Text("pour le public", "for the public"), "all": Text("pour tous", "for all")}
KEPT = ("dataset", "scope", "requester", "channel")


@act
def request(
    conn: Conn, dataset: str, scope: str, requester: str, channel: str, record: Record, *, reason: str | None = None
) -> Done:
    """Somebody asks that a dataset be withdrawn; received that day, not executed yet. The reason is what its tombstone
    will say to everybody."""
    return _received(conn, dataset, scope, requester, channel, record, reason)


@act
def withdraw(
    conn: Conn, dataset: str, scope: str, requester: str, channel: str, record: Record, *, reason: str | None = None
) -> tuple[Done, Done]:
    """The same, executed at once: a simple request is enough (000 art. 7)."""
    received = _received(conn, dataset, scope, requester, channel, record, reason)
    return received, _executed(conn, received.details["takedown"], record)


def _received(
    conn: Conn, dataset: str, scope: str, requester: str, channel: str, record: Record, reason: str | None
) -> Done:
    datasets.kind_of(conn, dataset)
    if scope not in TAKEDOWNS:
        raise UnknownWord(Text("Portée", "scope"), scope, TAKEDOWNS, closed=True)
    words = Text(
        f"Retrait de « {dataset} » {SCOPES[scope].fr}, demandé par {requester} ({channel}), reçu.",
        f"Takedown of “{dataset}” {SCOPES[scope].en}, asked by {requester} ({channel}), received.",
    )
    number = open_act(conn, record, verb="takedown request", article=ARTICLE, words=words)
    said: dict[str, Any] = {"dataset": dataset, "scope": scope, "requester": requester, "channel": channel}
    said["state"] = "received"
    if reason and reason.strip():
        said["tombstone"] = Jsonb({"reason": reason.strip()})
    row = history.insert(conn, number, "takedown", {**said, "valid": history.span(record.on)})
    (told,) = history.known(conn, "takedown", {"id": row})
    return Done(number, "takedown request", ARTICLE, words, {"takedown": told["number"], "dataset": dataset})


@act
def execute(conn: Conn, takedown: int, record: Record) -> Done:
    """The dataset is no longer served, to the public or to all, from that day; a tombstone says so."""
    return _executed(conn, takedown, record)


def _executed(conn: Conn, takedown: int, record: Record) -> Done:
    row = _in_state(conn, takedown, "received", record.on)
    words = Text(
        f"Le retrait n° {takedown} de « {row['dataset']} » est exécuté {SCOPES[row['scope']].fr}.",
        f"Takedown {takedown} of “{row['dataset']}” is executed {SCOPES[row['scope']].en}.",
    )
    number = open_act(conn, record, verb="takedown execute", article=ARTICLE, words=words)
    reason = (row["tombstone"] or {}).get("reason")
    tombstone = {"dataset": row["dataset"], "scope": row["scope"], "since": record.on.isoformat()} | (
        {"reason": reason} if reason else {}
    )
    said = {**{name: row[name] for name in KEPT}, "state": "executed", "tombstone": Jsonb(tombstone)}
    history.put(conn, number, "takedown", {"number": takedown}, said, history.span(record.on))
    told = downstream.tell(conn, number, takedown, row["dataset"], tombstone["since"], reason)
    details = {"takedown": takedown, "tombstone": tombstone, "harvesters": told}
    return Done(number, "takedown execute", ARTICLE, words, details)


@act
def lift(conn: Conn, takedown: int, record: Record) -> Done:
    """The dataset is served again from that day; copies that left stay where they are."""
    row = _in_state(conn, takedown, None, record.on)
    words = Text(
        f"Le retrait n° {takedown} de « {row['dataset']} » est levé le {day(record.on).fr}.",
        f"Takedown {takedown} of “{row['dataset']}” is lifted on {day(record.on).en}.",
    )
    number = open_act(conn, record, verb="takedown lift", article=ARTICLE, words=words)
    history.end(conn, number, "takedown", {"number": takedown}, history.span(record.on))
    return Done(number, "takedown lift", ARTICLE, words, {"takedown": takedown})


def listing(conn: Conn, on: date) -> list[Row]:
    """The takedowns that stand on the day."""
    return ask(conn, "takedowns", {"on": on})


def _in_state(conn: Conn, takedown: int, state: str | None, on: date) -> Row:
    rows = history.known(conn, "takedown", {"number": takedown}, on)
    if not rows or (state is not None and rows[0]["state"] != state):
        raise Conflict(
            Text(
                f"Aucun retrait n° {takedown} ne s'y prête le {day(on).fr}.",
                f"No takedown {takedown} allows it on {day(on).en}.",
            ),
            remedy=Text("Voyez « takedown list ».", "See “takedown list”."),
        )
    return rows[0]
