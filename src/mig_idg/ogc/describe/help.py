"""`/openapi`, `/aide/connexion` and `/problems/{code}`: what one may ask, how to connect, what went wrong."""

from __future__ import annotations

import orjson

from mig_idg.errors import ANSWERS, NotFound, Text
from mig_idg.guard.negotiation import JSON_PAGES, only, wanted
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, json_answer, page_answer
from mig_idg.ogc.describe.describer import Describer, sent
from mig_idg.ogc.describe.document_cache import BASE
from mig_idg.ogc.describe.entitlements import ACTIONS, entitlements
from mig_idg.ogc.describe.openapi.document import Seen, definition

OPENAPI = {"json": "application/vnd.oai.openapi+json;version=3.0", "html": "text/html"}


class Help:
    """The API definition and the connection page, on the same descriptions as the other pages."""

    def __init__(self, describer: Describer) -> None:
        self._describer = describer

    async def openapi(self, request: Request) -> Response:
        """The OpenAPI 3.0 definition of what this caller may ask."""
        only(request)
        form = wanted(request, {"json": "application/json", "html": "text/html"})
        body = await self._describer.kept(request, ("openapi",), lambda: orjson.dumps(self._definition(request)))
        if form == "html":
            return self._describer.response(request, body, "openapi")
        return sent(request, body, OPENAPI["json"])

    async def connection(self, request: Request) -> Response:
        """How to connect: QGIS, GDAL, a program; and the five ways to show a token."""
        only(request)
        wanted(request, {"html": "text/html"})
        return Response(
            media_type="text/html; charset=utf-8",
            page=("connection", {}),
            headers={"content-language": request.lang},
        )

    async def problem(self, request: Request) -> Response:
        """The page that the `type` of a problem document leads to: what this code means, whatever the request."""
        only(request)
        form = wanted(request, JSON_PAGES)
        row = next((row for row in ANSWERS.values() if row.code == request.params["code"]), None)
        if row is None:
            raise NotFound(Text("Ce code d'erreur n'existe pas.", "There is no such error code."))
        document = {"code": row.code, "status": row.status, "title": row.title.in_(request.lang)}
        if form == "html":
            return page_answer("problem_code", {"document": document}, headers={"content-language": request.lang})
        return json_answer(document, headers={"content-language": request.lang})

    def _definition(self, request: Request) -> dict[str, object]:
        snapshot, principal = request.snapshot, request.principal
        seen = []
        for collection in snapshot.visible(principal):
            place = entitlements(snapshot, principal, collection, ACTIONS)
            _, grant = snapshot.grant(principal, collection, "query")
            seen.append(Seen(collection, place.permitted, grant.table if grant else None))
        return definition(self._describer.service, tuple(seen), self._describer.operations, BASE, request.lang)
