"""Mandates: who speaks for a body, in which role, from when to when (004 §2.1.3, §2.4.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mig_idg.charter.messages import day
from mig_idg.errors import Conflict, InvalidParameter, Text, UnknownWord
from mig_idg.registry import history
from mig_idg.registry.acts import Conn, Done, Record, act, open_act
from mig_idg.registry.organisations import name_of, require_day
from mig_idg.registry.statements import Row, ask

ARTICLE = "Charte MIG, § 2.1.3"
ROLES = {
    "technical_referent": Text("référent technique", "technical referent"),
    "deputy": Text("suppléant", "deputy"),
    "steering_representative": Text("représentant au comité de pilotage", "steering representative"),
    "facilitator": Text("animateur", "facilitator"),
    "pilot_project_manager": Text("chargé de projet", "pilot project manager"),
    "resource_person": Text("personne ressource", "resource person"),
    "host_contact": Text("contact de la partie accueillante", "host contact"),
    "depositor_contact": Text("contact de la partie déposante", "depositor contact"),
}
ONE_HOLDER = ("technical_referent", "deputy", "steering_representative", "pilot_project_manager")


@dataclass(frozen=True, slots=True)
class Person:
    """Who holds a mandate; e-mail and phone as Annex 2 asks for them."""

    name: str
    email: str | None = None
    phone: str | None = None


@act
def name(
    conn: Conn, organisation: str, role: str, person: Person, record: Record, *, until: date | None = None
) -> Done:
    """The person holds the role from the day of the record; who held it before ends there, and stays in history."""
    if role not in ROLES:
        raise UnknownWord(Text("Rôle", "role"), role, ROLES, closed=True)
    if not person.name.strip():
        raise InvalidParameter("person", Text("Un mandat a un titulaire.", "A mandate has a holder."))
    require_day(record.on, until)
    words = Text(
        f"{person.name}, {ROLES[role].fr} ({name_of(conn, organisation)}), à compter du {day(record.on).fr}.",
        f"{person.name}, {ROLES[role].en} ({name_of(conn, organisation)}), from {day(record.on).en}.",
    )
    number = open_act(conn, record, verb="partner mandate", article=ARTICLE, words=words)
    key = {"organisation": organisation, "role": role}
    if role not in ONE_HOLDER:
        key["person"] = person.name
    history.end(conn, number, "mandate", key, history.span(record.on))
    said = {"person": person.name, "email": person.email, "phone": person.phone}
    history.insert(conn, number, "mandate", {**key, **said, "valid": history.span(record.on, until)})
    return Done(number, "partner mandate", ARTICLE, words, {"organisation": organisation, "role": role})


@act
def end(conn: Conn, organisation: str, role: str, record: Record) -> Done:
    """Nobody holds the role any more from the day of the record."""
    if role not in ROLES:
        raise UnknownWord(Text("Rôle", "role"), role, ROLES, closed=True)
    key = {"organisation": organisation, "role": role}
    if not history.known(conn, "mandate", key, record.on):
        raise Conflict(
            Text(
                f"Personne n'est {ROLES[role].fr} pour {name_of(conn, organisation)} le {day(record.on).fr}.",
                f"Nobody is {ROLES[role].en} for {name_of(conn, organisation)} on {day(record.on).en}.",
            )
        )
    words = Text(
        f"{name_of(conn, organisation)} n'a plus de {ROLES[role].fr} à compter du {day(record.on).fr}.",
        f"{name_of(conn, organisation)} has no {ROLES[role].en} from {day(record.on).en}.",
    )
    number = open_act(conn, record, verb="partner mandate", article=ARTICLE, words=words)
    history.end(conn, number, "mandate", key, history.span(record.on))
    return Done(number, "partner mandate", ARTICLE, words, key)


def without_referent(conn: Conn, on: date) -> list[str]:
    """The partners that have no technical referent on the day: §2.1.3 asks each to name one."""
    return [row["organisation"] for row in ask(conn, "without_referent", {"on": on})]


def held(conn: Conn, organisation: str, on: date) -> list[Row]:
    """The mandates held for a body on the day."""
    rows = history.known(conn, "mandate", {"organisation": organisation}, on)
    shown = ("role", "person", "email", "phone")
    return [{**{name: row[name] for name in shown}, "since": row["valid"].lower} for row in rows]
