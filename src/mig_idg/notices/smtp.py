"""The mail server of the settings, and handing it one mail: taken, refused for good, or to be tried again."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Literal

from mig_idg.errors import Text, Unavailable

SECONDS = 20.0
PORTS = {"tls": 465, "starttls": 587, "none": 25}
Security = Literal["starttls", "tls", "none"]


class Rejected(Exception):
    """The server says no to this mail for good (5xx): another attempt would be told the same."""


class Later(Exception):
    """The server, or the way to it, says not now: the mail is kept and tried again. `over`: so is the session."""

    def __init__(self, words: str, *, over: bool = True) -> None:
        super().__init__(words)
        self.over = over


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over. `security`: TLS from the start, STARTTLS, or none (a relay on this machine)."""

    host: str
    port: int
    security: Security
    sender: str
    login: str | None = None
    password_file: Path | None = field(default=None, repr=False)
    ca_file: Path | None = None

    @contextmanager
    def session(self) -> Iterator[smtplib.SMTP]:
        """An open session, signed in to. Raises Later when there is none, Unavailable for an unread file."""
        password = self._password()
        context = self._context()
        try:
            with self._connected(context) as server:
                if self.security == "starttls":
                    server.starttls(context=context)
                if self.login is not None and password is not None:
                    server.login(self.login, password)
                yield server
        except (smtplib.SMTPException, OSError) as error:
            raise Later(reason(error)) from error

    def _connected(self, context: ssl.SSLContext) -> smtplib.SMTP:
        if self.security == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=SECONDS, context=context)
        return smtplib.SMTP(self.host, self.port, timeout=SECONDS)

    def _context(self) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=self.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise _unread("IDG_SMTP_CA_FILE") from error

    def _password(self) -> str | None:
        if self.password_file is None:
            return None
        try:
            return self.password_file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise _unread("IDG_SMTP_PASSWORD_FILE") from error


def deliver(server: smtplib.SMTP, sender: str, address: str, mail: EmailMessage) -> str:
    """Hand one mail over for one address. Raises Rejected, Later."""
    try:
        server.send_message(mail, from_addr=sender, to_addrs=[address])
    except smtplib.SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()))
        _raise(code, words, error)
    except smtplib.SMTPResponseException as error:
        _raise(error.smtp_code, error.smtp_error, error)
    except smtplib.SMTPNotSupportedError as error:
        raise Rejected("the mail server does not take addresses in UTF-8") from error
    except (smtplib.SMTPException, OSError) as error:
        raise Later(reason(error)) from error
    return "250"


def reason(error: Exception) -> str:
    """What went wrong, short, and without what we sent: neither login nor password is among the server's words."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"{error.smtp_code} authentication refused"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    if isinstance(error, ssl.SSLError):
        return f"TLS: {error.reason or type(error).__name__}"
    return type(error).__name__


def _raise(code: int, words: bytes | str, error: Exception) -> None:
    told = f"{code} {_text(words)}"
    # 421, or a session that broke, is about the server; 5xx on a mail is about that mail.
    if 500 <= code < 600:
        raise Rejected(told) from error
    raise Later(told, over=code == 421) from error


def _text(words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return "".join(char if char.isprintable() else " " for char in text)[:300]


def _unread(name: str) -> Unavailable:
    return Unavailable(
        Text(f"Le fichier de {name} ne peut pas être lu.", f"The file of {name} cannot be read."),
        remedy=Text(f"Vérifiez {name}.", f"Check {name}."),
    )
