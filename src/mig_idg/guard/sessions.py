"""Sessions of people who signed in with OpenID Connect to read pages: a signed cookie, for reading only.

The cookie names a subject and an end; it holds no right. The account behind it is looked up at each request, so that
closing the account ends the session at once. A cookie never authorises a write: no forged form can act for anybody.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import quote

from mig_idg.errors import BadRequest, Refused, Text
from mig_idg.guard.oidc import Oidc
from mig_idg.guard.principal import Principal, from_account
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response
from mig_idg.guard.route import Route
from mig_idg.registry.tokens import Credentials

SESSION, ATTEMPT = "idg_session", "idg_connexion"
_OF_AN_ADDRESS = "/?#[]@!$&'()*+,;=:%-._~"
LASTS, ATTEMPT_LASTS = timedelta(hours=8), timedelta(minutes=10)
RETURN_PATH = "/connexion/retour"


class Sessions:
    """Signs and reads the two cookies; `key` is 32 secret bytes shared by the workers."""

    def __init__(self, oidc: Oidc, key: bytes, base_url: str) -> None:
        self._oidc = oidc
        self._key = key
        self._base_url = base_url

    def routes(self) -> tuple[Route, ...]:
        """Sign in, come back, sign out."""
        return (
            Route("/connexion", "open", self.sign_in, pool="none"),
            Route(RETURN_PATH, "open", self.come_back, pool="none"),
            Route("/deconnexion", "open", self.sign_out, pool="none"),
        )

    def principal(self, headers: Mapping[str, str], credentials: Credentials) -> Principal | None:
        """The person behind the session cookie, or None: no cookie, an old one, or an account that was closed."""
        said = self._read(headers, SESSION)
        if said is None:
            return None
        account = credentials.by_subject.get((self._oidc.provider.issuer, str(said.get("sub"))))
        return from_account(account) if account else None

    async def sign_in(self, request: Request) -> Response:
        """Send the browser to the provider; `next=` is a path of ours to come back to."""
        onward = request.query.get("next", "/")
        attempt = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
        ours = onward.startswith("/") and not onward.startswith(("//", "/\\"))
        attempt["next"] = quote(onward, safe=_OF_AN_ADDRESS) if ours else "/"  # a new line would begin another header
        url = self._oidc.authorization_url(
            self._base_url + RETURN_PATH, attempt["state"], attempt["nonce"], attempt["verifier"]
        )
        return _redirect(url, self._cookie(ATTEMPT, attempt, ATTEMPT_LASTS))

    async def come_back(self, request: Request) -> Response:
        """The provider sent the browser back: check the attempt, redeem the code, open the session."""
        attempt = self._read(request.headers, ATTEMPT)
        code, state = request.query.get("code", ""), request.query.get("state", "")
        if attempt is None or not code or not hmac.compare_digest(str(attempt.get("state")).encode(), state.encode()):
            raise BadRequest(
                Text("Cette connexion n'a pas commencé ici, ou il y a trop longtemps.", "This sign-in is not ours."),
                remedy=Text("Recommencez depuis /connexion.", "Start again from /connexion."),
            )
        subject = await self._oidc.redeem(
            code, self._base_url + RETURN_PATH, str(attempt["nonce"]), str(attempt["verifier"])
        )
        known = subject and request.snapshot.credentials.by_subject.get((self._oidc.provider.issuer, subject))
        if not known:
            raise Refused(
                Text("Ce compte n'est pas connu du partenariat.", "This account is not known to the partnership."),
                remedy=Text("Demandez au référent de votre organisme.", "Ask your body's referent."),
            )
        return _redirect(self._base_url + str(attempt["next"]), self._cookie(SESSION, {"sub": subject}, LASTS))

    async def sign_out(self, request: Request) -> Response:
        """Forget the session."""
        return _redirect(self._base_url + "/", f"{SESSION}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")

    def _cookie(self, name: str, said: Mapping[str, Any], lasts: timedelta) -> str:
        until = int((self._oidc.clock() + lasts).timestamp())
        payload = base64.urlsafe_b64encode(json.dumps({**said, "until": until}).encode()).decode()
        secure = "; Secure" if self._base_url.startswith("https:") else ""
        return (
            f"{name}={payload}.{self._seal(name, payload)}; Path=/; Max-Age={int(lasts.total_seconds())};"
            f" HttpOnly; SameSite=Lax{secure}"
        )

    def _read(self, headers: Mapping[str, str], name: str) -> dict[str, Any] | None:
        try:
            morsel = SimpleCookie(headers.get("cookie", "")).get(name)
        except CookieError:
            return None
        payload, _, seal = morsel.value.rpartition(".") if morsel else ("", "", "")
        if not payload or not hmac.compare_digest(seal.encode(), self._seal(name, payload).encode()):
            return None
        said = json.loads(base64.urlsafe_b64decode(payload))
        return said if datetime.fromtimestamp(said["until"], UTC) > self._oidc.clock() else None

    def _seal(self, name: str, payload: str) -> str:
        return hmac.new(self._key, f"{name}.{payload}".encode(), hashlib.sha256).hexdigest()


def _redirect(url: str, cookie: str) -> Response:
    return Response(
        status=303,
        headers={"location": url, "set-cookie": cookie, "cache-control": "private, no-store"},
        media_type="text/plain; charset=utf-8",
    )
