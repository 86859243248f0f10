"""Migrations: forward only, one transaction each, verified; replaceable objects applied again when their text changes.

`sql/migrations/NNNN-name.sql` runs once, then `sql/verify/NNNN-name.sql` must not raise. `sql/replaceable/*.sql` is
idempotent and runs, in order, whenever its text is not the one applied last. One advisory lock keeps two starts apart.

The numbers are one sequence: what is pending comes after all that ran, so that every database ran the same files in the
same order. `BEFORE_THE_SEQUENCE` were numbered by area and did run in several orders; the tests show that each order
gives the same schema, and the list is closed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection
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

BEFORE_THE_SEQUENCE = frozenset(
    {
        *("0001-ground", "0002-epoch", "0003-published", "0010-memory", "0011-bodies", "0012-committees"),
        *("0013-datasets", "0014-rights", "0015-agreements-and-versions", "0030-credentials", "0031-journal"),
        *("0032-break-glass", "0040-prepared", "0060-rasters", "0061-points", "0062-pruned", "0070-drawn"),
    }
)
_NUMBERED = re.compile(r"(\d{4})-")

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
    """The state of each script.

    Raises Conflict when a migration that ran has another text today, when one that did not run has a number below the
    last that ran, and when two have the same number.
    """
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
    require_sequence(tuple(script.name for script in migrations), ledger)
    replaceable = tuple(_script(path, ledger) for path in sorted((folder / "replaceable").glob("*.sql")))
    return Status(migrations, replaceable)


def require_sequence(migrations: Collection[str], applied: Collection[str]) -> None:
    """Raise Conflict unless `migrations` are one sequence, of which what is not in `applied` is the end.

    A file that arrives below the last applied number would run here after files that it runs before elsewhere: two
    databases of one version with two histories, of which only one was tested.
    """
    numbers: dict[str, str] = {}
    for name in migrations:
        same = numbers.setdefault(_number(name), name)
        if same != name:
            raise Conflict(
                Text(
                    f"Deux migrations portent le numéro {_number(name)} : {same} et {name}.",
                    f"Two migrations have the number {_number(name)}: {same} and {name}.",
                ),
                remedy=Text("Donnez à la plus récente le numéro qui suit.", "Give the newer one the next number."),
            )
    last = max((name for name in applied if _NUMBERED.match(name)), key=_number, default=None)
    for name in migrations:
        if last and name not in applied and name not in BEFORE_THE_SEQUENCE and _number(name) < _number(last):
            raise Conflict(
                Text(
                    f"La migration {name} n'a pas été appliquée et son numéro est inférieur à celui de {last}, "
                    "qui l'a été : elle ne peut plus passer avant.",
                    f"Migration {name} was not applied, and its number is below that of {last}, which was: "
                    "it can no longer run before it.",
                ),
                remedy=Text(
                    f"Renumérotez-la après toutes les autres (plus de {_number(last)}), "
                    "avec son fichier de sql/verify/ ; n'en changez pas le texte si une base l'a déjà reçue.",
                    f"Renumber it after all the others (above {_number(last)}), with its file of sql/verify/; "
                    "leave its text as it is if a database has it already.",
                ),
            )


def _number(name: str) -> str:
    return name.split("-")[0]


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
