"""How the service describes itself: landing page, conformance, collections, rights, OpenAPI.

service.py      the service's own card, from `pygeoapi-config.yml`
describer.py    the handlers, and what is kept of their answers
landing.py      the landing page
conformance.py  the classes declared
search.py       words, box and pages of `/collections`
collection.py   one collection
links.py        its links, for the routes that open
standing.py     what the caller may do with it
access.py       the same, explained
help.py         how to connect, and what each problem is
operations.py   what the API definition tells of these routes
openapi/        the API definition
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from mig_idg.guard import evaluation
from mig_idg.guard.route import Route
from mig_idg.ogc.describe import operations
from mig_idg.ogc.describe.access import access
from mig_idg.ogc.describe.describer import Describer
from mig_idg.ogc.describe.help import Help
from mig_idg.ogc.service_metadata import load_service

# The decision service is mounted by the application itself, before the trades.
DECISIONS = (*(one.pattern for one in evaluation.OPERATIONS), evaluation.METADATA)


class Configured(Protocol):
    """What we read of the settings."""

    @property
    def config_file(self) -> Path:
        """`pygeoapi-config.yml`."""


def routes(settings: Configured, beside: Iterable[Route] = (), describer: Describer | None = None) -> tuple[Route, ...]:
    """The routes that describe. `beside` are all the others: what is described is what is mounted.

    `describer` is given when another slice writes records from the same descriptions.
    """
    others = tuple(beside)
    describer = describer or Describer(load_service(settings.config_file))
    help = Help(describer)
    ours = (
        Route("/", "listing", describer.landing, pool="admin", operations=(operations.LANDING,)),
        Route("/conformance", "open", describer.conformance, pool="none", operations=(operations.CONFORMANCE,)),
        Route("/openapi", "listing", help.openapi, pool="admin", operations=(operations.OPENAPI,)),
        Route("/aide/connexion", "open", help.connection, pool="none", operations=(operations.HELP,)),
        Route("/problems/{code}", "open", help.problem, pool="none", operations=(operations.PROBLEM,)),
        Route("/collections", "listing", describer.collections, pool="admin",
              operations=(operations.COLLECTION_LIST,)),
        Route("/collections/{collection}", "discover", describer.collection, pool="admin",
              operations=(operations.COLLECTION,)),
        Route("/collections/{collection}/access", "discover", access, pool="admin", operations=(operations.ACCESS,)),
    )  # fmt: skip
    every = (*ours, *others)
    describer.mounted = frozenset((*(route.pattern for route in every), *DECISIONS))
    describer.operations = (*(one for route in every for one in route.described), *evaluation.OPERATIONS)
    return ours
