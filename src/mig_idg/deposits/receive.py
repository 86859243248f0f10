"""The quarantine: IDG_HOME/deposits, one folder a deposit, names of ours, mode 600; nothing is opened there.

A file is on the disk (fsync) before anything is acknowledged. What is being sent is a `part`: its size on the disk is
how much of it was received, so that a sender that was cut, or a server that died, goes on from there.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import hashlib
import os
import re
import shutil
import time
import unicodedata
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mig_idg.errors import Conflict, Text, TooLarge, Unavailable, Unprocessable

PART, CONTENT = "part", "content"
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_UNSAFE = re.compile(r"[^\w .()+-]+")


@dataclass(frozen=True, slots=True)
class Received:
    """A whole file in quarantine."""

    id: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Quarantine:
    """The folder of deposits; `limit` is the largest file, in bytes."""

    folder: Path
    limit: int

    def open(self, id: str | None = None) -> str:
        """A place for a new file; its id."""
        id = id or str(uuid.uuid4())
        with room():
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            (self.folder / id).mkdir(mode=0o700)
            os.close(os.open(self._part(id), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            _sync_folder(self.folder / id)
            _sync_folder(self.folder)
        return id

    def require_size(self, size: int) -> None:
        """Raises TooLarge for a file over the limit."""
        if size > self.limit:
            raise too_large(self.limit)

    def offset(self, id: str) -> int:
        """How many bytes of a file were received."""
        try:
            return self._part(id).stat().st_size
        except FileNotFoundError:
            return self.content(id).stat().st_size

    async def append(self, id: str, pieces: AsyncIterator[bytes], *, offset: int = 0, size: int | None = None) -> int:
        """Add to the file what comes, from `offset` on; how many bytes it has now, all on the disk.

        What came before the sender left stays. Raises Conflict (another offset, or two senders), TooLarge.
        """
        most = self.limit if size is None else size
        with self._alone(id) as file:
            at = file.seek(0, os.SEEK_END)
            if at != offset:
                raise wrong_offset(at)
            try:
                async for piece in pieces:
                    at += len(piece)
                    if at > most:
                        raise too_large(most)
                    with room():
                        file.write(piece)
            finally:
                with room():
                    await asyncio.to_thread(_sync, file)
        return at

    def seal(self, id: str) -> Received:
        """The file is whole: hashed, under its final name, on the disk. Done twice, it is done once."""
        part, content = self._part(id), self.content(id)
        if not content.exists():
            with part.open("rb") as file:
                os.fsync(file.fileno())
            part.rename(content)
            _sync_folder(content.parent)
        with content.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = content.stat().st_size
        if size == 0:
            raise empty()
        return Received(id, size, digest)

    def bring(self, source: Path) -> Received:
        """A copy of a file of this machine."""
        self.require_size(source.stat().st_size)
        id = self.open()
        try:
            with room(), source.open("rb") as read, self._part(id).open("wb") as written:
                shutil.copyfileobj(read, written, 1 << 20)
                written.flush()
                os.fsync(written.fileno())
            return self.seal(id)
        except BaseException:
            self.discard(id)
            raise

    def content(self, id: str) -> Path:
        """Where the whole file is."""
        return self.folder / str(uuid.UUID(id)) / CONTENT

    def discard(self, id: str) -> None:
        """Remove a file, whatever it was."""
        shutil.rmtree(self.folder / str(uuid.UUID(id)), ignore_errors=True)

    def older_than(self, seconds: float) -> list[str]:
        """The ids of the files that nothing was added to for so long."""
        if not self.folder.is_dir():
            return []
        before = time.time() - seconds
        return sorted(
            one.name
            for one in self.folder.iterdir()
            if _ID.fullmatch(one.name) and all(file.stat().st_mtime < before for file in (one, *one.iterdir()))
        )

    def _part(self, id: str) -> Path:
        return self.folder / str(uuid.UUID(id)) / PART

    @contextmanager
    def _alone(self, id: str) -> Iterator[BinaryIO]:
        try:
            file = self._part(id).open("r+b")
        except FileNotFoundError:
            raise Conflict(Text("Ce fichier est déjà entier.", "This file is already whole.")) from None
        with file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Conflict(
                    Text("Ce fichier est déjà en cours d'envoi.", "This file is already being sent."),
                    remedy=Text("Attendez que l'autre envoi cesse.", "Wait for the other sender to stop."),
                ) from None
            yield file


def file_name(said: str) -> str:
    """The name a file came under, fit to be shown and to be a name of a link: letters, digits, `._-() +`."""
    last = unicodedata.normalize("NFC", said).replace("\\", "/").rsplit("/", 1)[-1]
    return _UNSAFE.sub("_", last).strip(" .")[-100:].lstrip(" .-") or "depot"


@contextmanager
def room() -> Iterator[None]:
    """A full disk is told as such."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES):
            raise
        raise Unavailable(
            Text("Le dossier des dépôts ne peut plus être écrit.", "The folder of deposits can no longer be written."),
            remedy=Text("Ce qui a été reçu est gardé : reprenez l'envoi plus tard.",
                        "What was received is kept: resume later."),
        ) from error  # fmt: skip


def too_large(limit: int) -> TooLarge:
    """A file over the limit, or over the size it was announced with."""
    return TooLarge(
        Text(f"Le fichier dépasse {limit} octets.", f"The file exceeds {limit} bytes."),
        remedy=Text("Compressez-le en ZIP, ou demandez à qui exploite le service (IDG_DEPOSIT_MAX_MB).",
                    "Compress it as ZIP, or ask whoever runs the service (IDG_DEPOSIT_MAX_MB)."),
        extra={"limit": limit},
    )  # fmt: skip


def wrong_offset(at: int) -> Conflict:
    """A sender that would leave a hole or write twice."""
    error = Conflict(
        Text(f"{at} octets ont été reçus : reprenez de là.", f"{at} bytes were received: resume from there."),
        extra={"offset": at},
    )
    error.headers["upload-offset"] = str(at)
    return error


def empty() -> Unprocessable:
    """Nothing came."""
    return Unprocessable(
        Text("Le fichier est vide.", "The file is empty."),
        remedy=Text("Envoyez le fichier dans le corps de la demande.", "Send the file in the body of the request."),
    )


def _sync(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
