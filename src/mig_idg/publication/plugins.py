"""Which provider plug-ins a declaration may name: those of the modules that the settings allow, that can be found."""

from __future__ import annotations

import subprocess
import sys
from functools import lru_cache

from mig_idg.jobs.isolated import bare_environment

SHORT_NAMES_OF = "pygeoapi.provider"
FIND_SECONDS = 60.0


def allowed(name: str, modules: tuple[str, ...]) -> bool:
    """Whether a plug-in lies in a module, or a package, of the allow-list; a short name is one of pygeoapi's own."""
    module = name.rpartition(".")[0] if "." in name else SHORT_NAMES_OF
    return any(module == one or module.startswith(f"{one}.") for one in modules)


@lru_cache(maxsize=64)
def unfindable(name: str, modules: tuple[str, ...]) -> str | None:
    """Why the class of a plug-in cannot be found (`ModuleNotFoundError: s3fs`); None when it can.

    Looked for in a process of its own, with the environment that it will have; it is not made, so that a source that
    does not answer today prevents no publication.
    """
    command = (sys.executable, "-m", "mig_idg.ogc.plugins.alone", ",".join(modules), name)
    try:
        done = subprocess.run(
            command, env=bare_environment(), capture_output=True, text=True, timeout=FIND_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return f"> {FIND_SECONDS:g} s"
    return None if done.returncode == 0 else (done.stdout.strip()[:300] or f"exit {done.returncode}")
