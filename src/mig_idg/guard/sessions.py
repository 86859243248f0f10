"""Sessions of people who signed in to pages, by token or with OpenID Connect: a signed cookie.

The cookie names a token (by its SHA-256), a subject or an account that came by mail, and an end; it holds no right. The
account behind it is looked up at each request, so that revoking the token or closing the account ends the session at
once. A cookie authorises no write but those of the forms of desks, which carry a ticket bound to this session
(`web/desks/tickets.py`): no forged form can act for anybody.

The form itself is guarded: what it sends must carry the word that this browser was given with the page, so that nobody
is signed in under another's name by a page elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlsplit

from mig_idg.errors import BadRequest, Refused, Text, TooMany, Unauthenticated, UnsupportedMedia
from mig_idg.guard import credentials as doorkeeper
from mig_idg.guard.principal import Principal, from_account, from_credential
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, page_answer
from mig_idg.guard.route import Route
from mig_idg.registry.tokens import Contact, Credentials, fingerprint

if TYPE_CHECKING:
    from mig_idg.guard.oidc import Oidc

SESSION, ATTEMPT, FORM = "idg_session", "idg_connexion", "idg_form"
_OF_AN_ADDRESS = "/?#[]@!$&'()*+,;=:%-._~"
LASTS, ATTEMPT_LASTS, FORM_LASTS = timedelta(hours=8), timedelta(minutes=10), timedelta(hours=1)
RETURN_PATH = "/connexion/retour"
FORM_BYTES = 16 * 1024
FORM_TYPE = "application/x-www-form-urlencoded"


class Sessions:
    """Signs and reads the cookies; `key` is 32 secret bytes shared by the workers. Without `oidc`, by token only."""

    def __init__(
        self, oidc: Oidc | None, key: bytes, base_url: str, clock: Callable[[], datetime], *, by_mail: bool = False
    ) -> None:
        self._oidc = oidc
        self._by_mail = by_mail
        self._key = key
        self._base_url = base_url
        self._clock = clock
        self._attempts = doorkeeper.Attempts()

    def routes(self) -> tuple[Route, ...]:
        """The form, signing out, and the way to an identity provider and back when there is one."""
        form = Route("/sign-in", "open", self.sign_in, ("GET", "HEAD", "POST"), pool="none", body_limit=FORM_BYTES)
        out = tuple(Route(path, "open", self.sign_out, pool="none") for path in ("/sign-out", "/deconnexion"))
        if self._oidc is None:
            return (form, *out)
        return (
            form,
            *out,
            Route("/connexion", "open", self.leave_for_provider, pool="none"),
            Route(RETURN_PATH, "open", self.come_back, pool="none"),
        )

    def principal(self, headers: Mapping[str, str], credentials: Credentials) -> Principal | None:
        """The person behind the session cookie; None: no cookie, an old one, a token or an account that is no more."""
        said = self.read_cookie(headers, SESSION)
        if said is None:
            return None
        if "token" in said:
            credential = credentials.by_hash.get(bytes.fromhex(str(said["token"])))
            return from_credential(credential) if credential and credential.expires_at > self._clock() else None
        if "mail" in said:
            contact = credentials.by_contact.get(str(said["mail"]))
            same = contact is not None and contact.mark == said.get("mark")
            return from_account(contact.account) if contact is not None and same else None
        if self._oidc is None:
            return None
        account = credentials.by_subject.get((self._oidc.provider.issuer, str(said.get("sub"))))
        return from_account(account) if account else None

    def require_ours(self, headers: Mapping[str, str]) -> None:
        """Raise Refused when the browser says that a form comes from another site."""
        if _elsewhere(headers, self._base_url):
            raise Refused(
                Text("Ce formulaire vient d'un autre site.", "This form comes from another site."),
                remedy=Text("Rouvrez la page ici, puis recommencez.", "Open the page here, then start again."),
            )

    def bound(self, headers: Mapping[str, str]) -> str:
        """A name for this very session, that a form carries; empty without one."""
        try:
            morsel = SimpleCookie(headers.get("cookie", "")).get(SESSION)
        except CookieError:
            return ""
        return hashlib.sha256(morsel.value.encode()).hexdigest()[:32] if morsel else ""

    async def sign_in(self, request: Request) -> Response:
        """The form, and what it sends: a login and its token, for a session in this browser."""
        if request.method != "POST":
            return self._form(request, ours(request.query.get("next", "/")))
        fields = await self.fields(request)
        onward = ours(fields.get("next", "/"))
        login, token = fields.get("login", "").strip(), fields.get("token", "").strip()
        try:
            if not login or not token:
                raise doorkeeper.rejected()
            shown = [doorkeeper.Presented(token, login)]
            doorkeeper.authenticate(shown, request.snapshot.credentials, now=self._clock())
        except Unauthenticated as error:
            try:
                self._attempts.failed(request.address, login)
            except TooMany as many:
                return self._form(request, onward, many.detail, login, 429, many.headers)
            return self._form(request, onward, error.detail, login, 401, {"www-authenticate": "Bearer"})
        said = {"token": fingerprint(token).hex()}
        response = _redirect(self._base_url + onward, self.cookie(SESSION, said, LASTS))
        return response

    def _form(
        self,
        request: Request,
        onward: str,
        wrong: Text | None = None,
        login: str = "",
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """The page of the form, its word in a hidden field and in a cookie of this browser."""
        word, cookie = self.new_word()
        context = {
            "form_word": word,
            "onward": onward,
            "wrong": wrong.in_(request.lang) if wrong else None,
            "login": login,
            "provider": self._oidc is not None,
            "by_mail": self._by_mail,
        }
        response = page_answer("sign_in", context, status=status)
        response.headers.update(headers or {})
        response.headers["set-cookie"] = cookie
        response.headers["cache-control"] = "private, no-store"
        return response

    async def fields(self, request: Request) -> dict[str, str]:
        """The fields of a form that this browser was given by us. Raises UnsupportedMedia, BadRequest, Refused."""
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM_TYPE:
            raise UnsupportedMedia(
                Text("Un formulaire est attendu.", "A form is expected."),
                remedy=Text("Ouvrez /sign-in dans un navigateur.", "Open /sign-in in a browser."),
            )
        try:
            text = (await request.body()).decode("utf-8")
            fields = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=8, errors="strict"))
        except ValueError:
            raise BadRequest(Text("Ce formulaire est illisible.", "This form cannot be read.")) from None
        self.require_word(request.headers, fields.get("word", ""))
        return fields

    def new_word(self) -> tuple[str, str]:
        """A word for a form of somebody who may have no session, and the cookie that keeps it in this browser."""
        word = secrets.token_urlsafe(32)
        return word, self.cookie(FORM, {"word": word}, FORM_LASTS, same_site="Strict")

    def require_word(self, headers: Mapping[str, str], word: str) -> None:
        """Raise Refused for a form that this browser was not given by us."""
        given = self.read_cookie(headers, FORM) or {}
        known = str(given.get("word", ""))
        same = known and hmac.compare_digest(known.encode(), word.encode("utf-8", "surrogatepass"))
        if not same or _elsewhere(headers, self._base_url):
            raise Refused(
                Text(
                    "Ce formulaire ne vient pas de cette page, ou elle était ouverte depuis trop longtemps.",
                    "This form does not come from this page, or the page was open for too long.",
                ),
                remedy=Text(
                    "Rouvrez la page, en acceptant les cookies de ce site.",
                    "Open the page again, with this site's cookies allowed.",
                ),
            )

    async def leave_for_provider(self, request: Request) -> Response:
        """Send the browser to the provider; `next=` is a path of ours to come back to."""
        assert self._oidc is not None
        attempt = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
        attempt["next"] = ours(request.query.get("next", "/"))
        url = self._oidc.authorization_url(
            self._base_url + RETURN_PATH, attempt["state"], attempt["nonce"], attempt["verifier"]
        )
        return _redirect(url, self.cookie(ATTEMPT, attempt, ATTEMPT_LASTS))

    async def come_back(self, request: Request) -> Response:
        """The provider sent the browser back: check the attempt, redeem the code, open the session."""
        assert self._oidc is not None
        attempt = self.read_cookie(request.headers, ATTEMPT)
        code, state = request.query.get("code", ""), request.query.get("state", "")
        if attempt is None or not code or not hmac.compare_digest(str(attempt.get("state")).encode(), state.encode()):
            raise BadRequest(
                Text("Cette connexion n'a pas commencé ici, ou il y a trop longtemps.", "This sign-in is not ours."),
                remedy=Text("Recommencez depuis /sign-in.", "Start again from /sign-in."),
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
        return _redirect(self._base_url + str(attempt["next"]), self.cookie(SESSION, {"sub": subject}, LASTS))

    def opened_by_mail(self, contact: Contact, onward: str) -> Response:
        """A session for who followed a link of ours; it ends when the account closes or has another address."""
        said = {"mail": contact.account.login, "mark": contact.mark}
        return _redirect(self._base_url + onward, self.cookie(SESSION, said, LASTS))

    async def sign_out(self, request: Request) -> Response:
        """Forget the session, unless a page of another site asks for it."""
        if request.headers.get("sec-fetch-site", "none") == "cross-site":
            return Response(
                status=303, headers={"location": self._base_url + "/", "cache-control": "private, no-store"}
            )
        gone = f"{SESSION}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{self._secure}"
        return _redirect(self._base_url + "/", gone)

    @property
    def _secure(self) -> str:
        return "; Secure" if self._base_url.startswith("https:") else ""

    def cookie(self, name: str, said: Mapping[str, Any], lasts: timedelta, same_site: str = "Lax") -> str:
        """A signed cookie of that name, for that long."""
        until = int((self._clock() + lasts).timestamp())
        payload = base64.urlsafe_b64encode(json.dumps({**said, "until": until}).encode()).decode()
        return (
            f"{name}={payload}.{self._seal(name, payload)}; Path=/; Max-Age={int(lasts.total_seconds())};"
            f" HttpOnly; SameSite={same_site}{self._secure}"
        )

    def read_cookie(self, headers: Mapping[str, str], name: str) -> dict[str, Any] | None:
        """What a cookie of ours says; None without one, or past its end."""
        try:
            morsel = SimpleCookie(headers.get("cookie", "")).get(name)
        except CookieError:
            return None
        payload, _, seal = morsel.value.rpartition(".") if morsel else ("", "", "")
        if not payload or not hmac.compare_digest(seal.encode(), self._seal(name, payload).encode()):
            return None
        said = json.loads(base64.urlsafe_b64decode(payload))
        return said if int(said["until"]) > self._clock().timestamp() else None

    def _seal(self, name: str, payload: str) -> str:
        return hmac.new(self._key, f"{name}.{payload}".encode(), hashlib.sha256).hexdigest()


def ours(onward: str) -> str:
    """A path of ours, quoted so that a new line cannot begin another header; `/` for any other address."""
    ours = onward.startswith("/") and not onward.startswith(("//", "/\\"))
    return quote(onward, safe=_OF_AN_ADDRESS) if ours else "/"


def _elsewhere(headers: Mapping[str, str], base_url: str) -> bool:
    """Whether the browser says that the form comes from another site: by Fetch Metadata, or by Origin.

    Our pages send no referrer, so that browsers write `Origin: null` for them: the older word tells nothing then.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = headers.get("origin", "null")
    ours = urlsplit(base_url)
    return origin not in ("null", f"{ours.scheme}://{ours.netloc}")


def _redirect(url: str, cookie: str) -> Response:
    return Response(
        status=303,
        headers={"location": url, "set-cookie": cookie, "cache-control": "private, no-store"},
        media_type="text/plain; charset=utf-8",
    )
