"""The malware scan (000 art. 9.2): the file is sent to ClamAV's daemon by its INSTREAM command, over its socket.

The daemon may be on another machine and sees no path of ours. Its answer is kept whatever the setting:
`required` (without an answer nothing is checked), `optional` (the lack of it is kept), `off`.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from mig_idg.errors import Text, Unavailable

Mode = Literal["required", "optional", "off"]
Verdict = Literal["clean", "infected", "unavailable", "off"]
CHUNK = 256 * 1024
SECONDS = 120.0
LONGEST_ANSWER = 4096


@dataclass(frozen=True, slots=True)
class Scanner:
    """Where clamd listens: a path (`/run/clamav/clamd.ctl`) or `host:port`; and whether its word is needed."""

    mode: Mode
    address: str

    def scan(self, path: Path) -> dict[str, Any]:
        """What the scan says, to be kept. Raises Unavailable when it is required and nobody answers."""
        if self.mode == "off":
            return _kept("off")
        try:
            answer, version = self._instream(path), self._version()
        except (OSError, ValueError) as error:
            if self.mode == "required":
                raise _absent() from error
            return _kept("unavailable", reason=type(error).__name__)
        if answer.endswith(" OK"):
            return _kept("clean", engine=version)
        if answer.endswith(" FOUND"):
            return _kept("infected", signature=_printable(answer.partition(": ")[2].removesuffix(" FOUND")),
                         engine=version)  # fmt: skip
        if self.mode == "required":
            raise _absent()
        return _kept("unavailable", reason=_printable(answer))

    def _instream(self, path: Path) -> str:
        """`stream: OK`, `stream: NAME FOUND`, or what went wrong (a file over the daemon's StreamMaxLength…)."""
        with self._connected() as connection, path.open("rb") as file:
            try:
                connection.sendall(b"zINSTREAM\0")
                while piece := file.read(CHUNK):
                    connection.sendall(struct.pack("!L", len(piece)) + piece)
                connection.sendall(struct.pack("!L", 0))
            except (BrokenPipeError, ConnectionResetError):
                pass  # it answers before it closes: the size limit is told so
            return _answer(connection)

    def _version(self) -> str:
        with self._connected() as connection:
            connection.sendall(b"zVERSION\0")
            return _printable(_answer(connection))

    def _connected(self) -> socket.socket:
        host, colon, port = self.address.rpartition(":")
        if colon and port.isdigit() and "/" not in host:
            return socket.create_connection((host or "127.0.0.1", int(port)), timeout=SECONDS)
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(SECONDS)
        try:
            connection.connect(self.address)
        except OSError:
            connection.close()
            raise
        return connection


def _answer(connection: socket.socket) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < LONGEST_ANSWER and (piece := connection.recv(1024)):
        said += piece
    if not said:
        raise ConnectionError("clamd closed without an answer")
    return said.rstrip(b"\0\n").decode("utf-8", "replace")


def _printable(text: str) -> str:
    return "".join(char for char in text if char.isprintable())[:200]


def _kept(verdict: Verdict, **more: str) -> dict[str, Any]:
    return {"verdict": verdict, "at": datetime.now(UTC).isoformat(timespec="seconds"), **more}


def _absent() -> Unavailable:
    return Unavailable(
        Text("L'antivirus ne répond pas, et il est obligatoire : le dépôt attend.",
             "The malware scanner does not answer, and it is required: the deposit waits."),
        remedy=Text("Vérifiez clamav-daemon et IDG_CLAMAV_SOCKET, puis demandez un nouveau contrôle.",
                    "Check clamav-daemon and IDG_CLAMAV_SOCKET, then ask for another check."),
    )  # fmt: skip
