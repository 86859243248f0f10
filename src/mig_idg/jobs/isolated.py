"""A process of its own for code that may hang, leak or die: called with values, ended at any moment.

What runs there (a pygeoapi plug-in) has a limit of memory, no credential of ours in its environment, and its prints go
nowhere. One call at a time; a call that is cancelled or late ends the process, and the next call has a fresh one.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

import structlog

from mig_idg.jobs import frames

log = structlog.get_logger(__name__)

Report = Callable[[Mapping[str, Any]], Awaitable[None]]


class Died(Exception):
    """The process ended before it answered: memory, a crash of a library, a kill."""


class Late(Exception):
    """The process did not answer in time, and was ended."""


class Isolated:
    """One such process: `module` is run with `python -m`, and started when it is first needed."""

    def __init__(self, module: str, *arguments: str, environment: Mapping[str, str], memory_mb: int) -> None:
        self._command = (sys.executable, "-m", module, *arguments)
        self._environment = {**environment, "IDG_CHILD_MEMORY_MB": str(memory_mb), "PYTHONUNBUFFERED": "1"}
        self._process: asyncio.subprocess.Process | None = None
        self._one_at_a_time = asyncio.Lock()

    @property
    def alive(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.returncode is None

    async def call(self, request: Mapping[str, Any], seconds: float, report: Report | None = None) -> Any:
        """What the process answers. Raises Died, Late; a cancelled call ends the process."""
        async with self._one_at_a_time:
            answered = False
            try:
                async with asyncio.timeout(seconds):
                    response = await self._exchange(request, report)
                answered = True
                return response
            except TimeoutError:
                raise Late from None
            except (EOFError, ConnectionError, ValueError) as error:
                raise Died from error
            finally:
                if not answered:
                    await asyncio.shield(self.end())

    async def _exchange(self, request: Mapping[str, Any], report: Report | None) -> Any:
        process = await self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(frames.packed(request))
        await process.stdin.drain()
        while True:
            told = await frames.read(process.stdout)
            if "answer" in told:
                return told["answer"]
            if report is not None:
                await report(told)

    async def _running(self) -> asyncio.subprocess.Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env=self._environment,
                start_new_session=True,
                limit=1024 * 1024,
            )
        return self._process

    async def end(self) -> None:
        """End the process and all that it started, now."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, 9)
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def bare_environment() -> dict[str, str]:
    """What a plug-in may know of ours: where programs and libraries are, the language; no setting, no secret."""
    kept = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "VIRTUAL_ENV", "GDAL_DATA", "PROJ_DATA", "PROJ_LIB")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"HOME": "/nonexistent"}
