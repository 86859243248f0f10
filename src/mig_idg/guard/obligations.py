"""Obligations carried out on every answer that shows data: mention, credit, licence duties, who answers for the use.

What a file or a page must contain besides (a caption, a metadata table) is written by the format that makes it; here
are the headers that no format can forget.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from mig_idg.charter import Decision
from mig_idg.errors import Text
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response
from mig_idg.store.collection import Collection

MOST_REMEMBERED = 5_000

DISCLAIMER = Text(
    "Le propriétaire ne répond ni de l'usage des données, ni des dommages directs ou indirects qui en résulteraient, "
    "ni des erreurs de localisation, d'identification ou d'actualisation, ni des imprécisions (Charte MIG, § 3.5.1).",
    "The owner answers neither for the use of the data, nor for direct or indirect damage from it, nor for errors of "
    "location, identification or update, nor for lack of precision (MIG charter, § 3.5.1).",
)
"""What the owner is not liable for, whole: use, damage, errors (004 §3.5.1; requirement D-10)."""
LICENCES = {
    "LO-2.0": "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    "ODbL-1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
}
# What this server carries out. A decision with another obligation is refused: nobody would keep it.
KNOWN = frozenset(
    {
        "LOG",
        "MENTION_MIG",
        "OWNER_CREDIT",
        "DISCLAIMER",
        "ATTRIBUTION",
        "LAST_UPDATE_DATE",
        "SHARE_ALIKE",
        "KEEP_OPEN",
        "THIRD_PARTY_NOTICE",
        "NOTIFY_CO_OWNERS",
        "DRAFT_ONLY",
        "DELETE_AT_END",
    }
)


@lru_cache(maxsize=1024)
def unknown(obligations: tuple[str, ...]) -> tuple[str, ...]:
    """The obligations this server could not carry out (none, unless the rule book grew)."""
    return tuple(one for one in obligations if one not in KNOWN and not one.startswith("RESPONSIBLE:"))


def attribution(collection: Collection, mention: str, obligations: Iterable[str]) -> str:
    """The words that go with any use: the partnership's mention, the owner's name, the draft's warning."""
    owed = set(obligations)
    parts = []
    if "MENTION_MIG" in owed:
        parts.append(mention)
    if owed & {"OWNER_CREDIT", "ATTRIBUTION"} or not parts:
        parts.append(collection.credit())
    if "LAST_UPDATE_DATE" in owed and collection.updated:
        parts.append(f"mise à jour : {collection.updated}")
    if "DRAFT_ONLY" in owed:
        parts.append("document de travail, ne pas diffuser")
    return " — ".join(parts)


def notice(collection: Collection, mention: str, obligations: Iterable[str]) -> str:
    """What a file carries inside it: the same words, the licence, and what the owner is not liable for (004 §3.5.1)."""
    owed = tuple(obligations)
    parts = [attribution(collection, mention, owed), LICENCES.get(collection.licence or "")]
    if "DISCLAIMER" in owed:
        parts.append(DISCLAIMER.fr)
    return " — ".join(part for part in parts if part)


# What French typography has and the letters of a header (ISO 8859-1) have not.
_SPELLED = str.maketrans({"—": "-", "–": "-", "’": "'", "œ": "oe", "Œ": "OE", "…": "...", "€": "EUR", "Ÿ": "Y"})


def _in_a_header(words: str) -> str:
    return words.translate(_SPELLED).encode("latin-1", "replace").decode("latin-1")


def headers(collection: Collection, mention: str, obligations: tuple[str, ...], base_url: str) -> list[tuple[str, str]]:
    """`Link`, `attribution` and `idg-obligations` of an answer that shows data of this collection."""
    home = f"{base_url}/collections/{collection.id}"
    links = [f'<{home}>; rel="describedby"', f'<{home}/access>; rel="terms-of-service"']
    if collection.licence in LICENCES:
        links.append(f'<{LICENCES[collection.licence]}>; rel="license"')
    words = attribution(collection, mention, obligations)
    made = [("link", ", ".join(links)), ("attribution", _in_a_header(words))]
    if obligations:
        made.append(("idg-obligations", ", ".join(obligations)))
    return made


class Obligations:
    """What every answer owes: the headers of its obligations, and who may keep it."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int, tuple[str, ...], str], list[tuple[str, str]]] = {}

    def owed(self, response: Response, request: Request) -> Response:
        """The answer with them."""
        collection, decision = request.collection, request.decision
        if collection is not None and decision is not None and response.status < 300:
            for name, value in self._headers(request, collection, decision):
                response.headers[name] = f"{response.headers[name]}, {value}" if name in response.headers else value
        if "cache-control" not in response.headers:
            shared = request.principal.public and not response.private and request.method in ("GET", "HEAD")
            response.headers["cache-control"] = "public, no-cache" if shared else "private, no-store"
        return response

    def _headers(self, request: Request, collection: Collection, decision: Decision) -> list[tuple[str, str]]:
        key = (collection.id, request.snapshot.generation, decision.obligations, request.base_url)
        known = self._known.get(key)
        if known is None:
            if len(self._known) > MOST_REMEMBERED:
                self._known.clear()
            known = self._known[key] = headers(
                collection, request.snapshot.mention, decision.obligations, request.base_url
            )
        return known
