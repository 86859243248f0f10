"""Which representation a caller wants: `f=` first, then Accept with its weights. And which parameters a page takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

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
    ranges = accepted(accept)
    scored = [(_loosely(ranges, media), word) for word, media in offered.items()]
    found, best = max(scored, key=lambda pair: pair[0])
    if found > 0:
        return best
    raise NotAcceptable(
        Text("Aucun format de cette page ne convient à l'en-tête Accept.", "No format of this page suits Accept."),
        remedy=Text(f"Formats : {', '.join(offered.values())}.", f"Formats: {', '.join(offered.values())}."),
    )


@lru_cache(maxsize=1024)
def accepted(accept: str) -> tuple[tuple[str, float], ...]:
    """(media range, weight) of each part of an Accept header; what cannot be read counts for nothing."""
    found = []
    for part in accept[:2000].split(",")[:40]:
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if media:
            found.append((media, _quality(parameters)))
    return tuple(found)


def _quality(parameters: list[str]) -> float:
    for one in parameters:
        if one.startswith("q="):
            try:
                return min(1.0, max(0.0, float(one[2:])))
            except ValueError:
                return 0.0
    return 1.0


def weight(ranges: Iterable[tuple[str, float]], media_type: str) -> float:
    """The weight of the most specific range that covers a media type (RFC 9110, 12.5.1); 0 when none does."""
    family = media_type.partition("/")[0] + "/*"
    best = dict.fromkeys((media_type, family, "*/*"), -1.0)
    for name, value in ranges:
        if name in best:
            best[name] = max(best[name], value)
    return next((value for value in best.values() if value >= 0), 0.0)


def _loosely(ranges: Sequence[tuple[str, float]], media_type: str) -> float:
    """The same for a page: its JSON answers to any `+json` type, a little less; `*/*` is its JSON."""
    exact = [value for name, value in ranges if name == media_type]
    if not exact and media_type == "application/json":
        loose = [value for name, value in ranges if name.startswith("application/") and name.endswith("json")]
        if loose:
            return max(loose) * 0.99
    named = any(name != "*/*" and name.partition("/")[0] == media_type.partition("/")[0] for name, _ in ranges)
    found = weight(ranges, media_type)
    return found if exact or named or media_type == "application/json" else found * 0.999
