"""Observations as a file: a line for each, for spreadsheets (`$resultFormat=CSV`)."""

from __future__ import annotations

import csv as writer
import io
from dataclasses import replace

import orjson

from mig_idg.errors import NotFound, Text
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response
from mig_idg.sensors.address import Address
from mig_idg.store.sensorthings import compile
from mig_idg.store.sensorthings.question import MOST_ROWS, Question

COLUMNS = (
    "Datastream/id", "Datastream/name", "Datastream/Thing/name", "phenomenonTime", "resultTime", "result",
    "Datastream/unitOfMeasurement/symbol", "Datastream/properties/dataset",
)  # fmt: skip
HEADS = ("datastream", "name", "thing", "phenomenonTime", "resultTime", "result", "unit", "dataset")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def csv(request: Request, address: Address, asked: Question) -> Response:
    """The observations of a question, those that the caller may download."""
    whole = asked if "$top" in request.query else replace(asked, top=MOST_ROWS)
    there = await request.measure(compile.statement(address.path, replace(whole, top=0, expand=())), "download")
    if there[0][0] != b"t":
        raise NotFound(Text("Il n'y a rien à cette adresse.", "There is nothing at this address."))
    rows = await request.measure(compile.rows(address.path, whole, COLUMNS), "download")
    for dataset in sorted({_plain(row[-1]) for row in rows}):
        request.admit(dataset, "download")
    out = io.StringIO()
    lines = writer.writer(out, lineterminator="\r\n")
    lines.writerow(HEADS)
    for row in rows:
        lines.writerow([_safe(_plain(value)) for value in row])
    headers = {"content-disposition": 'attachment; filename="observations.csv"', "cache-control": "private, no-store"}
    return Response(body=out.getvalue().encode(), media_type="text/csv; charset=utf-8", headers=headers, private=True)


def _plain(value: bytes | None) -> str:
    text = (value or b"").decode()
    if text.startswith('"'):
        read = orjson.loads(text)
        return read if isinstance(read, str) else text
    return text


def _safe(text: str) -> str:
    """No formula for a spreadsheet; numbers stay numbers."""
    if not text.startswith(_FORMULA):
        return text
    try:
        float(text)
    except ValueError:
        return f"'{text}"
    return text
