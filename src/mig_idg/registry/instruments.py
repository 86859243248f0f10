"""Instruments: the charter's own term, and the decision that prolongs it (004 §2.7)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from mig_idg.charter.deadlines import warnings
from mig_idg.charter.messages import day
from mig_idg.errors import InvalidParameter, Text
from mig_idg.registry import committees, facts, history
from mig_idg.registry.acts import Conn, Done, Record, act, open_act
from mig_idg.registry.committees import Item, Sitting
from mig_idg.registry.refusals import refused

ARTICLE = "Charte MIG, § 2.7"
CHARTER = "mig-2022"


@act
def prolong(conn: Conn, until: date, sitting: Sitting, record: Record, *, against: Collection[str] = ()) -> Done:
    """The steering committee decides that the charter goes on to `until` (excluded); refused if one opposes it."""
    rows = history.known(conn, "instrument_term", {"kind": "charter"})
    if not rows:
        raise refused(ARTICLE, Text("Aucune charte n'est enregistrée.", "No charter is recorded."))
    last = max(rows, key=lambda row: row["valid"].upper or date.max)
    end = last["valid"].upper
    if end is None or until <= end:
        raise InvalidParameter(
            "until",
            Text("La charte va déjà jusque-là.", "The charter already goes that far."),
        )
    words = Text(
        f"Le comité de pilotage prolonge la charte jusqu'au {day(until).fr} exclu.",
        f"The steering committee prolongs the charter until {day(until).en} excluded.",
    )
    number = open_act(conn, record, verb="committee prolong", article=ARTICLE, words=words)
    item = Item("continuation", last["instrument"], f"Poursuite de la charte jusqu'au {until}", against=against)
    (ruling,) = committees.rule(conn, number, sitting, [item], record)
    if not ruling.adopted:
        raise refused(
            "Charte MIG, § 2.4.1, § 2.7",
            Text(
                "La prolongation n'est pas adoptée : l'unanimité des présents est requise.",
                "The prolongation is not adopted: those present must be unanimous.",
            ),
        )
    key = {"instrument": last["instrument"]}
    said = {"kind": "charter", "decision": ruling.decision, "signed_on": last["signed_on"], "renewal": last["renewal"]}
    history.put(conn, number, "instrument_term", key, said, history.span(end, until))
    return Done(number, "committee prolong", ARTICLE, words, {"instrument": last["instrument"], "until": until})


def found(conn: Conn, number: int, start: date, end: date, title: str) -> None:
    """Write the charter's own term, as its text says it, unless it is already known."""
    conn.execute(
        "insert into registry.instrument (id, kind, version, title) values (%s, 'charter', '2022', %s)"
        " on conflict do nothing",
        (CHARTER, title),
    )
    if not history.known(conn, "instrument_term", {"instrument": CHARTER}):
        said = {"instrument": CHARTER, "kind": "charter", "renewal": "none"}
        history.insert(conn, number, "instrument_term", {**said, "valid": history.span(start, end)})


def charter_warnings(conn: Conn, on: date, known_at: datetime | None = None) -> dict[str, Any]:
    """Whether the charter is in force on the day, its span, and the notices due before its end (12, 6, 3, 1 months)."""
    span = facts.load(conn, on, known_at).charter
    if span is None:
        return {"in_force": False, "from": None, "to": None, "warnings": []}
    notices = [{"months": n.months, "due": n.due, "last_day": n.last_day} for n in warnings(span, on)]
    return {"in_force": span.covers(on), "from": span.start, "to": span.end, "warnings": notices}
