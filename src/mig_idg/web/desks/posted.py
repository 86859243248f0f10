"""What a page sends by POST: fields, and one piece of evidence whose type is that of its content."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO

from werkzeug.exceptions import HTTPException
from werkzeug.formparser import FormDataParser

from mig_idg.errors import BadRequest, Text, TooLarge, UnsupportedMedia
from mig_idg.guard.request import Request
from mig_idg.web.desks.forms import Typed

PIECE_BYTES = 10 * 1024 * 1024
BODY_BYTES = PIECE_BYTES + 512 * 1024
FORM_MEMORY = 512 * 1024
MOST_FIELDS = 2000
MAGIC = ((b"%PDF-", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))
_UNSAFE = re.compile(r"[^\w. ()-]+")


@dataclass(frozen=True, slots=True)
class Posted:
    """The fields as they were sent, and the file as (name, media type, bytes)."""

    fields: Typed
    file: tuple[str, str, bytes] | None


async def posted(request: Request) -> Posted:
    """Read a form. Raises UnsupportedMedia, BadRequest, TooLarge."""
    content_type = request.headers.get("content-type", "")
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in ("application/x-www-form-urlencoded", "multipart/form-data"):
        raise UnsupportedMedia(Text("Un formulaire est attendu.", "A form is expected."))
    body = await request.body()
    options = {}
    for part in content_type.split(";")[1:]:
        name, _, value = part.strip().partition("=")
        options[name.lower()] = value.strip('"')
    parser = FormDataParser(_in_memory, max_form_memory_size=FORM_MEMORY, max_form_parts=MOST_FIELDS, silent=False)
    try:
        _, fields, files = parser.parse(BytesIO(body), kind, len(body), options)
    except (ValueError, HTTPException):
        raise BadRequest(Text("Ce formulaire est illisible.", "This form cannot be read.")) from None
    if any("\x00" in value for _, value in fields.items(multi=True)):
        raise BadRequest(Text("Ce formulaire contient un caractère nul.", "This form has a null character."))
    sent = files.get("piece")
    content = sent.read() if sent is not None and sent.filename else b""
    return Posted(Typed(fields), _piece(sent.filename or "", content) if sent is not None and content else None)


def _in_memory(*_about: object, **_more: object) -> BytesIO:
    """The body is in memory and bounded already: no file is made of its parts."""
    return BytesIO()


def _piece(name: str, content: bytes) -> tuple[str, str, bytes]:
    if len(content) > PIECE_BYTES:
        raise TooLarge(Text("La pièce dépasse 10 Mo.", "The piece is larger than 10 MB."))
    media_type = next((media for magic, media in MAGIC if content.startswith(magic)), None)
    if media_type is None:
        raise UnsupportedMedia(
            Text("La pièce n'est ni un PDF, ni une image JPEG ou PNG.", "The piece is no PDF, JPEG or PNG."),
            remedy=Text("Convertissez-la en PDF.", "Convert it to PDF."),
        )
    kept = _UNSAFE.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip(" .")[-100:]
    return kept or "piece", media_type, content
