"""The one function that calls out for a job: to declared hosts only, over https, to public addresses only.

The name is resolved once and the connection goes to that very address, so that a name which changes between the check
and the call leads nowhere; nothing is followed elsewhere (rule 9 of the security rules, T9).
"""

from __future__ import annotations

import asyncio
import http.client
import ipaddress
import socket
import ssl
from urllib.parse import urlsplit

from mig_idg.errors import InvalidParameter, Text

SECONDS = 10.0
LONGEST_ADDRESS = 2000


def checked(address: str, hosts: tuple[str, ...], parameter: str) -> str:
    """An address somebody gave us to call. Raises InvalidParameter unless it is https, on a declared host."""
    parts = urlsplit(address) if isinstance(address, str) and len(address) <= LONGEST_ADDRESS else None
    try:
        port = parts.port if parts else None
    except ValueError:
        parts = None
    if parts is None or parts.scheme != "https" or not parts.hostname or parts.username or port not in (None, 443):
        raise InvalidParameter(
            parameter,
            Text("L'adresse de rappel doit être en https, sans identifiant ni port.",
                 "A callback address is https, without user or port."),
        )  # fmt: skip
    if parts.hostname.lower() not in {host.lower() for host in hosts}:
        raise InvalidParameter(
            parameter,
            Text(f"« {parts.hostname} » n'est pas un hôte de rappel déclaré.",
                 f"“{parts.hostname}” is not a declared callback host."),
            remedy=Text("L'administrateur le déclare dans IDG_CALLBACK_HOSTS.",
                        "An administrator declares it in IDG_CALLBACK_HOSTS."),
        )  # fmt: skip
    return address


def public_address(host: str, port: int = 443) -> str:
    """The address to connect to. Raises OSError unless every address of the name is public."""
    found = {str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    for address in found:
        if not is_public(address):
            raise OSError(f"{host} has an address that is not public")
    return sorted(found)[0]


def is_public(address: str) -> bool:
    """Whether an address is one of the Internet at large, looking through those that hold an IPv4 one."""
    one = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(one, ipaddress.IPv6Address):
        inner = one.ipv4_mapped or one.sixtofour or (one.teredo[1] if one.teredo else None)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
        if one in ipaddress.ip_network("64:ff9b::/96"):
            return False
    return one.is_global and not one.is_multicast


async def post(address: str, body: bytes, hosts: tuple[str, ...]) -> int:
    """POST a JSON document; the status of the answer, whose body nobody reads. Raises OSError, InvalidParameter."""
    checked(address, hosts, "subscriber")
    async with asyncio.timeout(SECONDS * 2):
        return await asyncio.to_thread(_post, address, body)


def _post(address: str, body: bytes) -> int:
    parts = urlsplit(address)
    assert parts.hostname is not None
    connection = _Pinned(parts.hostname, public_address(parts.hostname))
    try:
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        connection.request("POST", target, body, {"Content-Type": "application/json", "User-Agent": "mig-idg"})
        return connection.getresponse().status
    except http.client.HTTPException as error:
        raise OSError(type(error).__name__) from error
    finally:
        connection.close()


class _Pinned(http.client.HTTPSConnection):
    """A connection to one address, whose certificate must be that of the name."""

    def __init__(self, host: str, address: str) -> None:
        super().__init__(host, 443, timeout=SECONDS, context=ssl.create_default_context())
        self._address = address

    def connect(self) -> None:
        """To the address that was checked, and no other."""
        plain = socket.create_connection((self._address, self.port), SECONDS)
        self.sock = self._context.wrap_socket(plain, server_hostname=self.host)  # type: ignore[attr-defined]
