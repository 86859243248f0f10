"""A real mail server on this machine: what it took, and what it was told to refuse."""

from __future__ import annotations

import email
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from mig_idg.app.notices import sender
from mig_idg.database import connect
from mig_idg.database.clerk import as_clerk
from mig_idg.registry import outbox
from mig_idg.settings import Settings

HOME = "agent@ville.example"


@dataclass
class Mailbox:
    """What arrived, and what the server answers to some addresses (`replies`) or to all (`always`)."""

    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    replies: dict[str, str] = field(default_factory=dict)
    always: str = ""
    port: int = 0
    arrived: threading.Event = field(default_factory=threading.Event)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        reply = self.replies.get(address, self.always)
        if reply:
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(email.message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        self.recipients += envelope.rcpt_tos
        self.arrived.set()
        return "250 taken"

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if mail["To"] == address]


class AnyPort(Controller):
    """A mail server on a free port, which `port` says once it is started."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()


def text(mail: EmailMessage) -> str:
    """The words of a mail."""
    return str(mail.get_content())


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server that takes everything, without TLS."""
    box = Mailbox()
    controller = AnyPort(box, hostname="127.0.0.1", port=0)
    controller.start()
    box.port = controller.port
    yield box
    controller.stop()


def signed_in(login: bytes, password: bytes) -> Any:
    """An authenticator that knows one account."""

    def authenticator(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        good = isinstance(data, LoginPassword) and (data.login, data.password) == (login, password)
        return AuthResult(success=good)

    return authenticator


@pytest.fixture
def mailed(serve_demonstration: Callable[..., Any], mailbox: Mailbox) -> Iterator[Any]:
    """The demonstration with a mail server, where an account has an address; `deliver()` is the job that sends."""
    said = {"smtp_host": "127.0.0.1", "smtp_port": mailbox.port, "smtp_security": "none", "smtp_from": "idg@b.example"}
    with serve_demonstration(**said) as running:
        with connect(running.database_url) as owner:
            outbox.set_contact(owner, "demo-owner", email=HOME, lang="fr", author="t")
        settings = Settings(home=running.home, base_url=running.url, **said)

        @contextmanager
        def transaction() -> Any:
            with as_clerk(running.app_url, write=True) as conn:
                yield conn

        def deliver() -> None:
            made = sender(settings)
            assert made is not None
            made = type(made)(made.server, made.base_url, lambda: running.now[0] + timedelta(seconds=1), made.secret)
            made.run(transaction)

        running.deliver, running.mailbox = deliver, mailbox
        running.browser = lambda: httpx.Client(base_url=running.url, headers={"accept": "text/html"}, timeout=30)
        yield running
