"""`/collections/{collection}/proposals`: what partners propose to a coproduced layer, beside it (Charte MIG, § 3.2.2).

Under the grant of whoever contributes to the layer: columns hidden from a caller are in no proposal either, nor are
rows of territories that are not theirs. The facilitator of the group takes, amends or declines; an author withdraws.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from mig_idg.errors import BadRequest, InvalidParameter, Problem, Refused, Text, UnknownParameter, UnsupportedMedia
from mig_idg.guard.clerk import Clerk
from mig_idg.guard.negotiation import only, wanted
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, json_answer, link, page_answer
from mig_idg.guard.sessions import Sessions
from mig_idg.ogc.features import body, links, transactions
from mig_idg.ogc.features.proposing import place_of
from mig_idg.registry import proposals
from mig_idg.registry.proposals import ARTICLE, PREFIX, STATES, Step
from mig_idg.store.collection import Collection
from mig_idg.store.grant import ALL_ROWS, Grant
from mig_idg.store.table import Column
from mig_idg.territory import name_of

FORMATS = {"geojson": "application/geo+json", "json": "application/geo+json", "html": "text/html"}
FORM = "application/x-www-form-urlencoded"
PAGE, MOST = 100, 1_000
DECISIONS = {"take": "taken", "decline": "declined", "withdraw": "withdrawn"}
_MEMBERS = ("decision", "reason", "properties", "geometry")
_VALUE = "value-"


async def listing(request: Request) -> Response:
    """`GET /collections/{collection}/proposals`: the latest first, as GeoJSON or on a page."""
    collection, grant = _opened(request)
    for name in request.query:
        if name not in ("f", "lang", "token", "state", "feature", "limit", "before"):
            raise UnknownParameter(name, ("f", "lang", "state", "feature", "limit", "before"))
    form = wanted(request, FORMATS)
    states = _states(request.query.get("state"))
    limit = _number(request, "limit", PAGE, MOST)
    before = _number(request, "before", None, 10**15)
    feature = request.query.get("feature")

    def read(conn: Any) -> list[dict[str, Any]]:
        return proposals.listing(
            conn, dataset=collection.id, states=states, feature=feature, limit=(limit or PAGE) + 1, before=before
        )

    found = await request.resource(Clerk).read(read)
    await request.confirm()
    page = found[: limit or PAGE]
    shown = [told for one in page if (told := _shown(request, collection, grant, one)) is not None]
    here = f"{request.base_url}{place_of(collection)}"
    onward = links.kept(request.query, ("before",))
    made = [
        link(here, "self", FORMATS["geojson"], _("Les propositions", "The proposals", request)),
        link(f"{here}?f=html", "alternate", "text/html", _("Les propositions", "The proposals", request)),
        link(f"{request.base_url}/collections/{collection.id}", "collection", "application/json"),
    ]
    if len(found) > len(page):
        more = urlencode({**onward, "before": str(page[-1]["id"])})
        made.append(link(f"{here}?{more}", "next", FORMATS["geojson"]))
    document = {"type": "FeatureCollection", "features": shown, "numberReturned": len(shown), "links": made}
    headers = _private(request)
    if form == "html":
        return page_answer("proposals", {"document": document, "collection": collection}, headers=headers, private=True)
    return json_answer(document, media_type=FORMATS["geojson"], headers=headers, private=True)


async def one(request: Request) -> Response:
    """`/collections/{collection}/proposals/items/{proposal}`: read it; POST decides (take, decline, withdraw)."""
    collection, grant = _opened(request)
    number = proposals.number_of(request.params["proposal"])
    if request.method == "POST":
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == FORM:
            return await _decided_on_page(request, collection, grant, number)
        if kind != "application/json":
            raise UnsupportedMedia(Text("Du JSON ou un formulaire est attendu.", "JSON or a form is expected."))
        sessions = request.resource(Sessions)
        if sessions.bound(request.headers) and "authorization" not in request.headers:
            raise Refused(
                Text("Une session n'envoie que les formulaires du service.", "A session sends our own forms only."),
                remedy=Text("Présentez un jeton.", "Show a token."),
            )
        sent = body.decoded(await request.body(), exactly=True)
        moved = await _decide(request, collection, grant, number, _step(request, grant, sent))
        told = {"id": f"{PREFIX}{number}", "state": moved["state"], "title": STATES[moved["state"]].in_(request.lang)}
        return json_answer(told, headers=_private(request), private=True)
    only(request)
    form = wanted(request, FORMATS)
    shown = await _read(request, collection, grant, number)
    if form == "html":
        return await _page(request, collection, grant, shown)
    return json_answer(shown, media_type=FORMATS["geojson"], headers=_private(request), private=True)


async def _read(request: Request, collection: Collection, grant: Grant, number: int) -> dict[str, Any]:
    """A proposal with its course. Raises NotFound."""
    row, course = await request.resource(Clerk).read(
        lambda conn: (proposals.one(conn, number), proposals.events(conn, number))
    )
    await request.confirm()
    told = _shown(request, collection, grant, row) if row is not None and row["dataset"] == collection.id else None
    if told is None:
        raise proposals.missing()
    told["course"] = [
        {"on": f"{one['at']:%Y-%m-%dT%H:%M:%SZ}", "state": one["after"], "reason": one["words"],
         "title": STATES[one["after"]].in_(request.lang)}
        for one in course
    ]  # fmt: skip
    return told


async def _page(
    request: Request, collection: Collection, grant: Grant, told: dict[str, Any], error: Problem | None = None
) -> Response:
    """The page of a proposal, with the form of whoever decides, or withdraws."""
    number, state = int(told["id"].removeprefix(PREFIX)), told["properties"]["state"]
    body_of, today = request.principal.organisation, request.snapshot.day
    decider = await request.resource(Clerk).read(lambda conn: proposals.decider(conn, collection.id, today))
    mine = told["properties"]["proposedBy"]["id"] == body_of
    open_ = [
        (word, proposals.DECISIONS[word].in_(request.lang))
        for word, after in DECISIONS.items()
        if after in proposals.MOVES[state] and (mine if word == "withdraw" else decider == body_of)
    ]
    word, cookie = request.resource(Sessions).new_word()
    amendable = [
        (name, value)
        for name, value in told["properties"]["values"].items()
        if name != grant.table.id.name and told["properties"]["action"] != "delete"
    ]
    context = {
        "document": told, "collection": collection, "decisions": open_, "form_word": word, "number": number,
        "amendable": amendable if any(one == "take" for one, _ in open_) else [],
        "decider": name_of(decider), "wrong": error.text(request.lang) if error else "",
    }  # fmt: skip
    response = page_answer("proposal", context, private=True, status=422 if error else 200)
    response.headers |= {"set-cookie": cookie, **_private(request)}
    return response


async def _decided_on_page(request: Request, collection: Collection, grant: Grant, number: int) -> Response:
    try:
        text = (await request.body()).decode("utf-8")
        fields = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=500, errors="strict"))
    except ValueError:
        raise BadRequest(Text("Ce formulaire est illisible.", "This form cannot be read.")) from None
    request.resource(Sessions).require_word(request.headers, fields.pop("word", ""))
    told = await _read(request, collection, grant, number)
    sent: dict[str, Any] = {"decision": fields.get("decision"), "reason": fields.get("reason") or None}
    try:
        changed = {
            name: _typed(grant.table.column(name), fields[_VALUE + name])
            for name, value in told["properties"]["values"].items()
            if _VALUE + name in fields and fields[_VALUE + name] != ("" if value is None else value)
        }
        if changed:
            sent["properties"] = changed
        await _decide(request, collection, grant, number, _step(request, grant, sent))
    except Refused:
        raise
    except Problem as error:
        return await _page(request, collection, grant, told, error)
    place = f"{request.base_url}{place_of(collection)}/items/{PREFIX}{number}?f=html"
    headers = {"location": place, **_private(request)}
    return Response(status=303, headers=headers, media_type="text/plain; charset=utf-8")


def _typed(column: Column | None, text: str) -> Any:
    """What a field of a form says, as JSON would. Raises InvalidParameter."""
    if text == "" or column is None:
        return None
    try:
        if column.kind == "integer":
            return int(text)
        if column.kind == "number":
            return float(text.replace(",", "."))
        if column.kind == "boolean":
            return {"true": True, "false": False, "t": True, "f": False}[text.strip().lower()]
        if column.kind in ("array", "json"):
            return body.decoded(b'{"v":%s}' % text.encode())["v"]
    except (ValueError, KeyError, BadRequest):
        raise InvalidParameter(
            column.name, Text(f"« {column.name} » : valeur illisible.", f"“{column.name}”: unreadable value.")
        ) from None
    return text


def _step(request: Request, grant: Grant, sent: Mapping[str, Any]) -> Step:
    """`{"decision": "take", "reason": …, "properties": …, "geometry": …}`: the last two amend what is proposed."""
    for name in sent:
        if name not in _MEMBERS:
            raise BadRequest(
                Text(f"Membre inconnu : « {name[:40]} ».", f"Unknown member: “{name[:40]}”."),
                remedy=Text(f"Connus : {', '.join(_MEMBERS)}.", f"Known: {', '.join(_MEMBERS)}."),
            )
    decision = sent.get("decision")
    if not isinstance(decision, str) or decision not in DECISIONS:
        raise InvalidParameter(
            "decision",
            Text("Une décision est attendue.", "A decision is expected."),
            remedy=Text(f"L'une de : {', '.join(DECISIONS)}.", f"One of: {', '.join(DECISIONS)}."),
        )
    state, reason = DECISIONS[decision], _reason(sent.get("reason"))
    change = {name: sent[name] for name in ("properties", "geometry") if name in sent}
    if not change or state != "taken":
        return Step(state, reason)
    written = amendment(request, grant, change)
    shape = (written.geometry[0], written.geometry[1].srid) if written.geometry else None
    return Step(state, reason, written.values, shape)


async def _decide(
    request: Request, collection: Collection, grant: Grant, number: int, step: Step
) -> dict[str, Any]:  # fmt: skip
    await request.confirm()
    principal, today = request.principal, request.snapshot.day

    def move(conn: Any) -> dict[str, Any]:
        held = proposals.one(conn, number)
        if held is None or held["dataset"] != collection.id or _shown(request, collection, grant, held) is None:
            raise proposals.missing()
        require_decider(conn, held, step.state, principal.organisation, today)
        return proposals.decide(conn, number, step, principal.login or "", datetime.now(UTC), today)

    return await request.resource(Clerk).write(move)


def _private(request: Request) -> dict[str, str]:
    return {"content-language": request.lang, "cache-control": "private, no-store"}


def amendment(request: Request, grant: Grant, change: Mapping[str, Any]) -> body.Written:
    """A merge patch of what is proposed, with the faults of any other. Raises Unprocessable."""
    return body.patch(change, grant.table, transactions.crs_of_body(request, grant), transactions.rules(request))


def require_decider(conn: Any, held: Mapping[str, Any], state: str, organisation: str | None, on: date) -> None:
    """Only the facilitator's body decides, only the author's withdraws. Raises Refused, with who does."""
    if state == "withdrawn":
        who = held["organisation"]
        words = Text("Seul son auteur retire une proposition.", "Only its author withdraws a proposal.")
    else:
        who = proposals.decider(conn, held["dataset"], on)
        words = Text(
            f"Le groupe de travail décide, par son animateur : {name_of(who)}.",
            f"The working group decides, by its facilitator: {name_of(who)}.",
        )
    if organisation != who:
        raise Refused(
            words,
            remedy=Text(f"Écrivez à {name_of(who)}.", f"Write to {name_of(who)}."),
            extra={"rule": "the_group_decides", "article": ARTICLE.fr},
        )


def shown_values(names: frozenset[str], values: Mapping[str, Any] | None) -> dict[str, Any]:
    """Of values by column, those that a grant shows."""
    return {name: value for name, value in (values or {}).items() if name in names}


def _shown(request: Request, collection: Collection, grant: Grant, row: Mapping[str, Any]) -> dict[str, Any] | None:
    """A proposal as its reader may see it; None when it is on rows that are not shown to them."""
    if grant.rows != ALL_ROWS and not _within(collection, grant, row):
        return None
    names = frozenset(grant.table.names)
    lang, here = request.lang, f"{request.base_url}{place_of(collection)}/items/{PREFIX}{row['id']}"
    shaped = grant.table.geometry is not None
    geometry = (row["geometry"] if row["shaped"] else row["place"]) if shaped else None
    feature = row["feature"]
    return {
        "type": "Feature",
        "id": f"{PREFIX}{row['id']}",
        "geometry": geometry,
        "properties": {
            "action": row["action"],
            "feature": feature,
            "state": row["state"],
            "stateTitle": STATES[row["state"]].in_(lang),
            "actionTitle": proposals.ACTIONS[row["action"]].in_(lang),
            "proposedBy": {"id": row["organisation"], "name": name_of(row["organisation"])},
            "proposedOn": f"{row['at']:%Y-%m-%dT%H:%M:%SZ}",
            "amended": row["amended"],
            "reason": row["reason"],
            "decidedOn": f"{row['decided_at']:%Y-%m-%dT%H:%M:%SZ}" if row["decided_at"] else None,
            "values": shown_values(names, row["values"]),
            "before": shown_values(names, row["before"]),
            "moved": bool(row["shaped"] and shaped and row["action"] == "update"),
        },
        "links": [
            link(here, "self", FORMATS["geojson"]),
            *(
                [link(f"{request.base_url}{links.item_path(collection.id, feature)}", "item", FORMATS["geojson"])]
                if feature is not None
                else []
            ),
        ],
    }


def _within(collection: Collection, grant: Grant, row: Mapping[str, Any]) -> bool:
    """Whether what changes lies in the territories shown: before, and after."""
    column = collection.declared.get("territory")
    codes = set(filter(None, grant.rows.split(",")))
    told = [(row[part] or {}).get(column) for part in ("values", "before")]
    known = [one for one in told if one is not None]
    return bool(known) and all(one in codes for one in known)


def _opened(request: Request) -> tuple[Collection, Grant]:
    """The coproduced layer that is open to proposals. Raises NotFound."""
    collection, grant = request.layer
    if collection.kind != "coproduced" or not collection.editing.enabled:
        raise proposals.missing()
    return collection, grant


def _states(text: str | None) -> tuple[str, ...]:
    found = tuple(one for one in (text or "").split(",") if one)
    for one in found:
        if one not in STATES:
            raise InvalidParameter(
                "state",
                Text(f"État inconnu : « {one[:40]} ».", f"Unknown state: “{one[:40]}”."),
                remedy=Text(f"États : {', '.join(STATES)}.", f"States: {', '.join(STATES)}."),
            )
    return found


def _number(request: Request, name: str, default: int | None, most: int) -> int | None:
    text = request.query.get(name)
    if text is None:
        return default
    if text.isascii() and text.isdigit() and 0 < int(text[:16]) <= most:
        return int(text[:16])
    raise InvalidParameter(name, Text(f"Un entier de 1 à {most}.", f"An integer from 1 to {most}."))


def _reason(given: Any) -> str | None:
    if given is None or isinstance(given, str):
        return given
    raise InvalidParameter("reason", Text("Une phrase est attendue.", "A sentence is expected."))


def _(fr: str, en: str, request: Request) -> str:
    return Text(fr, en).in_(request.lang)
