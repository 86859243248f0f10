"""The routes of remarks."""

from __future__ import annotations

from mig_idg.guard.route import Route
from mig_idg.remarks.handlers import Desk, Handlers

BODY = 128 * 1024
SENT = ("GET", "HEAD", "POST")


def routes(desk: Desk) -> tuple[Route, ...]:
    """A remark on a dataset asks no more than to know of it: what is hidden answers as what is absent."""
    doors = Handlers(desk)
    return (
        Route("/collections/{collection}/remarks", "discover", doors.of_collection, SENT, pool="none",
              body_limit=BODY, forms=True),
        Route("/remarks", "listing", doors.elsewhere, SENT, pool="none", body_limit=BODY, forms=True),
        Route("/remarks/{follow}", "listing", doors.followed, pool="none"),
    )  # fmt: skip
