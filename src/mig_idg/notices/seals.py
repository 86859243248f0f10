"""Addresses that only a mail holds: made from the service's key when the mail is written, kept nowhere.

Who reads the database, a backup or the outbox finds no address that opens anything; who has the mail does.
"""

from __future__ import annotations

import hashlib
import hmac

LONGEST = 80


def sealed(key: bytes, word: str, number: int) -> str:
    """What an address ends with, for the thing of that kind and number: `17-…`."""
    return f"{number}-{_seal(key, word, number)}"


def opened(key: bytes, word: str, text: str) -> int | None:
    """The number that an address names; None when its seal is not ours."""
    number, _, seal = text.partition("-")
    if len(text) > LONGEST or not (number.isascii() and number.isdigit()) or len(number) > 15:
        return None
    good = hmac.compare_digest(seal.encode("utf-8", "surrogatepass"), _seal(key, word, int(number)).encode())
    return int(number) if good else None


def _seal(key: bytes, word: str, number: int) -> str:
    return hmac.new(key, f"notices.{word}.{number}".encode(), hashlib.sha256).hexdigest()[:43]
