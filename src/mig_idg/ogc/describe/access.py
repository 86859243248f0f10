"""`/collections/{collection}/access`: what the caller may do, by which article, with which duties, and whom to ask.

The same decisions as at every route, told at length. Withheld attributes are not named: only that there are some.
"""

from __future__ import annotations

from typing import Any

from orjson import dumps

from mig_idg.charter import Decision, Facts
from mig_idg.charter.citations import cited
from mig_idg.errors import Lang, Text
from mig_idg.guard.endpoints import NOWHERE, done_by, kept_by
from mig_idg.guard.negotiation import JSON_PAGES, only, wanted
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, link, page_answer
from mig_idg.ogc.describe.audience import audience
from mig_idg.ogc.describe.document_cache import fingerprint
from mig_idg.ogc.describe.entitlements import ACTIONS, asked, entitlements, obligation
from mig_idg.store.collection import Collection
from mig_idg.territory import name_of


async def access(request: Request) -> Response:
    """The caller's rights on one collection, in JSON and as a page."""
    only(request)
    form = wanted(request, JSON_PAGES)
    document = access_document(request, asked(request))
    if form == "html":
        return page_answer("access", {"document": document}, headers={"content-language": request.lang})
    body = dumps(document)
    return Response(body=body, etag=fingerprint(body), headers={"content-language": request.lang})


def access_document(request: Request, collection: Collection) -> dict[str, Any]:
    """Caller, day, who may use it in general, one entry for each action, licence, links."""
    place = entitlements(request.snapshot, request.principal, collection, ACTIONS)
    lang, principal = request.lang, request.principal
    here = request.url(f"/collections/{collection.id}")
    dataset = request.snapshot.facts.datasets.get(collection.id)
    return {
        "collection": collection.id,
        "title": collection.title.in_(lang),
        "caller": _caller(principal.organisation, principal.public, lang),
        "on": request.snapshot.day.isoformat(),
        "facts": request.snapshot.facts.number,
        "outcome": place.leading[1].outcome,
        "license": collection.licence,
        "attribution": request.snapshot.credit(collection, lang),
        "audience": [clause.in_(lang) for clause in audience(dataset, request.snapshot.day)],
        "actions": [
            _told(action, decision, request.snapshot.facts, lang) | _done_by(request, collection, action, decision)
            for action, decision in place.decisions
        ],
        "links": [
            link(f"{here}/access?f=json", "self", "application/json",
                 Text("Ce document en JSON", "This document as JSON").in_(lang)),
            link(f"{here}/access?f=html", "alternate", "text/html",
                 Text("Ce document en HTML", "This document as HTML").in_(lang)),
            link(here, "collection", "application/json", collection.title.in_(lang)),
        ],
    }  # fmt: skip


def _caller(organisation: str | None, public: bool, lang: Lang) -> dict[str, Any]:
    if organisation is not None:
        return {"organisation": organisation, "name": name_of(organisation)}
    unnamed = Text("compte sans organisme", "an account without a body")
    return {"organisation": None, "name": (Text("le public", "the public") if public else unnamed).in_(lang)}


def _told(action: str, decision: Decision, facts: Facts, lang: Lang) -> dict[str, Any]:
    """One decision in words: outcome, rule, article, sentence; what is limited, what is owed, whom to ask."""
    told: dict[str, Any] = {
        "action": action,
        "title": ACTIONS[action].in_(lang),
        "outcome": decision.outcome,
        "rule": decision.rule,
        "article": cited(decision.article).in_(lang),
        "reason": decision.reason.in_(lang),
    }
    if decision.remedy is not None:
        told["remedy"] = decision.remedy.in_(lang)
    if not decision.permitted:
        return told
    told["limits"] = _limits(decision, lang)
    told["obligations"] = [obligation(code, decision, facts, lang) for code in decision.obligations]
    if decision.other:
        told["alsoPermittedBy"] = list(decision.other)
    return told


def _done_by(request: Request, collection: Collection, action: str, decision: Decision) -> dict[str, Any]:
    """Where what is permitted is done: paths and commands; and, when there is none, that nothing here does it."""
    if not decision.permitted:
        return {}
    found = done_by(action, collection.id, kept_by(collection), request.base_url)
    return {"doneBy": found} if found else {"doneBy": [], "note": NOWHERE.in_(request.lang)}


def _limits(decision: Decision, lang: Lang) -> list[str]:
    limits = []
    if decision.rows is not None:
        names = ", ".join(name_of(code) for code in sorted(decision.rows)) or Text("aucune", "none").in_(lang)
        limits.append(Text(f"Communes visibles : {names}.", f"Communes shown: {names}.").in_(lang))
    if decision.hidden:
        limits.append(
            Text(
                "Des attributs sont réservés et n'apparaissent pas (Charte MIG, § 3.3, ou modalités du propriétaire).",
                "Some attributes are withheld and do not appear (MIG charter, § 3.3, or the owner's terms).",
            ).in_(lang)
        )
    return limits
