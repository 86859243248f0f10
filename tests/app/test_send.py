"""What is kept is compressed once for each encoding, and gives the same bytes back."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Mapping, MutableMapping
from typing import Any

import pytest
import zstandard

from mig_idg.app import send
from mig_idg.guard.response import Response

BODY = b'{"collections": []}' * 5_000
UNPACK = {"gzip": gzip.decompress, "zstd": lambda body: zstandard.decompress(body, len(BODY))}


def sent(response: Response, headers: Mapping[str, str]) -> tuple[dict[str, str], bytes]:
    heads: dict[str, str] = {}
    pieces: list[bytes] = []

    async def heard(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            heads.update({name.decode(): value.decode() for name, value in message["headers"]})
        else:
            pieces.append(message["body"])

    asyncio.run(send.send_answer(response, "GET", headers, heard))
    return heads, b"".join(pieces)


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_a_document_that_is_kept_is_compressed_once(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    real = send._compressed

    def compressed(body: bytes, encoding: str) -> bytes:
        done.append(encoding)
        return real(body, encoding)

    monkeypatch.setattr(send, "_compressed", compressed)
    kept: dict[str, bytes] = {}
    for _ in range(3):
        heads, body = sent(Response(body=BODY, etag="e", packed=kept), {"accept-encoding": encoding})
        assert heads["content-encoding"] == encoding
        assert heads["etag"] == 'W/"e"'
        assert UNPACK[encoding](body) == BODY
    assert done == [encoding]
    assert sent(Response(body=BODY, etag="e", packed=kept), {})[1] == BODY


def test_a_document_that_is_not_kept_is_compressed_each_time() -> None:
    first = sent(Response(body=BODY), {"accept-encoding": "gzip"})[1]
    other = sent(Response(body=BODY[::-1]), {"accept-encoding": "gzip"})[1]
    assert gzip.decompress(first) == BODY
    assert gzip.decompress(other) == BODY[::-1]
