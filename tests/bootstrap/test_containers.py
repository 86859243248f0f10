"""What is offered to operators and that no engine runs in CI: images, compose file, units. Linted, by rules we can say."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

DOCKER = Path(__file__).parents[2] / "docker"
ROOT = DOCKER.parent
SECRET = re.compile(r"(?i)(?:password|passwd|secret|token|api_?key)\s*[:=]\s*['\"]?([A-Za-z0-9+/_-]{6,})")


def instructions(dockerfile: Path) -> list[tuple[str, str]]:
    """(instruction, arguments) of each line, continuations joined, comments left out."""
    text = re.sub(r"(?m)^\s*#.*\n", "", dockerfile.read_text())
    lines = re.sub(r"\\\n\s*", " ", text).splitlines()
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in lines if line.strip()]


@pytest.fixture(scope="module")
def dockerfile() -> list[tuple[str, str]]:
    return instructions(DOCKER / "Dockerfile")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text())
    return found


def last_stage(dockerfile: list[tuple[str, str]]) -> list[tuple[str, str]]:
    start = max(place for place, (word, _) in enumerate(dockerfile) if word == "FROM")
    return dockerfile[start:]


# the image


def test_every_base_image_says_its_version(dockerfile: list[tuple[str, str]]) -> None:
    bases = [arguments.split()[0] for word, arguments in dockerfile if word == "FROM"]
    assert bases
    for base in bases:
        assert re.search(r":\d+\.\d+", base), base


def test_the_image_runs_as_nobody_of_importance(dockerfile: list[tuple[str, str]]) -> None:
    users = [arguments for word, arguments in last_stage(dockerfile) if word == "USER"]
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", users[-1])


def test_nothing_is_fetched_but_by_its_hash(dockerfile: list[tuple[str, str]]) -> None:
    assert not [arguments for word, arguments in dockerfile if word == "ADD"]
    runs = " && ".join(arguments for word, arguments in dockerfile if word == "RUN")
    assert not re.search(r"\b(curl|wget)\b", runs)
    for command in (part.strip() for part in runs.split("&&")):
        if "pip install" in command and "--no-deps" not in command:
            assert "--require-hashes" in command, command


def test_the_image_is_watched_and_stops_when_asked(dockerfile: list[tuple[str, str]]) -> None:
    said = dict(last_stage(dockerfile))
    assert "/healthz" in said["HEALTHCHECK"]
    assert said["STOPSIGNAL"] == "SIGTERM"
    assert said["ENTRYPOINT"] == '["mig-idg"]', "exec form: signals reach the server"


def test_compilers_and_locks_stay_in_the_first_stage(dockerfile: list[tuple[str, str]]) -> None:
    copied = [arguments for word, arguments in last_stage(dockerfile) if word == "COPY"]
    assert not [line for line in copied if "requirements.lock" in line or "/uv" in line]


def test_what_is_copied_exists_and_is_let_into_the_build(dockerfile: list[tuple[str, str]]) -> None:
    let_in = (DOCKER / "Dockerfile.dockerignore").read_text().splitlines()
    for word, arguments in dockerfile:
        if word == "COPY" and "--from" not in arguments:
            for source in arguments.split()[:-1]:
                assert (ROOT / source).exists(), source
                assert f"!{source}" in let_in, source


@pytest.mark.parametrize("file", sorted(path for path in DOCKER.rglob("*") if path.is_file()), ids=lambda p: p.name)
def test_no_secret_is_written_down(file: Path) -> None:
    assert SECRET.findall(file.read_text()) == []


# compose


def servers(compose: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield from ((name, said) for name, said in compose["services"].items() if name != "database")


def test_the_database_has_no_way_in_or_out(compose: dict[str, Any]) -> None:
    database = compose["services"]["database"]
    assert "ports" not in database
    assert database["networks"] == ["inside"]
    assert compose["networks"]["inside"]["internal"] is True


def test_the_server_listens_on_this_machine_only(compose: dict[str, Any]) -> None:
    assert compose["services"]["server"]["ports"] == ["127.0.0.1:5000:5000"]


def test_no_container_keeps_a_privilege_it_has_no_use_for(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
    for name, service in servers(compose):
        assert service["read_only"] is True, name


def test_the_server_waits_for_a_healthy_and_migrated_database(compose: dict[str, Any]) -> None:
    assert compose["services"]["server"]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
    assert compose["services"]["migrate"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert "pg_isready" in compose["services"]["database"]["healthcheck"]["test"]


def test_images_say_their_version(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert re.search(r":\d+", service["image"]), name


def test_a_password_that_was_not_set_stops_everything(compose: dict[str, Any]) -> None:
    text = (DOCKER / "compose.yaml").read_text()
    assert re.findall(r"\$\{IDG_DATABASE_PASSWORD(?!:\?)", text) == []


# systemd

UNITS = sorted((DOCKER / "systemd").iterdir())


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_finds_nothing_to_say(unit: Path, tmp_path: Path) -> None:
    for each in UNITS:
        here = each.read_text().replace("/opt/mig-idg/.venv/bin/mig-idg", "/bin/true")
        (tmp_path / each.name).write_text(here.replace("/opt/mig-idg", str(tmp_path)))
    told = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / unit.name)], capture_output=True, text=True
    )
    ours = [line for line in told.stderr.splitlines() if "mig-idg" in line]
    assert ours == []


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
@pytest.mark.parametrize("unit", [unit for unit in UNITS if unit.suffix == ".service"], ids=lambda unit: unit.name)
def test_a_service_is_little_exposed(unit: Path) -> None:
    told = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=30", "--no-pager", str(unit)],
        capture_output=True,
        text=True,
    )
    assert told.returncode == 0, told.stdout.splitlines()[-1:]
