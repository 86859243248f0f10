"""`/inventory`: the coproduced data that the technical committee validated, for everybody (Charte MIG, § 3.1.1).

A dataset whose record its owners hide is absent for those it is hidden from, as everywhere else.
"""

from __future__ import annotations

from typing import Any

from mig_idg.catalogue import operations
from mig_idg.errors import Text
from mig_idg.guard.negotiation import JSON_PAGES, only, wanted
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, json_answer, page_answer
from mig_idg.guard.route import Route
from mig_idg.registry.inventory import Inventory

ARTICLE = Text("Charte MIG, § 3.1.1, § 3.2.2, § 3.4", "MIG charter, § 3.1.1, § 3.2.2, § 3.4")


def routes(inventory: Inventory) -> tuple[Route, ...]:
    """The page, and its JSON."""

    async def shown(request: Request) -> Response:
        only(request)
        form = wanted(request, JSON_PAGES)
        seen = {one.id: one for one in request.snapshot.visible(request.principal)}
        entries = [
            _entry(request, one, seen[one["dataset"]]) for one in await inventory.entries() if one["dataset"] in seen
        ]
        await request.confirm()
        document = {"article": ARTICLE.in_(request.lang), "numberReturned": len(entries), "inventory": entries}
        headers = {"content-language": request.lang}
        if form == "html":
            return page_answer("inventory", {"document": document}, headers=headers)
        return json_answer(document, headers=headers)

    return (Route("/inventory", "listing", shown, pool="none", operations=(operations.INVENTORY,)),)


def _entry(request: Request, one: dict[str, Any], collection: Any) -> dict[str, Any]:
    return {
        "dataset": one["dataset"],
        "title": collection.title.in_(request.lang),
        "version": one["version"],
        "validated_on": one["validated_on"],
        "co_owners": one["co_owners"],
        "in_force": one["in_force"],
        "sha256": one["sha256"],
        "links": [
            {"rel": "item", "href": request.url(f"/collections/{one['dataset']}")},
            {"rel": "describedby", "href": request.url(f"/collections/{one['dataset']}/record")},
        ],
    }
