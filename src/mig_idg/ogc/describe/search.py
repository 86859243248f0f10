"""Searching the list of collections: words, a box, and pages. It only ever looks at what the caller may discover."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mig_idg.errors import InvalidParameter, Lang, Text
from mig_idg.store.collection import Collection
from mig_idg.store.crs import CRS84, box

MOST = 10_000
LONGEST = 200

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked of the list. No `limit` means all: few clients of `/collections` follow its pages."""

    words: tuple[str, ...] = ()
    bbox: tuple[Bounds, ...] = ()
    limit: int | None = None
    offset: int = 0

    @property
    def everything(self) -> bool:
        """True for the whole list."""
        return self == Search()


def parse(query: Mapping[str, str], default_limit: int | None = None) -> Search:
    """The search that `limit`, `offset`, `q` and `bbox` ask for. Raises InvalidParameter."""
    limit = _whole(query, "limit", 1, 10**9)
    return Search(
        words=tuple(folded(query["q"][:LONGEST]).replace(",", " ").split()) if "q" in query else (),
        bbox=_bbox(query["bbox"]) if "bbox" in query else (),
        limit=min(limit, MOST) if limit is not None else default_limit,
        offset=_whole(query, "offset", 0, 10**9) or 0,
    )


def found(collections: Iterable[Collection], search: Search, extent: Bounds | None, lang: Lang) -> list[Collection]:
    """The collections that match, all pages together; `extent` stands for those that declare none."""
    return [one for one in collections if _has_words(one, search.words, lang) and _meets(one, search.bbox, extent)]


def folded(text: str) -> str:
    """Lower case without accents: how words are compared."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def _has_words(collection: Collection, words: tuple[str, ...], lang: Lang) -> bool:
    if not words:
        return True
    text = folded(
        " ".join((collection.id, collection.title.in_(lang), collection.description.in_(lang), *collection.keywords))
    )
    return all(word in text for word in words)


def _meets(collection: Collection, asked: tuple[Bounds, ...], extent: Bounds | None) -> bool:
    if not asked:
        return True
    own = collection.bbox or extent
    if own is None:
        return True
    return any(a[0] <= own[2] and own[0] <= a[2] and a[1] <= own[3] and own[1] <= a[3] for a in asked)


def _bbox(value: str) -> tuple[Bounds, ...]:
    try:
        numbers = [float(part) for part in value.split(",", 6)]
    except ValueError:
        raise InvalidParameter(
            "bbox", Text("« bbox » attend des nombres entre virgules.", "“bbox” expects numbers between commas.")
        ) from None
    return box(numbers, CRS84).parts


def _whole(query: Mapping[str, str], name: str, least: int, most: int) -> int | None:
    value = query.get(name)
    if value is None:
        return None
    if not value.isascii() or not value.isdigit() or len(value) > 12 or not least <= int(value) <= most:
        raise InvalidParameter(
            name,
            Text(
                f"« {name} » doit être un entier à partir de {least}.",
                f"“{name}” must be a whole number from {least}.",
            ),
        )
    return int(value)
