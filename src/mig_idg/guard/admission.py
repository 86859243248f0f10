"""What the charter says of one collection, for one request: admitted with its grant, refused, or not there."""

from __future__ import annotations

import structlog

from mig_idg.charter import Decision
from mig_idg.errors import Text, Unavailable
from mig_idg.guard import obligations
from mig_idg.guard.journal import Journal
from mig_idg.guard.refusals import missing, refused
from mig_idg.guard.request import Layer, Request

log = structlog.get_logger(__name__)

NOWHERE = "\x00"


class Admission:
    """Decisions on collections, noted for the journal as they are taken."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def admit(self, request: Request, collection: str, action: str) -> Layer:
        """Decide on a collection for this request: (collection, grant, decision), or NotFound, or Refused."""
        snapshot, principal = request.snapshot, request.principal
        known = snapshot.collections.get(collection)
        if action in ("open", "listing"):
            action = "discover"
        # Hidden or missing, the same look-ups: neither time nor memory tells them apart.
        name = collection if known is not None else NOWHERE
        decision = snapshot.decide(principal, action, name)
        if known is None or not decision.permitted:
            discoverable = snapshot.decide(principal, "discover", name).permitted
            if known is None or not discoverable:
                self._probed(request, action, collection, decision, there=known is not None)
                raise missing(collection)
            self._remember(request, action, collection, decision)
            raise refused(known, decision, request, action)
        owed = obligations.unknown(decision.obligations)
        if owed:
            log.error("obligation-unknown", obligations=owed, rule=decision.rule)
            raise Unavailable(Text("Une obligation ne peut pas être tenue.", "An obligation cannot be carried out."))
        self._remember(request, action, collection, decision)
        _, grant = snapshot.grant(principal, known, action)
        return known, grant, decision

    def _probed(self, request: Request, action: str, collection: str, decision: Decision, *, there: bool) -> None:
        """Who asks for what is hidden from them is written down. For what does not exist the same is done but for the
        line: the journal is no place for the words of strangers, and neither answer comes sooner."""
        noted = (action, collection if there else NOWHERE, decision)
        (request.decided if there else request.probed).append(noted)

    def _remember(self, request: Request, action: str, collection: str, decision: Decision) -> None:
        if action != "discover":
            request.decided.append((action, collection, decision))

    def write_down(self, request: Request) -> None:
        """What was decided for a request goes to the journal, once."""
        principal, snapshot = request.principal, request.snapshot
        for action, collection, decision in request.decided:
            self._journal.note(principal, snapshot, action, collection, decision, principal.motive or "")
        for action, collection, decision in request.probed:
            self._journal.note(principal, snapshot, action, collection, decision, written=False)
        request.forget()
