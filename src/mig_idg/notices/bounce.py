"""What came back: a delivery status notification (RFC 3464), as the mail server of the sender's box receives it."""

from __future__ import annotations

import email
import re
from dataclasses import dataclass
from email.message import Message
from email.policy import default

LARGEST = 1_000_000
_ID = re.compile(r"<[^<>\s]{3,200}>")


@dataclass(frozen=True, slots=True)
class Bounce:
    """A message of ours that will not arrive, and what was said of it."""

    message_id: str
    reply: str


def read(content: bytes) -> Bounce | None:
    """The bounce that a mail tells; None for any other mail, for a delay, and for a delivery that succeeded."""
    mail = email.message_from_bytes(content[:LARGEST], policy=default)
    if mail.get_content_type() != "multipart/report":
        return None
    action, status, diagnostic, message_id = "", "", "", ""
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            for block in _blocks(part):
                action = action or str(block.get("Action", "")).strip().lower()
                status = status or str(block.get("Status", "")).strip()
                diagnostic = diagnostic or str(block.get("Diagnostic-Code", "")).strip()
        elif kind in ("message/rfc822", "text/rfc822-headers"):
            message_id = message_id or _id_of(part)
    if action != "failed" or not message_id:
        return None
    said = " ".join(f"{status} {diagnostic}".split())
    return Bounce(message_id, "".join(char for char in said if char.isprintable())[:300] or "bounced")


def _blocks(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def _id_of(part: Message) -> str:
    payload = part.get_payload()
    if isinstance(payload, list) and payload and isinstance(payload[0], Message):
        found = _ID.search(str(payload[0].get("Message-ID", "")))
    else:
        headers = re.search(r"^message-id:\s*(\S+)", str(payload), re.IGNORECASE | re.MULTILINE)
        found = _ID.search(headers[1]) if headers else None
    return found[0] if found else ""
