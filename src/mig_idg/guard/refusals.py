"""What is refused, in the words of the threshold: hidden or missing, by the charter, impossible for PostgreSQL."""

from __future__ import annotations

import structlog

from mig_idg.charter import Decision
from mig_idg.database.pipeline import StatementFailed
from mig_idg.errors import BadRequest, NotFound, Problem, Refused, SignInNeeded, Text, Unavailable
from mig_idg.guard.credentials import BEARER, BEARER_AND_BASIC
from mig_idg.guard.request import Request
from mig_idg.store.collection import Collection

log = structlog.get_logger(__name__)


def missing(collection: str) -> NotFound:
    """A collection that is not there, or that this caller may not know of: one answer."""
    return NotFound(
        Text(f"Aucune collection « {collection} ».", f"There is no collection “{collection}”."),
        remedy=Text("La liste est à /collections.", "The list is at /collections."),
        extra={"collection": collection},
    )


def refused(collection: Collection, decision: Decision, request: Request, action: str) -> Problem:
    """The refusal of a collection whose existence the caller may know: rule, article, reason, remedy.

    401 for who showed no credential: programs ask for one only then. A page is spared the browser's own dialogue: it
    leads to the form (`Bearer` alone).
    """
    kind = SignInNeeded if request.principal.public else Refused
    error = kind(
        decision.reason,
        remedy=decision.remedy,
        extra={
            "rule": decision.rule,
            "article": decision.article,
            "reason": decision.reason,
            "collection": collection.id,
            "action": action,
            "access": request.url(f"/collections/{collection.id}/access"),
        },
    )
    if kind is SignInNeeded:
        page = "text/html" in request.headers.get("accept", "")
        error.headers["www-authenticate"] = BEARER if page else BEARER_AND_BASIC
    return error


def statement_problem(error: StatementFailed) -> Problem:
    """What a refusal by PostgreSQL is outside: the words of the database never leave."""
    state = error.sqlstate
    if state == "57014":
        late = Unavailable(
            Text("La demande prend trop de temps.", "The request takes too long."),
            remedy=Text("Réduisez l'emprise, le filtre ou la page.", "Use a smaller box, filter or page."),
        )
        late.headers["retry-after"] = "1"
        return late
    if state.startswith("22"):
        return BadRequest(
            Text("Une valeur de la demande ne peut pas être calculée.", "A value of the request cannot be computed.")
        )
    log.error("statement-failed", sqlstate=state, message=error.message, collection=error.collection or None)
    if state.startswith(("53", "57", "58", "08")):
        return Unavailable(Text("La base de données ne peut pas répondre.", "The database cannot answer."))
    return Problem(
        Text("Une erreur interne s'est produite.", "An internal error happened."),
        remedy=Text("Signalez-la avec son numéro.", "Report it with its number."),
    )
