"""How the service describes itself: landing page, conformance, collections, rights, OpenAPI.

service.py      the service's own card, from `pygeoapi-config.yml`
describer.py    the handlers, and what is kept of their answers
landing.py      the landing page
conformance.py  the classes declared
search.py       words, box and pages of `/collections`
collection.py   one collection
links.py        its links, for the doors that open
standing.py     what the caller may do with it
access.py       the same, explained
help.py         how to connect, and what each problem is
openapi/        the API definition
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from mig_idg.guard.door import Door
from mig_idg.ogc.describe.access import access
from mig_idg.ogc.describe.describer import Describer
from mig_idg.ogc.describe.help import Help
from mig_idg.ogc.describe.service import load_service

# The decision service is mounted by the application itself, before the trades.
DECISIONS = tuple(
    f"/access/v1/{path}" for path in ("evaluation", "evaluations", "search/subject", "search/resource", "search/action")
)


class Configured(Protocol):
    """What we read of the settings."""

    @property
    def config_file(self) -> Path:
        """`pygeoapi-config.yml`."""


def doors(settings: Configured, beside: Iterable[Door] = ()) -> tuple[Door, ...]:
    """The doors that describe. `beside` are all the others of the application: what is described is what is mounted."""
    others = tuple(beside)
    describer = Describer(load_service(settings.config_file))
    help = Help(describer)
    ours = (
        Door("/", "listing", describer.landing, lanes="admin"),
        Door("/conformance", "open", describer.conformance, lanes="none"),
        Door("/collections", "listing", describer.collections, lanes="admin"),
        Door("/collections/{collection}", "discover", describer.collection, lanes="admin"),
        Door("/collections/{collection}/access", "discover", access, lanes="admin"),
        Door("/openapi", "listing", help.openapi, lanes="admin"),
        Door("/aide/connexion", "open", help.connection, lanes="none"),
        Door("/problems/{code}", "open", help.problem, lanes="none"),
    )
    describer.mounted = frozenset((*(door.pattern for door in (*ours, *others)), *DECISIONS))
    return ours
