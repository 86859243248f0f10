"""The routes of OGC API Processes."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from mig_idg.guard.route import Route
from mig_idg.jobs import Records
from mig_idg.ogc.processes import declared, operations
from mig_idg.ogc.processes.catalogue import Catalogue
from mig_idg.ogc.processes.handlers import BODY_LIMIT, Limits, Processes


class Configured(Protocol):
    """What we read of the settings."""

    @property
    def processes_dir(self) -> Path:
        """Where processes are declared."""

    @property
    def plugin_modules(self) -> tuple[str, ...]:
        """The modules that plug-ins may come from."""

    @property
    def callback_hosts(self) -> tuple[str, ...]:
        """The hosts that callbacks may go to."""

    @property
    def sync_seconds(self) -> int:
        """How long a synchronous execution is waited for."""


def routes(settings: Configured, records: Records) -> tuple[Route, ...]:
    """The routes of the processes that are declared. Raises InvalidDeclaration."""
    modules = settings.plugin_modules
    catalogue = Catalogue(declared.load(settings.processes_dir, modules), modules)
    ours = Processes(catalogue, records, Limits(settings.sync_seconds, settings.callback_hosts))
    return (
        Route("/processes", "open", ours.processes, pool="none", operations=(operations.PROCESSES,)),
        Route("/processes/{process}", "open", ours.process, pool="none", operations=(operations.PROCESS,)),
        # No second look at the rights once submitted: a start over would submit it twice, and the job looks again.
        Route("/processes/{process}/execution", "execute", ours.execution, methods=("POST",), pool="none",
             body_limit=BODY_LIMIT, operations=(operations.EXECUTION,)),
        Route("/jobs", "listing", ours.jobs, pool="admin", operations=(operations.JOBS,)),
        Route("/jobs/{job}", "listing", ours.job, methods=("GET", "HEAD", "DELETE"), pool="admin",
             operations=operations.JOB),
        Route("/jobs/{job}/results", "execute", ours.results, pool="admin", operations=(operations.RESULTS,)),
        Route("/jobs/{job}/results/{output}", "execute", ours.output, pool="admin", operations=(operations.OUTPUT,)),
    )  # fmt: skip
