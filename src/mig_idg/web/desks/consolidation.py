"""`/desk/consolidation/{run}`: the report of a consolidation by contributor, its conflicts, and who decides of them.

For the pilot and for whoever contributes to the layer; for anybody else it is not there.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from mig_idg.deposits.consolidation import report as reporting
from mig_idg.deposits.consolidation import runs
from mig_idg.deposits.consolidation.findings import CONFLICTS, KINDS, RESOLUTION_WORDS
from mig_idg.errors import NotFound, Text, UnknownWord
from mig_idg.guard.clerk import Clerk
from mig_idg.guard.negotiation import JSON_PAGES, only, wanted
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, json_answer, page_answer
from mig_idg.registry.acts import Conn
from mig_idg.web.consolidation import HEIGHT, SHOWN, WIDTH, placed
from mig_idg.web.desks.actor import Actor, actor
from mig_idg.web.desks.acts.consolidation import decides
from mig_idg.web.desks.frame import desk_frame

CONFLICTS_SHOWN = 300


class Consolidations:
    """The pages of consolidations, of one application."""

    def __init__(self, clerk: Clerk) -> None:
        self._clerk = clerk

    async def one(self, request: Request) -> Response:
        """The report, as a page or as JSON."""
        who = actor(request)
        only(request)
        form = wanted(request, JSON_PAGES)
        await request.confirm()
        told = await self._clerk.read(partial(_read, who, request.params["run"]))
        if form == "json":
            return json_answer(told["report"], headers={"cache-control": "private, no-store"}, private=True)
        context = {**desk_frame(request, who, "committees"), **told}
        return page_answer("desks/consolidation", context, private=True)


def _read(who: Actor, word: str, conn: Conn) -> dict[str, Any]:
    number = int(word) if word.isascii() and word.isdigit() and len(word) < 16 else 0
    try:
        dataset = runs.find(conn, number)["dataset"]
    except UnknownWord:
        raise _missing() from None
    if not (who.pilot or who.may("contribute", dataset)):
        raise _missing()
    report = reporting.report(conn, number, who.lang)
    left = runs.conflicts(conn, number, kinds=CONFLICTS, undecided=True, limit=CONFLICTS_SHOWN)
    found = runs.conflicts(conn, number, limit=SHOWN)
    return {
        "report": report,
        "title": who.title(dataset).in_(who.lang),
        "decides": decides(conn, who, dataset),
        "conflicts": [
            {
                "identity": row["identity"][:12],
                "kind": KINDS[row["kind"]].in_(who.lang),
                "first": f"{who.name(row['contributor'])} : {row['key'] or '—'}",
                "second": f"{who.name(row['other_contributor'] or row['contributor'])} : {row['other_key']}"
                if row["other_key"]
                else "—",
                "proposal": RESOLUTION_WORDS[row["proposal"]].in_(who.lang),
            }
            for row in left
        ],
        "kinds": [(kind, KINDS[kind].in_(who.lang)) for kind in dict.fromkeys(row["kind"] for row in left)],
        "points": placed(reporting.as_geojson(found, who.lang)),
        "width": WIDTH,
        "height": HEIGHT,
    }


def _missing() -> NotFound:
    return NotFound(
        Text("Aucune consolidation ici.", "There is no consolidation here."),
        remedy=Text("Elles sont à /desk/committees.", "They are at /desk/committees."),
    )
