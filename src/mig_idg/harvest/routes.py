"""The routes of harvesting."""

from __future__ import annotations

from mig_idg.errors import Text
from mig_idg.guard.operation import CATALOGUE, JSON_OR_HTML, PAGES, Operation
from mig_idg.guard.route import Route
from mig_idg.harvest.handlers import Handlers
from mig_idg.registry.harvested import Harvested


def _operation(id: str, fr: str, en: str, *parameters: str) -> tuple[Operation]:
    return (Operation(id, Text(fr, en), CATALOGUE, JSON_OR_HTML, parameters, PAGES),)


def routes(harvest: Harvested) -> tuple[Route, ...]:
    """The pages on what is harvested."""
    ours = Handlers(harvest)
    return (
        Route("/harvest", "listing", ours.sources, pool="none", operations=_operation(
            "harvestSources", "Les catalogues moissonnés", "The catalogues that are harvested")),
        Route("/harvest/{source}", "listing", ours.source, pool="none", operations=_operation(
            "harvestSource", "Une source moissonnée", "One harvested source", "source")),
        Route("/harvest/{source}/runs/{run}", "listing", ours.run, pool="none", operations=_operation(
            "harvestRun", "Une passe de moissonnage", "One run of harvesting", "source", "run")),
    )  # fmt: skip
