"""Which representation a caller wants: `f=` first, then Accept with its weights. And which parameters a page takes."""

from __future__ import annotations

from collections.abc import Mapping

from mig_idg.errors import InvalidParameter, NotAcceptable, Text, UnknownParameter, did_you_mean, nearest
from mig_idg.guard.request import Request

EVERYWHERE = ("f", "lang", "token")
JSON_PAGES: Mapping[str, str] = {
    "json": "application/json",
    "html": "text/html",
}
LINKED_PAGES: Mapping[str, str] = {**JSON_PAGES, "jsonld": "application/ld+json"}


def only(request: Request, *names: str) -> None:
    """Refuse a query parameter that this page does not take. Raises UnknownParameter, naming the nearest."""
    for name in request.query:
        if name not in EVERYWHERE and name not in names:
            raise UnknownParameter(name, (*EVERYWHERE, *names))


def wanted(request: Request, offered: Mapping[str, str]) -> str:
    """The key of `offered` (word of `f=` → media type, the first being the default) that suits this caller best.

    Raises InvalidParameter for an unknown `f=`, NotAcceptable when the Accept header leaves nothing.
    """
    word = request.query.get("f")
    if word is not None:
        if word in offered:
            return word
        raise InvalidParameter(
            "f",
            Text(f"Format inconnu ici : « {word[:40]} ».", f"Format not known here: “{word[:40]}”."),
            remedy=did_you_mean(nearest(word, offered))
            or Text(f"Formats : {', '.join(offered)}.", f"Formats: {', '.join(offered)}."),
        )
    accept = request.headers.get("accept", "")
    if not accept.strip():
        return next(iter(offered))
    ranges = _ranges(accept)
    scored = [(_weight(ranges, media), word) for word, media in offered.items()]
    weight, best = max(scored, key=lambda pair: pair[0])
    if weight > 0:
        return best
    raise NotAcceptable(
        Text("Aucun format de cette page ne convient à l'en-tête Accept.", "No format of this page suits Accept."),
        remedy=Text(f"Formats : {', '.join(offered.values())}.", f"Formats: {', '.join(offered.values())}."),
    )


def _ranges(accept: str) -> list[tuple[str, float]]:
    """(media range, weight) of an Accept header; what cannot be read counts for nothing."""
    found = []
    for part in accept.split(",")[:40]:
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    weight = min(1.0, max(0.0, float(parameter[2:])))
                except ValueError:
                    weight = 0.0
        found.append((media, weight))
    return found


def _weight(ranges: list[tuple[str, float]], media: str) -> float:
    """The weight of the most exact range that covers `media`; JSON answers to any `+json` type, a little less."""
    family = media.split("/", 1)[0]
    exact, loose, wide, any_ = -1.0, -1.0, -1.0, -1.0
    for name, weight in ranges:
        if name == media:
            exact = max(exact, weight)
        elif media == "application/json" and name.startswith("application/") and name.endswith("json"):
            loose = max(loose, weight * 0.99)
        elif name == f"{family}/*":
            wide = max(wide, weight)
        elif name == "*/*":
            any_ = max(any_, weight * 0.999 if media != "application/json" else weight)
    return next((weight for weight in (exact, loose, wide, any_) if weight >= 0), 0.0)
