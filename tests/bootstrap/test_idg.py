"""`./idg` on machines that do not exist: a PATH of a few real tools and of programs that only pretend."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = [
    "cat",
    "date",
    "dirname",
    "env",
    "flock",
    "grep",
    "id",
    "mkdir",
    "readlink",
    "rm",
    "sed",
    "sh",
    "sha256sum",
    "tail",
    "touch",
]

UV = """
echo "$*" >>"$CALLS/uv"
case $1 in
    venv) for last in "$@"; do :; done
          mkdir -p "$last/bin"
          printf '#!/bin/sh\\necho "python: $*"\\n' >"$last/bin/python"
          printf '#!/bin/sh\\necho "mig-idg: $*"; exit ${STUB_EXIT-0}\\n' >"$last/bin/mig-idg"
          printf '#!/bin/sh\\necho lint-imports\\n' >"$last/bin/lint-imports"
          /bin/chmod +x "$last/bin/python" "$last/bin/mig-idg" "$last/bin/lint-imports" ;;
esac
"""
APT_GET = 'echo "$*" >>"$CALLS/apt-get"'
PYTHON_312 = "echo 3.12"
NOT_INSTALLED = 'echo "pyenv: $0: command not found" >&2; exit 127'


@dataclass(frozen=True)
class Machine:
    """A pretended machine: what is on its PATH, the clone, and what was called."""

    place: Path
    project: Path
    environment: dict[str, str] = field(default_factory=dict)

    def has(self, **programs: str) -> Machine:
        """The same machine with these programs (`apt_get` stands for apt-get, `python3_12` for python3.12)."""
        for name, body in programs.items():
            word = name.replace("apt_", "apt-").replace("3_", "3.")
            file = self.place / "bin" / word
            file.unlink(missing_ok=True)
            file.write_text(f"#!/bin/sh\n{body}\n")
            file.chmod(0o755)
        return self

    def idg(self, *words: str, at: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run `./idg` with these words, from the clone or by the path `at`."""
        return subprocess.run(
            [str(at or self.project / "idg"), *words],
            env=self.environment | variables,
            cwd=self.place,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
        )

    def called(self, program: str) -> str:
        """The words that a pretended program was called with, a line each."""
        file = self.place / "calls" / program
        return file.read_text() if file.exists() else ""


@pytest.fixture
def bare(tmp_path: Path) -> Machine:
    """A machine with a shell and nothing else: no Python, no apt, no PostgreSQL; the clone has a space in its path."""
    for folder in ("bin", "calls", "home", "share", "my clone/.ci"):
        (tmp_path / folder).mkdir(parents=True)
    for tool in TOOLS:
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool) or f"/usr/bin/{tool}")
    project = tmp_path / "my clone"
    for name in ("idg", "pyproject.toml", "requirements.lock", ".ci/uv.txt", ".ci/run"):
        shutil.copy(ROOT / name, project / name)
    environment = {
        "PATH": str(tmp_path / "bin"),
        "HOME": str(tmp_path / "home"),
        "LANG": "fr_FR.UTF-8",
        "CALLS": str(tmp_path / "calls"),
        "IDG_POSTGRESQL_SHARE": str(tmp_path / "share"),
    }
    return Machine(tmp_path, project, environment)


@pytest.fixture
def furnished(bare: Machine) -> Machine:
    """A machine with uv, Python 3.12 and PostGIS."""
    control = bare.place / "share" / "15" / "extension" / "postgis.control"
    control.parent.mkdir(parents=True)
    control.touch()
    return bare.has(uv=UV, python3_12=PYTHON_312)


def assert_one_sentence(response: subprocess.CompletedProcess[str], *words: str) -> None:
    """Exit 3, nothing on standard output, and a last line that holds these words."""
    assert response.returncode == 3, response.stderr
    assert response.stdout == ""
    lines = [line for line in response.stderr.splitlines() if not line.startswith(("→", "  "))]
    assert len(lines) == 1, response.stderr
    for word in words:
        assert word in lines[0]


# what goes well


def test_the_words_and_the_exit_code_are_those_of_mig_idg(furnished: Machine) -> None:
    response = furnished.idg("collections", "check", "a b", STUB_EXIT="1")
    assert response.stdout == "mig-idg: collections check a b\n"
    assert response.returncode == 1


def test_the_second_start_says_nothing_and_calls_nothing(furnished: Machine) -> None:
    furnished.idg("demo")
    before = furnished.called("uv")
    again = furnished.idg("demo", "--port", "5001")
    assert (again.stdout, again.stderr) == ("mig-idg: demo --port 5001\n", "")
    assert furnished.called("uv") == before != ""


def test_a_lock_that_changed_is_installed_at_the_next_start(furnished: Machine) -> None:
    furnished.idg("demo")
    with (furnished.project / "requirements.lock").open("a") as lock:
        lock.write("# changed\n")
    furnished.idg("demo")
    assert furnished.called("uv").count("pip sync") == 2


def test_libraries_are_installed_with_their_hashes(furnished: Machine) -> None:
    furnished.idg("demo")
    (sync,) = (line for line in furnished.called("uv").splitlines() if line.startswith("pip sync"))
    assert "--require-hashes" in sync
    assert sync.endswith("my clone/requirements.lock")


def test_it_works_through_a_link_from_another_folder(furnished: Machine) -> None:
    link = furnished.place / "idg-link"
    link.symlink_to(furnished.project / "idg")
    assert furnished.idg("config", "show", at=link).stdout == "mig-idg: config show\n"
    assert (furnished.project / ".venv").is_dir()


def test_an_interpreter_that_only_pretends_is_passed_over(furnished: Machine) -> None:
    furnished.has(python3_13=NOT_INSTALLED)
    furnished.idg("demo")
    assert f"--python {furnished.place}/bin/python3.12" in furnished.called("uv")


def test_an_interpreter_of_pyenv_is_found_behind_its_shims(furnished: Machine) -> None:
    real = furnished.place / "home" / ".pyenv" / "versions" / "3.13.5" / "bin"
    real.mkdir(parents=True)
    (real / "python").write_text("#!/bin/sh\necho 3.13\n")
    (real / "python").chmod(0o755)
    furnished.has(python3_13=NOT_INSTALLED).idg("demo")
    assert f"--python {real}/python" in furnished.called("uv")


def test_no_package_is_installed_for_a_database_that_was_named(bare: Machine) -> None:
    bare.has(uv=UV, python3_12=PYTHON_312, apt_get=APT_GET)
    response = bare.idg("serve", IDG_DATABASE_URL="postgresql://db.example/idg")
    assert response.stdout == "mig-idg: serve\n"
    assert bare.called("apt-get") == ""


def test_postgis_is_installed_by_apt_and_it_is_said_first(bare: Machine) -> None:
    made = 'case $* in *postgresql-postgis*) mkdir -p "$IDG_POSTGRESQL_SHARE/15/extension"; '
    made += 'touch "$IDG_POSTGRESQL_SHARE/15/extension/postgis.control";; esac'
    bare.has(
        uv=UV, python3_12=PYTHON_312, id="echo 1000", sudo='[ "$1" = -n ] || PATH=$PATH:/usr/bin:/bin "$@"',
        apt_cache='echo "  Candidate: 15+248"', apt_get=f"{APT_GET}\n{made}",
    )  # fmt: skip
    response = bare.idg("demo")
    assert "installation par apt (sudo) de postgresql postgresql-postgis…" in response.stderr
    assert "install -y --no-install-recommends" in bare.called("apt-get")
    assert response.stdout == "mig-idg: demo\n"


def test_help_installs_no_database(bare: Machine) -> None:
    bare.has(uv=UV, python3_12=PYTHON_312, apt_get=APT_GET)
    assert bare.idg("demo", "--help").returncode == 0
    assert bare.called("apt-get") == ""


def test_quick_leaves_out_clients_and_slow_tests_and_says_so(furnished: Machine) -> None:
    response = furnished.idg("test", "--quick", "tests/store", "-k", "bbox")
    assert response.stdout == "python: -m pytest -m not clients and not slow -n 2 --dist loadfile tests/store -k bbox\n"
    assert "clients" in response.stderr


def test_check_runs_the_linters_the_types_and_the_floors(furnished: Machine) -> None:
    lines = furnished.idg("check").stdout.splitlines()
    assert lines == ["python: -m ruff check .", "python: -m ruff format --check .", "python: -m mypy", "lint-imports"]


def test_the_settings_of_the_person_do_not_reach_the_tests(furnished: Machine) -> None:
    furnished.idg("demo")
    (furnished.project / ".venv/bin/python").write_text("#!/bin/sh\nenv\n")
    response = furnished.idg("test", "--quick", IDG_DATABASE_URL="x", PGHOST="x", PYTHONPATH="x", LC_TIME="x", TZ="x")
    seen = dict(line.split("=", 1) for line in response.stdout.splitlines() if "=" in line)
    assert not {"IDG_DATABASE_URL", "PGHOST", "PYTHONPATH", "LC_TIME"} & seen.keys()
    assert (seen["LANG"], seen["TZ"]) == ("C.UTF-8", "UTC")


# what goes wrong


def test_a_machine_without_apt_is_told_what_to_install(bare: Machine) -> None:
    assert_one_sentence(bare.idg("demo"), "python3-venv", "pas apt")
    assert_one_sentence(bare.idg("demo", LANG="en_GB.UTF-8"), "python3-venv", "no apt")


def test_a_machine_without_apt_nor_postgis_is_told_so_too(bare: Machine) -> None:
    assert_one_sentence(bare.has(uv=UV, python3_12=PYTHON_312).idg("demo"), "PostGIS", "pas apt")


def test_a_refused_sudo_names_the_command_to_ask_for(bare: Machine) -> None:
    bare.has(uv=UV, python3_12=PYTHON_312, apt_get=APT_GET, apt_cache=":", id="echo 1000", sudo="exit 1")
    response = bare.idg("demo")
    assert_one_sentence(response, "« sudo apt-get")
    assert bare.called("apt-get") == ""


def test_a_distribution_with_an_old_postgresql_is_refused_before_installing(bare: Machine) -> None:
    bare.has(uv=UV, python3_12=PYTHON_312, apt_get=APT_GET, apt_cache='echo "  Candidate: 13+225"')
    response = bare.idg("demo", LANG="en")
    assert_one_sentence(response, "PostgreSQL 13", "Debian 12+", "IDG_DATABASE_URL")
    assert "install" not in bare.called("apt-get")


@pytest.mark.parametrize("asked", ["variable", "option", "option="])
def test_a_home_one_may_not_write_is_named(furnished: Machine, asked: str) -> None:
    (furnished.place / "file").touch()
    home = str(furnished.place / "file" / "home")
    words = {"variable": ["demo"], "option": ["demo", "--home", home], "option=": ["demo", f"--home={home}"]}[asked]
    variables: Mapping[str, str] = {"IDG_HOME": home} if asked == "variable" else {}
    assert_one_sentence(furnished.idg(*words, **variables), home, "IDG_HOME=")


@pytest.mark.parametrize(
    ("words_of_uv", "sentence"),
    [
        ("error: Failed to fetch: `https://pypi.org/simple/click/`: dns error", "Pas de réseau"),
        ("error: failed to write to file: No space left on device (os error 28)", "Le disque est plein"),
        ("error: failed to create directory: Permission denied (os error 13)", "IDG_HOME"),
        ("error: hash mismatch for click", "setup.log"),
    ],
)
def test_an_installation_that_fails_is_one_sentence_with_the_way_out(
    furnished: Machine, words_of_uv: str, sentence: str
) -> None:
    furnished.has(uv=f"case $* in *sync*) echo '{words_of_uv}' >&2; exit 2;; esac\n{UV}")
    response = furnished.idg("demo")
    assert_one_sentence(response, sentence)
    assert words_of_uv in (furnished.project / ".idg/setup.log").read_text()


def test_an_installation_cut_short_is_done_again(furnished: Machine) -> None:
    furnished.has(uv=f"case $* in *sync*) exit 2;; esac\n{UV}").idg("demo")
    assert furnished.has(uv=UV).idg("demo").stdout == "mig-idg: demo\n"


# the promises around it


def test_the_automatic_build_runs_the_whole_suite_with_its_clients(furnished: Machine) -> None:
    furnished.has(ogrinfo="", chromium="", apt_get=APT_GET, apt_cache=":", id="echo 0")
    response = furnished.idg(at=furnished.project / ".ci/run")
    assert response.stdout.endswith("python: -m pytest -n 2 --dist loadfile\n")


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="shellcheck is not installed (apt install shellcheck)")
def test_shellcheck_has_nothing_to_say() -> None:
    found = subprocess.run(
        ["shellcheck", "--severity=style", ROOT / "idg", ROOT / ".ci/run"], capture_output=True, text=True
    )
    assert found.stdout == ""


def test_both_scripts_may_be_run() -> None:
    assert os.access(ROOT / "idg", os.X_OK)
    assert os.access(ROOT / ".ci/run", os.X_OK)
