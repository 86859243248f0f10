"""Operations of deposits."""

from __future__ import annotations

from mig_idg.errors import Text
from mig_idg.ogc.describe.openapi.operation import HTML, JSON, Operation

DEPOSITS = Text("Les dépôts", "Deposits")
_ONE = "/deposits/{deposit}"
_SHOWN = ((JSON, "object"), (HTML, "html"))
_WRONG = (400, 401, 403, 404, 409, 413, 429, 503)
_PAGES = ("json", "html")


def _act(pattern: str, id: str, fr: str, en: str, *, method: str = "POST", success: str = "200") -> Operation:
    body = () if method == "DELETE" else ((JSON, "object"),)
    return Operation(pattern, id, Text(fr, en), DEPOSITS, "listing", ((JSON, "object"),), ("deposit",), method=method,
                     success=success, errors=_WRONG, body=body)  # fmt: skip


OPERATIONS: tuple[Operation, ...] = (
    Operation("/deposits", "deposits", Text("Les dépôts de votre organisme", "The deposits of your body"), DEPOSITS,
              "listing", _SHOWN, ("dataset", "depositState", "limit", "offset"), _PAGES),
    Operation("/deposits", "giveDeposit", Text("Déposer un fichier (entier, formulaire, ou tus 1.0)",
                                               "Deposit a file (whole, by a form, or by tus 1.0)"),
              DEPOSITS, "listing", ((JSON, "object"),), ("dataset", "filename"), method="POST", success="201",
              errors=_WRONG, body=(("multipart/form-data", "object"), ("application/octet-stream", "binary"))),
    Operation(_ONE, "deposit", Text("Un dépôt", "One deposit"), DEPOSITS, "listing", _SHOWN, ("deposit",), _PAGES),
    Operation(_ONE, "sendDeposit", Text("Envoyer la suite du fichier (tus 1.0)", "Send the rest of the file (tus 1.0)"),
              DEPOSITS, "listing", (), ("deposit",), method="PATCH", success="204", errors=_WRONG,
              body=(("application/offset+octet-stream", "binary"),)),
    _act(_ONE, "withdrawDeposit", "Retirer un dépôt", "Withdraw a deposit", method="DELETE"),
    _act(f"{_ONE}/check", "checkDeposit", "Contrôler à nouveau", "Check again", success="202"),
    _act(f"{_ONE}/certification", "certifyDeposit", "Certifier le fichier", "Certify the file", method="PUT"),
    _act(f"{_ONE}/sign", "signDeposit", "Signer, au nom du référent technique", "Sign off, for the referent",
         success="202"),
    _act(f"{_ONE}/publication", "publishDeposit", "Relancer la publication", "Start the publication again",
         success="202"),
    Operation(f"{_ONE}/report", "depositReport", Text("Le rapport du contrôle", "The report of the check"), DEPOSITS,
              "listing", _SHOWN, ("deposit",), _PAGES),
    Operation(f"{_ONE}/report.csv", "depositLines", Text("Les lignes fautives", "The faulty lines"), DEPOSITS,
              "listing", (("text/csv", "text"),), ("deposit",)),
    Operation(f"{_ONE}/report.geojson", "depositFindings", Text("Les constats sur la carte", "Findings on the map"),
              DEPOSITS, "listing", (("application/geo+json", "object"),), ("deposit",)),
)  # fmt: skip
