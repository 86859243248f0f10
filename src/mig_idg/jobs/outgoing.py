"""Reading from outside: declared hosts only, at an address that was checked, within a size and a time.

The name is resolved when the connection is made and the connection goes to the very address that was checked, so that a
name which changes in between leads nowhere; a redirection is followed to a declared host only, and checked like the
first address; no proxy, no netrc, no cookie, no credential. `egress` is the same for what we send.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx

from mig_idg.errors import Text, Unavailable
from mig_idg.jobs.egress import is_public

USER_AGENT = "mig-idg (harvester; +https://github.com/mig-idg)"
LONGEST_ADDRESS = 8000
REDIRECTIONS = 5
ATTEMPTS = 3
LONGEST_WAIT = 120.0
READ_SECONDS = 30.0
_LATER = (429, 500, 502, 503, 504)


class NotReached(Unavailable):
    """The other side cannot be read: unknown, forbidden, too slow, too large, or it answered with an error."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `status` is 200, or 304 when what we have is still good."""

    address: str
    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def media_type(self) -> str:
        """The media type, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(slots=True)
class Outgoing:
    """Reads from a few declared hosts. `private` lets in addresses of this network: the operator said so."""

    hosts: frozenset[str]
    private: bool = False
    delay: float = 0.0
    page_bytes: int = 50 * 2**20
    total_bytes: int = 512 * 2**20
    deadline: float | None = None
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    received: int = 0
    _client: httpx.Client | None = field(default=None, repr=False)
    _last: float | None = None

    def __enter__(self) -> Outgoing:
        transport = httpx.HTTPTransport(trust_env=False)
        transport._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False),
            max_connections=2,
            keepalive_expiry=10.0,
            network_backend=CheckedNetwork(self.hosts, private=self.private),
        )
        self._client = httpx.Client(
            transport=transport,
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(READ_SECONDS, connect=10.0),
            headers={"user-agent": USER_AGENT, "accept-encoding": "gzip"},
        )
        return self

    def __exit__(self, *_: object) -> None:
        if self._client is not None:
            self._client.close()

    def read(
        self,
        address: str,
        *,
        accept: str = "*/*",
        body: bytes | None = None,
        media_type: str = "application/xml",
        validators: Mapping[str, str] | None = None,
    ) -> Answer:
        """The answer of an address. Raises NotReached. A busy server is waited for, as long as it says."""
        headers = {"accept": accept, **(validators or {})}
        if body is not None:
            headers["content-type"] = media_type
        for attempt in range(1, ATTEMPTS + 1):
            self._wait_for_turn()
            try:
                answer, later = self._follow(address, body, headers)
            except httpx.TransportError as error:
                if attempt == ATTEMPTS or isinstance(error, httpx.UnsupportedProtocol):
                    raise _failed(address, error) from error
                self._pause(self.delay + attempt)
                continue
            except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, ValueError) as error:
                raise _failed(address, error) from error
            if answer is not None:
                return answer
            if attempt == ATTEMPTS:
                raise _said(address, "le serveur reste indisponible", "the server stays unavailable")
            self._pause(later)
        raise AssertionError

    def checked(self, address: str) -> str:
        """The address, if it is one we may read: http(s), on a declared host. Raises NotReached."""
        try:
            parts = urlsplit(address)
            host = (parts.hostname or "").lower()
            _ = parts.port
        except ValueError:
            raise _said(address, "adresse illisible", "unreadable address") from None
        if len(address) > LONGEST_ADDRESS or parts.scheme not in ("http", "https") or not host:
            raise _said(address, "une adresse http(s) est attendue", "an http(s) address is expected")
        if parts.username is not None or parts.password is not None:
            raise _said(_bare(address), "pas d'identifiant dans une adresse", "no user in an address")
        if host not in self.hosts:
            raise _said(address, f"« {host} » n'est pas un hôte déclaré", f"“{host}” is not a declared host")
        return address

    def _follow(self, address: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[Answer | None, float]:
        method = "GET" if body is None else "POST"
        for _ in range(REDIRECTIONS + 1):
            assert self._client is not None
            with self._client.stream(method, self.checked(address), content=body, headers=headers) as response:
                if response.has_redirect_location:
                    address = urljoin(address, response.headers["location"])
                    continue
                if response.status_code in _LATER:
                    return None, _retry_after(response.headers.get("retry-after"), self.delay)
                if response.status_code == 304 and headers.keys() & {"if-none-match", "if-modified-since"}:
                    return Answer(address, 304, b"", dict(response.headers)), 0.0
                if response.status_code != 200:
                    status = response.status_code
                    raise _said(address, f"réponse {status}", f"answer {status}", extra={"status": status})
                return Answer(address, 200, self._content(address, response), dict(response.headers)), 0.0
        raise _said(address, "trop de redirections", "too many redirections")

    def _content(self, address: str, response: httpx.Response) -> bytes:
        if response.headers.get("content-encoding", "identity").lower() not in ("identity", "gzip", ""):
            raise _said(address, "compression non demandée", "a compression that was not asked for")
        found = bytearray()
        for piece in response.iter_bytes(65_536):
            found += piece
            self.received += len(piece)
            if len(found) > self.page_bytes:
                most = self.page_bytes // 2**20
                raise _said(address, f"réponse de plus de {most} Mio", f"an answer over {most} MiB")
            if self.received > self.total_bytes:
                most = self.total_bytes // 2**20
                raise _said(address, f"plus de {most} Mio en tout", f"over {most} MiB in all")
            self._in_time()
        return bytes(found)

    def _wait_for_turn(self) -> None:
        self._in_time()
        if self._last is not None and (left := self._last + self.delay - self.clock()) > 0:
            self.sleep(left)
        self._last = self.clock()

    def _pause(self, seconds: float) -> None:
        if self.deadline is not None and self.clock() + seconds > self.deadline:
            raise NotReached(Text("La durée limite est atteinte.", "The limit of time is reached."))
        self.sleep(seconds)

    def _in_time(self) -> None:
        if self.deadline is not None and self.clock() > self.deadline:
            raise NotReached(Text("La durée limite est atteinte.", "The limit of time is reached."))


class CheckedNetwork(httpcore.NetworkBackend):
    """Connects to the address that was checked, and to no other."""

    def __init__(self, hosts: Iterable[str], *, private: bool) -> None:
        self._hosts = frozenset(hosts)
        self._private = private
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to a declared host. Raises ConnectError when one of its addresses may not be reached."""
        if host.lower() not in self._hosts:
            raise httpcore.ConnectError("not a declared host")
        try:
            found = {str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
        except OSError as error:
            raise httpcore.ConnectError("no such host") from error
        if not all(is_public(one) or (self._private and _of_a_network(one)) for one in found):
            raise httpcore.ConnectError("a private address")
        return self._inner.connect_tcp(sorted(found)[0], port, timeout, local_address, socket_options)

    def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.NetworkStream:
        """Never."""
        raise httpcore.ConnectError("no socket of this machine")

    def sleep(self, seconds: float) -> None:
        """Between attempts of the library; it makes none here."""
        time.sleep(seconds)


def _of_a_network(address: str) -> bool:
    """An address of a private network or of this machine; never link-local, where clouds keep their credentials."""
    one = ipaddress.ip_address(address.partition("%")[0])
    return one.is_private and not one.is_link_local and not one.is_multicast and not one.is_unspecified


def _retry_after(word: str | None, delay: float) -> float:
    """The seconds that `Retry-After` asks for, bounded; a date or nothing is a few seconds."""
    if word and word.strip().isdigit():
        return min(float(word), LONGEST_WAIT)
    return max(delay, 2.0)


def _failed(address: str, error: Exception) -> NotReached:
    told = str(error)
    if "private address" in told:
        return _said(address, "son adresse est celle d'un réseau privé", "its address is of a private network",
                     Text("Si c'est voulu, l'opérateur déclare « private: true ».",
                          "If that is meant, the operator declares `private: true`."))  # fmt: skip
    if "no such host" in told:
        return _said(address, "hôte inconnu", "unknown host")
    if isinstance(error, httpx.TimeoutException):
        return _said(address, "pas de réponse à temps", "no answer in time")
    return _said(address, f"connexion impossible ({type(error).__name__})", f"cannot connect ({type(error).__name__})")


def _said(
    address: str, fr: str, en: str, remedy: Text | None = None, extra: Mapping[str, Any] | None = None
) -> NotReached:
    shown = address[:300]
    return NotReached(Text(f"{shown} : {fr}.", f"{shown}: {en}."), remedy=remedy, extra=extra)


def _bare(address: str) -> str:
    return address.rpartition("@")[2]
