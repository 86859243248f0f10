"""Interventions on a host's supports: asked, agreed or refused, done or stopped.

Aix-Marseille-Provence convention, art. 9: none is done without the host's recorded agreement, and only on a support
that an annex lists; the host may stop one, add conditions, or demand that what was installed be removed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from mig_idg.charter.messages import day
from mig_idg.charter.periods import MODELS
from mig_idg.errors import Conflict, InvalidParameter, Lang, Text, UnknownWord
from mig_idg.registry import conventions, equipment, history
from mig_idg.registry.acts import Conn, Done, Record, act, open_act
from mig_idg.registry.refusals import refused
from mig_idg.registry.statements import Row, ask

ARTICLE = MODELS["aix-marseille"].article("art. 9")
MOVES: dict[str, tuple[str, ...]] = {
    "asked": ("agreed", "refused"),
    "agreed": ("done", "stopped"),
    "refused": (),
    "done": (),
    "stopped": (),
}
STATES = {
    "asked": Text("demandée", "asked"),
    "agreed": Text("accordée", "agreed"),
    "refused": Text("refusée", "refused"),
    "done": Text("faite", "done"),
    "stopped": Text("arrêtée", "stopped"),
}

_KEPT = (
    "convention", "support", "depositor", "host", "starts_on", "ends_on", "modalities", "requested_conditions",
    "commissioning", "operators", "conditions", "reasons", "removal_by",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Intervention:
    """What the depositor asks: where, when, how, with whom, under which conditions it is put into service."""

    support: str
    starts_on: date
    ends_on: date
    modalities: str
    conditions: str | None = None
    commissioning: str | None = None
    operators: Collection[str] = ()


@act
def request(conn: Conn, convention: str, by: str, asked: Intervention, record: Record) -> Done:
    """The depositor asks; only on a support that an annex of the convention lists on that day."""
    found = conventions.convention(conn, convention)
    if asked.ends_on < asked.starts_on:
        raise InvalidParameter("until", Text("Elle finit avant de commencer.", "It ends before it starts."))
    line = _support(conn, found, asked.support, by, record.on)
    words = Text(
        f"{by} demande à intervenir sur {asked.support} du {day(asked.starts_on).fr} au {day(asked.ends_on).fr}.",
        f"{by} asks to work on {asked.support} from {day(asked.starts_on).en} to {day(asked.ends_on).en}.",
    )
    number = open_act(conn, record, verb="intervention ask", article=ARTICLE, words=words)
    values = {
        "convention": convention, "support": asked.support, "depositor": by, "host": line["host"],
        "starts_on": asked.starts_on, "ends_on": asked.ends_on, "modalities": asked.modalities,
        "requested_conditions": asked.conditions, "commissioning": asked.commissioning,
        "operators": list(asked.operators), "state": "asked", "valid": history.span(record.on),
    }  # fmt: skip
    row = history.insert(conn, number, "intervention", values)
    opened = conn.execute("select number from registry.intervention where id = %s", (row,)).fetchone()
    assert opened is not None
    contact = line["host_contact"]
    return Done(number, "intervention ask", ARTICLE, words, {"intervention": int(opened[0]), "notify": contact})


@act
def agree(conn: Conn, number: int, record: Record, *, conditions: str | None = None) -> Done:
    """The host agrees, with its conditions; said again, it replaces them."""
    row = latest(conn, number)
    if row["state"] == "agreed":
        return _write(conn, row, record, "agreed", conditions=conditions)
    return _move(conn, row, record, "agreed", conditions=conditions)


@act
def refuse(conn: Conn, number: int, reasons: str, record: Record) -> Done:
    """The host refuses, and says why."""
    return _move(conn, latest(conn, number), record, "refused", reasons=_said(reasons))


@act
def stop(conn: Conn, number: int, reasons: str, record: Record) -> Done:
    """The host stops an intervention it had agreed to, and says why to the depositor."""
    return _move(conn, latest(conn, number), record, "stopped", reasons=_said(reasons))


@act
def finish(conn: Conn, number: int, record: Record) -> Done:
    """The intervention is done: refused without the host's recorded agreement, or before it was to start."""
    row = latest(conn, number)
    if row["state"] == "asked":
        raise refused(
            ARTICLE,
            Text(
                f"L'accord de {row['host']} est un préalable nécessaire à toute intervention.",
                f"The agreement of {row['host']} comes before any intervention.",
            ),
            remedy=Text(f"« mig-idg intervention agree {number} »", f"“mig-idg intervention agree {number}”"),
            rule="no_intervention_without_the_host_s_agreement",
        )
    if record.on < row["starts_on"]:
        raise InvalidParameter(
            "on", Text(f"Elle commence le {day(row['starts_on']).fr}.", f"It starts on {day(row['starts_on']).en}.")
        )
    return _move(conn, row, record, "done")


@act
def demand_removal(conn: Conn, number: int, by_day: date, reasons: str, record: Record) -> Done:
    """The host demands that what was installed be removed by a day, and says why."""
    row = latest(conn, number)
    if row["state"] not in ("done", "stopped"):
        raise Conflict(Text("Rien n'a encore été installé.", "Nothing has been installed yet."))
    return _write(conn, row, record, row["state"], reasons=_said(reasons), removal_by=by_day)


def latest(conn: Conn, number: int) -> Row:
    """The last known state of an intervention; UnknownWord."""
    rows = history.known(conn, "intervention", {"number": number})
    if not rows:
        known = [str(n) for (n,) in conn.execute("select distinct number from registry.intervention order by 1")]
        raise UnknownWord(Text("Intervention", "intervention"), str(number), known)
    return max(rows, key=lambda row: row["valid"].lower)


def listing(conn: Conn, on: date, *, organisation: str | None = None) -> list[Row]:
    """Interventions as they stand on a day, soonest first; those that concern one body when it is named."""
    return ask(conn, "interventions", {"on": on, "organisation": organisation})


def calendar(rows: Collection[Row], on: date, lang: Lang) -> bytes:
    """Interventions as an iCalendar file: refused ones are cancelled events."""
    from icalendar import Calendar, Event

    book = Calendar()
    book.add("prodid", "-//mig-idg//FR")
    book.add("version", "2.0")
    for row in rows:
        event = Event()
        event.add("uid", f"intervention-{row['intervention']}@mig-idg")
        event.add("dtstamp", datetime.combine(on, time(), UTC))
        event.add("dtstart", row["starts_on"])
        event.add("dtend", row["ends_on"] + timedelta(days=1))
        event.add("summary", f"{row['support']} — {STATES[row['state']].in_(lang)} ({row['depositor']})")
        event.add("description", row["modalities"])
        gone = row["state"] in ("refused", "stopped")
        event.add("status", "CANCELLED" if gone else "CONFIRMED" if row["state"] != "asked" else "TENTATIVE")
        book.add_component(event)
    return bytes(book.to_ical())


def _support(conn: Conn, found: conventions.Convention, support: str, by: str, on: date) -> Row:
    """The line of the annex that lists the support for this depositor; refused when there is none (art. 9)."""
    here = equipment.lines(conn, on, convention=found.id)
    for row in here:
        if support in (row["asset"] if row["annex"] == "support" else None, row["support"]) and row["depositor"] == by:
            return row
    listed = sorted({row["support"] or row["asset"] for row in here if row["annex"] == "support" or row["support"]})
    raise refused(
        ARTICLE,
        Text(
            f"{by} n'intervient que sur les supports validés en annexe ; {support} n'y est pas pour lui.",
            f"{by} works only on supports listed in the annex; {support} is not there for it.",
        ),
        remedy=Text(f"En annexe : {', '.join(listed) or 'aucun'}.", f"In the annex: {', '.join(listed) or 'none'}."),
        rule="only_on_supports_of_the_annex",
    )


def _said(reasons: str) -> str:
    if not reasons.strip():
        raise InvalidParameter("reasons", Text("Dites pourquoi.", "Say why."))
    return reasons


def _move(conn: Conn, row: Row, record: Record, state: str, **changes: Any) -> Done:
    follows = MOVES[row["state"]]
    if state not in follows:
        fr, en = (", ".join(STATES[one].in_(lang) for one in follows) or "—" for lang in ("fr", "en"))
        raise Conflict(
            Text(
                f"L'intervention n° {row['number']} est {STATES[row['state']].fr} ; elle peut devenir : {fr}.",
                f"Intervention no. {row['number']} is {STATES[row['state']].en}; it may become: {en}.",
            ),
            extra={"article": ARTICLE},
        )
    return _write(conn, row, record, state, **changes)


def _write(conn: Conn, row: Row, record: Record, state: str, **changes: Any) -> Done:
    if record.on < row["valid"].lower:
        since = day(row["valid"].lower)
        raise InvalidParameter("on", Text(f"Son état date du {since.fr}.", f"Its state dates from {since.en}."))
    verb = f"intervention {state}"
    words = Text(
        f"Intervention n° {row['number']} sur {row['support']} : {STATES[state].fr}.",
        f"Intervention no. {row['number']} on {row['support']}: {STATES[state].en}.",
    )
    number = open_act(conn, record, verb=verb, article=ARTICLE, words=words)
    kept = {name: row[name] for name in _KEPT}
    values = kept | {name: value for name, value in changes.items() if value is not None} | {"state": state}
    history.put(conn, number, "intervention", {"number": row["number"]}, values, history.span(record.on))
    return Done(number, verb, ARTICLE, words, {"intervention": row["number"], "state": state, **changes})
