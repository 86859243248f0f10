"""Committees: a meeting, who was there, what was put, who opposed; the result is computed (004 §2.4)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from mig_idg.charter.messages import day
from mig_idg.errors import InvalidParameter, Text, UnknownWord
from mig_idg.registry import history
from mig_idg.registry.acts import Conn, Done, Record, act, open_act
from mig_idg.registry.refusals import refused
from mig_idg.registry.statements import ask

COMMITTEES = ("steering", "technical")
NAMES = {
    "steering": Text("le comité de pilotage", "the steering committee"),
    "technical": Text("le comité technique", "the technical committee"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One point of the agenda: the subject, what it is about, the motion, and who did not vote for it."""

    subject: str
    subject_id: str
    motion: str
    nature: str = "decision"
    against: Collection[str] = ()
    abstained: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Ruling:
    """An item once ruled: its number in the registry, and whether nobody present opposed it."""

    decision: int
    item: Item
    adopted: bool


@dataclass(frozen=True, slots=True)
class Sitting:
    """A meeting as it is recorded: which committee, who was present, the reference of its minutes."""

    committee: str
    present: Collection[str]
    minutes: str


@act
def record_meeting(conn: Conn, sitting: Sitting, items: Sequence[Item], record: Record) -> tuple[Done, list[Ruling]]:
    """Record a meeting held on the day of the record, its attendance and its votes."""
    words = _minutes_words(sitting, record)
    number = open_act(conn, record, verb="committee record", article="Charte MIG, § 2.4", words=words)
    rulings = rule(conn, number, sitting, items, record)
    details = {
        "committee": sitting.committee,
        "held_on": record.on,
        "present": sorted(sitting.present),
        "decisions": [
            {"decision": r.decision, "subject": r.item.subject, "about": r.item.subject_id, "adopted": r.adopted}
            for r in rulings
        ],
    }
    return Done(number, "committee record", "Charte MIG, § 2.4", words, details), rulings


def rule(conn: Conn, number: int, sitting: Sitting, items: Sequence[Item], record: Record) -> list[Ruling]:
    """Write the items ruled at a meeting, under an act already open; the meeting is found again by its day."""
    if sitting.committee not in COMMITTEES:
        raise UnknownWord(Text("Comité", "committee"), sitting.committee, COMMITTEES, closed=True)
    meeting = _meeting(conn, number, sitting, record)
    first = _items_so_far(conn, meeting) + 1
    return [
        _rule(conn, number, meeting, sitting, item, place, record.on) for place, item in enumerate(items, start=first)
    ]


def attendance(conn: Conn, sitting: Sitting, absent: Collection[str], on: date) -> dict[str, list[str]]:
    """Every partner of the day as present or absent; refused when it is not a committee, or tells two things of one.

    Each partner has its seat (004 §2.4.1, §2.4.2): who is not told to be present was absent, and is named.
    """
    partners = {
        body
        for (body,) in conn.execute(
            "select organisation from registry.membership"
            " where state = 'adherent' and closed_by is null and valid @> %s",
            (on,),
        )
    }
    present = set(sitting.present)
    if both := sorted(present & set(absent)):
        raise InvalidParameter(
            "absent",
            Text(f"Présents et absents à la fois : {', '.join(both)}.", f"Both present and absent: {', '.join(both)}."),
        )
    if len(present) < 2 and len(partners) > 1:
        raise refused(
            "Charte MIG, § 2.4.2",
            Text(
                "Un comité réunit les partenaires : un seul présent ne valide rien.",
                "A committee is a meeting of partners: one alone validates nothing.",
            ),
            remedy=Text("Nommez chaque présent avec --present.", "Name each one present with --present."),
        )
    return {"present": sorted(present), "absent": sorted(partners - present)}


def result(conn: Conn, decision: int) -> dict[str, Any] | None:
    """A decision with its computed result, or None."""
    rows = ask(conn, "decision_result", {"decision": decision})
    return rows[0] if rows else None


def meetings(conn: Conn) -> list[dict[str, Any]]:
    """Every meeting with its attendance and results, latest first."""
    return ask(conn, "meetings")


def agenda(conn: Conn, on: date) -> list[dict[str, Any]]:
    """What the committees have still to look at on the day: withdrawals to analyse (004 §2.4.2)."""
    return ask(conn, "agenda", {"on": on})


def _minutes_words(sitting: Sitting, record: Record) -> Text:
    name = NAMES.get(sitting.committee, Text(sitting.committee, sitting.committee))
    return Text(
        f"Séance du {day(record.on).fr} : {name.fr}, {len(sitting.present)} présents.",
        f"Meeting of {day(record.on).en}: {name.en}, {len(sitting.present)} present.",
    )


def _meeting(conn: Conn, number: int, sitting: Sitting, record: Record) -> int:
    held = history.known(conn, "meeting", {"committee": sitting.committee, "held_on": record.on})
    if held:
        meeting = int(held[0]["id"])
    else:
        said = {"committee": sitting.committee, "committee_kind": sitting.committee}
        meeting = history.insert(conn, number, "meeting", {**said, "held_on": record.on, "minutes": sitting.minutes})
    there = {row["organisation"] for row in history.known(conn, "attendance", {"meeting": meeting})}
    for organisation in sorted(set(sitting.present) - there):
        history.insert(conn, number, "attendance", {"meeting": meeting, "organisation": organisation})
    if not there and not sitting.present:
        raise InvalidParameter(
            "present",
            Text(
                "La présence est obligatoire : personne n'a siégé.",
                "Attendance is mandatory: nobody sat.",
            ),
            remedy=Text("Nommez les présents avec --present.", "Name those present with --present."),
        )
    return meeting


def _items_so_far(conn: Conn, meeting: int) -> int:
    return max((row["item"] for row in history.known(conn, "decision", {"meeting": meeting})), default=0)


def _strike_out(conn: Conn, number: int, sitting: Sitting, item: Item, decision: int) -> None:
    """What was on the agenda and has been ruled on is no longer to be looked at."""
    key = {"committee": sitting.committee, "subject": item.subject, "subject_id": item.subject_id}
    for row in history.known(conn, "agenda_item", key):
        if row["decision"] is None:
            history.close(conn, number, "agenda_item", {"id": row["id"]})
            said = {"opened_on": row["opened_on"], "words": row["words"], "decision": decision}
            history.insert(conn, number, "agenda_item", {**key, **said})


def _require_subject(conn: Conn, subject: str) -> None:
    """UnknownWord for a subject that no committee may rule on."""
    known = [word for (word,) in conn.execute("select distinct subject from registry.competence order by subject")]
    if subject not in known:
        raise UnknownWord(Text("Sujet", "subject"), subject, known, closed=True)


def _rule(conn: Conn, number: int, meeting: int, sitting: Sitting, item: Item, place: int, on: date) -> Ruling:
    _require_subject(conn, item.subject)
    decision = history.insert(
        conn,
        number,
        "decision",
        {
            "meeting": meeting,
            "committee_kind": sitting.committee,
            "item": place,
            "subject": item.subject,
            "subject_id": item.subject_id,
            "nature": item.nature,
            "motion": item.motion,
        },
    )
    present = {row["organisation"] for row in history.known(conn, "attendance", {"meeting": meeting})}
    silent = present - set(item.against) - set(item.abstained)
    for voice, voters in (("against", item.against), ("abstention", item.abstained), ("for", silent)):
        for organisation in sorted(voters):
            history.insert(conn, number, "vote", {"decision": decision, "organisation": organisation, "voice": voice})
    _strike_out(conn, number, sitting, item, decision)
    told = result(conn, decision)
    adopted = bool(told and told["adopted"])
    if adopted and (item.subject, item.nature) == ("working_group", "decision"):
        _constitute(conn, number, item, decision, on)
    return Ruling(decision, item, adopted)


def _constitute(conn: Conn, number: int, item: Item, decision: int, on: date) -> None:
    """The technical committee constitutes a working group (004 §2.4.2): it is there from the day of the decision."""
    conn.execute("insert into registry.working_group (id) values (%s) on conflict do nothing", (item.subject_id,))
    said = {"title": item.motion, "decision": decision}
    days = history.span(on)
    history.put(conn, number, "working_group_term", {"working_group": item.subject_id}, said, days)
