"""`/open-data/standards`: the register of standards, and when each dataset that the caller knows of has to conform.

As a page, JSON, and iCalendar (`f=ics`), for those who keep their deadlines in a calendar (000 art. 5).
"""

from __future__ import annotations

from typing import Any

from mig_idg.catalogue import operations
from mig_idg.charter.citations import cited
from mig_idg.errors import Text
from mig_idg.guard.clerk import Clerk
from mig_idg.guard.negotiation import JSON_PAGES, only, wanted
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, json_answer, page_answer
from mig_idg.guard.route import Route
from mig_idg.registry import deadlines, standard_versions
from mig_idg.registry.acts import Conn
from mig_idg.registry.standard_versions import ARTICLE, SCOPES, Duty, Version

FORMS = {**JSON_PAGES, "ics": "text/calendar"}
STATES = {
    "late": Text("en retard", "late"),
    "due": Text("à venir", "to come"),
    "advised": Text("conseillé", "advised"),
}


def routes(clerk: Clerk) -> tuple[Route, ...]:
    """The page, its JSON, its calendar."""

    async def shown(request: Request) -> Response:
        only(request)
        form, lang, day = wanted(request, FORMS), request.lang, request.snapshot.day
        titles = {one.id: one.title.in_(lang) for one in request.snapshot.visible(request.principal)}

        def read(conn: Conn) -> tuple[list[Version], list[Duty], dict[str, dict[str, str | None]]]:
            return (standard_versions.versions(conn), standard_versions.duties(conn, day),
                    standard_versions.followed(conn, day))  # fmt: skip

        known, found, followed = await clerk.read(read)
        await request.confirm()
        duties = [one for one in found if one.dataset in titles]
        headers = {"content-language": lang, "cache-control": "private, no-store"}
        if form == "ics":
            due = [deadlines.of_duty(one) for one in duties if one.version.due is not None]
            body = deadlines.calendar(due, day, name=Text("Standards à suivre", "Standards to follow"), lang=lang)
            return Response(body=body, media_type="text/calendar; charset=utf-8", headers=headers, private=True)
        document: dict[str, Any] = {
            "article": cited(ARTICLE).in_(lang),
            "on": day.isoformat(),
            "standards": [_plain(one.as_json() | {"scope_title": SCOPES[one.scope].in_(lang)}) for one in known],
            "duties": [
                _plain({**one.as_json(day), "title": titles[one.dataset], "words": one.words().in_(lang),
                        "state_title": STATES[one.state(day)].in_(lang)})
                for one in duties
            ],
            "conform": [
                {"dataset": id, "title": titles[id], "standard": standard, "version": version}
                for id, ones in sorted(followed.items()) if id in titles
                for standard, version in sorted(ones.items())
                if version and not any((d.dataset, d.version.standard) == (id, standard) for d in duties)
            ],
        }  # fmt: skip
        if form == "html":
            return page_answer("standards", {"document": document}, headers=headers, private=True)
        return json_answer(document, headers=headers, private=True)

    return (Route("/open-data/standards", "listing", shown, pool="none", operations=(operations.STANDARDS,)),)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value.isoformat() if hasattr(value, "isoformat") else value
            for key, value in row.items() if key not in ("fr", "en")}  # fmt: skip
