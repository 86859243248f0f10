"""Credentials as they arrive: five ways, all equal. Only this module reads them.

`Authorization: Bearer`, HTTP Basic (login and token), `X-API-Key`, `?token=`, and `/t/TOKEN/…` in front of a path for
clients that drop headers (QGIS, see the founding lessons). A credential that does not verify is 401, never a quiet
fall back to the public; two that disagree are 400.
"""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from cachetools import LRUCache

from mig_idg.errors import BadRequest, Text, TooMany, Unauthenticated
from mig_idg.guard.principal import PUBLIC, Principal, from_credential
from mig_idg.registry.tokens import Credentials, fingerprint

LONGEST = 8192
CALLERS_COUNTED = 10_000
PATH_PREFIX = "/t/"
BEARER = 'Bearer realm="mig-idg"'
BEARER_AND_BASIC = f'{BEARER}, Basic realm="mig-idg", charset="UTF-8"'

VerifyJwt = Callable[[str, Credentials], Principal | None]


@dataclass(frozen=True, slots=True)
class Presented:
    """One credential as shown: the secret, and the login that came with it (Basic only)."""

    secret: str
    login: str | None = None


def split_prefix(path: str) -> tuple[str | None, str]:
    """The token of a `/t/TOKEN/…` path and the rest of the path; (None, path) when there is none."""
    if not path.startswith(PATH_PREFIX):
        return None, path
    token, slash, rest = path[len(PATH_PREFIX) :].partition("/")
    return token, slash + rest if slash else "/"


def prefix(token: str | None) -> str:
    """What the addresses given back begin with, for a caller whose address held a token; nothing without one."""
    return f"{PATH_PREFIX}{quote(token, safe='-._~')}" if token else ""


def presented(headers: Mapping[str, str], query_token: str | None, path_token: str | None) -> list[Presented]:
    """Every credential of a request, in no order. Raises Unauthenticated for one that cannot be read."""
    found: list[Presented] = []
    authorization = headers.get("authorization")
    if authorization is not None:
        found.append(_authorization(authorization))
    for secret in (headers.get("x-api-key"), query_token, path_token):
        if secret is not None:
            found.append(Presented(secret))
    return found


def authenticate(
    shown: list[Presented],
    credentials: Credentials,
    *,
    verify_jwt: VerifyJwt | None = None,
    now: datetime | None = None,
) -> Principal:
    """The principal behind the credentials shown; the public when none was.

    Raises Unauthenticated when one does not verify, BadRequest when two disagree. The look-up is by SHA-256, so
    its time says nothing of the secret.
    """
    if not shown:
        return PUBLIC
    if len(shown) > 1 and len({one.secret for one in shown}) > 1:
        raise BadRequest(
            Text("Deux identifications différentes dans la même demande.", "Two different credentials in one request."),
            remedy=Text("N'en gardez qu'une.", "Keep one of them."),
        )
    if len({one.login for one in shown if one.login}) > 1:
        raise rejected()
    secret = shown[0].secret
    if not secret or len(secret) > LONGEST:
        raise rejected()
    mark = fingerprint(secret)
    credential = credentials.by_hash.get(mark)
    if credential is None:
        principal = verify_jwt(secret, credentials) if verify_jwt and secret.count(".") == 2 else None
        if principal is None:
            raise rejected()
        return principal
    login = next((one.login for one in shown if one.login), None)
    if login is not None and login != credential.login:
        raise rejected()
    if credential.expires_at <= (now or datetime.now(UTC)):
        raise rejected()
    principal = credentials.entered.get(mark)
    if principal is None:
        principal = credentials.entered[mark] = from_credential(credential)
    return principal


def rejected() -> Unauthenticated:
    """The one answer to a credential that is unknown, expired, revoked or malformed: nothing tells which."""
    error = Unauthenticated(
        Text(
            "Identification refusée : jeton inconnu, expiré ou révoqué.",
            "Credential rejected: unknown, expired or revoked token.",
        ),
        remedy=Text(
            "Vérifiez le jeton, ou demandez-en un à l'administrateur de votre organisme.",
            "Check the token, or ask your body's administrator for one.",
        ),
    )
    error.headers["www-authenticate"] = BEARER_AND_BASIC
    return error


def _authorization(value: str) -> Presented:
    scheme, _, rest = value.strip().partition(" ")
    rest = rest.strip()
    if len(rest) > LONGEST or not rest:
        raise rejected()
    match scheme.lower():
        case "bearer":
            return Presented(rest)
        case "basic":
            try:
                login, colon, secret = base64.b64decode(rest, validate=True).decode("utf-8").partition(":")
            except (binascii.Error, UnicodeDecodeError, ValueError):
                raise rejected() from None
            if not colon or not secret or not login:
                raise rejected()
            return Presented(secret, login)
        case _:
            raise rejected()


class Attempts:
    """Failed attempts, limited for each address and each login; what verifies is never slowed."""

    def __init__(self, *, limit: int = 60, window: float = 60.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit, self._window, self._clock = limit, window, clock
        self._failures: LRUCache[str, list[float]] = LRUCache(CALLERS_COUNTED)

    def failed(self, *keys: str) -> None:
        """Count a failure for each key. Raises TooMany (429) once one of them is over its limit."""
        now = self._clock()
        over = False
        for key in keys:
            recent = [at for at in self._failures.get(key, ()) if now - at < self._window][-self._limit :]
            recent.append(now)
            self._failures[key] = recent
            over = over or len(recent) > self._limit
        if over:
            error = TooMany(
                Text("Trop d'identifications refusées.", "Too many rejected credentials."),
                remedy=Text("Attendez une minute.", "Wait for a minute."),
            )
            error.headers["retry-after"] = str(int(self._window))
            raise error
