"""What came of a job, as it was asked for: raw or in a document, by value or by reference (OGC 18-062r2, 7.11.4)."""

from __future__ import annotations

import base64
import secrets
from collections.abc import AsyncIterator, Callable
from typing import Any

import orjson

from mig_idg.errors import Lang, NotFound, Text
from mig_idg.guard.response import Response, json_answer
from mig_idg.jobs import Job, Output, Records

# Beyond, a binary result in a document is a link: nobody wants a gigabyte in base64.
INLINE_BYTES = 4 * 1024 * 1024
# A result is what a plug-in wrote: no browser may run it under our address.
_HARMLESS = {"content-security-policy": "sandbox; default-src 'none'", "x-content-type-options": "nosniff"}
Url = Callable[[str], str]


async def response(records: Records, job: Job, url: Url, lang: Lang) -> Response:
    """The results of a job that ended, or the problem that ended it."""
    if job.status == "failed":
        return failure(job, lang)
    outputs = _asked(job)
    if job.request.get("response") == "document":
        return json_answer(await document(records, job, url), private=True)
    references = [one for one in outputs if _mode(job, one) == "reference"]
    if references and len(references) == len(outputs):
        links = ", ".join(f'<{_address(job, one, url)}>; rel="{one.id}"; type="{one.media_type}"' for one in references)
        return Response(status=204, headers={"link": links}, private=True)
    if len(outputs) == 1:
        return await one_output(records, job, outputs[0])
    boundary = secrets.token_hex(16)
    return Response(
        body=_parts(records, job, outputs, boundary, url),
        media_type=f'multipart/related; boundary="{boundary}"',
        headers=dict(_HARMLESS),
        private=True,
    )


def failure(job: Job, lang: Lang) -> Response:
    """Why a job failed, as its problem document."""
    told = (job.problem or {}).get(lang) or {"title": "failed", "status": 500}
    return json_answer(told, status=told["status"], media_type="application/problem+json", private=True)


async def one_output(records: Records, job: Job, output: Output) -> Response:
    """The bytes of one output."""
    headers = dict(_HARMLESS)
    if output.encoding == "binary":
        name = output.id + _SUFFIXES.get(output.media_type.partition(";")[0].strip(), "")
        headers["content-disposition"] = f'attachment; filename="{_ascii(name)}"'
    if output.encoding == "json" and output.size <= INLINE_BYTES:
        return Response(body=await records.whole(job.id, output.id), media_type=output.media_type, headers=headers,
                      private=True)  # fmt: skip
    return Response(body=records.pieces(job.id, output.id), media_type=output.media_type, headers=headers, private=True)


async def document(records: Records, job: Job, url: Url) -> dict[str, Any]:
    """`results.yaml`: each output by its id, its value or a link to it."""
    return {one.id: await _told(records, job, one, url) for one in _asked(job)}


async def callback(records: Records, job: Job, url: Url) -> bytes:
    """What a subscriber is sent when a job succeeded: its results as a document."""
    return orjson.dumps(await document(records, job, url))


def output_of(job: Job, id: str) -> Output:
    """One output by its id. Raises NotFound."""
    for one in job.outputs:
        if one.id == id:
            return one
    raise NotFound(Text(f"Ce travail n'a pas de sortie « {id[:80]} ».", f"This job has no output “{id[:80]}”."))


def _asked(job: Job) -> tuple[Output, ...]:
    asked = job.request.get("outputs")
    return tuple(one for one in job.outputs if not asked or one.id in asked)


def _mode(job: Job, output: Output) -> str:
    asked = job.request.get("outputs") or {}
    return str((asked.get(output.id) or {}).get("transmissionMode", "value"))


async def _told(records: Records, job: Job, output: Output, url: Url) -> Any:
    if _mode(job, output) == "reference" or (output.encoding == "binary" and output.size > INLINE_BYTES):
        return {"href": _address(job, output, url), "type": output.media_type, "title": output.id}
    body = await records.whole(job.id, output.id)
    if output.encoding == "json":
        value = orjson.loads(body)
        # An object stands in a `value`: bare, it could not be told from a link or a qualified value.
        return {"value": value, "mediaType": output.media_type} if isinstance(value, dict) else value
    if output.encoding == "text":
        text = body.decode("utf-8", "replace")
        return text if output.media_type.startswith("text/plain") else {"value": text, "mediaType": output.media_type}
    return {"value": base64.b64encode(body).decode(), "encoding": "base64", "mediaType": output.media_type}


async def _parts(
    records: Records, job: Job, outputs: tuple[Output, ...], boundary: str, url: Url
) -> AsyncIterator[bytes]:
    for one in outputs:
        head = f"--{boundary}\r\nContent-ID: <{one.id}>\r\nContent-Type: {one.media_type}\r\n"
        if _mode(job, one) == "reference":
            yield f"{head}Content-Location: {_address(job, one, url)}\r\n\r\n\r\n".encode()
            continue
        yield f"{head}\r\n".encode()
        async for piece in records.pieces(job.id, one.id):
            yield piece
        yield b"\r\n"
    yield f"--{boundary}--\r\n".encode()


def _address(job: Job, output: Output, url: Url) -> str:
    return url(f"/jobs/{job.id}/results/{output.id}")


def _ascii(name: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)


_SUFFIXES = {
    "application/zip": ".zip",
    "application/geopackage+sqlite3": ".gpkg",
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/tiff": ".tif",
    "text/csv": ".csv",
}
