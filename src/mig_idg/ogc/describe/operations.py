"""Operations that describe, each named by its route's row: landing page, conformance, collections, rights."""

from __future__ import annotations

from mig_idg.errors import Text
from mig_idg.guard.operation import COLLECTIONS, HTML, JSON, PAGES, RIGHTS, SERVICE, Operation

_LINKED = ("json", "html", "jsonld")
_LD = ("application/ld+json", "object")


def _pages(schema: str, *more: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    return ((JSON, schema), (HTML, "html"), *more)


LANDING = Operation("landing", Text("Page d'accueil", "Landing page"), SERVICE, _pages("landingPage", _LD),
                    formats=_LINKED)  # fmt: skip
CONFORMANCE = Operation("conformance", Text("Classes de conformité", "Conformance classes"), SERVICE,
                        _pages("confClasses"), formats=PAGES)  # fmt: skip
OPENAPI = Operation("openapi", Text("Cette définition", "This definition"), SERVICE,
                    (("application/vnd.oai.openapi+json;version=3.0", "object"), (HTML, "html")),
                    formats=PAGES)  # fmt: skip
HELP = Operation("help", Text("Se connecter", "How to connect"), SERVICE, ((HTML, "html"),))
PROBLEM = Operation("problem", Text("Ce que veut dire un code d'erreur", "What an error code means"), SERVICE,
                    _pages("object"), ("code",), PAGES)  # fmt: skip
COLLECTION_LIST = Operation(
    "collections", Text("Les collections que vous pouvez connaître", "The collections you may know of"), COLLECTIONS,
    _pages("collections", _LD), ("page", "start", "words", "bbox"), _LINKED,
)  # fmt: skip
COLLECTION = Operation("collection", Text("Une collection", "One collection"), COLLECTIONS, _pages("collection", _LD),
                       formats=_LINKED, errors=(400, 401, 403, 404, 406, 410, 429, 503))  # fmt: skip
ACCESS = Operation("access", Text("Ce que vous pouvez faire, et pourquoi", "What you may do, and why"), RIGHTS,
                   _pages("access"), formats=PAGES)  # fmt: skip
