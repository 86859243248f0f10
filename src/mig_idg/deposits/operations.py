"""Operations of deposits, each named by its route's row. All are told to everybody: who may is known by the dataset."""

from __future__ import annotations

from mig_idg.errors import Text
from mig_idg.guard.operation import DEPOSITS as TAG
from mig_idg.guard.operation import GEOJSON, JSON, JSON_OR_HTML, PAGES, Operation

_WRONG = (400, 401, 403, 404, 409, 413, 429, 503)


def _act(id: str, fr: str, en: str, *, method: str = "POST", success: str = "200") -> Operation:
    body = () if method == "DELETE" else ((JSON, "object"),)
    return Operation(id, Text(fr, en), TAG, ((JSON, "object"),), ("deposit",), method=method, success=success,
                     errors=_WRONG, body=body, action="listing")  # fmt: skip


DEPOSITS = (
    Operation("deposits", Text("Les dépôts de votre organisme", "The deposits of your body"), TAG, JSON_OR_HTML,
              ("dataset", "depositState", "limit", "offset"), PAGES),
    Operation("giveDeposit", Text("Déposer un fichier (entier, formulaire, ou tus 1.0)",
                                  "Deposit a file (whole, by a form, or by tus 1.0)"),
              TAG, ((JSON, "object"),), ("dataset", "filename"), method="POST", success="201", errors=_WRONG,
              body=(("multipart/form-data", "object"), ("application/octet-stream", "binary"))),
)  # fmt: skip
DEPOSIT = (
    Operation("deposit", Text("Un dépôt", "One deposit"), TAG, JSON_OR_HTML, ("deposit",), PAGES),
    Operation("sendDeposit", Text("Envoyer la suite du fichier (tus 1.0)", "Send the rest of the file (tus 1.0)"),
              TAG, (), ("deposit",), method="PATCH", success="204", errors=_WRONG,
              body=(("application/offset+octet-stream", "binary"),)),
    _act("withdrawDeposit", "Retirer un dépôt", "Withdraw a deposit", method="DELETE"),
)  # fmt: skip
CHECK = _act("checkDeposit", "Contrôler à nouveau", "Check again", success="202")
CERTIFICATION = _act("certifyDeposit", "Certifier le fichier", "Certify the file", method="PUT")
SIGN = _act("signDeposit", "Signer, au nom du référent technique", "Sign off, for the referent", success="202")
PUBLICATION = _act("publishDeposit", "Relancer la publication", "Start the publication again", success="202")
REPORT = Operation("depositReport", Text("Le rapport du contrôle", "The report of the check"), TAG, JSON_OR_HTML,
                   ("deposit",), PAGES)  # fmt: skip
REPORT_CSV = Operation("depositLines", Text("Les lignes fautives", "The faulty lines"), TAG, (("text/csv", "text"),),
                       ("deposit",))  # fmt: skip
REPORT_GEOJSON = Operation("depositFindings", Text("Les constats sur la carte", "Findings on the map"), TAG,
                           ((GEOJSON, "object"),), ("deposit",))  # fmt: skip
