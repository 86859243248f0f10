"""Asking the database a client's question, and telling the client when its values cannot be computed with."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

import structlog

from mig_idg.database.pipeline import Columns, Row, StatementFailed
from mig_idg.errors import InvalidParameter, Text, TooLarge
from mig_idg.guard.request import Request
from mig_idg.store.statement import Statement

log = structlog.get_logger(__name__)


async def fetch(request: Request, statement: Statement) -> list[Row]:
    """All rows. Raises InvalidParameter when a value is out of range for PostgreSQL, or a geometry defeats GEOS."""
    try:
        return await request.fetch(statement)
    except StatementFailed as failed:
        raise explained(failed, request) from failed


async def stream(request: Request, statement: Statement) -> AsyncGenerator[Row]:
    """The rows one by one, with the same explanations."""
    try:
        async with aclosing(request.stream(statement)) as flow:
            async for row in flow:
                yield row
    except StatementFailed as failed:
        raise explained(failed, request) from failed


async def chunks(request: Request, statement: Statement) -> AsyncGenerator[Columns]:
    """The rows many at a time, each time as columns of values, with the same explanations."""
    try:
        async with aclosing(request.chunks(statement)) as flow:
            async for columns in flow:
                yield columns
    except StatementFailed as failed:
        raise explained(failed, request) from failed


def explained(failed: StatementFailed, request: Request) -> Exception:
    """The client's mistake behind an SQLSTATE, or the failure itself when it is not one."""
    parameter = "filter" if "filter" in request.query else "bbox" if "bbox" in request.query else "f"
    if failed.sqlstate.startswith("22"):
        return InvalidParameter(
            parameter,
            Text(
                "Une valeur de la demande sort de ce que la base sait calculer.",
                "A value of the request is beyond what the database can compute.",
            ),
            remedy=Text("Vérifiez l'ordre de grandeur des nombres.", "Check the magnitude of the numbers."),
        )
    if failed.sqlstate == "XX000" and (parameter != "f" or "crs" in request.query):  # perhaps not the client's mistake
        log.warning("statement-failed", sqlstate="XX000", message=failed.message, collection=failed.collection)
    if failed.sqlstate == "XX000" and parameter == "f" and "crs" in request.query:
        return InvalidParameter(
            "crs",
            Text(
                "Une entité au moins est trop loin pour s'exprimer dans ce système de référence.",
                "At least one feature is too far away to be expressed in this reference system.",
            ),
            remedy=Text("Demandez CRS84, ou une emprise plus petite.", "Ask for CRS84, or for a smaller box."),
        )
    if failed.sqlstate == "XX000" and parameter != "f":
        return InvalidParameter(
            parameter,
            Text(
                "Cette comparaison de géométries n'est pas possible avec ces formes.",
                "These geometries cannot be compared that way.",
            ),
            remedy=Text(
                "Utilisez des géométries valides, sans GEOMETRYCOLLECTION hors de S_INTERSECTS.",
                "Use valid geometries, without GEOMETRYCOLLECTION outside S_INTERSECTS.",
            ),
        )
    if failed.sqlstate in ("54000", "54001", "54023"):
        return TooLarge(Text("La demande est trop complexe.", "The request is too complex."))
    return failed
