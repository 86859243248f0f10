"""The doors: a page and a form for each dataset, one for what no dataset here holds, and where one's own stands.

The threshold has decided before any of them runs: a hidden dataset answers as an absent one, to a remark too.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import parse_qsl

from mig_idg.errors import BadRequest, InvalidParameter, NotFound, Problem, Refused, Text, UnsupportedMedia
from mig_idg.guard.negotiation import JSON_PAGES, only, wanted
from mig_idg.guard.rates import account_of
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, json_answer, page_answer
from mig_idg.guard.sessions import FORM_TYPE, Sessions
from mig_idg.notices.seals import opened, sealed
from mig_idg.registry import outbox, remarks
from mig_idg.registry.remarks import About, Said
from mig_idg.remarks import documents
from mig_idg.remarks.reading import FIELDS, Sent, document, read

FORMS = {**JSON_PAGES, "atom": "application/atom+xml"}
SEAL = "remark"
MOST_FIELDS = 16

type Conn = outbox.Conn


class Clerk(Protocol):
    """Who asks the registry, in a transaction of its own."""

    async def read[T](self, ask: Callable[[Conn], T]) -> T:
        """What `ask` answers, on a connection that cannot write."""

    async def write[T](self, do: Callable[[Conn], T]) -> T:
        """What `do` answers; committed when it returns."""


HarvestedRecords = Callable[[], Awaitable[list[dict[str, Any]]]]


@dataclass(frozen=True, slots=True)
class Desk:
    """What the doors stand on: the clerk, forms, the key of sealed addresses, a clock, the delay, harvested records."""

    clerk: Clerk
    sessions: Sessions
    key: bytes
    clock: Callable[[], datetime]
    days: int
    harvested: HarvestedRecords


class Handlers:
    """The handlers of one application."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def of_collection(self, request: Request) -> Response:
        """`/collections/{collection}/remarks`: what was made public, and the form; POST sends one."""
        collection = request.collection
        assert collection is not None
        if request.method == "POST":
            return await self._received(request, About(collection.id, title=collection.title))
        only(request, "feature")
        form = wanted(request, FORMS)
        day = request.snapshot.day
        rows, standing = await self._desk.clerk.read(
            lambda conn: (remarks.public_of(conn, collection.id), remarks.standing(conn, collection.id, day))
        )
        await request.confirm()
        told = [documents.shown(row, request.lang) for row in rows]
        home = request.url(f"/collections/{collection.id}/remarks")
        headers = {"content-language": request.lang, "cache-control": "private, no-store"}
        title = Text(f"Remarques : {collection.title.fr}", f"Remarks: {collection.title.en}").in_(request.lang)
        if form == "atom":
            body = documents.feed(told, title, home, request.lang)
            return Response(body=body, media_type=FORMS["atom"], headers=headers, private=True)
        answer = {"dataset": collection.id, "standing": standing, "days": self._desk.days,
                  "numberReturned": len(told), "remarks": told}  # fmt: skip
        if form == "json":
            return json_answer(answer, headers=headers, private=True)
        about = {"title": collection.title.in_(request.lang), "home": f"/collections/{collection.id}"}
        return self._page(request, about, answer, {"feature": request.query.get("feature", "")[:200]})

    async def elsewhere(self, request: Request) -> Response:
        """`/remarks`: about a harvested record (`record=`), or what no dataset here holds; POST sends one."""
        if request.method == "POST":
            return await self._received(request, None)
        only(request, "record", "organisation")
        form = wanted(request, JSON_PAGES)
        record = request.query.get("record")
        about = await self._of_record(request, record) if record else None
        if form == "json":
            kinds = {word: text.in_(request.lang) for word, text in remarks.KINDS.items()}
            return json_answer({"kinds": kinds, "days": self._desk.days}, headers={"content-language": request.lang})
        await request.confirm()
        shown = {"title": about.title.in_(request.lang) if about else "", "home": ""}
        typed = {"record": record or "", "organisation": request.query.get("organisation", "")[:100],
                 "kind": "remark" if record else "publication"}  # fmt: skip
        return self._page(request, shown, None, typed)

    async def followed(self, request: Request) -> Response:
        """`/remarks/{follow}`: where one's own stands, at an address that only its author was given."""
        only(request)
        form = wanted(request, JSON_PAGES)
        number = opened(self._desk.key, SEAL, request.params["follow"])
        row = await self._desk.clerk.read(lambda conn: remarks.one(conn, number)) if number is not None else None
        await request.confirm()
        if row is None:
            raise remarks.missing()
        told = documents.followed(row, request.lang)
        if row["dataset"] and not request.snapshot.decide(request.principal, "discover", row["dataset"]).permitted:
            told["dataset"] = None
        headers = {"content-language": request.lang, "cache-control": "private, no-store"}
        if form == "html":
            return page_answer("remark", {"document": told}, headers=headers, private=True)
        return json_answer(told, headers=headers, private=True)

    # what is sent

    async def _received(self, request: Request, about: About | None) -> Response:
        media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type == "application/json":
            self._no_session(request)
            return await self._kept(request, about, read(document(await request.body())), page=False)
        if media_type != FORM_TYPE:
            raise UnsupportedMedia(
                Text("Du JSON ou un formulaire est attendu.", "JSON or a form is expected."),
                remedy=Text("content-type: application/json", "content-type: application/json"),
            )
        fields = await self._fields(request)
        try:
            return await self._kept(request, about, read(fields), page=True)
        except InvalidParameter as error:
            title = about.title.in_(request.lang) if about else ""
            shown = {"title": title, "home": f"/collections/{about.dataset}" if about else ""}
            return self._page(request, shown, None, fields, error)

    async def _kept(self, request: Request, about: About | None, sent: Sent, *, page: bool) -> Response:
        """Kept, and told to who answers; the same answer whether anybody can be written to or not."""
        await request.confirm()
        found = about or await self._about(request, sent)
        said = self._said(request, sent)
        now, day = self._desk.clock(), request.snapshot.day

        def write(conn: Conn) -> tuple[int, Any]:
            number = remarks.receive(conn, found, said, now, day, days=self._desk.days)
            outbox.wake(conn)
            row = remarks.one(conn, number)
            assert row is not None
            return number, row["due"]

        number, due = await self._desk.clerk.write(write)
        follow = f"/remarks/{sealed(self._desk.key, SEAL, number)}"
        headers = {"location": request.url(follow), "cache-control": "private, no-store"}
        if page:
            return Response(status=303, headers=headers, media_type="text/plain; charset=utf-8")
        told = {"id": number, "state": "received", "due": due.isoformat(), "follow": request.url(follow)}
        return json_answer(told, status=201, headers=headers, private=True)

    async def _about(self, request: Request, sent: Sent) -> About:
        """What a remark of `/remarks` is about: a harvested record, else data that a body holds."""
        if sent.record is not None:
            return await self._of_record(request, sent.record)
        if sent.kind != "publication":
            raise InvalidParameter(
                "kind",
                Text("Une remarque porte sur une donnée.", "A remark is about a dataset."),
                remedy=Text("Écrivez-la sur la page de la donnée.", "Write it on the page of the dataset."),
            )
        title = Text("données demandées", "data asked for")
        if sent.organisation is None:
            return About(title=title)
        if sent.organisation not in self._bodies(request):
            raise InvalidParameter(
                "organisation",
                Text("Cet organisme n'est pas partenaire.", "This body is no partner."),
                remedy=Text("Laissez vide : le pilote transmettra.", "Leave it empty: the pilot will pass it on."),
            )
        return About(organisation=sent.organisation, title=title)

    async def _of_record(self, request: Request, id: str) -> About:
        """A harvested record that the caller may know of; its source's contact. Raises NotFound, the same for both."""
        partner = request.snapshot.partner(request.principal)
        for row in await self._desk.harvested():
            if row["id"] == id and (row["audience"] == "public" or partner):
                told = row["document"]
                parties = [one for one in told.get("parties", ()) if one.get("email")]
                parties.sort(key=lambda one: one.get("role") != "pointOfContact")
                relay = next((one["email"] for one in parties if _is_address(one["email"])), None)
                return About(record=id, relay=relay, title=Text(told["title"], told["title"]))
        raise NotFound(
            Text("Aucune fiche moissonnée de ce nom.", "There is no harvested record of that name."),
            remedy=Text("Elles sont à /collections/records/items.", "They are at /collections/records/items."),
        )

    def _said(self, request: Request, sent: Sent) -> Said:
        principal = request.principal
        address = f"{request.snapshot.day} {account_of(None, request.address)}".encode()
        return Said(
            kind=sent.kind,
            words=sent.words,
            lang=request.lang,
            feature=sent.feature,
            geometry=sent.geometry,
            name=sent.name or principal.name,
            email=sent.email,
            login=principal.login,
            organisation=principal.organisation,
            caller=hmac.new(self._desk.key, b"remarks " + address, hashlib.sha256).digest()[:16],
        )

    # forms

    async def _fields(self, request: Request) -> dict[str, str]:
        try:
            text = (await request.body()).decode("utf-8")
            fields = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict"))
        except ValueError:
            raise BadRequest(Text("Ce formulaire est illisible.", "This form cannot be read.")) from None
        self._desk.sessions.require_word(request.headers, fields.pop("word", ""))
        return fields

    def _no_session(self, request: Request) -> None:
        """JSON is for applications: a session of a browser sends our own forms only."""
        if self._desk.sessions.bound(request.headers) and "authorization" not in request.headers:
            raise Refused(
                Text("Une session n'envoie que les formulaires du service.", "A session sends our own forms only."),
                remedy=Text("Présentez un jeton, ou rien.", "Show a token, or nothing."),
            )

    def _bodies(self, request: Request) -> dict[str, str]:
        facts, day = request.snapshot.facts, request.snapshot.day
        return {id: name for id, name in sorted(facts.names.items(), key=lambda one: one[1]) if facts.member(id, day)}

    def _page(
        self,
        request: Request,
        about: dict[str, str],
        answer: dict[str, Any] | None,
        typed: dict[str, str],
        error: Problem | None = None,
    ) -> Response:
        word, cookie = self._desk.sessions.new_word()
        context = {
            "about": about,
            "answer": answer,
            "typed": dict.fromkeys(FIELDS, "") | typed,
            "wrong": error.text(request.lang) if error else "",
            "wrong_field": str(error.extra.get("parameter", "")) if error else "",
            "form_word": word,
            "kinds": [(one, text.in_(request.lang)) for one, text in remarks.KINDS.items()],
            "bodies": [] if about["home"] else list(self._bodies(request).items()),
            "days": self._desk.days,
            "login": request.principal.login or "",
        }
        response = page_answer("remarks", context, private=True, status=422 if error else 200)
        response.headers |= {"set-cookie": cookie, "cache-control": "private, no-store",
                             "content-language": request.lang}  # fmt: skip
        return response


def _is_address(text: str) -> bool:
    from mig_idg.registry.addresses import ADDRESS

    return ADDRESS.fullmatch(text) is not None
