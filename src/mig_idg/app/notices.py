"""Where the outbox meets the mail server of the settings: the job that sends, and what operators are told of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import structlog

from mig_idg.app.metrics import Gauges
from mig_idg.app.session_key import session_key
from mig_idg.database.clerk import as_clerk
from mig_idg.database.pool import Pool
from mig_idg.guard.current import legal_day
from mig_idg.notices.compose import Secret
from mig_idg.notices.seals import sealed
from mig_idg.notices.send import Sender, Sent
from mig_idg.registry import outbox, remarks, reminders, sign_in
from mig_idg.registry.outbox_standing import Standing
from mig_idg.settings import Settings

log = structlog.get_logger(__name__)

EVERY_MINUTE = "* * * * *"
EVERY_MORNING = "0 6 * * *"
MONDAYS = "0 6 * * 1"
EVERY_SECONDS = 15.0


def sender(settings: Settings) -> Sender | None:
    """What sends notices; None when no mail server is named: they are kept."""
    server = settings.mail_server()
    if server is None:
        return None
    return Sender(server, settings.public_url, lambda: datetime.now(UTC), secrets_of(settings))


PATHS = {"remark": "/remarks/", "sign-in": "/sign-in/mail/"}
"""Where the addresses lead that only a mail holds."""


def secrets_of(settings: Settings) -> Secret:
    """The path that a message's `secret` names (`remark 17`), made from the key of this home."""
    key = session_key(settings)

    def path(secret: str) -> str:
        word, number = secret.split(" ", 1)
        return PATHS[word] + sealed(key, word, int(number))

    return path


async def remind(url: str) -> int:
    """Tell bodies of late answers, and of standards that fall due: the job that the worker runs each morning."""

    def told() -> int:
        with as_clerk(url, write=True) as conn:
            sign_in.forget(conn, datetime.now(UTC))
            outbox.forget(conn, datetime.now(UTC))
            day = legal_day(datetime.now(UTC))
            return remarks.remind(conn, day) + reminders.standards(conn, day)

    return await asyncio.to_thread(told)


async def send_due(settings: Settings, url: str) -> Sent | None:
    """Send what is due, in a thread: the job that the worker runs each minute, and when a message cannot wait."""
    found = sender(settings)
    if found is None:
        return None
    done = await asyncio.to_thread(found.run, lambda: as_clerk(url, write=True))
    if done != Sent():
        log.info("notices", sent=done.sent, later=done.later, refused=done.refused, failed=done.failed)
    return done


async def digest(url: str) -> int:
    """Tell each body what is due: the job that the worker runs on Mondays."""

    def told() -> int:
        with as_clerk(url, write=True) as conn:
            return reminders.weekly(conn, legal_day(datetime.now(UTC)))

    return await asyncio.to_thread(told)


class Notices:
    """How the outbox stands, as it was read last: a scrape waits for no database."""

    def __init__(self, pool: Pool, *, mail_server: bool) -> None:
        self._standing = Standing(pool)
        self._mail_server = mail_server
        self._read: Mapping[str, Any] = {}

    async def run(self) -> None:
        """Read it again, for ever; a database that is away leaves what was known."""
        while True:
            try:
                await self.refresh()
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.warning("notices-not-read", reason=type(error).__name__)
            await asyncio.sleep(EVERY_SECONDS)

    async def refresh(self) -> None:
        """Read it once."""
        self._read = await self._standing.read()

    def gauges(self, now: datetime) -> Mapping[str, Gauges]:
        """The families: messages by state, and how long the oldest has waited."""
        if not self._read:
            return {}
        states = {name: float(self._read["states"].get(name, 0)) for name in outbox.STATES}
        return {
            "idg_notices": ("Messages in the outbox", "state", states),
            "idg_notices_wait_seconds": ("Since the oldest message waits", None, {"": self._wait(now)}),
        }

    def told(self, now: datetime) -> dict[str, Any]:
        """What `/readyz` tells operators: whether there is a mail server, what waits, what nobody received."""
        states = self._read.get("states", {})
        unsent = sum(states.get(name, 0) for name in outbox.UNSENT)
        return {
            "mail_server": self._mail_server,
            "waiting": states.get("queued", 0) + states.get("sending", 0),
            "oldest_seconds": int(self._wait(now)),
            "unsent": unsent,
        }

    def _wait(self, now: datetime) -> float:
        oldest = self._read.get("oldest")
        return max((now - datetime.fromisoformat(oldest)).total_seconds(), 0.0) if oldest else 0.0
