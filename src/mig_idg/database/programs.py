"""PostgreSQL's own programs: where they are, which version, and as whom they run.

A private cluster is made with the PostgreSQL that the distribution installed. Debian keeps one folder per major
version; elsewhere `pg_config` says where. A version without PostGIS is of no use to us, so the newest one *that has it*
is taken. An existing cluster can only be run by the major version that made it.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mig_idg.errors import Text, Unavailable

OLDEST_POSTGRESQL = 15
OLDEST_POSTGIS = (3, 3)
INSTALL = Text(
    "Installez-les (sous Debian ou Ubuntu : « apt install postgresql postgis postgresql-postgis »), "
    "ou donnez une base existante par IDG_DATABASE_URL.",
    "Install them (on Debian or Ubuntu: “apt install postgresql postgis postgresql-postgis”), "
    "or name an existing database in IDG_DATABASE_URL.",
)


@dataclass(frozen=True, slots=True)
class Programs:
    """One installed PostgreSQL: its folder of programs, its major version, the PostGIS it can create."""

    folder: Path
    major: int
    postgis: tuple[int, ...]

    def path(self, name: str) -> str:
        """The full path of one program: `initdb`, `pg_ctl`, `pg_dump`…"""
        return str(self.folder / name)


@dataclass(frozen=True, slots=True)
class Runner:
    """The account PostgreSQL runs as: never root, which it refuses."""

    name: str
    uid: int
    gid: int

    @property
    def is_me(self) -> bool:
        """True when this process already is that account."""
        return os.geteuid() == self.uid

    def run(
        self, command: Sequence[str], *, cwd: Path | str = "/", timeout: float = 900
    ) -> subprocess.CompletedProcess[str]:
        """Run one program as this account, in plain English (its words are read) and without our PG* variables."""
        return subprocess.run(
            command,
            cwd=cwd,
            env=_plain_environment(os.environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
            user=None if self.is_me else self.uid,
            group=None if self.is_me else self.gid,
            extra_groups=None if self.is_me else [],
        )

    def may_reach(self, folder: Path) -> bool:
        """Can this account walk down to `folder`? Asked of the kernel, so that ACLs and mounts count."""
        return self.run(["test", "-x", str(folder)]).returncode == 0


def runner_for(base: Path) -> Runner:
    """Who runs the cluster whose folder is `base`: its owner when it exists, else us, else `postgres` for root."""
    uid = base.stat().st_uid if base.exists() else os.geteuid()
    if os.geteuid() not in (0, uid):
        raise Unavailable(
            Text(
                f"Le cluster {base} appartient à l'utilisateur « {_name(uid)} », pas à vous.",
                f"The cluster {base} belongs to user “{_name(uid)}”, not to you.",
            ),
            remedy=Text(
                "Lancez la commande sous cet utilisateur, ou choisissez un autre dossier avec IDG_HOME.",
                "Run the command as that user, or choose another folder with IDG_HOME.",
            ),
        )
    if uid != 0:
        return Runner(_name(uid), uid, pwd.getpwuid(uid).pw_gid)
    try:
        account = pwd.getpwnam("postgres")
    except KeyError:
        raise Unavailable(
            Text(
                "PostgreSQL refuse de tourner en root, et il n'y a pas d'utilisateur « postgres » sur cette machine.",
                "PostgreSQL refuses to run as root, and this machine has no “postgres” user.",
            ),
            remedy=Text("Lancez la commande sous un utilisateur ordinaire.", "Run the command as an ordinary user."),
        ) from None
    return Runner(account.pw_name, account.pw_uid, account.pw_gid)


def find_programs(major: int | None = None) -> Programs:
    """The newest usable PostgreSQL, or the one of this `major` when a cluster was already made by it."""
    found = sorted(_installed(), key=lambda programs: programs.major, reverse=True)
    if major is not None:
        for programs in found:
            if programs.major == major:
                return programs
        raise Unavailable(
            Text(
                f"Ce cluster a été créé par PostgreSQL {major}, qui n'est plus installé.",
                f"This cluster was made by PostgreSQL {major}, which is no longer installed.",
            ),
            remedy=Text(
                f"Réinstallez postgresql-{major}-postgis-3, ou migrez le cluster (docs/how-to/operate.fr.md).",
                f"Reinstall postgresql-{major}-postgis-3, or upgrade the cluster (docs/how-to/operate.md).",
            ),
        )
    for programs in found:
        if programs.major >= OLDEST_POSTGRESQL and programs.postgis >= OLDEST_POSTGIS:
            return programs
    raise Unavailable(_what_is_missing(found), remedy=INSTALL)


def _what_is_missing(found: Sequence[Programs]) -> Text:
    recent = [programs for programs in found if programs.major >= OLDEST_POSTGRESQL]
    if not found:
        return Text("PostgreSQL n'est pas installé.", "PostgreSQL is not installed.")
    if not recent:
        return Text(
            f"PostgreSQL {found[0].major} est trop ancien : il faut la version {OLDEST_POSTGRESQL} ou plus.",
            f"PostgreSQL {found[0].major} is too old: version {OLDEST_POSTGRESQL} or later is needed.",
        )
    with_postgis = [programs for programs in recent if programs.postgis]
    if not with_postgis:
        return Text(
            f"PostGIS n'est pas installé pour PostgreSQL {recent[0].major}.",
            f"PostGIS is not installed for PostgreSQL {recent[0].major}.",
        )
    version = ".".join(map(str, with_postgis[0].postgis))
    return Text(
        f"PostGIS {version} est trop ancien : il faut la version 3.3 ou plus.",
        f"PostGIS {version} is too old: version 3.3 or later is needed.",
    )


def _installed() -> Iterator[Programs]:
    """Every PostgreSQL of this machine, each once."""
    seen: set[Path] = set()
    for config in _pg_configs():
        response = subprocess.run(
            [config, "--bindir", "--sharedir", "--version"], capture_output=True, text=True, check=False
        )
        lines = response.stdout.splitlines()
        if response.returncode or len(lines) != 3:
            continue
        folder, share_folder = Path(lines[0]), Path(lines[1])
        major = re.search(r"\d+", lines[2])
        if folder in seen or major is None or not (folder / "initdb").exists():
            continue
        seen.add(folder)
        yield Programs(folder, int(major[0]), _postgis_of(share_folder))


def _pg_configs() -> Iterator[str]:
    for pattern in ("/usr/lib/postgresql", "/usr"):
        names = "*/bin/pg_config" if pattern.endswith("postgresql") else "pgsql-*/bin/pg_config"
        yield from (str(path) for path in Path(pattern).glob(names))
    on_path = shutil.which("pg_config")
    if on_path:
        yield on_path


def _postgis_of(share_folder: Path) -> tuple[int, ...]:
    """The version its control file announces, as numbers; empty when there is none."""
    try:
        control = (share_folder / "extension" / "postgis.control").read_text()
    except OSError:
        return ()
    version = re.search(r"default_version\s*=\s*'(\d+(?:\.\d+)*)", control)
    return tuple(int(part) for part in version[1].split(".")) if version else ()


# The C library gives memory back to the kernel after each answer of some size, and asks for it again at the next one: a
# fault per page, a tenth of the time of an answer. Eight megabytes for each process are not worth that.
KEEP_MEMORY = {"MALLOC_TRIM_THRESHOLD_": "8388608", "MALLOC_MMAP_THRESHOLD_": "8388608"}


def _plain_environment(ours: Mapping[str, str]) -> dict[str, str]:
    """Our environment less what would steer PostgreSQL's programs from outside (PGPORT, PGDATA, a locale…)."""
    kept = {name: value for name, value in ours.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C", "HOME": "/"} | KEEP_MEMORY


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
