"""A form with a file, as it comes: its fields first, then the bytes of its one file, never whole in memory."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from mig_idg.errors import BadRequest, Text

FIELD_BYTES = 64 * 1024
MOST_PARTS = 32
SLICE = 16 * 1024  # the decoder's limit is on what it holds and is given at a time
_BOUNDARY = re.compile(r'boundary=(?:"([^"]{1,70})"|([^\s;]{1,70}))', re.IGNORECASE)


class Form:
    """`open` reads up to the file; then `fields`, `filename` are known and `content` gives its bytes."""

    def __init__(self, content_type: str, pieces: AsyncIterator[bytes]) -> None:
        found = _BOUNDARY.search(content_type)
        if found is None:
            raise unreadable()
        self._decoder = MultipartDecoder(
            (found[1] or found[2]).encode("latin-1", "replace"), max_form_memory_size=FIELD_BYTES, max_parts=MOST_PARTS
        )
        self._pieces = pieces
        self._ended = False
        self._waiting = memoryview(b"")
        self.fields: dict[str, str] = {}
        self.filename = ""

    async def open(self) -> None:
        """Read the fields, up to the file. Raises BadRequest when there is no file, or fields come after it."""
        name, value = "", b""
        async for event in self._events():
            if isinstance(event, File):
                self.filename = event.filename
                return
            if isinstance(event, Field):
                name, value = event.name, b""
            elif isinstance(event, Data):
                value += event.data
                if len(value) > FIELD_BYTES:
                    raise unreadable()
                if not event.more_data:
                    self.fields[name] = value.decode("utf-8", "replace")
            elif isinstance(event, Epilogue):
                break
        raise BadRequest(
            Text("Le formulaire n'a pas de fichier.", "The form has no file."),
            remedy=Text("Mettez les champs d'abord, le fichier ensuite : curl -F dataset=… -F file=@….",
                        "Put fields first, the file after them: curl -F dataset=… -F file=@…."),
        )  # fmt: skip

    async def content(self) -> AsyncIterator[bytes]:
        """The bytes of the file, to its end."""
        whole = False
        async for event in self._events():
            if not isinstance(event, Data):
                break
            if event.data:
                yield event.data
            if not event.more_data:
                whole = True
                break
        if not whole:
            raise unreadable()
        async for event in self._events():
            if isinstance(event, File | Field):
                raise BadRequest(
                    Text("Un seul fichier, en dernier dans le formulaire.", "One file, last in the form."),
                )

    async def _events(self) -> AsyncIterator[object]:
        try:
            while True:
                event = self._decoder.next_event()
                if not isinstance(event, NeedData):
                    yield event
                    if isinstance(event, Epilogue):
                        return
                    continue
                if self._ended:
                    return
                if not self._waiting:
                    piece = await anext(self._pieces, None)
                    self._ended = piece is None
                    self._waiting = memoryview(piece or b"")
                self._decoder.receive_data(None if self._ended else bytes(self._waiting[:SLICE]))
                self._waiting = self._waiting[SLICE:]
        except (ValueError, RequestEntityTooLarge):
            raise unreadable() from None


def unreadable() -> BadRequest:
    """Not a form."""
    return BadRequest(
        Text("Ce formulaire (multipart/form-data) est illisible ou tronqué.",
             "This form (multipart/form-data) cannot be read, or is cut short."),
    )  # fmt: skip
