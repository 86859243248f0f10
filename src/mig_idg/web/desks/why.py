"""`/why`: one decision as a paragraph, as a path of rules and facts, and what would change it.

On any day, and as known on any day.

Everybody may ask about themselves and the public; about others, who answers for the dataset or runs the platform
(`guard/evaluation.py`). A dataset that one may not know of is missing, whatever is asked of it.
"""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from datetime import time as clock
from typing import Any

import orjson

from mig_idg.charter import ACTIONS, AccessRequest, Decision, Facts, decide
from mig_idg.charter.citations import cited
from mig_idg.charter.decision import readings_behind
from mig_idg.charter.facts import ROLES
from mig_idg.charter.messages import name
from mig_idg.charter.questions import what_would_change
from mig_idg.errors import InvalidParameter, Refused, Text
from mig_idg.guard.clerk import Clerk
from mig_idg.guard.current import PARIS
from mig_idg.guard.evaluation import may_ask, oversees, reached
from mig_idg.guard.negotiation import JSON_PAGES, only, wanted
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, page_answer
from mig_idg.ogc.describe.entitlements import obligation
from mig_idg.publication.diff import VERBS
from mig_idg.registry import facts as registry_facts
from mig_idg.registry.acts import Conn
from mig_idg.territory import name_of

PUBLIC = "public"
MOST_OPENINGS = 12
EFFECTS = {
    "permit": Text("permet", "permits"),
    "forbid": Text("interdit", "forbids"),
    "deny": Text("refuse", "refuses"),
}


class Why:
    """The page of one decision."""

    def __init__(self, clerk: Clerk) -> None:
        self._clerk = clerk

    async def why(self, request: Request) -> Response:
        """`/why?collection=…&action=…&who=…&on=…&known=…`, as a page or as JSON."""
        only(request, "collection", "action", "who", "on", "known")
        await request.confirm()
        collection, _, _ = request.admit(request.query.get("collection", ""), "discover")
        action = request.query.get("action", "query")
        if action not in ACTIONS:
            raise InvalidParameter(
                "action",
                Text("Cette action n'est pas connue.", "This action is unknown."),
                remedy=Text(f"Attendu : {', '.join(VERBS)}.", f"Expected: {', '.join(VERBS)}."),
            )
        on, known = _day(request, "on"), _day(request, "known")
        body, roles = _who(request)
        if not may_ask(request, body, roles, collection.id):
            raise Refused(
                Text(
                    "Vous ne pouvez interroger que vos propres droits et ceux du public.",
                    "You may only ask about your own rights and the public's.",
                ),
                remedy=Text("Qui répond de la donnée, ou le pilote, peut répondre.", "Its owner or the pilot can."),
            )
        world = await self._facts(request, on, known)
        day = on or request.snapshot.day
        who, having = reached(request, body, roles, action, collection.id)
        asked = AccessRequest(who, having, action, collection.id, day)
        document = _told(request, asked, world, collection.title, known)
        if wanted(request, JSON_PAGES) != "html":
            return Response(body=orjson.dumps(document), private=True)
        others = oversees(request, collection.id)
        names = request.snapshot.facts.names
        context = {
            "document": document,
            "asked": {
                "collection": collection.id,
                "action": action,
                "who": body or PUBLIC,
                "on": day.isoformat(),
                "known": known.isoformat() if known else "",
            },
            "actions": [(one, words.in_(request.lang)) for one, words in VERBS.items() if one in ACTIONS],
            "bodies": sorted(names.items(), key=lambda pair: pair[1]) if others else _own(request),
        }
        return page_answer("desks/why", context, private=True)

    async def _facts(self, request: Request, on: date | None, known: date | None) -> Facts:
        day = on or request.snapshot.day
        if day == request.snapshot.day and known is None:
            return request.snapshot.facts
        # What was known on a day is what was at its end, in Paris.
        at = datetime.combine(known + timedelta(days=1), clock(), PARIS) if known else None
        started = time.perf_counter()

        def loaded(conn: Conn) -> Facts:
            return registry_facts.load(conn, day, at)

        found = await self._clerk.read(loaded)
        request.charge(time.perf_counter() - started)
        return found


def _own(request: Request) -> list[tuple[str, str]]:
    body = request.principal.organisation
    return [(body, name_of(body))] if body else []


def _who(request: Request) -> tuple[str | None, frozenset[str]]:
    """The body asked about, with one's own roles for one's own."""
    principal = request.principal
    said = request.query.get("who")
    own = (principal.organisation, principal.roles.intersection(ROLES))
    if not said or said in (principal.organisation, "self"):
        return own
    return (None if said == PUBLIC else said), frozenset()


def _day(request: Request, parameter: str) -> date | None:
    said = request.query.get(parameter)
    if not said:
        return None
    try:
        found = date.fromisoformat(said)
    except ValueError:
        found = date.min
    if not 1900 <= found.year <= 2999:
        raise InvalidParameter(parameter, Text("Une date AAAA-MM-JJ est attendue.", "A date YYYY-MM-DD is expected."))
    return found


def _told(request: Request, asked: AccessRequest, world: Facts, title: Text, known: date | None) -> dict[str, Any]:
    lang = request.lang
    decision = decide(asked, world)
    openings = () if decision.permitted else what_would_change(asked, world)[:MOST_OPENINGS]
    noun = name(world, asked.organisation)
    return {
        "collection": asked.dataset,
        "title": title.in_(lang),
        "who": asked.organisation,
        "name": noun.alone if lang == "fr" else noun.english,
        "action": asked.action,
        "verb": VERBS[asked.action].in_(lang),
        "on": asked.on.isoformat(),
        "known": known.isoformat() if known else None,
        "outcome": decision.outcome,
        "rule": decision.rule,
        "article": cited(decision.article).in_(lang),
        "reason": decision.reason.in_(lang),
        "remedy": decision.remedy.in_(lang) if decision.remedy else None,
        "facts": decision.facts,
        "limits": _limits(decision, world, lang),
        "duties": [obligation(code, decision, world, lang)["text"] for code in decision.obligations],
        "readings": [
            Text(f"lecture n° {one.number} : « {one.choice} »", f"reading no. {one.number}: “{one.choice}”").in_(lang)
            for one in readings_behind(asked, world)
        ],
        "path": [
            {
                "rule": one.rule,
                "article": cited(one.article).in_(lang),
                "effect": EFFECTS.get(one.effect, Text(one.effect, one.effect)).in_(lang),
                "held": one.held,
                "why": one.why.in_(lang),
            }
            for one in decision.consulted
        ],
        "would_change": [
            {
                "by": one.by,
                "words": one.text.in_(lang),
                "rule": one.decision.rule,
                "article": cited(one.decision.article).in_(lang),
            }
            for one in openings
        ],
    }


def _limits(decision: Decision, world: Facts, lang: Any) -> list[str]:
    """What a permit leaves out; attributes that are withheld are not named."""
    told = []
    if decision.permitted and decision.rows is not None:
        rows = ", ".join(sorted(name(world, code).alone for code in decision.rows))
        rows = rows or Text("aucune", "none").in_(lang)
        told.append(Text(f"Limité aux lignes de : {rows}.", f"Limited to the rows of: {rows}.").in_(lang))
    if decision.permitted and decision.hidden:
        told.append(Text("Des attributs sont réservés.", "Some attributes are withheld.").in_(lang))
    return told
