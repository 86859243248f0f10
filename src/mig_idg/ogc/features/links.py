"""Links of items and items pages: absolute, by the public address, keeping the caller's token prefix."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote, urlencode

from mig_idg.guard.visit import Visit
from mig_idg.ogc.features.formats import Format

Link = dict[str, str]


def segment(text: str) -> str:
    """One segment of a path, whatever its characters."""
    return quote(text, safe="")


def items_path(collection: str) -> str:
    """The path of a collection's items."""
    return f"/collections/{segment(collection)}/items"


def item_path(collection: str, id: str) -> str:
    """The path of one item; an id may hold any character."""
    return f"{items_path(collection)}/{segment(id)}"


def address(visit: Visit, path: str, query: Mapping[str, str]) -> str:
    """A public address with its query string; commas, colons and slashes stay readable."""
    text = urlencode(query, safe=",:/") if query else ""
    return f"{visit.base_url}{path}?{text}" if text else f"{visit.base_url}{path}"


def representations(
    visit: Visit, path: str, query: Mapping[str, str], current: Format, offered: Iterable[Format]
) -> list[Link]:
    """`self`, then one `alternate` per other format; a download in bulk starts from the whole selection."""
    links = [link(address(visit, path, query), "self", current, visit)]
    rest = {name: value for name, value in query.items() if name != "f"}
    whole = {name: value for name, value in rest.items() if name not in ("limit", "offset", "after")}
    for one in offered:
        if one is not current:
            base = whole if one.bulk else rest
            links.append(link(address(visit, path, {"f": one.name, **base}), "alternate", one, visit))
    return links


def link(href: str, rel: str, form: Format, visit: Visit) -> Link:
    """One link to a representation, titled in the caller's language."""
    return {"href": href, "rel": rel, "type": form.media_type, "title": form.title.in_(visit.lang)}


def collection_link(visit: Visit, collection: str, title: str) -> Link:
    """Back to the collection."""
    return {
        "href": f"{visit.base_url}/collections/{segment(collection)}",
        "rel": "collection",
        "type": "application/json",
        "title": title,
    }
