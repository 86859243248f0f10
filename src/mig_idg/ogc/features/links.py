"""Links of items and items pages: absolute, by the public address, keeping the caller's token prefix.

The list is made once per collection, language and format, with marks where path and query go: an answer of a fifth of
a millisecond cannot encode nine addresses.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus

import orjson

from mig_idg.errors import Lang, Text
from mig_idg.guard.request import Request
from mig_idg.ogc.features.formats import Format
from mig_idg.store.collection import Collection

Link = dict[str, str]

# Marks of the prepared list: path, query of this page, its parameters but the format, and those but the paging too.
_PATH, _SELF, _REST, _WHOLE = "\ue000", "\ue001", "\ue002", "\ue003"
# What RFC 3986 lets stand as it is; most ids are made of nothing else.
_UNRESERVED = re.compile(r"[\w.~-]*", re.ASCII)
# An id that begins like those that are encoded is encoded too.
_UNADDRESSABLE = re.compile(r"[\x00-\x1f/\\]|^~")
_PLAIN = re.compile(r"[\w.,:/~-]*", re.ASCII)
_PAGING = ("limit", "offset", "after", "before")


def segment(text: str) -> str:
    """One segment of a path, whatever its characters."""
    return text if _UNRESERVED.fullmatch(text) else quote(text, safe="")


def items_path(collection: str) -> str:
    """The path of a collection's items."""
    return f"/collections/{segment(collection)}/items"


FEATURES = Text("entités", "features")


@dataclass(frozen=True, slots=True)
class Place:
    """Where features are read: the address that their own follow, the path of their pages, what its address must say.

    A layer has one place for its rows of today, others for those of each version.
    """

    home: str
    path: str
    fixed: Mapping[str, str] = field(default_factory=dict)
    title: Text = FEATURES


def layer_place(collection: str) -> Place:
    """The rows of today."""
    return Place(f"/collections/{segment(collection)}", items_path(collection))


def version_place(collection: str, number: int) -> Place:
    """The rows of a version."""
    home = f"/collections/{segment(collection)}/versions/{number}"
    return Place(home, f"{home}/items", title=Text(f"version {number}", f"version {number}"))


def item_path(collection: str, id: str) -> str:
    """The path of one item; an id may hold any character."""
    return f"{items_path(collection)}/{item_segment(id)}"


def item_segment(id: str) -> str:
    """An id as the last segment of a path; as `~` and its base64url where a path cannot hold it.

    Encoded slashes and controls are refused in every path, since a proxy and an application may read them differently
    (docs/explanations/security.md).
    """
    if _UNADDRESSABLE.search(id) or id in ("", ".", ".."):
        return "~" + base64.urlsafe_b64encode(id.encode()).rstrip(b"=").decode()
    return segment(id)


def item_id(segment: str) -> str:
    """The id that a decoded segment stands for."""
    if segment.startswith("~"):
        with suppress(ValueError):
            id = base64.b64decode(segment[1:] + "=" * (-len(segment[1:]) % 4), b"-_", validate=True).decode()
            if item_segment(id) == segment:
                return id
    return segment


def encoded(query: Mapping[str, str]) -> str:
    """A query string; commas, colons and slashes stay readable."""
    return "&".join([_pair(name, value) for name, value in query.items()])


def _pair(name: str, value: str) -> str:
    return f"{_part(name)}={_part(value)}"


def _part(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else quote_plus(text, safe=",:/")


def address(request: Request, path: str, query: Mapping[str, str]) -> str:
    """A public address with its query string."""
    text = encoded(query)
    return f"{request.base_url}{path}?{text}" if text else f"{request.base_url}{path}"


def written(
    request: Request,
    path: str,
    query: Mapping[str, str],
    form: Format,
    offered: tuple[Format, ...],
    onward: Mapping[str, str] | None = None,
    back: Mapping[str, str] | None = None,
) -> bytes:
    """The JSON list: next, prev, self, an alternate per other format (bulk: the whole selection), collection.

    `onward` and `back` are the queries of the next page and of the one before, or None when there is none.
    """
    collection, _ = request.layer
    frame = _frame(request.base_url, collection, request.lang, form, offered)
    pairs = {name: _pair(name, value) for name, value in query.items()}
    own = "&".join(pairs.values())
    pairs.pop("f", None)
    plain = "&".join(pairs.values())
    for name in _PAGING:
        pairs.pop(name, None)
    whole = "&".join(pairs.values())
    text = (_told if len(own) < _SHORT else _filled)(frame, own, plain, whole).replace(_PATH, path)
    for relation, titles, asked in (("prev", _PREVIOUS, back), ("next", _NEXT, onward)):
        if asked is not None:
            href = orjson.dumps(address(request, path, asked)).decode()
            there = f'{{"href":{href},"rel":"{relation}","type":"{form.media_type}","title":"{titles[request.lang]}"}},'
            text = f"[{there}{text[1:]}"
    return text.encode()


# Queries like `f=json` come again and again, boxes do not.
_SHORT = 32


def _filled(frame: str, own: str, plain: str, whole: str) -> str:
    """The prepared list with its queries."""
    return (
        frame.replace(_SELF, f"?{own}" if own else "")
        .replace(_REST, f"&{plain}" if plain else "")
        .replace(_WHOLE, f"&{whole}" if whole else "")
    )


_told = lru_cache(maxsize=1024)(_filled)

_NEXT: dict[Lang, str] = {"fr": "Page suivante", "en": "Next page"}
_PREVIOUS: dict[Lang, str] = {"fr": "Page précédente", "en": "Previous page"}


@lru_cache(maxsize=4096)
def _prepared(base_url: str, collection: str, title: str, lang: Lang, form: Format, offered: tuple[Format, ...]) -> str:
    made: list[Any] = [_link(f"{base_url}{_PATH}{_SELF}", "self", form, lang)]
    for one in offered:
        if one is not form:
            query = _WHOLE if one.bulk else _REST
            relation = "enclosure" if one.whole else "alternate"
            made.append(_link(f"{base_url}{_PATH}?f={one.name}{query}", relation, one, lang))
    home = f"{base_url}/collections/{segment(collection)}"
    made.append({"href": home, "rel": "collection", "type": "application/json", "title": title})
    return orjson.dumps(made).decode()


def _frame(base_url: str, collection: Collection, lang: Lang, form: Format, offered: tuple[Format, ...]) -> str:
    return _prepared(base_url, collection.id, collection.title.in_(lang), lang, form, offered)


def _link(href: str, rel: str, form: Format, lang: Lang) -> Link:
    return {"href": href, "rel": rel, "type": form.media_type, "title": form.title.in_(lang)}


def document(text: bytes) -> dict[str, Any]:
    """What PostgreSQL wrote, as objects for pages; numbers beyond what a float holds become infinite."""
    try:
        made: dict[str, Any] = orjson.loads(text)
    except orjson.JSONDecodeError:
        made = json.loads(text)
    return made


def read(links: bytes) -> list[Link]:
    """The list as objects, for pages."""
    made: list[Link] = orjson.loads(links)
    return made


def kept(query: Mapping[str, str], without: Iterable[str]) -> dict[str, str]:
    """The parameters but some."""
    return {name: value for name, value in query.items() if name not in without}
