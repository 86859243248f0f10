"""A clamd that conforms to the protocol (clamd(8)): INSTREAM and VERSION with `z` termination; EICAR is what it finds."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class _Session(socketserver.StreamRequestHandler):
    limit = 50 * 1024 * 1024

    def handle(self) -> None:
        command = b""
        while not command.endswith(b"\0"):
            command += self.rfile.read(1)
        if command == b"zVERSION\0":
            self.wfile.write(b"ClamAV 1.4.3/27000/Mon Jun 15 10:00:00 2026\0")
        elif command == b"zINSTREAM\0":
            self.wfile.write(self._stream())
        else:
            self.wfile.write(b"UNKNOWN COMMAND\0")

    def _stream(self) -> bytes:
        content = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
            if len(content) > self.limit:
                return b"INSTREAM size limit exceeded. ERROR\0"
        return b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


@contextmanager
def clamd(folder: Path, limit: int = 50 * 1024 * 1024) -> Iterator[str]:
    """The path of its socket."""
    path = str(folder / "clamd.ctl")
    with _Server(path, type("Session", (_Session,), {"limit": limit})) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield path
        finally:
            server.shutdown()
            thread.join()
