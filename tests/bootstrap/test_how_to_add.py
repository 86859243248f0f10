"""The how-to "add a collection", followed to the letter by somebody who knows nothing else."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from datetime import date
from pathlib import Path

import psycopg
import pytest

from mig_idg.demonstration import adhesion
from mig_idg.registry.publications import latest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "how-to"


def block(page: Path, language: str) -> str:
    """The first block of the page in that language."""
    found = re.search(rf"```{language}\n(.*?)```", page.read_text(), flags=re.DOTALL)
    assert found is not None
    return found[1]


def test_the_two_languages_show_the_same_file_and_the_same_declaration() -> None:
    english, french = FOLDER / "add-a-collection.md", FOLDER / "add-a-collection.fr.md"
    for language in ("json", "yaml"):
        assert block(english, language) == block(french, language)


@pytest.mark.slow
def test_followed_to_the_letter_it_ends_with_a_published_collection(database_url: str, tmp_path: Path) -> None:
    page = FOLDER / "add-a-collection.md"
    with psycopg.connect(database_url) as connection:
        adhesion.adopt(connection, date(2026, 10, 1))
    (tmp_path / "collections").mkdir()
    (tmp_path / "collections" / "bancs.yml").write_text(block(page, "yaml"))
    (tmp_path / "bancs.geojson").write_text(block(page, "json"))
    environment = os.environ | {"IDG_DATABASE_URL": database_url, "IDG_HOME": str(tmp_path / "home")}
    for line in block(page, "sh").splitlines():
        words = shlex.split(line)
        assert words[0] == "./idg"
        done = subprocess.run(
            [str(Path(sys.executable).with_name("mig-idg")), *words[1:]],
            cwd=tmp_path, env=environment, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
    with psycopg.connect(database_url) as connection:
        assert set(latest(connection).collections) == {"bancs"}
        assert connection.execute("select count(*) from data.bancs").fetchone() == (2,)
