"""Backups: one folder a backup, whole or absent, each file known by its SHA-256; restored where there is nothing.

    idg-20261201T023000Z/           mode 700, its files 600
    ├── SHA256SUMS                  written last: `sha256sum --check SHA256SUMS` says the same as `backup verify`
    ├── manifest.json               versions, roles, and the mode of each file
    ├── database.dump               one moment of the database (pg_dump, custom format)
    ├── home/                       deposits, rasters, keys: `$IDG_HOME` without the cluster and the tools
    ├── collections/                the declarations; beside them processes/, recipes/ and harvest/
    └── settings/                   the file of the service, and the variables IDG_… in force

The database is dumped first: files never change once written, so what it names is there. A file that the backup before
had already is a hard link to it, so that thirty nights of an orthophoto cost one.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from psycopg import Connection, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from mig_idg.database.connect import connect
from mig_idg.database.migrate import migrate
from mig_idg.database.programs import find_programs
from mig_idg.errors import Conflict, NotFound, Text, Unavailable, Unprocessable

SUMS, MANIFEST, DUMP = "SHA256SUMS", "manifest.json", "database.dump"
DRAFT = ".being-written-"
FORMAT = 1
# What the installation makes again by itself, or what is the database's own.
NOT_COPIED = ("cluster", "cluster.lock", "cluster.use", "cluster.state", "cluster.new", "tools", "setup.log")
_LIBPQ = {
    "host": "PGHOST", "hostaddr": "PGHOSTADDR", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD",
    "dbname": "PGDATABASE", "options": "PGOPTIONS", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY", "passfile": "PGPASSFILE", "service": "PGSERVICE",
}  # fmt: skip
_CHUNK = 2**20

Progress = Callable[[Text], None]


@dataclass(frozen=True, slots=True)
class Sources:
    """What one service is made of: its database, its home, its declarations, its file of settings, its variables."""

    url: str
    home: Path
    collections: Path
    config_file: Path
    environment: Mapping[str, str]
    bucket: str | None = None
    existing: bool = False
    beside: Mapping[str, Path] = field(default_factory=dict)

    @property
    def declared(self) -> dict[str, Path]:
        """Every folder of declarations, by its name in a backup."""
        return {"collections": self.collections, **self.beside}


@dataclass(frozen=True, slots=True)
class Role:
    """A role that objects of the database name; passwords are never in a backup."""

    name: str
    login: bool
    inherit: bool
    member_of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup as `status` lists it."""

    folder: Path
    complete: bool
    made_at: str | None
    version: str | None
    size: int

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {**asdict(self), "folder": str(self.folder)}


# ——— create


def create(sources: Sources, into: Path, *, now: datetime, progress: Progress, keep: int | None = None) -> Path:
    """A new backup in the folder `into`, whole when it has its name; the folder of this one.

    With `keep`, whole backups beyond that many of the newest are removed, once this one is there.
    """
    into.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = into / f"idg-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    if target.exists():
        raise Conflict(Text(f"{target} existe déjà.", f"{target} is there already."))
    before = newest(into)
    for left in into.glob(f"{DRAFT}*"):
        shutil.rmtree(left)
    draft = into / f"{DRAFT}{target.name}"
    old_mask = os.umask(0o077)
    try:
        draft.mkdir()
        progress(Text("base de données", "database"))
        with connect(sources.url) as connection:
            facts = _facts(connection)
            roles = _roles(connection)
        _program("pg_dump", sources.url, facts["postgresql"], "--format=custom", f"--file={draft / DUMP}")
        modes = _copy_files(sources, into, draft, before, progress)
        settings = draft / "settings"
        settings.mkdir(exist_ok=True)
        text = "".join(f"{name}={value}\n" for name, value in sorted(sources.environment.items()))
        (settings / "environment").write_text(text, "utf-8")
        manifest = {
            "format": FORMAT,
            "made_at": now.astimezone(UTC).isoformat(timespec="seconds"),
            "version": version("mig-idg"),
            **facts,
            "rasters_in": sources.bucket,
            "roles": [asdict(role) for role in roles],
            "modes": modes,
        }
        (draft / MANIFEST).write_text(json.dumps(manifest, indent=1, ensure_ascii=False), "utf-8")
        lines = [f"{digest(draft / path)}  {path}\n" for path in sorted(_paths(draft))]
        (draft / SUMS).write_text("".join(lines), "utf-8")
        _synchronise(draft)
        draft.rename(target)
    finally:
        os.umask(old_mask)
        shutil.rmtree(draft, ignore_errors=True)
    if keep is not None:
        for old in [one for one in listed(into) if one.complete][: -max(keep, 1)]:
            shutil.rmtree(old.folder)
    return target


def _facts(connection: Connection[Any]) -> dict[str, Any]:
    row = connection.execute(
        "select (select max(name) from public.idg_ledger where name ~ '^[0-9]{4}-'),"
        " (select count(*) from registry.act), (select coalesce(max(number), 0) from registry.publication)"
    ).fetchone()
    assert row is not None
    return {
        "postgresql": connection.info.server_version // 10_000,
        "migration": row[0],
        "acts": row[1],
        "publication": row[2],
    }


def _roles(connection: Connection[Any]) -> list[Role]:
    rows = connection.execute(
        "with named as (\n"
        "  select distinct r.oid, r.rolname, r.rolcanlogin, r.rolinherit\n"
        "  from pg_roles r join pg_shdepend d on d.refobjid = r.oid\n"
        "  where d.refclassid = 'pg_authid'::regclass\n"
        "    and d.dbid = (select oid from pg_database where datname = current_database())\n"
        "    and r.rolname !~ '^pg_' and not r.rolsuper\n"
        ")\n"
        "select n.rolname, n.rolcanlogin, n.rolinherit, array(\n"
        "  select g.rolname::text from pg_auth_members m join named g on g.oid = m.roleid\n"
        "  where m.member = n.oid order by 1)\n"
        "from named n where n.rolname <> current_user order by 1"
    ).fetchall()
    return [Role(name, login, inherit, tuple(member_of)) for name, login, inherit, member_of in rows]


def _copy_files(sources: Sources, into: Path, draft: Path, before: Path | None, progress: Progress) -> dict[str, int]:
    """Copy home, declarations and the file of settings; the mode of each, by its path in the backup."""
    known = _sums(before) if before else {}
    modes = {}
    for path, name in _sources(sources, into):
        progress(Text(name, name))
        target = draft / name
        target.parent.mkdir(parents=True, exist_ok=True)
        modes[name] = path.stat().st_mode & 0o777
        twin = before / name if before and name in known else None
        if twin is not None and twin.is_file() and _same(path, twin):
            os.link(twin, target)
        else:
            shutil.copyfile(path, target)
            stat = path.stat()
            os.utime(target, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    return modes


def _same(path: Path, twin: Path) -> bool:
    one, other = path.stat(), twin.stat()
    return (one.st_size, one.st_mtime_ns) == (other.st_size, other.st_mtime_ns)


def _sources(sources: Sources, into: Path) -> Iterator[tuple[Path, str]]:
    if sources.home.is_dir():
        for entry in sorted(sources.home.iterdir()):
            if entry.name in NOT_COPIED or entry.name.endswith(".lock"):
                continue
            yield from _files(entry, f"home/{entry.name}", into)
    for name, folder in sources.declared.items():
        if folder.is_dir():
            yield from _files(folder, name, into)
    if sources.config_file.is_file():
        yield sources.config_file, f"settings/{sources.config_file.name}"


def _files(entry: Path, name: str, into: Path) -> Iterator[tuple[Path, str]]:
    """The files below; a folder on another disk (a link in the home) is followed, the backups themselves are not."""
    if entry.is_file():
        yield entry, name
    elif entry.is_dir() and entry.resolve() != into.resolve():
        for below in sorted(entry.iterdir()):
            if not (below.is_symlink() and below.is_dir()):
                yield from _files(below, f"{name}/{below.name}", into)


# ——— verify and list


def listed(folder: Path) -> list[Backup]:
    """The backups of a folder, oldest first; those cut short too."""
    found = []
    for path in sorted(p for p in folder.glob("*") if p.is_dir() and p.name.removeprefix(DRAFT).startswith("idg-")):
        document = _manifest(path)
        size = sum((path / name).stat().st_size for name in _paths(path))
        complete = (path / SUMS).is_file() and document is not None
        told = document or {}
        found.append(Backup(path, complete, told.get("made_at"), told.get("version"), size))
    return found


def newest(folder: Path) -> Path | None:
    """The newest whole backup of a folder."""
    whole = [one.folder for one in listed(folder) if one.complete] if folder.is_dir() else []
    return whole[-1] if whole else None


def chosen(path: Path) -> Path:
    """The backup that `path` is, or the newest whole one in it. Raises NotFound."""
    if (path / SUMS).is_file():
        return path
    found = newest(path)
    if found is None:
        raise NotFound(
            Text(f"Pas de sauvegarde complète dans {path}.", f"There is no whole backup in {path}."),
            remedy=Text("Voyez « mig-idg backup status DOSSIER ».", "See “mig-idg backup status FOLDER”."),
        )
    return found


def verify(folder: Path) -> dict[str, Any]:
    """The manifest of a backup whose files are all what they were. Raises Unprocessable, naming those that are not."""
    sums, document = _sums(folder), _manifest(folder)
    wrong = [name for name, told in sums.items() if not (folder / name).is_file() or digest(folder / name) != told]
    wrong += sorted(_paths(folder) - set(sums) - {SUMS})
    wrong += [name for name in sums if ".." in Path(name).parts or Path(name).is_absolute()]
    if document is None or document.get("format") != FORMAT or {DUMP, MANIFEST} - set(sums):
        wrong.append(MANIFEST)
    if wrong or document is None:
        names = ", ".join(wrong[:5]) + ("…" if len(wrong) > 5 else "")
        raise Unprocessable(
            Text(
                f"La sauvegarde {folder} est abîmée : {len(wrong)} fichier(s) manquent, sont en trop ou ont changé "
                f"({names}).",
                f"The backup {folder} is damaged: {len(wrong)} file(s) are missing, added or changed ({names}).",
            ),
            remedy=Text("Prenez-en une autre ou une autre copie.", "Take another one, or another copy of it."),
        )
    return document


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sums(folder: Path) -> dict[str, str]:
    try:
        lines = (folder / SUMS).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    return {name: told for told, _, name in (line.partition("  ") for line in lines) if name}


def _manifest(folder: Path) -> dict[str, Any] | None:
    try:
        document = json.loads((folder / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return document if isinstance(document, dict) else None


def _paths(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


# ——— restore


def restore(backup: Path, into: Sources, *, force: bool, progress: Progress) -> dict[str, Any]:
    """Make of `into` what the backup has, brought to this version; the manifest.

    All is verified first; what would be written over is refused without `force`. In a private cluster the database is
    made beside and takes its name once whole; elsewhere, in one transaction. Raises Conflict, Unprocessable.
    """
    progress(Text("vérification", "checking"))
    manifest = verify(backup)
    require_free(backup, into, force)
    for name, source, target in _targets(backup, into):
        if not force and _beside(name, source, target):
            target = into.home / "restored" / name
        progress(Text(name, name))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        target.chmod(manifest["modes"].get(name, 0o600))
    progress(Text("base de données", "database"))
    roles = [Role(**{**role, "member_of": tuple(role["member_of"])}) for role in manifest["roles"]]
    with connect(into.url, autocommit=True) as connection:
        major = connection.info.server_version // 10_000
        _make_roles(connection, roles)
    if into.existing:
        _restore_in_place(backup, into.url, major)
    else:
        _restore_beside(backup, into.url, major)
    with connect(into.url) as connection:
        # What a dump does not have: marks on functions of PostGIS and of PostgreSQL, which replaceable objects make.
        connection.execute("delete from public.idg_ledger where name !~ '^[0-9]{4}-'")
        connection.commit()
        migrate(connection)
    return manifest


def require_free(backup: Path, into: Sources, force: bool) -> None:
    """Raise Conflict when the database is served or, without `force`, when something there would be replaced."""
    with connect(into.url) as connection:
        busy = connection.execute(
            "select count(*) from pg_stat_activity"
            " where datname = current_database() and application_name = 'mig-idg serve'"
        ).fetchone()
        taken = connection.execute("select to_regclass('public.idg_ledger') is not null").fetchone()
    if busy and busy[0]:
        raise Conflict(
            Text("Un « mig-idg serve » utilise cette base.", "A “mig-idg serve” uses this database."),
            remedy=Text("Arrêtez-le, puis relancez la commande.", "Stop it, then run the command again."),
        )
    over = ["IDG_DATABASE_URL" if into.existing else f"{into.home}/cluster"] if taken and taken[0] else []
    over += [
        str(target)
        for name, source, target in _targets(backup, into)
        if name.startswith("home/") and _other(source, target)
    ]
    if over and not force:
        names = ", ".join(over[:4]) + ("…" if len(over) > 4 else "")
        raise Conflict(
            Text(
                f"La restauration remplacerait ce qui est déjà là : {names}.",
                f"Restoring would replace what is there: {names}.",
            ),
            remedy=Text(
                "Choisissez un IDG_HOME vide, ou ajoutez --force pour remplacer.",
                "Choose an empty IDG_HOME, or add --force to replace.",
            ),
        )


def _other(source: Path, target: Path) -> bool:
    """Whether something else is there already."""
    return target.exists() and (source.stat().st_size != target.stat().st_size or digest(source) != digest(target))


def _beside(name: str, source: Path, target: Path) -> bool:
    """Declarations and settings of another clone are left as they are: those of the backup go to `restored/`."""
    return not name.startswith("home/") and name != "settings/environment" and _other(source, target)


def _targets(backup: Path, into: Sources) -> Iterator[tuple[str, Path, Path]]:
    """Name in the backup, file there, file here. Variables are put beside, for the administrator to look at."""
    for name in sorted(_sums(backup)):
        top, _, rest = name.partition("/")
        if top == "home":
            yield name, backup / name, into.home / rest
        elif top in into.declared:
            yield name, backup / name, into.declared[top] / rest
        elif name == "settings/environment":
            yield name, backup / name, into.home / "restored.env"
        elif top == "settings":
            yield name, backup / name, into.config_file


def _make_roles(connection: Connection[Any], roles: list[Role]) -> None:
    known = {row[0] for row in connection.execute("select rolname from pg_roles").fetchall()}
    for role in roles:
        if role.name not in known:
            connection.execute(
                sql.SQL("create role {} {} {}").format(
                    sql.Identifier(role.name),
                    sql.SQL("login" if role.login else "nologin"),
                    sql.SQL("inherit" if role.inherit else "noinherit"),
                )
            )
    for role in roles:
        for group in role.member_of:
            connection.execute(sql.SQL("grant {} to {}").format(sql.Identifier(group), sql.Identifier(role.name)))


def _restore_beside(backup: Path, url: str, major: int) -> None:
    parts = conninfo_to_dict(url)
    name = str(parts["dbname"])
    beside = f"{name}_restoring"
    admin_url = _with(parts, "postgres")
    new, old = sql.Identifier(beside), sql.Identifier(name)
    with connect(admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("drop database if exists {} with (force)").format(new))
        admin.execute(sql.SQL("create database {} template template0").format(new))
        try:
            _load(backup, _with(parts, beside), major)
        except BaseException:
            admin.execute(sql.SQL("drop database if exists {} with (force)").format(new))
            raise
        admin.execute(sql.SQL("drop database if exists {} with (force)").format(old))
        admin.execute(sql.SQL("alter database {} rename to {}").format(new, old))


def _with(parts: Mapping[str, Any], database: str) -> str:
    """The same address, of another database."""
    return make_conninfo("", **{**parts, "dbname": database})


SCHEMAS = (
    "prepared", "served", "raster", "vintages", "versions", "harvest", "desks", "remarks", "proposals", "notices",
    "consolidation", "open_data", "sensors", "edits", "deposits", "jobs", "procrastinate", "journal", "registry",
    "data",
)  # fmt: skip
"""Every schema of the database, those that name others first: what a restore in place puts aside."""


def _restore_in_place(backup: Path, url: str, major: int) -> None:
    with connect(url) as connection:
        for schema in SCHEMAS:
            connection.execute(sql.SQL("drop schema if exists {} cascade").format(sql.Identifier(schema)))
        connection.execute("drop table if exists public.idg_ledger")
        connection.commit()
    _load(backup, url, major, "--clean", "--if-exists")


def _load(backup: Path, url: str, major: int, *options: str) -> None:
    _program("pg_restore", url, major, "--single-transaction", "--no-owner", *options, str(backup / DUMP))


def _program(name: str, url: str, major: int, *words: str) -> None:
    """Run one of PostgreSQL's programs; the address is told by the environment, which others cannot see."""
    parts = {key: str(value) for key, value in conninfo_to_dict(url).items() if value is not None}
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    environment |= {_LIBPQ[key]: value for key, value in parts.items() if key in _LIBPQ} | {"LC_ALL": "C"}
    target = [f"--dbname={parts['dbname']}"] if name == "pg_restore" and "dbname" in parts else []
    done = subprocess.run(
        [find_programs(major).path(name), *target, *words],
        env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False,
    )  # fmt: skip
    if done.returncode:
        last = next((line for line in done.stderr.splitlines() if "error" in line), f"exit {done.returncode}")
        raise Unavailable(Text(f"{name} a échoué : {last}", f"{name} failed: {last}"))


def _synchronise(folder: Path) -> None:
    """On the disk before it has its name: a power cut leaves no backup that only looks whole."""
    for name in _paths(folder):
        with (folder / name).open("rb") as file:
            os.fsync(file.fileno())
