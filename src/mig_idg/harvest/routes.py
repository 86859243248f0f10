"""The routes of harvesting."""

from __future__ import annotations

from mig_idg.guard.route import Route
from mig_idg.harvest.handlers import Handlers
from mig_idg.registry.harvested import Harvested


def routes(harvest: Harvested) -> tuple[Route, ...]:
    """The pages on what is harvested."""
    ours = Handlers(harvest)
    return (
        Route("/harvest", "listing", ours.sources, pool="none"),
        Route("/harvest/{source}", "listing", ours.source, pool="none"),
        Route("/harvest/{source}/runs/{run}", "listing", ours.run, pool="none"),
    )
