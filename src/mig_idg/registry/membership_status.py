"""Where a body stands with the charter on a day, and what its adhesion file holds."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from mig_idg.charter.citations import cited
from mig_idg.errors import Text
from mig_idg.registry import history
from mig_idg.registry.acts import Conn
from mig_idg.registry.facts import FOREVER
from mig_idg.registry.statements import Row, ask

PIECES = {
    "deliberation": Text("délibération ou décision", "deliberation or decision"),
    "form": Text("formulaire d'adhésion signé", "signed form"),
    "email_return": Text("renvoi par mail", "return by e-mail"),
    "postal_return": Text("renvoi par courrier postal", "return by post"),
}
STATES = {
    "applied": Text("candidature déposée", "applied"),
    "admissible": Text("candidature recevable", "admissible"),
    "opinion_pending": Text("avis du comité technique attendu", "technical opinion awaited"),
    "decision_pending": Text("décision du comité de pilotage attendue", "steering decision awaited"),
    "approved": Text("candidature approuvée", "approved"),
    "refused": Text("candidature rejetée", "refused"),
    "pieces_pending": Text("pièces attendues", "pieces awaited"),
    "adherent": Text("partenaire", "partner"),
    "former": Text("ancien partenaire", "former partner"),
}
ON_THE_WAY = ("applied", "admissible", "opinion_pending", "decision_pending", "approved", "pieces_pending")


def membership_status(conn: Conn, organisation: str, on: date) -> dict[str, Any] | None:
    """The state of a body on a day, as known today; None when it never applied."""
    rows = history.known(conn, "membership", {"organisation": organisation}, on)
    return rows[0] if rows else None


def missing_pieces(conn: Conn, organisation: str, application: int) -> list[str]:
    """The pieces that the file still lacks, in the order of the charter."""
    filed = history.known(conn, "piece", {"organisation": organisation, "application": application})
    there = {row["kind"] for row in filed}
    return [kind for kind in PIECES if kind not in there]


def standings(conn: Conn, on: date, known_at: datetime | None = None) -> list[Row]:
    """Where every body stands on the day, partners first, as known at an instant (None: now)."""
    return ask(conn, "standings", {"on": on, "known_at": known_at or FOREVER})


def file_of(conn: Conn, organisation: str, on: date, known_at: datetime | None = None) -> dict[str, Any]:
    """The adhesion file of a body: `state` on the day, `course` of its states, `pieces`, `missing` ones."""
    when = {"organisation": organisation, "known_at": known_at or FOREVER}
    course = [{**row, "article": cited(row["article"]).fr} for row in ask(conn, "course", when)]
    now = next((row for row in course if _holds(row, on)), None)
    missing = missing_pieces(conn, organisation, now["application"]) if now and now["state"] in ON_THE_WAY else []
    return {
        "state": now["state"] if now else None,
        "course": course,
        "pieces": ask(conn, "pieces", when),
        "missing": missing,
    }


def _holds(row: Row, on: date) -> bool:
    return (row["since"] is None or row["since"] <= on) and (row["until"] is None or on < row["until"])
