"""The house stands as it is drawn: floors, types, style, and the database's own picture of itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mig_idg.database.cluster import PrivateCluster
from mig_idg.database.schema import dump

ROOT = Path(__file__).parents[1]


def run(*command: str) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT / "tools")}
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_imports_only_go_down() -> None:
    run("-c", "from importlinter.cli import lint_imports_command as c; c(['--no-cache'])")


def test_all_of_it_is_typed_strictly() -> None:
    run("-m", "mypy")


def test_the_style_is_one() -> None:
    run("-m", "ruff", "check", "--no-cache", ".")
    run("-m", "ruff", "format", "--check", "--no-cache", ".")


def test_every_package_has_its_place_and_says_what_it_is_for() -> None:
    for package in (ROOT / "src" / "mig_idg").rglob("*.py"):
        text = package.read_text("utf-8")
        assert text == "" or text.startswith(('"""', "#!")), f"{package} does not say what it is for"


def test_the_dumped_schema_is_the_databases_own(cluster: PrivateCluster) -> None:
    version, text = dump(cluster.url(role="idg_owner", database="idg_template"))
    written = (ROOT / "sql" / "schema.sql").read_text("utf-8")
    if not written.startswith(f"-- PostgreSQL {version}"):
        pytest.skip(f"sql/schema.sql was dumped by another major version than {version}")
    assert written == text, "run: mig-idg db dump"
