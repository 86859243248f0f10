"""What a form of ours carries: the account and session it was made for, its act, and a number that serves once.

A page elsewhere cannot write one (the seal), nor use one that it was given for itself (the session). A form sent after
its session ended is still known to be ours: what was typed is kept as a draft of its account, and nothing is done.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

LASTS = timedelta(days=7)
PREVIEW_LASTS = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket that was read: `number` is the form's; `digest` and `epoch` are those of a preview."""

    act: str
    login: str
    session: str
    number: str
    digest: str = ""
    epoch: int = 0


class Tickets:
    """Seals and reads tickets; `key` is that of the sessions, and never seals anything else the same way."""

    def __init__(self, key: bytes, clock: Callable[[], datetime]) -> None:
        self._key = hmac.new(key, b"desks", hashlib.sha256).digest()
        self._clock = clock

    def form(self, act: str, login: str, session: str, number: str = "") -> str:
        """The ticket of a form; a new number unless one is given."""
        number = number or secrets.token_urlsafe(18)
        return self._sealed({"a": act, "l": login, "s": session, "n": number}, LASTS)

    def preview(self, of: Ticket, digest: str, epoch: int) -> str:
        """The ticket that a preview gives: these very fields, on these very facts."""
        said = {"a": of.act, "l": of.login, "s": of.session, "n": of.number, "d": digest, "g": epoch}
        return self._sealed(said, PREVIEW_LASTS)

    def read(self, text: str) -> Ticket | None:
        """The ticket behind a text; None for one that is not ours, or too old."""
        payload, _, seal = text.rpartition(".")
        if not payload or not hmac.compare_digest(seal.encode(), self._seal(payload).encode()):
            return None
        said = json.loads(base64.urlsafe_b64decode(payload))
        if int(said["u"]) <= self._clock().timestamp():
            return None
        return Ticket(said["a"], said["l"], said["s"], said["n"], said.get("d", ""), int(said.get("g", 0)))

    def _sealed(self, said: dict[str, Any], lasts: timedelta) -> str:
        until = int((self._clock() + lasts).timestamp())
        payload = base64.urlsafe_b64encode(json.dumps({**said, "u": until}).encode()).decode()
        return f"{payload}.{self._seal(payload)}"

    def _seal(self, payload: str) -> str:
        return hmac.new(self._key, payload.encode(), hashlib.sha256).hexdigest()


def digest(fields: Iterable[tuple[str, list[str]]]) -> str:
    """One name for what a form says: what is confirmed is what was shown."""
    return hashlib.sha256(json.dumps(sorted(fields), ensure_ascii=True).encode()).hexdigest()
