"""Sign-in by a link sent by mail: for people who have no token at hand and no provider of identities.

The link serves once, within ten minutes, in the browser that asked: that browser keeps a word in a cookie, whose hash
is beside that of the link. So a scanner that opens links of mails, or who reads somebody's mail, opens nothing. The
answer to a request is the same, and comes as soon, whether an account has the address or not: the work is done aside.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import datetime
from functools import partial

import structlog

from mig_idg.errors import BadRequest, InvalidParameter, Text, TooMany
from mig_idg.guard.clerk import Clerk
from mig_idg.guard.rates import account_of
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, page_answer
from mig_idg.guard.route import Route
from mig_idg.guard.sessions import FORM_BYTES, Sessions, ours
from mig_idg.notices.seals import opened, sealed
from mig_idg.registry import sign_in
from mig_idg.registry.acts import Conn
from mig_idg.registry.addresses import ADDRESS
from mig_idg.registry.sign_in import LASTS, Asked

log = structlog.get_logger(__name__)

PATH, SEAL = "/sign-in/mail", "sign-in"
BROWSER = "idg_mail"


class MailSignIn:
    """The two doors of one application, mounted when it has a mail server."""

    def __init__(self, sessions: Sessions, clerk: Clerk, key: bytes, clock: Callable[[], datetime]) -> None:
        self._sessions = sessions
        self._clerk = clerk
        self._key = key
        self._clock = clock
        self._aside: set[asyncio.Task[None]] = set()

    def routes(self) -> tuple[Route, ...]:
        """Asking for a link, and following it."""
        return (
            Route(PATH, "open", self.ask, ("POST",), pool="none", body_limit=FORM_BYTES),
            Route(f"{PATH}/{{link}}", "open", self.follow, ("GET",), pool="none"),
        )

    async def ask(self, request: Request) -> Response:
        """What the form sends: an address. Raises InvalidParameter, Refused, TooMany."""
        fields = await self._sessions.fields(request)
        email = fields.get("email", "").strip()
        if not ADDRESS.fullmatch(email):
            raise InvalidParameter(
                "email",
                Text("Cette adresse de courriel n'est pas utilisable.", "This e-mail address cannot be used."),
                remedy=Text("Exemple : nom@domaine.fr.", "Example: name@domain.example."),
            )
        word = secrets.token_urlsafe(32)
        caller = self._keyed("caller", account_of(None, request.address))
        asked = Asked(_sha256(word), self._keyed("address", email.lower()), caller)
        now = self._clock()
        if await self._clerk.read(lambda conn: sign_in.too_many(conn, asked, now)):
            error = TooMany(
                Text("Trop de liens demandés.", "Too many links were asked for."),
                remedy=Text("Reprenez dans dix minutes.", "Come back in ten minutes."),
            )
            error.headers["retry-after"] = str(int(LASTS.total_seconds()))
            raise error
        task = asyncio.create_task(self._written(email, asked, now))
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)
        response = page_answer("sign_in_sent", {"email": email}, private=True)
        kept = {"word": word, "next": ours(fields.get("next", "/"))}
        response.headers |= {"set-cookie": self._sessions.cookie(BROWSER, kept, LASTS),
                             "cache-control": "private, no-store"}  # fmt: skip
        return response

    async def follow(self, request: Request) -> Response:
        """`/sign-in/mail/{link}`: the session, in the browser that asked; else one answer for all that is wrong."""
        kept = self._sessions.read_cookie(request.headers, BROWSER)
        link = request.params["link"]
        number = opened(self._key, SEAL, link)
        login = None
        if kept is not None and number is not None:
            browser, now = _sha256(str(kept.get("word"))), self._clock()
            login = await self._clerk.write(lambda conn: sign_in.use(conn, number, _sha256(link), browser, now))
        account = request.snapshot.credentials.by_contact.get(login) if login else None
        if kept is None or account is None:
            raise BadRequest(
                Text("Ce lien ne sert plus, ou n'a pas été demandé dans ce navigateur.",
                     "This link is of no use any more, or was not asked for in this browser."),
                remedy=Text("Demandez-en un autre à /sign-in, et ouvrez-le ici, dans les dix minutes.",
                            "Ask for another at /sign-in, and open it here, within ten minutes."),
            )  # fmt: skip
        return self._sessions.opened_by_mail(account, ours(str(kept.get("next", "/"))))

    async def _written(self, email: str, asked: Asked, now: datetime) -> None:
        try:
            await self._clerk.write(partial(self._write, email, asked, now))
        except Exception as error:
            log.error("sign-in-not-written", reason=type(error).__name__)

    def _write(self, email: str, asked: Asked, now: datetime, conn: Conn) -> None:
        number = sign_in.ask(conn, email, asked, now)
        if number is not None:
            sign_in.prepare(conn, number, _sha256(sealed(self._key, SEAL, number)), now)

    def _keyed(self, what: str, text: str) -> bytes:
        return hmac.new(self._key, f"sign-in {what} {text}".encode("utf-8", "surrogatepass"), hashlib.sha256).digest()


def _sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
