"""`/open-data`: the board of each body, for everybody (Haute-Garonne offer); and the catalogue as SCDL asks for it.

What the caller may not know of counts as absent. The same as a page, JSON and CSV.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from mig_idg.catalogue import operations, scdl
from mig_idg.charter.citations import cited
from mig_idg.guard.clerk import Clerk
from mig_idg.guard.negotiation import JSON_PAGES, only, wanted
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, json_answer, page_answer
from mig_idg.guard.route import Route
from mig_idg.registry import open_board
from mig_idg.registry.open_board import ARTICLE, DUTIES, SETS, Published, Standing
from mig_idg.registry.organisations import everyone

FORMS = {**JSON_PAGES, "csv": "text/csv"}
CATALOGUE_FORMS = {"csv": "text/csv", "json": "application/json"}
PRIVATE = {"cache-control": "private, no-store"}


def routes(clerk: Clerk) -> tuple[Route, ...]:
    """The board, and the SCDL catalogue."""

    async def board(request: Request) -> Response:
        only(request)
        form, lang, day = wanted(request, FORMS), request.lang, request.snapshot.day
        seen = {one.id: one.title.in_(lang) for one in request.snapshot.visible(request.principal)}
        found = await clerk.read(lambda conn: open_board.board(conn, day, seen))
        await request.confirm()
        headers = {"content-language": lang, **PRIVATE}
        if form == "csv":
            return written(open_board.lines(found), "open-data", headers)
        document = {
            "article": cited(ARTICLE).in_(lang),
            "on": day.isoformat(),
            "sets": [{"set": word, "standard": standard, "title": title.in_(lang)}
                     for word, (standard, title) in SETS.items()],
            "bodies": [_body(one, seen, request) for one in found],
        }  # fmt: skip
        if form == "html":
            return page_answer("open_data", {"document": document}, headers=headers, private=True)
        return json_answer(document, headers=headers, private=True)

    async def catalogue(request: Request) -> Response:
        only(request)
        form, day = wanted(request, CATALOGUE_FORMS), request.snapshot.day
        facts = request.snapshot.facts.datasets
        ours = [one for one in request.snapshot.visible(request.principal)
                if one.is_open and one.id in facts and facts[one.id].takedown is None]  # fmt: skip
        bodies, sirets = await clerk.read(lambda conn: (everyone(conn), open_board.sirets(conn, day)))
        await request.confirm()
        names = {id: body.name for id, body in bodies.items()}
        lines = [scdl.line(replace(one, updated=one.updated or day.isoformat()), names, sirets, request.base_url)
                 for one in ours]  # fmt: skip
        headers = {"content-language": "fr", **PRIVATE}
        if form == "json":
            told = [dict(zip(scdl.HEADER, line, strict=True)) for line in lines]
            return json_answer({"numberReturned": len(told), "catalogue": told}, headers=headers, private=True)
        return written([scdl.HEADER, *lines], "catalogue-scdl", headers)

    return (
        Route("/open-data", "listing", board, pool="none", operations=(operations.OPEN_DATA,)),
        Route("/open-data/catalogue", "listing", catalogue, pool="none", operations=(operations.SCDL,)),
    )


def written(lines: Iterable[tuple[str, ...]], name: str, headers: dict[str, str]) -> Response:
    """Lines as a CSV file (RFC 4180, UTF-8, commas), no cell of which a spreadsheet would compute."""
    text = io.StringIO()
    csv.writer(text).writerows([f"'{cell}" if cell[:1] in "=+-@\t\r" and cell else cell for cell in one]
                               for one in lines)  # fmt: skip
    told = {**headers, "content-disposition": f'attachment; filename="{name}.csv"'}
    return Response(body=text.getvalue().encode(), media_type="text/csv; charset=utf-8", headers=told, private=True)


def _body(one: Standing, titles: dict[str, str], request: Request) -> dict[str, Any]:
    return {
        "organisation": one.organisation,
        "name": one.name,
        "inhabitants": one.inhabitants,
        "agents": one.agents,
        "duty": one.duty,
        "duty_title": DUTIES[one.duty].in_(request.lang),
        "done": one.done(),
        "sets": {word: [_published(made, titles, request) for made in ones] for word, ones in one.sets.items()},
        "beyond": [{"dataset": id, "title": titles[id]} for id in one.beyond],
    }


def _published(made: Published, titles: dict[str, str], request: Request) -> dict[str, Any]:
    told = {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in made.as_json().items()}
    return {**told, "title": titles[made.dataset], "good": made.good,
            "href": request.url(f"/collections/{made.dataset}")}  # fmt: skip
