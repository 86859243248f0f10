"""The page on harvesting, followed to the letter; declarations and what is wrong in them."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.harvest.conftest import Peer, pod

from mig_idg.cli import messages
from mig_idg.cli.main import directory
from mig_idg.cli.messages import guarded

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "harvest.fr.md"


@pytest.fixture
def folder(tmp_path: Path, connection: Any, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    connection.commit()
    monkeypatch.setenv("IDG_DATABASE_URL", database_url)
    monkeypatch.setenv("IDG_HARVEST_DIR", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "fr_FR.UTF-8")
    messages.settings.cache_clear()
    yield tmp_path
    messages.settings.cache_clear()


def declare(folder: Path, peer: Peer, **more: str) -> None:
    told = {"id": "voisin", "title": "{fr: Le voisin, en: The neighbour}", "type": "data-json",
            "url": f"{peer.base}/data.json", "private": "true", "delay": "0", **more}  # fmt: skip
    (folder / f"{told['id']}.yml").write_text("".join(f"{key}: {value}\n" for key, value in told.items()), "utf-8")


def test_every_command_of_the_page_does_what_it_says(folder: Path, peer: Peer, capsys: Any) -> None:
    declare(folder, peer)
    peer.answers["/data.json"] = pod("a", "b")
    lines = [line for block in re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
             for line in block.splitlines()]  # fmt: skip
    assert len(lines) == 6
    for line in lines:
        assert guarded(directory, shlex.split(line)[1:]) == 0, line
    told = capsys.readouterr().out
    assert "2 nouvelle(s)" in told


def test_a_run_that_fails_is_exit_1_and_says_so_in_json(folder: Path, peer: Peer, capsys: Any) -> None:
    declare(folder, peer)
    peer.answers["/data.json"] = b"<html>"
    assert guarded(directory, ["harvest", "run", "--json"]) == 1
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["status"], told["findings"][0]["code"]) == ("failed", "source.unreadable")


@pytest.mark.parametrize(
    ("more", "line", "words"),
    [
        ({"type": "cwsw"}, 3, "type"),
        ({"url": "file:///etc/passwd"}, 4, "http"),
        ({"url": "http://u:p@h.example/"}, 4, "http"),
        ({"every": "tomorrow"}, 7, "30min"),
        ({"audiance": "public"}, 7, "audience"),
        ({"into": "bancs"}, None, "flux"),
    ],
)
def test_a_wrong_declaration_is_told_by_file_and_line(
    folder: Path, peer: Peer, capsys: Any, more: dict[str, str], line: int | None, words: str
) -> None:
    declare(folder, peer, **more)
    assert guarded(directory, ["harvest", "check"]) == 1
    told = capsys.readouterr().err
    assert words in told
    assert f"voisin.yml:{line}" in told if line else "voisin.yml" in told


def test_an_unknown_source_is_told_with_the_nearest(folder: Path, peer: Peer, capsys: Any) -> None:
    declare(folder, peer)
    assert guarded(directory, ["harvest", "run", "voisn"]) == 1
    assert "voisin" in capsys.readouterr().err
