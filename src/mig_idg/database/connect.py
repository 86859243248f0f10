"""Plain connections, for acts, imports and loads of facts."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import Connection
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from mig_idg.errors import BadRequest, Text, Unavailable

CONNECT_SECONDS = 3


def connect(url: str, *, autocommit: bool = False, **options: Any) -> Connection[tuple[Any, ...]]:
    """A connection to PostgreSQL at `url` (URI or key=value form), in the UTC time zone and UTF-8.

    Raises Unavailable within three seconds when the database does not answer; the words of the driver are not
    repeated, since they may hold a password.
    """
    options.setdefault("connect_timeout", CONNECT_SECONDS)
    options.setdefault("application_name", "mig-idg")
    try:
        connection = psycopg.connect(url, autocommit=autocommit, **options)
    except psycopg.Error as error:
        raise unreachable() from error
    return connection


def as_application(owner_url: str) -> str:
    """The same database entered as the role without rights (`SET ROLE` at connection, which RESET cannot leave)."""
    parts = _parts(owner_url)
    options = f"{parts.pop('options', '') or ''} -c role=idg_app".strip()
    return make_conninfo(**parts, options=options)


def _parts(url: str) -> dict[str, Any]:
    try:
        return dict(conninfo_to_dict(url))
    except psycopg.ProgrammingError as error:
        raise BadRequest(
            Text("L'adresse de la base ne se lit pas.", "The address of the database cannot be read."),
            remedy=Text(
                "IDG_DATABASE_URL attend postgresql://utilisateur@hôte/base ou « host=… dbname=… ».",
                "IDG_DATABASE_URL wants postgresql://user@host/database, or “host=… dbname=…”.",
            ),
        ) from error


def unreachable() -> Unavailable:
    """The one sentence for a database that cannot be reached."""
    return Unavailable(
        Text("La base de données ne répond pas.", "The database does not answer."),
        remedy=Text(
            "Vérifiez qu'elle est démarrée et l'adresse IDG_DATABASE_URL.",
            "Check that it is started, and the address in IDG_DATABASE_URL.",
        ),
    )
