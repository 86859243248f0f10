"""Changes of the charter: an amendment is approved by the committees, then by each partner for itself (004 §2.6).

A version binds a partner from its own approval; meanwhile the one it accepted before binds it (rules.md §7, 17). What
a change says is in its text: no rule of the book reads it, and an approval that is awaited closes nothing.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from mig_idg.charter.messages import day
from mig_idg.errors import Conflict, InvalidParameter, Text, UnknownWord
from mig_idg.registry import history
from mig_idg.registry.acts import Conn, Done, Record, act, open_act
from mig_idg.registry.facts import FOREVER
from mig_idg.registry.membership_status import membership_status
from mig_idg.registry.organisations import name_of
from mig_idg.registry.refusals import refused
from mig_idg.registry.statements import Row, ask

ARTICLE = "Charte MIG, § 2.6"


@act
def amend(conn: Conn, version: str, title: str, record: Record) -> Done:
    """Record a change that the steering committee approved after the technical committee's opinion."""
    if history.known(conn, "instrument_term", {"instrument": version}):
        raise Conflict(Text(f"« {version} » est déjà enregistrée.", f"“{version}” is already recorded."))
    if not title.strip():
        raise InvalidParameter("title", Text("Une modification a un titre.", "A change has a title."))
    charters = history.known(conn, "instrument_term", {"kind": "charter"}, record.on)
    if not charters:
        raise refused(
            "Charte MIG, § 2.7",
            Text("Aucune charte n'est en vigueur : rien à modifier.", "No charter is in force: nothing to change."),
        )
    words = Text(
        f"Modification de la charte « {version} », approuvée par le comité de pilotage : {title}.",
        f"Change of the charter “{version}”, approved by the steering committee: {title}.",
    )
    number = open_act(conn, record, verb="committee amend", article=ARTICLE, words=words)
    conn.execute(
        "insert into registry.instrument (id, kind, version, title) values (%s, 'amendment', %s, %s)"
        " on conflict do nothing",
        (version, version, title),
    )
    said = {"instrument": version, "kind": "amendment", "decision": _approval(conn, version, record.on)}
    history.insert(conn, number, "instrument_term", {**said, "valid": history.span(record.on)})
    return Done(number, "committee amend", ARTICLE, words, {"version": version, "from": record.on})


@act
def accept(conn: Conn, organisation: str, version: str, record: Record) -> Done:
    """A partner approves a change under its own rules: the change binds it from the day of the record."""
    known = [row["instrument"] for row in history.known(conn, "instrument_term", {"kind": "amendment"})]
    if version not in known:
        raise UnknownWord(Text("Modification de la charte", "change of the charter"), version, known)
    name = name_of(conn, organisation)
    now = membership_status(conn, organisation, record.on)
    if now is None or now["state"] != "adherent":
        raise refused(
            ARTICLE,
            Text(
                f"{name} n'est pas partenaire le {day(record.on).fr} : chaque partenaire approuve pour lui-même.",
                f"{name} is no partner on {day(record.on).en}: each partner approves for itself.",
            ),
        )
    key = {"organisation": organisation, "instrument": version}
    if history.known(conn, "instrument_acceptance", key):
        raise Conflict(
            Text(f"{name} a déjà approuvé « {version} ».", f"{name} has already approved “{version}”."),
        )
    words = Text(
        f"{name} approuve la modification « {version} » de la charte, qui l'engage à compter du {day(record.on).fr}.",
        f"{name} approves the change “{version}” of the charter, which binds it from {day(record.on).en}.",
    )
    number = open_act(conn, record, verb="partner accept", article=ARTICLE, words=words)
    said = {"accepted_on": record.on, "piece": record.evidence.reference}
    history.insert(conn, number, "instrument_acceptance", {**key, **said})
    return Done(number, "partner accept", ARTICLE, words, {**key, "from": record.on})


def accepted_on_joining(conn: Conn, on: date) -> list[str]:
    """What a body that signs its form on the day accepts with the charter: the changes already in force."""
    return [str(row["instrument"]) for row in history.known(conn, "instrument_term", {"kind": "amendment"}, on)]


def listing(conn: Conn, on: date, known_at: datetime | None = None) -> list[Row]:
    """The charter and its changes on the day: since when, whom each binds, whose approval is awaited."""
    return ask(conn, "versions", {"on": on, "known_at": known_at or FOREVER})


def _approval(conn: Conn, version: str, on: date) -> int | None:
    """The steering committee's decision on the change, the latest by the day; None lets the database refuse."""
    rows: list[Any] = ask(conn, "change_approved", {"version": version, "on": on})
    return int(rows[0]["id"]) if rows else None
