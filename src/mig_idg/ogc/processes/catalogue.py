"""The processes of this service. What they say of themselves is read once, in a process of its own: a worker that
answers requests never imports pygeoapi, nor a plug-in."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import structlog

from mig_idg.errors import Text, Unavailable
from mig_idg.jobs.isolated import Died, Isolated, Late, bare_environment
from mig_idg.ogc.processes.declared import Declaration

log = structlog.get_logger(__name__)

DESCRIBE_SECONDS = 60.0
RETRY_SECONDS = 30.0
DESCRIBE_MB = 2048


class Catalogue:
    """What is declared, and the descriptions of it; `modules` is the allow-list."""

    def __init__(self, declared: Mapping[str, Declaration], modules: tuple[str, ...]) -> None:
        self.declared = declared
        self._modules = modules
        self._described: dict[str, dict[str, Any]] = {}
        self._tried = 0.0
        self._reading = asyncio.Lock()

    async def all(self) -> list[dict[str, Any]]:
        """Every process whose plug-in can be loaded, in the order of their ids."""
        told = await self._read()
        return [told[id] for id in sorted(told)]

    async def one(self, id: str) -> dict[str, Any] | None:
        """The description of one process; None when there is none. Raises Unavailable when it cannot be loaded."""
        if id not in self.declared:
            return None
        told = (await self._read()).get(id)
        if told is None:
            raise Unavailable(
                Text(f"Le traitement « {id} » ne peut pas être chargé.", f"Process “{id}” cannot be loaded."),
                remedy=Text("Signalez-le à l'administrateur du service.", "Tell whoever runs the service."),
            )
        return told

    async def _read(self) -> dict[str, dict[str, Any]]:
        if len(self._described) == len(self.declared):
            return self._described
        async with self._reading:
            missing = [one for id, one in self.declared.items() if id not in self._described]
            if missing and time.monotonic() - self._tried > RETRY_SECONDS:
                await self._describe(missing)
                self._tried = time.monotonic() if len(self._described) < len(self.declared) else 0.0
        return self._described

    async def _describe(self, missing: list[Declaration]) -> None:
        process = Isolated(
            "mig_idg.ogc.processes.alone",
            ",".join(self._modules),
            environment=bare_environment(),
            memory_mb=DESCRIBE_MB,
        )
        try:
            told = await process.call({"describe": [one.model_dump() for one in missing]}, DESCRIBE_SECONDS)
        except (Died, Late) as error:
            log.error("processes-undescribed", reason=type(error).__name__)
            return
        finally:
            await process.end()
        for id, response in told.items():
            if "described" in response:
                self._described[id] = response["described"]
            else:
                log.error("process-unusable", process=id, trace=response.get("trace"))
