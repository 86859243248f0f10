"""`/collections/{collection}/opening`: the checks before a dataset is opened to all, for who may open it.

Lines, columns and masked values; never a value (Tarn-et-Garonne convention, art. 5; CRPA, L312-1-2).
"""

from __future__ import annotations

from typing import Any

from mig_idg.catalogue import operations
from mig_idg.charter.citations import cited
from mig_idg.errors import Lang
from mig_idg.guard.clerk import Clerk
from mig_idg.guard.negotiation import JSON_PAGES, only, wanted
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, json_answer, page_answer
from mig_idg.guard.route import Route
from mig_idg.registry import openings
from mig_idg.standards.personal_data import DETECTORS

PRIVATE = {"cache-control": "private, no-store"}


def routes(clerk: Clerk) -> tuple[Route, ...]:
    """The page, and its JSON."""

    async def shown(request: Request) -> Response:
        only(request)
        form = wanted(request, JSON_PAGES)
        collection = request.collection
        assert collection is not None
        told = await clerk.read(lambda conn: openings.standing(conn, collection.id))
        await request.confirm()
        document = document_of(told, request.lang) | {"title": collection.title.in_(request.lang)}
        headers = {"content-language": request.lang, **PRIVATE}
        if form == "html":
            return page_answer("opening", {"document": document}, headers=headers, private=True)
        return json_answer(document, headers=headers, private=True)

    pattern = "/collections/{collection}/opening"
    return (Route(pattern, "publish_open", shown, pool="none", operations=(operations.OPENING,)),)


def document_of(told: dict[str, Any], lang: Lang) -> dict[str, Any]:
    """Where a dataset stands, in words and for programs."""
    scan = told["scan"]
    return {
        "dataset": told["dataset"],
        "article": cited(openings.ARTICLE).in_(lang),
        "licence": told["licence"],
        "ready": told["ready"],
        "source": told["source"],
        "scan": {"state": scan["state"], "at": scan["at"].isoformat() if scan["at"] else None, "rows": scan["rows"]},
        "checks": [
            {
                "check": one["question"],
                "title": openings.QUESTIONS[one["question"]].title.in_(lang),
                "asks": openings.QUESTIONS[one["question"]].asks.in_(lang),
                "article": cited(openings.QUESTIONS[one["question"]].article).in_(lang),
                **_answer(one),
            }
            for one in told["questions"]
        ],
        "findings": [
            {
                "detector": one["detector"],
                "title": DETECTORS[one["detector"]].title.in_(lang),
                "column": one["column"],
                "count": one["count"],
                "places": one["places"],
                "masked": one["masked"],
                "needs_answer": one["needs_answer"],
                **_answer(one),
            }
            for one in told["findings"]
        ],
    }


def _answer(one: dict[str, Any]) -> dict[str, Any]:
    on = one["answered_on"]
    return {
        "verdict": one["verdict"],
        "answered_by": one["organisation"],
        "answered_on": on.isoformat() if on else None,
        "reason": one["reason"],
    }
