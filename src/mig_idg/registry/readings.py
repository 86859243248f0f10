"""How the partnership reads the ambiguous places of the texts: dated acts that cite the steering committee's decision.

`charter readings` lists the places, the reading proposed and the others. What is decided here replaces the proposal
from the day of the act; decisions of the days before stand as they were.
"""

from __future__ import annotations

from datetime import date, datetime

from mig_idg.charter.articles import Reading, readings
from mig_idg.charter.citations import cited
from mig_idg.charter.messages import day
from mig_idg.errors import InvalidParameter, Text, UnknownWord
from mig_idg.registry import history
from mig_idg.registry.acts import Conn, Done, Record, act, open_act
from mig_idg.registry.facts import FOREVER
from mig_idg.registry.refusals import refused
from mig_idg.registry.statements import Row, ask

TAKEN = "retained"
"""The choice of a reading that turns no switch: the partnership confirms the one proposed."""


@act
def take(conn: Conn, number: int, choice: str, record: Record, *, decision: int, days: int = 0) -> Done:
    """From the day of the record, the partnership reads this ambiguity so, by the adopted decision it cites."""
    reading = _known(number)
    _check(reading, choice, days)
    _require_decision(conn, number, decision, record.on)
    where = cited(reading.text)
    words = Text(
        f"Lecture n° {number} ({where.fr}) : « {choice} » à compter du {day(record.on).fr}, par la décision "
        f"n° {decision} du comité de pilotage.",
        f"Reading no. {number} ({where.en}): “{choice}” from {day(record.on).en}, by the steering committee's decision "
        f"no. {decision}.",
    )
    line = open_act(conn, record, verb="charter take-reading", article=reading.text, words=words)
    said = {"choice": choice, "days": days, "decision": decision}
    history.put(conn, line, "reading", {"number": number}, said, history.span(record.on))
    details = {"number": number, "choice": choice, "setting": reading.setting, "from": record.on, "cites": decision}
    return Done(line, "charter take-reading", reading.text, words, details | ({"days": days} if days else {}))


def taken(conn: Conn, on: date, known_at: datetime | None = None) -> list[Row]:
    """The readings taken, as they stand on the day and as we knew them."""
    return ask(conn, "facts_readings", {"on": on, "known_at": known_at or FOREVER})


def _known(number: int) -> Reading:
    found = next((reading for reading in readings() if reading.number == number), None)
    if found is None:
        raise UnknownWord(Text("Lecture", "reading"), str(number), [str(one.number) for one in readings()])
    return found


def _check(reading: Reading, choice: str, days: int) -> None:
    choices = reading.choices or (TAKEN,)
    if choice not in choices:
        raise UnknownWord(Text("Lecture", "reading"), choice, choices, closed=True)
    if (choice == "read_only_grace") != (days > 0):
        raise InvalidParameter(
            "days",
            Text(
                "« read_only_grace » se compte en jours, les autres lectures non.",
                "“read_only_grace” is counted in days, the other readings are not.",
            ),
            remedy=Text("Par exemple --days 90.", "For instance --days 90."),
        )


def _require_decision(conn: Conn, number: int, decision: int, on: date) -> None:
    row = conn.execute(
        "select 1 from registry.decision_result where id = %s and committee_kind = 'steering' and subject = 'reading'"
        " and subject_id = %s and nature = 'decision' and held_on <= %s and adopted",
        (decision, str(number), on),
    ).fetchone()
    if row is None:
        raise refused(
            "Charte MIG, § 2.4.1",
            Text(
                f"Aucune décision adoptée du comité de pilotage n° {decision} sur la lecture n° {number} à cette date.",
                f"No adopted decision no. {decision} of the steering committee on reading no. {number} by then.",
            ),
            remedy=Text(
                f"« committee record --committee steering --item reading {number} … », puis --decision NUMÉRO.",
                f"“committee record --committee steering --item reading {number} …”, then --decision NUMBER.",
            ),
            rule="a_reading_is_decided_by_the_steering_committee",
        )
