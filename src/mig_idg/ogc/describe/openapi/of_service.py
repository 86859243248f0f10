"""Operations that describe: landing page, conformance, collections, rights, and the decision service."""

from __future__ import annotations

from mig_idg.errors import Text
from mig_idg.ogc.describe.openapi.operation import COLLECTIONS, HTML, JSON, RIGHTS, SERVICE, Operation

PAGES = ("json", "html")
LINKED = ("json", "html", "jsonld")
_HERE = "/collections/{collection}"
_LD = ("application/ld+json", "object")


def _pages(schema: str, *more: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return ((JSON, schema), (HTML, "html"), *more)


def _decision(path: str, id: str, fr: str, en: str) -> Operation:
    return Operation(
        f"/access/v1/{path}", id, Text(fr, en), RIGHTS, "listing", ((JSON, "object"),), method="POST",
        body=((JSON, "object"),), errors=(400, 401, 403, 413, 415, 429, 503),
    )  # fmt: skip


OPERATIONS: tuple[Operation, ...] = (
    Operation("/", "landing", Text("Page d'accueil", "Landing page"), SERVICE, "listing",
              _pages("landingPage", _LD), formats=LINKED),
    Operation("/conformance", "conformance", Text("Classes de conformité", "Conformance classes"), SERVICE, "open",
              _pages("confClasses"), formats=PAGES),
    Operation("/openapi", "openapi", Text("Cette définition", "This definition"), SERVICE, "listing",
              (("application/vnd.oai.openapi+json;version=3.0", "object"), (HTML, "html")), formats=PAGES),
    Operation("/aide/connexion", "help", Text("Se connecter", "How to connect"), SERVICE, "open", ((HTML, "html"),)),
    Operation("/problems/{code}", "problem", Text("Ce que veut dire un code d'erreur", "What an error code means"),
              SERVICE, "open", _pages("object"), ("code",), PAGES),
    Operation("/collections", "collections",
              Text("Les collections que vous pouvez connaître", "The collections you may know of"),
              COLLECTIONS, "listing", _pages("collections", _LD), ("page", "start", "words", "bbox"), LINKED),
    Operation(_HERE, "collection", Text("Une collection", "One collection"), COLLECTIONS, "discover",
              _pages("collection", _LD), formats=LINKED),
    Operation(f"{_HERE}/access", "access", Text("Ce que vous pouvez faire, et pourquoi", "What you may do, and why"),
              RIGHTS, "discover", _pages("access"), formats=PAGES),
    _decision("evaluation", "evaluation", "Puis-je ? (AuthZEN)", "May I? (AuthZEN)"),
    _decision("evaluations", "evaluations", "Plusieurs questions (AuthZEN)", "Several questions (AuthZEN)"),
    _decision("search/subject", "searchSubject", "Qui peut ? (AuthZEN)", "Who may? (AuthZEN)"),
    _decision("search/resource", "searchResource", "Sur quoi puis-je ? (AuthZEN)", "On what may I? (AuthZEN)"),
    _decision("search/action", "searchAction", "Que puis-je ? (AuthZEN)", "What may I do? (AuthZEN)"),
)  # fmt: skip
