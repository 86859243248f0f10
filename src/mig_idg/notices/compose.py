"""A message as mail: plain text, in the language of who reads it, or French then English when that is not known.

No mail holds more than its words and an address of ours: what a page would ask to sign in for stays on the page.
"""

from __future__ import annotations

from collections.abc import Callable
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from mig_idg.errors import Lang, Text
from mig_idg.registry.outbox import Message

SEE = Text("À voir ici : ", "See it here: ")
WHY = Text(
    "Message automatique : vous le recevez parce qu'il concerne votre organisme ou ce que vous avez demandé.",
    "Automatic message of the service: you receive it because it concerns your body or what you asked for.",
)
LINE = 78

Secret = Callable[[str], str]
"""What a message says in its mail only: the path that `Message.secret` names."""


def compose(message: Message, sender: str, base_url: str, secret: Secret | None = None) -> EmailMessage:
    """The mail of a message, from `sender`, with addresses under `base_url`."""
    mail = EmailMessage(policy=SMTP.clone(max_line_length=LINE))
    langs: tuple[Lang, ...] = (message.lang,) if message.lang else ("fr", "en")
    mail["From"] = Address(display_name="mig-idg", addr_spec=sender)
    mail["To"] = Address(addr_spec=message.address)
    mail["Subject"] = _one_line(message.subject_en if message.lang == "en" else message.subject_fr)
    mail["Date"] = format_datetime(message.at)
    mail["Message-ID"] = message.message_id
    mail["Content-Language"] = ", ".join(langs)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation answer comes back
    mail.set_content("\n-- \n".join(_body(message, lang, base_url, secret) for lang in langs), cte="quoted-printable")
    return mail


def _body(message: Message, lang: Lang, base_url: str, secret: Secret | None) -> str:
    words = message.words_en if lang == "en" else message.words_fr
    link = secret(message.secret) if secret is not None and message.secret else message.link
    parts = [words.strip()]
    if link:
        parts.append(f"{SEE.in_(lang)}{base_url}{link}")
    parts.append(WHY.in_(lang))
    return "\n\n".join(parts) + "\n"


def _one_line(text: str) -> str:
    return " ".join(text.split())[:200]
