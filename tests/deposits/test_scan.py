"""What the malware scan says, whatever answers: a conforming daemon, one with a limit, nobody; a real one if installed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mig_idg.deposits.scan import Scanner
from mig_idg.errors import Unavailable

from .clamd import EICAR, clamd

REAL = "/run/clamav/clamd.ctl"


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="clamd-") as name:  # the path of a socket has 108 bytes
        yield Path(name)


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    (path := tmp_path / "sound").write_bytes(b"id;x\n1;2\n" * 100_000)
    return path


@pytest.fixture
def eicar(tmp_path: Path) -> Path:
    (path := tmp_path / "eicar").write_bytes(EICAR)
    return path


def test_a_sound_file_is_clean_and_the_engine_is_kept(folder: Path, sound: Path):
    with clamd(folder) as address:
        told = Scanner("required", address).scan(sound)
    assert (told["verdict"], told["engine"][:6]) == ("clean", "ClamAV")
    assert told["at"]


def test_a_signature_is_named(folder: Path, eicar: Path):
    with clamd(folder) as address:
        told = Scanner("optional", address).scan(eicar)
    assert (told["verdict"], told["signature"]) == ("infected", "Eicar-Test-Signature")


def test_over_the_daemons_limit_nothing_is_called_clean(folder: Path, sound: Path):
    with clamd(folder, limit=1000) as address:
        assert Scanner("optional", address).scan(sound)["verdict"] == "unavailable"
        with pytest.raises(Unavailable):
            Scanner("required", address).scan(sound)


def test_without_a_daemon_the_setting_decides_and_the_lack_is_kept(folder: Path, sound: Path):
    nowhere = str(folder / "nobody.ctl")
    assert Scanner("optional", nowhere).scan(sound)["verdict"] == "unavailable"
    assert Scanner("off", nowhere).scan(sound)["verdict"] == "off"
    with pytest.raises(Unavailable, match="antivirus"):
        Scanner("required", nowhere).scan(sound)


@pytest.mark.skipif(not os.path.exists(REAL), reason="clamav-daemon is not installed")
def test_the_real_daemon_agrees(sound: Path, eicar: Path):
    assert Scanner("required", REAL).scan(sound)["verdict"] == "clean"
    assert Scanner("required", REAL).scan(eicar)["verdict"] == "infected"
