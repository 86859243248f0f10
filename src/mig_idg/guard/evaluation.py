"""The decision service: OpenID AuthZEN Authorization API 1.0 on the same decisions that guard the data.

Everybody may ask about themselves and about the public. Asking about another body is for the pilot's staff,
administrators, and the owner of the dataset in question; and nobody learns of a dataset they may not discover: for it
the decision is no, the same as for one that is missing. Beyond the scope of a token its bearer is the public here too:
what is true here is what the routes of the data would do.

Another day has other facts, which take as long to read as hundreds of decisions: a request names MOST_DAYS at most,
those just read are kept, and one at a time is read, whoever asks.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from cachetools import LRUCache

from mig_idg.charter import ACTIONS, AccessRequest, Decision, Facts, decide
from mig_idg.charter.facts import ROLES
from mig_idg.errors import BadRequest, InvalidParameter, Refused, Text
from mig_idg.guard.endpoints import NOWHERE, done_by, kept_by
from mig_idg.guard.operation import JSON, RIGHTS, Operation
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, json_answer
from mig_idg.guard.route import Route
from mig_idg.store import json_document

BODY_LIMIT = 256 * 1024
MOST_EVALUATIONS = 1000
# Days other than today: one for each month of a year; those kept by a worker, for the facts of one epoch.
MOST_DAYS, DAYS_KEPT = 12, 24
# Decisions taken before others have their turn: about two milliseconds.
AT_ONCE = 20
SEMANTICS = ("execute_all", "deny_on_first_deny", "permit_on_first_permit")
FactsOn = Callable[[date], Facts]
Json = Mapping[str, Any]


def _operation(pattern: str, id: str, fr: str, en: str) -> Operation:
    return Operation(id, Text(fr, en), RIGHTS, ((JSON, "object"),), method="POST", body=((JSON, "object"),),
                     errors=(400, 401, 403, 413, 415, 429, 503), pattern=pattern, action="listing")  # fmt: skip


# Placed already: the application mounts these routes before those of the trades, that the description starts from.
OPERATIONS = (
    _operation("/access/v1/evaluation", "evaluation", "Puis-je ? (AuthZEN)", "May I? (AuthZEN)"),
    _operation("/access/v1/evaluations", "evaluations", "Plusieurs questions (AuthZEN)", "Several questions (AuthZEN)"),
    _operation("/access/v1/search/subject", "searchSubject", "Qui peut ? (AuthZEN)", "Who may? (AuthZEN)"),
    _operation("/access/v1/search/resource", "searchResource", "Sur quoi puis-je ? (AuthZEN)",
               "On what may I? (AuthZEN)"),
    _operation("/access/v1/search/action", "searchAction", "Que puis-je ? (AuthZEN)", "What may I do? (AuthZEN)"),
)  # fmt: skip
METADATA = "/.well-known/authzen-configuration"


class Evaluation:
    """The routes of the decision service; `facts_on` loads the facts of another day, off the event loop."""

    def __init__(self, facts_on: FactsOn) -> None:
        self._facts_on = facts_on
        self._days: LRUCache[tuple[int, date], Facts] = LRUCache(DAYS_KEPT)
        self._reading = asyncio.Lock()

    def routes(self) -> tuple[Route, ...]:
        """Evaluation, evaluations, three searches, and the metadata document."""
        handlers = (self.evaluation, self.evaluations, self.search_subject, self.search_resource, self.search_action)
        return (
            *(
                Route(one.pattern, "listing", handler, ("POST",), "admin", body_limit=BODY_LIMIT, operations=(one,))
                for one, handler in zip(OPERATIONS, handlers, strict=True)
            ),
            Route(METADATA, "open", self.configuration, pool="none"),
        )

    async def evaluation(self, request: Request) -> Response:
        """One question, one decision with its grounds."""
        asked = await _document(request)
        return _told(request, await self._evaluate(request, asked, {}))

    async def evaluations(self, request: Request) -> Response:
        """Many questions in one request; members of the envelope are defaults of each."""
        asked = await _document(request)
        several = asked.get("evaluations")
        if several is None:
            return _told(request, await self._evaluate(request, asked, {}))
        if not isinstance(several, list) or len(several) > MOST_EVALUATIONS:
            raise InvalidParameter(
                "evaluations",
                Text(f"Une liste de {MOST_EVALUATIONS} questions au plus.", f"A list of {MOST_EVALUATIONS} at most."),
            )
        semantic = _semantic(asked)
        if not all(isinstance(one, dict) for one in several):
            raise InvalidParameter("evaluations", Text("Chaque question est un objet.", "Each is an object."))
        if len({_day(one, asked) for one in several} - {None, request.snapshot.day}) > MOST_DAYS:
            raise InvalidParameter(
                "context.on",
                Text(f"{MOST_DAYS} jours différents au plus.", f"{MOST_DAYS} different days at most."),
                remedy=Text("Répartissez-les entre plusieurs demandes.", "Spread them over several requests."),
            )
        answers = []
        for number, one in enumerate(several):
            if number % AT_ONCE == AT_ONCE - 1:
                await asyncio.sleep(0)
            response = await self._evaluate(request, one, asked)
            answers.append(response)
            if (semantic == "deny_on_first_deny" and not response["decision"]) or (
                semantic == "permit_on_first_permit" and response["decision"]
            ):
                break
        return _told(request, {"evaluations": answers})

    async def search_subject(self, request: Request) -> Response:
        """Who may do this to that dataset? For those who may ask about others."""
        asked = await _document(request)
        dataset, action = _resource(asked, {}), _action(asked, {})
        _require_oversight(request, dataset)
        facts, day = await self._facts(request, asked)
        known = sorted({m.organisation for m in facts.memberships} | {e.commune for e in facts.ept_communes})
        results = []
        for bodies in _some(known if discoverable(request, dataset) else []):
            results += [
                {"type": "organisation", "id": body}
                for body in bodies
                if decide(AccessRequest(body, frozenset(), action, dataset, day), facts).permitted
            ]
            await asyncio.sleep(0)
        return _told(request, {"results": results, "page": {"next_token": ""}})

    async def search_resource(self, request: Request) -> Response:
        """What may this subject do this to?"""
        asked = await _document(request)
        action = _action(asked, {})
        body, roles = _subject(request, asked, {})
        facts, day = await self._facts(request, asked)
        results = []
        for collections in _some([collection.id for collection in request.snapshot.visible(request.principal)]):
            for dataset in collections:
                who, having = reached(request, body, roles, action, dataset)
                if (
                    may_ask(request, who, having, dataset)
                    and decide(AccessRequest(who, having, action, dataset, day), facts).permitted
                ):
                    results.append({"type": "collection", "id": dataset})
            await asyncio.sleep(0)
        return _told(request, {"results": results, "page": {"next_token": ""}})

    async def search_action(self, request: Request) -> Response:
        """What may this subject do to that dataset?"""
        asked = await _document(request)
        dataset = _resource(asked, {})
        body, roles = _subject(request, asked, {})
        _require(may_ask(request, body, roles, dataset))
        facts, day = await self._facts(request, asked)
        results = []
        for action in sorted(ACTIONS) if discoverable(request, dataset) else ():
            who, having = reached(request, body, roles, action, dataset)
            if decide(AccessRequest(who, having, action, dataset, day), facts).permitted:
                results.append({"name": action})
        return _told(request, {"results": results, "page": {"next_token": ""}})

    async def configuration(self, request: Request) -> Response:
        """Where the endpoints are (AuthZEN metadata)."""
        base = request.base_url
        return json_answer(
            {
                "policy_decision_point": base,
                "access_evaluation_endpoint": f"{base}/access/v1/evaluation",
                "access_evaluations_endpoint": f"{base}/access/v1/evaluations",
                "search_subject_endpoint": f"{base}/access/v1/search/subject",
                "search_resource_endpoint": f"{base}/access/v1/search/resource",
                "search_action_endpoint": f"{base}/access/v1/search/action",
            }
        )

    async def _evaluate(self, request: Request, asked: Json, defaults: Json) -> dict[str, Any]:
        body, roles = _subject(request, asked, defaults)
        action, dataset = _action(asked, defaults), _resource(asked, defaults)
        _day(asked, defaults)
        _require(may_ask(request, body, roles, dataset))
        if not discoverable(request, dataset):
            return {"decision": False, "context": {"rule": "A0"}}
        facts, day = await self._facts(request, asked, defaults)
        who, having = reached(request, body, roles, action, dataset)
        decision = decide(AccessRequest(who, having, action, dataset, day), facts)
        told = _context(decision, request, day)
        if decision.permitted:
            told["done_by"] = done_by(action, dataset, kept_by(request.snapshot.collections[dataset]), request.base_url)
            if not told["done_by"]:
                told["note"] = {"fr": NOWHERE.fr, "en": NOWHERE.en}
        if (who, having) != (body, roles):
            told["scope"] = {
                "fr": "Votre jeton ne va pas jusque-là : la décision est celle du public.",
                "en": "Your token does not reach this far: the decision is the public's.",
            }
        return {"decision": decision.permitted, "context": told}

    async def _facts(self, request: Request, asked: Json, defaults: Json | None = None) -> tuple[Facts, date]:
        day = _day(asked, defaults or {})
        if day is None or day == request.snapshot.day:
            return request.snapshot.facts, request.snapshot.day
        key = (request.snapshot.epoch, day)
        async with self._reading:
            facts = self._days.get(key)
            if facts is None:
                started = time.perf_counter()
                facts = self._days[key] = await asyncio.to_thread(self._facts_on, day)
                request.charge(time.perf_counter() - started)
        return facts, day


def _day(asked: Json, defaults: Json) -> date | None:
    """The day a question is about (`context.on`); None is today."""
    context = asked.get("context") or defaults.get("context") or {}
    wanted = context.get("on") if isinstance(context, dict) else None
    if wanted is None:
        return None
    try:
        return date.fromisoformat(str(wanted))
    except ValueError:
        raise InvalidParameter("context.on", Text("Une date AAAA-MM-JJ est attendue.", "A date is expected.")) from None


def _semantic(asked: Json) -> str:
    """What to do with many questions (AuthZEN 1.0, 7.1.2.1)."""
    options = asked.get("options")
    if options is None:
        options = {}
    if not isinstance(options, dict):
        raise InvalidParameter("options", Text("Un objet est attendu.", "An object is expected."))
    semantic = options.get("evaluations_semantic", SEMANTICS[0])
    if semantic not in SEMANTICS:
        listed = ", ".join(SEMANTICS)
        raise InvalidParameter("options.evaluations_semantic", Text(f"Attendu : {listed}.", f"Expected: {listed}."))
    return str(semantic)


def _some(names: list[str]) -> Iterator[list[str]]:
    return (names[start : start + AT_ONCE] for start in range(0, len(names), AT_ONCE))


def _context(decision: Decision, request: Request, day: date) -> dict[str, Any]:
    told: dict[str, Any] = {
        "on": day.isoformat(),
        "rule": decision.rule,
        "article": decision.article,
        "reason": decision.reason.in_(request.lang),
        "reason_user": {"fr": decision.reason.fr, "en": decision.reason.en},
        "obligations": [{"id": one} for one in decision.obligations],
        "other": list(decision.other),
        "facts": decision.facts,
    }
    if decision.permitted:
        told["hidden"] = sorted(decision.hidden)
        told["rows"] = None if decision.rows is None else sorted(decision.rows)
    if decision.remedy is not None:
        told["remedy"] = decision.remedy.in_(request.lang)
    return told


async def _document(request: Request) -> dict[str, Any]:
    kind = request.headers.get("content-type", "application/json").split(";")[0].strip()
    if kind != "application/json":
        from mig_idg.errors import UnsupportedMedia

        raise UnsupportedMedia(Text("Un corps application/json est attendu.", "An application/json body is expected."))
    try:
        asked = json_document.decoded(await request.body())
    except json_document.Unreadable as error:
        deepest = json_document.DEEPEST
        raise BadRequest(
            Text(f"Le corps est imbriqué sur plus de {deepest} niveaux.", f"The body is nested over {deepest} levels.")
            if error.deep
            else Text("Le corps n'est pas du JSON lisible.", "The body is not readable JSON.")
        ) from None
    if not isinstance(asked, dict):
        raise BadRequest(Text("Un objet JSON est attendu.", "A JSON object is expected."))
    return asked


def _member(asked: Json, defaults: Json, name: str, key: str) -> str:
    holder = asked.get(name, defaults.get(name))
    value = holder.get(key) if isinstance(holder, dict) else None
    if not isinstance(value, str) or not value:
        raise InvalidParameter(f"{name}.{key}", Text(f"« {name}.{key} » est attendu.", f"“{name}.{key}” is expected."))
    return value


def _action(asked: Json, defaults: Json) -> str:
    return _member(asked, defaults, "action", "name")


def _resource(asked: Json, defaults: Json) -> str:
    return _member(asked, defaults, "resource", "id")


def _subject(request: Request, asked: Json, defaults: Json) -> tuple[str | None, frozenset[str]]:
    """The body and roles asked about: the caller's own when the subject is absent, `self` or the caller's login."""
    holder = asked.get("subject", defaults.get("subject"))
    principal = request.principal
    own = (principal.organisation, principal.roles.intersection(ROLES))
    if holder is None:
        return own
    name = _member(asked, defaults, "subject", "id")
    if name in ("self", principal.login):
        return own
    properties = holder.get("properties") if isinstance(holder, dict) else None
    roles = properties.get("roles", ()) if isinstance(properties, dict) else ()
    if not isinstance(roles, list | tuple) or not all(isinstance(role, str) for role in roles):
        raise InvalidParameter("subject.properties.roles", Text("Une liste est attendue.", "A list is expected."))
    return (None if name == "public" else name), frozenset(roles)


def reached(
    request: Request, body: str | None, roles: frozenset[str], action: str, dataset: str
) -> tuple[str | None, frozenset[str]]:
    """The body and roles asked about; the public, for one's own beyond the scope of the token."""
    principal = request.principal
    own = body == principal.organisation and roles <= principal.roles
    if own and not principal.within_scope(action, dataset):
        return None, frozenset()
    return body, roles


def may_ask(request: Request, body: str | None, roles: frozenset[str], dataset: str) -> bool:
    """Whether the caller may ask about this body: oneself, the public, anybody for who answers for the dataset."""
    principal = request.principal
    own = body == principal.organisation and roles <= principal.roles
    return own or (body is None and not roles) or oversees(request, dataset)


def oversees(request: Request, dataset: str) -> bool:
    """Whether the caller answers for the dataset, or runs the platform."""
    principal = request.principal
    if not principal.within_scope("discover", dataset):
        return False
    if principal.roles & {"pilot_staff", "administrator"}:
        return True
    known = request.snapshot.facts.datasets.get(dataset)
    return known is not None and principal.organisation is not None and known.owner == principal.organisation


def discoverable(request: Request, dataset: str) -> bool:
    """Whether the caller may know of the dataset."""
    return (
        dataset in request.snapshot.collections
        and request.snapshot.decide(request.principal, "discover", dataset).permitted
    )


def _require_oversight(request: Request, dataset: str) -> None:
    _require(oversees(request, dataset))


def _require(allowed: bool) -> None:
    if not allowed:
        raise Refused(
            Text(
                "Vous ne pouvez interroger que vos propres droits et ceux du public.",
                "You may only ask about your own rights and the public's.",
            ),
            remedy=Text("Le pilote du partenariat peut répondre.", "The partnership's pilot can answer."),
        )


def _told(request: Request, document: Any) -> Response:
    response = json_answer(document, private=True)
    request_id = request.headers.get("x-request-id")
    if request_id and len(request_id) < 200 and request_id.isascii() and request_id.isprintable():
        response.headers["x-request-id"] = request_id
    return response
