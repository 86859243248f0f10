"""The demonstration with its processes, those of others beside them, and a worker that runs them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
MODULES = ("mig_idg.ogc.processes", "pygeoapi.process", "plugins_of_others")
OTHERS = {
    "hello-world": "processor: HelloWorld",
    "old": "processor: plugins_of_others.Old",
    "new": "processor: plugins_of_others.New",
    "slow": "processor: plugins_of_others.New\nseconds: 2",
    "bad": "processor: plugins_of_others.Bad\nseconds: 5",
    "members": "processor: plugins_of_others.New\naudience: accounts",
}


@dataclass
class Processing:
    """A service and its worker."""

    service: Any
    worker: list[subprocess.Popen[bytes]]
    start: Callable[[], None]

    def execute(self, process: str, inputs: dict[str, Any], who: str | None = None, **more: Any) -> httpx.Response:
        """POST an execution."""
        headers = more.pop("headers", {})
        return self.service.ask(
            "POST", f"/processes/{process}/execution", who, json={"inputs": inputs, **more}, headers=headers
        )

    def later(self, process: str, inputs: dict[str, Any], who: str | None = None, **more: Any) -> str:
        """POST an execution for later; the path of its job."""
        response = self.execute(process, inputs, who, headers={"prefer": "respond-async"}, **more)
        assert response.status_code == 201, response.text
        return response.headers["location"].removeprefix(self.service.url)

    def ended(self, job: str, who: str | None = None, seconds: float = 40) -> dict[str, Any]:
        """The status of a job once it ended."""
        return self.until(job, ("successful", "failed", "dismissed"), who, seconds)

    def until(self, job: str, statuses: tuple[str, ...], who: str | None = None, seconds: float = 40) -> dict[str, Any]:
        """The status of a job once it is one of these."""
        until = time.monotonic() + seconds
        while (told := self.service.get(job, who).json())["status"] not in statuses:
            assert time.monotonic() < until, told
            time.sleep(0.05)
        return told


@pytest.fixture(scope="package")
def process_it(serve_demonstration: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A service with a worker, each time it is entered."""

    @contextmanager
    def processed(**settings: Any) -> Iterator[Processing]:
        folder = tmp_path_factory.mktemp("processes")
        for path in (ROOT / "processes").glob("*.yml"):
            (folder / path.name).write_text(path.read_text())
        for id, rest in OTHERS.items():
            (folder / f"{id}.yml").write_text(f"id: {id}\n{rest}\n")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PYTHONPATH", str(HERE))
            more = {"processes_dir": folder, "plugin_modules": MODULES, **settings}
            with serve_demonstration(**more) as service:
                environment = {
                    **os.environ,
                    "IDG_SERVE_DATABASE_URL": service.app_url,
                    "IDG_HOME": str(service.home),
                    "IDG_BASE_URL": service.url,
                    "IDG_CONFIG_FILE": str(ROOT / "pygeoapi-config.yml"),
                    "IDG_PROCESSES_DIR": str(folder),
                    "IDG_PLUGIN_MODULES": '["' + '","'.join(MODULES) + '"]',
                }
                running: list[subprocess.Popen[bytes]] = []

                def start() -> None:
                    command = [sys.executable, "-m", "mig_idg.app.jobs", "worker"]
                    running.append(subprocess.Popen(command, env=environment))

                start()
                try:
                    yield Processing(service, running, start)
                finally:
                    for one in running:
                        one.terminate()
                        one.wait(20)

    return processed


@pytest.fixture(scope="package")
def processing(process_it: Any) -> Iterator[Processing]:
    """One for all the tests that leave its worker alone."""
    with process_it() as running:
        yield running
