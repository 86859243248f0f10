"""`/collections/{collection}/versions`: past vintages, and what changed between two, under the rights of today.

The features of a version, and those of a difference, are read, filtered, paged and written to files as those of the
layer are (`items`): only the rows are others. What a version says of itself is told as far as it tells nothing of rows
or columns that the caller may not see.
"""

from __future__ import annotations

from typing import Any

from mig_idg.errors import InvalidParameter, Text
from mig_idg.guard.negotiation import JSON_PAGES, only, wanted
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, json_answer, link, page_answer
from mig_idg.ogc.features import formats, links, vintages
from mig_idg.ogc.features.item import item
from mig_idg.ogc.features.items import response
from mig_idg.ogc.features.vintages import Vintage
from mig_idg.store import versions as recorded


async def versions(request: Request) -> Response:
    """Every version that is kept, the last one first."""
    only(request)
    form = wanted(request, JSON_PAGES)
    collection = request.layer[0]
    found = [one for one in await vintages.known(request) if not one.pruned]
    here = f"{request.base_url}{links.layer_place(collection.id).home}"
    document: dict[str, Any] = {
        "collection": collection.id,
        "versions": [_told(request, one) for one in found],
        "links": [
            link(f"{here}/versions?f=json", "self", "application/json", _("Les versions", "The versions", request)),
            link(f"{here}/versions?f=html", "alternate", "text/html", _("Les versions", "The versions", request)),
            link(here, "collection", "application/json", collection.title.in_(request.lang)),
        ],
    }
    return _answer(request, form, document, "versions")


async def version(request: Request) -> Response:
    """One version: when, by which act, how much it changed, where its features and its difference are."""
    only(request)
    form = wanted(request, JSON_PAGES)
    collection = request.layer[0]
    number = vintages.number_of(request.params["version"], collection.id)
    found = {one.number: one for one in await vintages.known(request)}
    if number not in found:
        raise recorded.missing(collection.id, number)
    if found[number].pruned:
        raise recorded.gone(number)
    document = _told(request, found[number])
    here = f"{request.base_url}{links.layer_place(collection.id).home}/versions"
    kept = sorted(one.number for one in found.values() if not one.pruned)
    place = kept.index(number)
    words = _("Toutes les versions", "All versions", request)
    document["links"].append(link(here, "version-history", "application/json", words))
    for relation, rank in (("predecessor-version", place - 1), ("successor-version", place + 1)):
        if 0 <= rank < len(kept):
            document["links"].append(link(f"{here}/{kept[rank]}", relation, "application/json"))
    return _answer(request, form, document, "version")


async def version_items(request: Request) -> Response:
    """The features of a version: filters, boxes, CRS, pages and files as those of the layer."""
    collection = request.layer[0]
    number = vintages.number_of(request.params["version"], collection.id)
    form = formats.chosen(request.query, request.headers, formats.ITEMS)
    await vintages.read(request, number, _action(form))
    return await response(request, request.query, form, links.version_place(collection.id, number))


async def version_item(request: Request) -> Response:
    """One feature as it was in a version."""
    collection = request.layer[0]
    number = vintages.number_of(request.params["version"], collection.id)
    await vintages.read(request, number)
    return await item(request, links.version_place(collection.id, number))


async def changes(request: Request) -> Response:
    """What changed up to a version from another, `from` (absent: the one it replaced): a layer like any other.

    `idg_change` says added, changed or removed; `idg_changed` in which columns, `idg_before` from which values.
    """
    collection = request.layer[0]
    number = vintages.number_of(request.params["version"], collection.id)
    given = request.query.get("from")
    form = formats.chosen(request.query, request.headers, formats.ITEMS)
    before = vintages.number_asked(given) if given is not None else None
    if before == number:
        raise InvalidParameter(
            "from", Text("Une version ne diffère pas d'elle-même.", "A version does not differ from itself.")
        )
    _, before = await vintages.difference(request, before, number, _action(form))
    home = links.version_place(collection.id, number).home
    asked = {name: value for name, value in request.query.items() if name != "from"}
    title = Text(f"changements de la version {before} à la {number}", f"changes from version {before} to {number}")
    return await response(request, asked, form, links.Place(home, f"{home}/changes", {"from": str(before)}, title))


def _action(form: formats.Format) -> str:
    return "download" if form.bulk else "query"


def _told(request: Request, one: Vintage) -> dict[str, Any]:
    """What a version says of itself to this caller.

    Counts and digests are of all rows and columns: whoever does not see them all would learn from them that something
    hidden changed. Names of files and of persons are for who answers for the data.
    """
    collection, grant = request.layer
    said = one.said
    told: dict[str, Any] = {
        "version": one.number,
        "label": said["label"],
        "inForce": one.in_force,
        "validFrom": one.valid_from,
        "recorded": said["recorded_at"],
        "act": said["act"],
        "actTitle": recorded.ACTS[said["act"]].in_(request.lang),
    }
    if said["validated"] is not None:
        told |= {"validated": said["validated"], "coOwners": said["co_owners"]}
    if said["replaces"] is not None:
        told["replaces"] = said["replaces"]
    assert collection.table is not None
    whole = (
        len(grant.table.columns) == len(collection.table.columns) and grant.table.geometry == collection.table.geometry
    )
    if grant.all_rows and whole:
        told |= {name: said[name] for name in ("rows", "added", "changed", "removed", "digest")}
    if request.snapshot.decide(request.principal, "contribute", collection.id).permitted:
        told |= {name: said[name] for name in ("author", "writers", "source", "sha256") if said[name]}
    here = f"{request.base_url}{links.version_place(collection.id, one.number).home}"
    told["links"] = [
        link(f"{here}?f=json", "self", "application/json", _("Cette version", "This version", request)),
        link(f"{here}/items", "items", "application/geo+json", _("Ses entités", "Its features", request)),
    ]
    if said["replaces"] is not None:
        words = _(
            "Ce qui a changé depuis la version qu'elle remplace", "What changed since the one it replaced", request
        )
        told["links"].append(link(f"{here}/changes?from={said['replaces']}", "related", "application/geo+json", words))
    return told


def _answer(request: Request, form: str, document: dict[str, Any], page: str) -> Response:
    headers = {"content-language": request.lang}
    if form == "html":
        return page_answer(page, {"document": document}, headers=headers)
    return json_answer(document, headers=headers)


def _(fr: str, en: str, request: Request) -> str:
    return Text(fr, en).in_(request.lang)
