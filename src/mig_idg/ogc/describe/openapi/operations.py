"""The table of operations: one row for each method of each route that the public documentation speaks of.

A row whose route is not mounted is left out; a route without a row, other than those of `UNSPOKEN`, fails the suite.
"""

from __future__ import annotations

from mig_idg.ogc.describe.openapi import (
    of_catalogue,
    of_deposits,
    of_features,
    of_maps,
    of_pictures,
    of_processes,
    of_remarks,
    of_service,
    of_tiles,
)
from mig_idg.ogc.describe.openapi.operation import Operation

OPERATIONS: tuple[Operation, ...] = (
    *of_service.OPERATIONS,
    *of_features.OPERATIONS,
    *of_tiles.OPERATIONS,
    *of_maps.OPERATIONS,
    *of_pictures.OPERATIONS,
    *of_processes.OPERATIONS,
    *of_catalogue.OPERATIONS,
    *of_deposits.OPERATIONS,
    *of_remarks.OPERATIONS,
)

# Routes of pages and machines that are no part of the API: static files, health, metrics, sessions, desks.
UNSPOKEN = (
    "/static/",
    "/favicon.ico",
    "/robots.txt",
    "/metrics",
    "/healthz",
    "/readyz",
    "/.well-known/",
    "/sign-in",
    "/sign-out",
    "/connexion",
    "/deconnexion",
    "/desk",
    "/why",
    "/calendar/",
)
