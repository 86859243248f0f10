"""One pass over the outbox: what is due is sent, and what became of it is written.

Each message is claimed and ended in a transaction of its own, so that no lock is held while a mail server answers, and
two senders never take the same one. After a failure it waits longer each time, for two days in all.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTP
from typing import Any

import structlog

from mig_idg.errors import Problem
from mig_idg.notices.compose import Secret, compose
from mig_idg.notices.smtp import Later, MailServer, Rejected, deliver
from mig_idg.registry import outbox
from mig_idg.registry.outbox import Message

log = structlog.get_logger(__name__)

BACK_OFF = tuple(timedelta(minutes=each) for each in (1, 5, 15, 60, 180, 360, 720, 1440))
AT_ONCE = 200
"""How many messages one pass sends: a job that ends within minutes."""

Open = Callable[[], AbstractContextManager[Any]]
"""A transaction of the clerk's, committed when it ends well."""


@dataclass(slots=True)
class Sent:
    """What one pass did."""

    sent: int = 0
    later: int = 0
    refused: int = 0
    failed: int = 0
    expired: int = 0

    @property
    def handled(self) -> int:
        """How many messages the server was asked about."""
        return self.sent + self.later + self.refused + self.failed


@dataclass(frozen=True, slots=True)
class Sender:
    """What sending needs: the server, the public address of the service, a clock, and what mails alone may hold."""

    server: MailServer
    base_url: str
    clock: Callable[[], datetime]
    secret: Secret | None = None

    def run(self, transaction: Open, only: int | None = None) -> Sent:
        """Send what is due (or that message); stops at the first sign that the server does not answer."""
        done = Sent()
        with transaction() as conn:
            done.expired = outbox.expire(conn, self.clock())
        message = self._claimed(transaction, only)
        if message is None:
            return done
        try:
            with self.server.session() as session:
                while message is not None:
                    one, message = message, None
                    if not self._one(session, one, transaction, done):
                        return done
                    if only is None and done.handled < AT_ONCE:
                        message = self._claimed(transaction, None)
        except (Later, Problem) as error:
            if message is not None:
                words = error.text("en") if isinstance(error, Problem) else str(error)
                self._put_off(transaction, message, words, done)
            log.warning("mail-server-not-reached", reason=str(error)[:200])
        return done

    def _one(self, session: SMTP, message: Message, transaction: Open, done: Sent) -> bool:
        """Send one; false when the session is of no use any more."""
        mail = compose(message, self.server.sender, self.base_url, self.secret)
        try:
            reply = deliver(session, self.server.sender, message.address, mail)
        except Rejected as error:
            with transaction() as conn:
                outbox.refused(conn, message.id, str(error))
            done.refused += 1
            session.rset()
            return True
        except Later as error:
            self._put_off(transaction, message, str(error), done)
            if not error.over:
                session.rset()
            return not error.over
        with transaction() as conn:
            outbox.sent(conn, message.id, self.clock(), reply)
        done.sent += 1
        return True

    def _put_off(self, transaction: Open, message: Message, words: str, done: Sent) -> None:
        wait = BACK_OFF[message.attempts - 1] if message.attempts <= len(BACK_OFF) else None
        with transaction() as conn:
            outbox.put_off(conn, message.id, None if wait is None else self.clock() + wait, words)
        if wait is None:
            done.failed += 1
        else:
            done.later += 1

    def _claimed(self, transaction: Open, only: int | None) -> Message | None:
        host = self.server.sender.rpartition("@")[2]
        with transaction() as conn:
            return outbox.claim(conn, self.clock(), host, only)
