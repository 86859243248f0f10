"""Files of rasters in a bucket of S3-compatible storage: the same names as on disk, under a prefix.

Our own requests (uploads, ranges handed to clients) go through `obstore`; pixels are read by GDAL's `/vsis3/`, whose
keys live in the threads that read pixels and nowhere else, and whose only way out is this endpoint: every other address
still goes to a proxy that is not there. A key is never logged, written in a link, nor put in an error.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path, PosixPath
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import obstore
import rasterio
from obstore.exceptions import BaseError, NotFoundError, PermissionDeniedError, PreconditionError, UnauthenticatedError
from obstore.store import S3Store
from rasterio.session import Session

from mig_idg.errors import Text, Unavailable
from mig_idg.store.storage import Held, inside

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

PIECE = 2**20
PART = 16 * 2**20
# How long what a HEAD told is believed: a file of a published vintage never changes, one alone may be replaced.
FRESH, LASTING = 5.0, 3600.0
# obstore tells what is missing by Python's own error as well as by its own.
MISSING = (NotFoundError, FileNotFoundError)
FAILURES = (BaseError, OSError)
MOST_REMEMBERED = 20_000
_ROUNDS: ClientConfig = {"connect_timeout": "3s", "read_timeout": "20s", "timeout": "180s"}
_AGAIN: RetryConfig = {
    "max_retries": 2,
    "retry_timeout": timedelta(seconds=15),
    "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=2), "base": 2},
}
READING: Mapping[str, Any] = {
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".tif",
    "GDAL_HTTP_CONNECTTIMEOUT": "3",
    "GDAL_HTTP_TIMEOUT": "30",
    "GDAL_HTTP_MAX_RETRY": "1",
    "GDAL_HTTP_RETRY_DELAY": "0.2",
    "GDAL_HTTP_MULTIPLEX": "NO",
    "GDAL_INGESTED_BYTES_AT_OPEN": "32768",
    "CPL_AWS_CREDENTIALS_FILE": os.devnull,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "YES",
}


@dataclass(frozen=True, slots=True)
class Access:
    """Where a bucket is and the keys that open it. `endpoint` is an address, `https://s3.example.org`."""

    bucket: str
    endpoint: str
    region: str
    prefix: str
    key: str
    secret: str = field(repr=False)


class Keys(Session):  # type: ignore[misc]  # rasterio carries no types
    """The keys of one endpoint as GDAL's options, for the thread that enters the environment."""

    def __init__(self, access: Access) -> None:
        there = urlsplit(access.endpoint)
        self._options = {
            "AWS_ACCESS_KEY_ID": access.key,
            "AWS_SECRET_ACCESS_KEY": access.secret,
            "AWS_REGION": access.region,
            "AWS_S3_ENDPOINT": there.netloc + there.path.rstrip("/"),
            "AWS_HTTPS": "YES" if there.scheme == "https" else "NO",
            "AWS_VIRTUAL_HOSTING": "FALSE",
        }

    @classmethod
    def hascreds(cls, config: Mapping[str, Any]) -> bool:
        """Whether an environment has keys already."""
        return "AWS_SECRET_ACCESS_KEY" in config

    def get_credential_options(self) -> dict[str, str]:
        """What GDAL is told."""
        return dict(self._options)


class Distant(PosixPath):
    """The name of a file of a bucket as GDAL opens it (`/vsis3/bucket/…`); its size and state are asked as a Path's."""

    __slots__ = ("bucket",)
    bucket: Bucket

    def with_segments(self, *segments: Any) -> Distant:
        """A path made from this one is of the same bucket."""
        made = type(self)(*segments)
        made.bucket = self.bucket
        return made

    def stat(self, *, follow_symlinks: bool = True) -> Any:
        """Size and time of last change. Raises FileNotFoundError; Unavailable when the storage does not answer."""
        held = self.bucket.held(self.relative_to(self.bucket.root).as_posix())
        if held is None:
            raise FileNotFoundError(str(self))
        return SimpleNamespace(st_size=held.size, st_mtime_ns=held.changed)

    def is_file(self, **_: Any) -> bool:
        """Whether the file is there."""
        return self.bucket.held(self.relative_to(self.bucket.root).as_posix()) is not None


class Bucket:
    """A place on S3-compatible storage; safe between threads."""

    distant = True

    def __init__(self, access: Access) -> None:
        self._access = access
        self._remembered: dict[str, tuple[float, Held, str]] = {}
        self._lock = threading.Lock()
        self._store = S3Store(
            access.bucket,
            prefix=access.prefix or None,
            endpoint=access.endpoint,
            aws_endpoint_url_s3=access.endpoint,  # the variable of this name would win over `endpoint`
            access_key_id=access.key,
            secret_access_key=access.secret,
            region=access.region,
            virtual_hosted_style_request=False,
            disable_bulk_delete=True,  # not every S3-compatible storage knows how to delete several at once
            client_options={**_ROUNDS, "allow_http": access.endpoint.startswith("http://")},
            retry_config=_AGAIN,
        )
        _reachable(urlsplit(access.endpoint).hostname or "")
        self.root = Distant("/vsis3", access.bucket, *access.prefix.split("/"))
        self.root.bucket = self

    def __repr__(self) -> str:
        return f"Bucket({self._access.endpoint}/{self._access.bucket}/{self._access.prefix})"

    def path(self, name: str) -> Path:
        """`/vsis3/bucket/prefix/name`."""
        return self.root / inside(name)

    def environment(self, options: Mapping[str, Any]) -> rasterio.Env:
        """GDAL's environment with the keys. A handle that is closed leaves nothing in GDAL's own cache."""
        return rasterio.Env(
            session=Keys(self._access), **{**options, **READING, "CPL_VSIL_CURL_NON_CACHED": f"{self.root}"}
        )

    def held(self, name: str) -> Held | None:
        """What a HEAD tells, believed for a while; absence is asked again each time. Raises Unavailable."""
        return found[0] if (found := self._known(inside(name))) else None

    def put(self, made: Path, name: str) -> None:
        """Send a file, in parts when it is large: whole at the end, or not there."""
        try:
            obstore.put(self._store, inside(name), made, chunk_size=PART, max_concurrency=2)
        except FAILURES as error:
            raise _trouble(error) from error
        with self._lock:
            self._remembered.pop(name, None)
        made.unlink(missing_ok=True)

    def remove(self, name: str) -> None:
        """Take an object away."""
        try:
            obstore.delete(self._store, inside(name))
        except MISSING:
            return
        except FAILURES as error:
            raise _trouble(error) from error
        finally:
            with self._lock:
                self._remembered.pop(name, None)

    def names(self, under: str) -> Iterator[Held]:
        """Every object under a folder, a page at a time."""
        try:
            for page in obstore.list(self._store, inside(under).rstrip("/") or None):
                for one in page:
                    yield Held(one["path"], one["size"], _nanoseconds(one["last_modified"]))
        except FAILURES as error:
            raise _trouble(error) from error

    async def pieces(self, held: Held, start: int, stop: int) -> AsyncIterator[bytes]:
        """Bytes [start, stop) by ranges of a megabyte; the first is there when this returns. Raises Unavailable."""
        known = await asyncio.to_thread(self._known, held.name)
        tag = known[1] if known and known[0] == held else ""
        first = await self._range(held.name, start, min(start + PIECE, stop), tag) if stop > start else b""
        return self._onward(held.name, first, start + len(first), stop, tag)

    async def _onward(self, name: str, first: bytes, at: int, stop: int, tag: str) -> AsyncIterator[bytes]:
        yield first
        while at < stop:
            piece = await self._range(name, at, min(at + PIECE, stop), tag)
            at += len(piece)
            yield piece

    async def _range(self, name: str, start: int, stop: int, tag: str) -> bytes:
        options: dict[str, Any] = {"range": (start, stop), **({"if_match": tag} if tag else {})}
        try:
            found = await obstore.get_async(self._store, name, options=options)  # type: ignore[arg-type]
            return bytes(await found.bytes_async())
        except FAILURES as error:
            with self._lock:
                self._remembered.pop(name, None)
            raise _trouble(error) from error

    def _known(self, name: str) -> tuple[Held, str] | None:
        """What is held under a name, with its entity tag."""
        now = time.monotonic()
        with self._lock:
            until, held, tag = self._remembered.get(name, (0.0, None, ""))
        if held is not None and now < until:
            return held, tag
        try:
            told = obstore.head(self._store, name)
        except MISSING:
            return None
        except FAILURES as error:
            raise _trouble(error) from error
        held = Held(name, told["size"], _nanoseconds(told["last_modified"]))
        tag = told["e_tag"] or ""
        with self._lock:
            if len(self._remembered) >= MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[name] = (now + (LASTING if _settled(name) else FRESH), held, tag)
        return held, tag


@cache
def bucket(access: Access) -> Bucket:
    """The bucket of this process: one for each access, with what it remembers."""
    return Bucket(access)


def _settled(name: str) -> bool:
    """Whether a name is of a vintage, `collection/vintage/number/name`, whose files never change once published."""
    parts = name.split("/")
    return len(parts) == 4 and parts[2].isdecimal()


def _nanoseconds(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp() * 1e9)


def _reachable(host: str) -> None:
    """Let GDAL's requests to this host, and to no other, past the proxy that is not there (`GDAL_HTTP_PROXY`).

    libcurl reads `no_proxy` of the process, whatever proxy an option names; nothing else tells it.
    """
    told = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    known = [one.strip() for one in told.split(",") if one.strip()]
    if host not in known:
        os.environ["no_proxy"] = ",".join([*known, host])


def _trouble(error: Exception) -> Unavailable:
    """What the storage answered, in our words: those of the library name addresses and keys."""
    if isinstance(error, (UnauthenticatedError, PermissionDeniedError)):
        return Unavailable(
            Text("Le stockage S3 refuse les clés de ce serveur.", "The S3 storage refuses this server's keys."),
            remedy=Text("Vérifiez IDG_S3_ACCESS_KEY et IDG_S3_SECRET_KEY.",
                        "Check IDG_S3_ACCESS_KEY and IDG_S3_SECRET_KEY."),
        )  # fmt: skip
    if isinstance(error, MISSING):
        return Unavailable(
            Text("Le fichier ou le seau S3 n'existe pas.", "The file or the S3 bucket does not exist."),
            remedy=Text("Vérifiez IDG_S3_BUCKET et IDG_S3_PREFIX.", "Check IDG_S3_BUCKET and IDG_S3_PREFIX."),
        )
    if isinstance(error, PreconditionError):
        return Unavailable(
            Text("Le fichier a été remplacé pendant sa lecture.", "The file was replaced while it was read."),
            remedy=Text("Recommencez.", "Start again."),
        )
    return Unavailable(
        Text("Le stockage S3 ne répond pas.", "The S3 storage does not answer."),
        remedy=Text("Vérifiez IDG_S3_ENDPOINT et le réseau ; rien n'est perdu.",
                    "Check IDG_S3_ENDPOINT and the network; nothing is lost."),
    )  # fmt: skip
