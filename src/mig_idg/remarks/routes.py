"""The routes of remarks."""

from __future__ import annotations

from mig_idg.errors import Text
from mig_idg.guard.operation import JSON, JSON_OR_HTML, PAGES, Operation
from mig_idg.guard.operation import REMARKS as TAG
from mig_idg.guard.route import Route
from mig_idg.remarks.handlers import Desk, Handlers

BODY = 128 * 1024
SENT = ("GET", "HEAD", "POST")


def _send(id: str, fr: str, en: str) -> Operation:
    return Operation(id, Text(fr, en), TAG, ((JSON, "object"),), method="POST", success="201",
                     errors=(400, 401, 403, 404, 413, 415, 422, 429, 503),
                     body=((JSON, "remark"), ("application/x-www-form-urlencoded", "remark")))  # fmt: skip


def routes(desk: Desk) -> tuple[Route, ...]:
    """A remark on a dataset asks no more than to know of it: what is hidden answers as what is absent."""
    doors = Handlers(desk)
    return (
        Route("/collections/{collection}/remarks", "discover", doors.of_collection, SENT, pool="none",
              body_limit=BODY, forms=True, operations=(
            Operation("remarks", Text("Les réponses publiques aux remarques", "Public answers to remarks"), TAG,
                      (*JSON_OR_HTML, ("application/atom+xml", "text")), ("remarkFeature",), (*PAGES, "atom")),
            _send("sendRemark", "Écrire une remarque ou une question", "Write a remark or a question"))),
        Route("/remarks", "listing", doors.elsewhere, SENT, pool="none", body_limit=BODY, forms=True, operations=(
            Operation("remarkForm", Text("Demander une publication", "Ask for a publication"), TAG, JSON_OR_HTML,
                      ("remarkRecord", "remarkOrganisation"), PAGES),
            _send("sendRequest", "Envoyer une demande de publication, ou une remarque sur une fiche",
                  "Send a request for publication, or a remark on a record"))),
        Route("/remarks/{follow}", "listing", doors.followed, pool="none", operations=(
            Operation("remark", Text("Où en est ce que l'on a écrit", "Where what one wrote stands"), TAG,
                      JSON_OR_HTML, ("follow",), PAGES),)),
    )  # fmt: skip
