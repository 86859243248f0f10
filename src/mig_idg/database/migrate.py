"""Migrations: forward only, one transaction each, verified; replaceable objects applied again when their text changes.

`sql/migrations/NNNN-name.sql` runs once, then `sql/verify/NNNN-name.sql` must not raise. `sql/replaceable/*.sql` is
idempotent and runs, in order, whenever its text is not the one applied last. One advisory lock keeps two starts apart.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import psycopg
from psycopg import Connection

from mig_idg.errors import Conflict, Text, Unavailable

LOCK = 4_920_001
POSTGRESQL_MINIMUM = 150_000
POSTGIS_MINIMUM = (3, 3)

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Script:
    """One SQL file: its name without suffix, its text, and whether the database has exactly this text."""

    name: str
    text: str
    applied: bool

    @property
    def sha256(self) -> str:
        """What the ledger remembers of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Status:
    """What is on disk against what the database has."""

    migrations: tuple[Script, ...]
    replaceable: tuple[Script, ...]

    @property
    def pending(self) -> tuple[str, ...]:
        """Names still to run, in order."""
        return tuple(s.name for s in (*self.migrations, *self.replaceable) if not s.applied)


def sql_folder() -> Path:
    """Where the SQL lives: inside an installed package, or at the root of the checkout."""
    packaged = Path(str(files("mig_idg"))) / "_sql"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "sql"


def migrate(connection: Connection[Any], *, progress: Progress = lambda name: None) -> tuple[str, ...]:
    """Bring the database to this version; returns the names of what ran, in order.

    Raises Unavailable for a PostgreSQL or PostGIS that is too old, Conflict when an applied migration was edited.
    """
    _check_versions(connection)
    _prepare_ledger(connection)
    done: list[str] = []
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(%s)", (LOCK,))
        current = status(connection)
        for script in current.migrations:
            if not script.applied:
                progress(script.name)
                _apply(connection, script, verify=True)
                done.append(script.name)
        # A replaceable may lean on an earlier one: from the first that changed, all are applied again.
        stale = False
        for script in current.replaceable:
            stale = stale or not script.applied or bool(done)
            if stale:
                progress(script.name)
                _apply(connection, script, verify=False)
                done.append(script.name)
    connection.commit()
    return tuple(done)


def status(connection: Connection[Any]) -> Status:
    """The state of each script; raises Conflict when a migration that ran has another text today."""
    ledger = _ledger(connection)
    folder = sql_folder()
    migrations = tuple(_script(path, ledger) for path in sorted((folder / "migrations").glob("*.sql")))
    for script in migrations:
        if script.name in ledger and not script.applied:
            raise Conflict(
                Text(
                    f"La migration {script.name} a été modifiée après son application.",
                    f"Migration {script.name} was edited after it was applied.",
                ),
                remedy=Text(
                    "Rétablissez le fichier et écrivez une nouvelle migration.", "Restore it; write a new one."
                ),
            )
    replaceable = tuple(_script(path, ledger) for path in sorted((folder / "replaceable").glob("*.sql")))
    return Status(migrations, replaceable)


def _script(path: Path, ledger: dict[str, str]) -> Script:
    script = Script(path.stem, path.read_text("utf-8"), applied=False)
    return Script(script.name, script.text, applied=ledger.get(script.name) == script.sha256)


def _apply(connection: Connection[Any], script: Script, *, verify: bool) -> None:
    with connection.transaction():
        connection.execute(script.text.encode())
        check = sql_folder() / "verify" / f"{script.name}.sql"
        if verify and check.is_file():
            connection.execute(check.read_bytes())
        connection.execute(
            "insert into idg_ledger (name, sha256) values (%s, %s)"
            " on conflict (name) do update set sha256 = excluded.sha256, applied_at = now()",
            (script.name, script.sha256),
        )


def _prepare_ledger(connection: Connection[Any]) -> None:
    connection.execute(
        "create table if not exists public.idg_ledger"
        " (name text primary key, sha256 text not null, applied_at timestamptz not null default now())"
    )
    connection.commit()


def _ledger(connection: Connection[Any]) -> dict[str, str]:
    known = connection.execute("select to_regclass('public.idg_ledger')").fetchone()
    if known is None or known[0] is None:
        return {}
    return dict(connection.execute("select name, sha256 from public.idg_ledger").fetchall())


def _check_versions(connection: Connection[Any]) -> None:
    if connection.info.server_version < POSTGRESQL_MINIMUM:
        raise Unavailable(
            Text("PostgreSQL est trop ancien : il faut la version 15.", "PostgreSQL is too old: version 15 is needed."),
            remedy=Text("Installez PostgreSQL 15 ou plus récent.", "Install PostgreSQL 15 or newer."),
        )
    try:
        row = connection.execute(
            "select default_version from pg_available_extensions where name = 'postgis'"
        ).fetchone()
    except psycopg.Error as error:  # pragma: no cover - a server that refuses its own catalogue
        raise Unavailable(Text("Le catalogue PostgreSQL est illisible.", "The catalogue cannot be read.")) from error
    connection.commit()
    version = tuple(int(part) for part in row[0].split(".")[:2] if part.isdigit()) if row else ()
    if version < POSTGIS_MINIMUM:
        raise Unavailable(
            Text("PostGIS 3.3 ou plus récent est nécessaire.", "PostGIS 3.3 or newer is needed."),
            remedy=Text("Installez le paquet postgresql-NN-postgis-3.", "Install the package postgresql-NN-postgis-3."),
        )
