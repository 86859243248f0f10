"""OpenID Connect: bearer JWT for applications, authorization code for pages. One issuer, named in the settings.

Signatures are checked by joserfc with pinned algorithms (`none` and HMAC are not among them) against the issuer's keys,
which are fetched at start, every ten minutes, and when a key is unknown (twice a minute at most). Who a subject is, and
for which body, is in the registry: a valid signature alone opens nothing.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import httpx
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization

from mig_idg.errors import Text, Unavailable
from mig_idg.guard.principal import Principal, from_account
from mig_idg.registry.tokens import Credentials

log = structlog.get_logger(__name__)

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
LEEWAY_SECONDS = 30
REFRESH_SECONDS = 600.0
IMPATIENT_SECONDS = 30.0
LARGEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Provider:
    """What a deployment says of its provider."""

    issuer: str
    client_id: str
    client_secret: str | None
    audience: str


@dataclass(slots=True)
class Oidc:
    """The relying party: keys in memory, checks without I/O, refreshes off the path of requests."""

    provider: Provider
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    _keys: KeySet | None = None
    _endpoints: Mapping[str, str] = field(default_factory=dict)
    _asked_at: float = -1e9
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def verify(self, token: str, credentials: Credentials) -> Principal | None:
        """The principal of a bearer JWT meant for us, or None. No I/O."""
        claims = self._claims(token, self.provider.audience)
        return None if claims is None else self._principal(claims, credentials)

    async def refresh(self, *, impatient: bool = False) -> bool:
        """Fetch the issuer's document and keys; False when that was done too recently or failed (the old ones stay)."""
        async with self._lock:
            now = time.monotonic()
            if now - self._asked_at < (IMPATIENT_SECONDS if impatient else 1.0):
                return False
            self._asked_at = now
            try:
                document = await _fetch(f"{self.provider.issuer.rstrip('/')}/.well-known/openid-configuration")
                if document.get("issuer") != self.provider.issuer:
                    raise ValueError("issuer")
                keys = KeySet.import_key_set(cast("KeySetSerialization", await _fetch(document["jwks_uri"])))
            except (httpx.HTTPError, ValueError, KeyError, JoseError) as error:
                log.warning("oidc-refresh-failed", reason=type(error).__name__)
                return False
            self._keys = keys
            self._endpoints = {
                name: document[name] for name in ("authorization_endpoint", "token_endpoint") if name in document
            }
            return True

    async def run(self) -> None:
        """Refresh for ever; cancel the task to stop."""
        while True:
            await self.refresh()
            await asyncio.sleep(REFRESH_SECONDS)

    def authorization_url(self, redirect_uri: str, state: str, nonce: str, verifier: str) -> str:
        """Where a browser is sent to sign in (authorization code with PKCE)."""
        endpoint = self._endpoint("authorization_endpoint")
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        return f"{endpoint}?" + urlencode(
            {
                "response_type": "code",
                "client_id": self.provider.client_id,
                "redirect_uri": redirect_uri,
                "scope": "openid",
                "state": state,
                "nonce": nonce,
                "code_challenge": challenge,
                "code_challenge_method": "S256",
            }
        )

    async def redeem(self, code: str, redirect_uri: str, nonce: str, verifier: str) -> str | None:
        """Exchange a code for the subject that signed in, or None when the provider or its answer does not hold."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "client_id": self.provider.client_id,
            "code_verifier": verifier,
        }
        if self.provider.client_secret:
            form["client_secret"] = self.provider.client_secret
        try:
            async with httpx.AsyncClient(timeout=10, follow_redirects=False) as client:
                response = await client.post(self._endpoint("token_endpoint"), data=form)
            token = response.json()["id_token"] if response.status_code == 200 else ""
        except (httpx.HTTPError, ValueError, KeyError):
            return None
        claims = self._claims(token, self.provider.client_id)
        if claims is None or not secrets.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
            return None
        return str(claims["sub"])

    def _claims(self, token: str, audience: str) -> dict[str, Any] | None:
        if self._keys is None:
            return None
        try:
            decoded = jwt.decode(token, self._keys, algorithms=ALGORITHMS)
        except (JoseError, ValueError, KeyError, TypeError):
            return None
        claims = decoded.claims
        if any(name in decoded.header for name in ("jku", "jwk", "x5u", "x5c", "crit")):
            return None
        now = self.clock().timestamp()
        meant_for = claims.get("aud")
        audiences = meant_for if isinstance(meant_for, list) else [meant_for]
        sound = (
            claims.get("iss") == self.provider.issuer
            and audience in audiences
            and isinstance(claims.get("sub"), str)
            and _number(claims.get("exp")) > now - LEEWAY_SECONDS
            and _number(claims.get("nbf", 0)) <= now + LEEWAY_SECONDS
            and _number(claims.get("iat", 0)) <= now + LEEWAY_SECONDS
        )
        return claims if sound else None

    def _principal(self, claims: Mapping[str, Any], credentials: Credentials) -> Principal | None:
        account = credentials.by_subject.get((self.provider.issuer, claims["sub"]))
        if account is None:
            return None
        return from_account(account, datetime.fromtimestamp(_number(claims["exp"]), UTC))

    def _endpoint(self, name: str) -> str:
        if name not in self._endpoints:
            raise Unavailable(
                Text("Le fournisseur d'identité ne répond pas.", "The identity provider does not answer."),
                remedy=Text("Réessayez, ou utilisez un jeton.", "Try again, or use a token."),
            )
        return self._endpoints[name]


async def _fetch(url: str) -> dict[str, Any]:
    """A JSON document of the configured issuer: https (http on this machine), no redirect, one megabyte at most."""
    place = urlsplit(url)
    if place.scheme != "https" and place.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise ValueError("https")
    async with httpx.AsyncClient(timeout=10, follow_redirects=False) as client, client.stream("GET", url) as response:
        response.raise_for_status()
        pieces, size = [], 0
        async for piece in response.aiter_bytes():
            size += len(piece)
            if size > LARGEST:
                raise ValueError("size")
            pieces.append(piece)
    document = json.loads(b"".join(pieces))
    if not isinstance(document, dict):
        raise ValueError("document")
    return document


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else float("-inf")
