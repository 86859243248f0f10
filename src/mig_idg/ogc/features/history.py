"""`…/items/{item}/history`: who changed a feature on line, for which body, when, and which of its attributes.

Under the rights on the feature: what is not seen has no history, and an attribute that is hidden is not named. The
account is told to those who may write to the layer themselves; a feature that was deleted has a history for them only.
"""

from __future__ import annotations

from typing import Any

from mig_idg.guard.clerk import Clerk
from mig_idg.guard.negotiation import JSON_PAGES, only, wanted
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, json_answer, link, page_answer
from mig_idg.ogc.features import execution, links
from mig_idg.ogc.features.item import checked_id, missing
from mig_idg.ogc.features.transactions import may_edit
from mig_idg.registry import edits
from mig_idg.store import compile
from mig_idg.store.crs import CRS84
from mig_idg.store.query import Query
from mig_idg.store.table import Table
from mig_idg.territory import name_of


async def history(request: Request) -> Response:
    """The edits of one feature, the last one first."""
    only(request)
    form = wanted(request, JSON_PAGES)
    collection, grant = request.layer
    id = checked_id(request)
    writes = may_edit(request)
    there = bool(await execution.fetch(request, compile.item(grant, id, Query(crs=CRS84))))
    if not there and not (writes and grant.all_rows):
        raise missing()
    rows = await request.resource(Clerk).read(lambda conn: edits.listing(conn, collection.id, id))
    await request.confirm()
    if not there and not rows:
        raise missing()
    told = [one for row in rows if (one := _told(row, grant.table, request, writes)) is not None]
    item = f"{request.base_url}{links.item_path(collection.id, id)}"
    document = {
        "collection": collection.id,
        "feature": id,
        "edits": told,
        "links": [
            link(f"{item}/history?f=json", "self", "application/json"),
            link(f"{item}/history?f=html", "alternate", "text/html"),
            *([link(item, "item", "application/geo+json")] if there else []),
        ],
    }
    headers = {"content-language": request.lang, "cache-control": "private, no-store"}
    if form == "html":
        return page_answer("item_history", {"document": document, "there": there}, headers=headers, private=True)
    return json_answer(document, headers=headers, private=True)


def _told(row: dict[str, Any], table: Table, request: Request, writes: bool) -> dict[str, Any] | None:
    """One edit as far as the caller sees what it wrote; None for a change of hidden attributes only."""
    names = [name for name in row["attributes"] if table.column(name) is not None]
    moved = bool(row["moved"] and table.geometry is not None)
    if row["action"] == "update" and not names and not moved and (row["attributes"] or row["moved"]):
        return None
    body = row["organisation"]
    return {
        "at": row["at"].isoformat(),
        "action": row["action"],
        "actionTitle": edits.ACTIONS[row["action"]].in_(request.lang),
        "organisation": body,
        "organisationTitle": (request.snapshot.facts.names.get(body) or name_of(body)) if body else None,
        "attributes": names,
        "geometry": moved,
        **({"author": row["login"]} if writes else {}),
    }
