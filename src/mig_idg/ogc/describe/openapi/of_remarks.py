"""Operations of remarks and questions."""

from __future__ import annotations

from mig_idg.errors import Text
from mig_idg.ogc.describe.openapi.operation import HTML, JSON, Operation

REMARKS = Text("Remarques et questions", "Remarks and questions")
_ONE = "/collections/{collection}/remarks"
_SENT = ((JSON, "remark"), ("application/x-www-form-urlencoded", "remark"))
_SHOWN = ((JSON, "object"), (HTML, "html"))
_WRONG = (400, 401, 403, 404, 413, 415, 422, 429, 503)

OPERATIONS: tuple[Operation, ...] = (
    Operation(_ONE, "remarks", Text("Les réponses publiques aux remarques", "Public answers to remarks"), REMARKS,
              "discover", (*_SHOWN, ("application/atom+xml", "text")), ("remarkFeature",), ("json", "html", "atom")),
    Operation(_ONE, "sendRemark", Text("Écrire une remarque ou une question", "Write a remark or a question"), REMARKS,
              "discover", ((JSON, "object"),), (), method="POST", success="201", errors=_WRONG, body=_SENT),
    Operation("/remarks", "remarkForm", Text("Demander une publication", "Ask for a publication"), REMARKS, "listing",
              _SHOWN, ("remarkRecord", "remarkOrganisation"), ("json", "html")),
    Operation("/remarks", "sendRequest", Text("Envoyer une demande de publication, ou une remarque sur une fiche",
                                              "Send a request for publication, or a remark on a record"), REMARKS,
              "listing", ((JSON, "object"),), (), method="POST", success="201", errors=_WRONG, body=_SENT),
    Operation("/remarks/{follow}", "remark", Text("Où en est ce que l'on a écrit", "Where what one wrote stands"),
              REMARKS, "listing", _SHOWN, ("follow",), ("json", "html")),
)  # fmt: skip
