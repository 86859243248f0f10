"""How two processes speak through a pipe: four bytes of length, then one JSON document.

Nothing else is read from the other side: no pickle, so that a process that went bad can say nothing but values.
"""

from __future__ import annotations

import asyncio
import struct
from typing import Any, BinaryIO

import orjson

LARGEST = 256 * 1024 * 1024
_HEAD = struct.Struct(">I")


def packed(document: Any) -> bytes:
    """One frame."""
    body = orjson.dumps(document, default=str, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY)
    return _HEAD.pack(len(body)) + body


async def read(stream: asyncio.StreamReader) -> Any:
    """The next document. Raises EOFError when the other side is gone, ValueError when it does not speak so."""
    try:
        (size,) = _HEAD.unpack(await stream.readexactly(4))
        if size > LARGEST:
            raise ValueError("a frame over its limit")
        return orjson.loads(await stream.readexactly(size))
    except asyncio.IncompleteReadError:
        raise EOFError from None


def read_plain(stream: BinaryIO) -> Any:
    """The same, blocking."""
    head = stream.read(4)
    if len(head) < 4:
        raise EOFError
    (size,) = _HEAD.unpack(head)
    body = stream.read(size)
    if len(body) < size:
        raise EOFError
    return orjson.loads(body)
