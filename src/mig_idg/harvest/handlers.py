"""`/harvest`: the sources, their runs, what was wrong in them. A source for partners is absent for others."""

from __future__ import annotations

from typing import Any

from mig_idg.errors import NotFound, Text
from mig_idg.guard.negotiation import JSON_PAGES, only, wanted
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, json_answer, page_answer
from mig_idg.harvest.documents import finding_row, run_row, source_row
from mig_idg.registry.harvested import Harvested


class Handlers:
    """The pages of one service."""

    def __init__(self, harvest: Harvested) -> None:
        self._harvest = harvest

    async def sources(self, request: Request) -> Response:
        """`/harvest`: every source that the caller may know of, and the infrastructures behind them."""
        only(request)
        form = wanted(request, JSON_PAGES)
        found = [one for one in await self._harvest.sources() if _seen(request, one)]
        document = {
            "sources": [_row(request, one) for one in found],
            "infrastructures": [_infrastructure(request, one) for one in found if one["declaration"]["infrastructure"]],
        }
        return await self._answer(request, form, document, "harvest")

    async def source(self, request: Request) -> Response:
        """`/harvest/{source}`: where it stands, and its runs."""
        only(request)
        form = wanted(request, JSON_PAGES)
        one = await self._one(request)
        runs = await self._harvest.runs(one["source"])
        document = {**_row(request, one), "runs": [run_row(run, request.lang) for run in runs]}
        return await self._answer(request, form, document, "harvest_source")

    async def run(self, request: Request) -> Response:
        """`/harvest/{source}/runs/{run}`: what one run changed, and what was wrong, record by record."""
        only(request)
        form = wanted(request, JSON_PAGES)
        one = await self._one(request)
        number = request.params["run"]
        plain = number.isascii() and number.isdigit() and len(number) < 9
        runs = await self._harvest.runs(one["source"], int(number)) if plain else []
        if not runs:
            raise NotFound(Text("Cette passe n'existe pas.", "There is no such run."))
        findings = await self._harvest.findings(one["source"], int(number))
        document = {
            "source": one["source"],
            "title": one["declaration"]["title"][request.lang],
            **run_row(runs[0], request.lang),
            "findings": [finding_row(finding, request.lang) for finding in findings],
        }
        return await self._answer(request, form, document, "harvest_run")

    async def _one(self, request: Request) -> dict[str, Any]:
        for one in await self._harvest.sources():
            if one["source"] == request.params["source"] and _seen(request, one):
                return one
        raise NotFound(Text("Cette source n'existe pas.", "There is no such source."))

    async def _answer(self, request: Request, form: str, document: dict[str, Any], page: str) -> Response:
        await request.confirm()
        headers = {"content-language": request.lang}
        if form == "html":
            return page_answer(page, {"document": document}, headers=headers)
        return json_answer(document, headers=headers)


def _seen(request: Request, source: dict[str, Any]) -> bool:
    """Whether the caller may know of a source: everybody, or partners on the day with an unbounded credential."""
    if source["audience"] == "public":
        return True
    return request.snapshot.partner(request.principal)


def _row(request: Request, one: dict[str, Any]) -> dict[str, Any]:
    run = one["run"] or {}
    told = {"status": run.get("status"), "run": run.get("number"), "started": run.get("started"),
            "finished": run.get("finished"), "counts": run.get("counts"), "problem": run.get("problem")}  # fmt: skip
    row = source_row(one["source"], None, {**one, **told}, request.lang)
    return {name: value for name, value in row.items() if name not in ("declared", "findings")}


def _infrastructure(request: Request, one: dict[str, Any]) -> dict[str, Any]:
    """Whom it serves, which data, which services (convention 001, annex: complementarities)."""
    told = one["declaration"]["infrastructure"]
    words = {name: told[name][request.lang] for name in ("audience", "data", "services") if told.get(name)}
    return {"source": one["source"], "name": told["name"], "url": told.get("url"), **words, "records": one["live"]}
