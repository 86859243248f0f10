"""A socket between the application and PostgreSQL that can go silent, refuse, or cut."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from pathlib import Path
from typing import Literal

Mode = Literal["pass", "silent", "refuse"]


class FaultySocket:
    """Listens as `.s.PGSQL.5432` in a folder and forwards to another such socket, as its `mode` says."""

    def __init__(self, folder: Path, target: Path) -> None:
        self.folder, self._target = folder, target
        self.mode: Mode = "pass"
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._writers: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> FaultySocket:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def become(self, mode: Mode) -> None:
        """Change what happens to connections, those open now included."""
        self.mode = mode
        if mode == "refuse":
            self._loop.call_soon_threadsafe(lambda: [writer.close() for writer in set(self._writers)])

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_unix_server(self._serve, self.folder / ".s.PGSQL.5432"))
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
            with suppress(asyncio.CancelledError, OSError):
                self._loop.run_until_complete(task)
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.mode == "refuse":
            writer.close()
            return
        behind = await asyncio.open_unix_connection(self._target)
        self._writers |= {writer, behind[1]}
        try:
            await asyncio.gather(self._forward(reader, behind[1]), self._forward(behind[0], writer))
        finally:
            for one in (writer, behind[1]):
                self._writers.discard(one)
                with suppress(OSError, RuntimeError):
                    one.close()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if self.mode == "pass":
                    writer.write(data)
                    await writer.drain()
        with suppress(OSError, RuntimeError):
            writer.close()
