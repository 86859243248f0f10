"""Where the files and the socket of a private cluster can be: reachable, private, and short enough for the kernel."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from mig_idg.database.failures import explained
from mig_idg.database.programs import Runner
from mig_idg.errors import Text, Unavailable

LONGEST_SOCKET_PATH = 100
"""Bytes. The kernel's limit is 107 (`sun_path`); some clients stop earlier."""

_SOCKET_NAME = "/.s.PGSQL.5432"


def socket_folder(base: Path) -> Path:
    """`base/run`, or a folder of the same life under a short path when that one is too long or needs quoting."""
    natural = base / "run"
    length = len(os.fsencode(f"{natural}{_SOCKET_NAME}"))
    if length <= LONGEST_SOCKET_PATH and not set(str(natural)) & set("'\",\\@"):
        return natural
    return Path("/tmp") / f"idg-{short_name(base)}"  # noqa: S108 - made private and checked by make_private


def folder_outside(home: Path) -> Path:
    """Where root puts the files of a cluster whose home is closed to the account that runs PostgreSQL."""
    return Path("/var/lib/mig-idg") / short_name(home.resolve())


def short_name(path: Path) -> str:
    """A name of 12 characters that is the same for the same path, whoever asks."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def make_open(folder: Path) -> None:
    """Make `folder` and its missing parents so that other accounts may walk through, whatever the umask is."""
    if folder.is_dir():
        return
    make_open(folder.parent)
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)


def make_private(folder: Path, runner: Runner) -> None:
    """Make `folder` with mode 700 for this account, or make sure that the one found is just that.

    In a shared folder such as /tmp somebody else could have put it there first, or a link: both are refused.
    """
    try:
        make_open(folder.parent)
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            pass
        else:
            if not runner.is_me:
                os.chown(folder, runner.uid, runner.gid)
        found = folder.lstat()
        if stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() != runner.uid and not any(folder.iterdir()):
            os.chown(folder, runner.uid, runner.gid)
            found = folder.lstat()
        if stat.S_ISDIR(found.st_mode) and found.st_uid == runner.uid:
            folder.chmod(0o700)
            return
    except OSError as error:
        raise explained(str(error), folder) from error
    raise Unavailable(
        Text(
            f"{folder} existe et n'est pas un dossier de « {runner.name} ».",
            f"{folder} exists and is not a folder of “{runner.name}”.",
        ),
        remedy=Text("Déplacez-le, ou choisissez un autre IDG_HOME.", "Move it, or choose another IDG_HOME."),
    )
