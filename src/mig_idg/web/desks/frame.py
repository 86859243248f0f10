"""What surrounds the pages of desks: for which body one acts, and the desks that are one's own."""

from __future__ import annotations

from typing import Any

from mig_idg.errors import Text
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response
from mig_idg.web.desks.actor import Actor

DESKS = {
    "mine": ("/desk", Text("Mon bureau", "My desk")),
    "owner": ("/desk/owner", Text("Mes données", "My data")),
    "ept": ("/desk/ept", Text("Mes communes", "My communes")),
    "committees": ("/desk/committees", Text("Comités", "Committees")),
    "partnership": ("/desk/partnership", Text("Vie du partenariat", "Partnership")),
    "pilot": ("/desk/pilot", Text("Registre", "Registry")),
}


def open_to(who: Actor, desk: str) -> bool:
    """Whether a desk is the person's."""
    match desk:
        case "mine":
            return True
        case "owner":
            return bool(who.body)
        case "ept":
            return who.ept
        case "committees":
            return who.committee or who.partner
        case "partnership":
            return who.partner or who.pilot
        case _:
            return who.pilot


def desk_frame(request: Request, who: Actor, current: str) -> dict[str, Any]:
    """What every template of desks reads: `desk`."""
    lang = request.lang
    return {
        "desk": {
            "body": who.name(who.body) if who.body else "",
            "login": who.login,
            "current": current,
            "title": DESKS[current][1].in_(lang),
            "path": DESKS[current][0],
            "links": [
                (path, words.in_(lang), name == current) for name, (path, words) in DESKS.items() if open_to(who, name)
            ],
        }
    }


def redirect(request: Request, path: str, more: str = "") -> Response:
    """See another page of ours (303), in the same language."""
    place = request.url(path)
    if "lang" in request.query and "?" not in place + more:
        more = f"?lang={request.lang}{more}"
    return Response(
        status=303,
        headers={"location": place + more, "cache-control": "private, no-store"},
        media_type="text/plain; charset=utf-8",
    )
