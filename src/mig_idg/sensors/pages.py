"""What people look at: the series that they may read, with the latest value of each; one series, as a curve.

Nothing here reads more than SensorThings does: the same statements, under the same rights.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import orjson

from mig_idg.errors import InvalidParameter, NotFound, Text
from mig_idg.guard.negotiation import JSON_PAGES, only, wanted
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, json_answer, page_answer
from mig_idg.store.sensorthings import compile, question
from mig_idg.store.sensorthings.compile import Step
from mig_idg.store.sensorthings.entities import ENTITIES

PAGE = 100
SPANS = (1, 7, 30, 365)
WIDE, HIGH = 720, 240
_SERIES = ENTITIES["Datastreams"]
_EXPAND = "Thing,ObservedProperty,Observations($top=1;$orderby=phenomenonTime desc)"


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve in the units of its picture: a line for each run of points, the ends of both axes."""

    line: str
    least: float
    greatest: float
    since: str
    until: str


async def series(request: Request) -> Response:
    """`/sensors`: each series with its latest value."""
    only(request, "offset", "collection")
    form = wanted(request, JSON_PAGES)
    start = _number(request, "offset", 0, question.MOST_SKIPPED)
    asked = question.read(_SERIES, {"$expand": _EXPAND, "$top": str(PAGE), "$skip": str(start), "$count": "true"})
    dataset = request.query.get("collection")
    if dataset is not None:
        asked = replace(asked, filter=f"properties/dataset eq '{dataset.replace(chr(39), chr(39) * 2)[:100]}'")
    rows = await request.measure(compile.statement((Step(_SERIES),), asked))
    found = orjson.loads(rows[0][2] or b"[]")
    _journal(request, found)
    onward = request.url(f"/sensors?offset={start + PAGE}") if len(found) > PAGE else None
    document = {"numberMatched": int(rows[0][1] or 0), "series": [_line(request, one) for one in found[:PAGE]],
                "next": onward}  # fmt: skip
    headers = {"content-language": request.lang, "cache-control": "private, no-store"}
    if form == "json":
        return json_answer(document, headers=headers, private=True)
    return page_answer("sensors", {"document": document}, headers=headers, private=True)


async def one(request: Request) -> Response:
    """`/sensors/{series}`: one series, its curve over some days, its files."""
    only(request, "days")
    form = wanted(request, JSON_PAGES)
    days = _number(request, "days", 7, SPANS[-1])
    name = request.params["series"]
    if not name.isdecimal() or len(name) > 18:
        raise _missing()
    asked = question.single(question.read(_SERIES, {"$expand": _EXPAND}))
    rows = await request.measure(compile.statement((Step(_SERIES, None, int(name)),), asked))
    found = orjson.loads(rows[0][2] or b"[]")
    if not found:
        raise _missing()
    _journal(request, found)
    points = [
        {"time": (at or b"").decode(), "mean": float(mean or 0), "least": float(least or 0),
         "greatest": float(greatest or 0), "count": int(many or 0)}
        for at, mean, least, greatest, many in await request.measure(compile.curve(int(name), days))
    ]  # fmt: skip
    document = {**_line(request, found[0]), "days": days, "points": points,
                "csv": request.url(f"/sensorthings/v1.1/Datastreams({name})/Observations?$resultFormat=CSV"
                                   "&$orderby=phenomenonTime desc&$top=10000")}  # fmt: skip
    headers = {"content-language": request.lang, "cache-control": "private, no-store"}
    if form == "json":
        return json_answer(document, headers=headers, private=True)
    shown = {"document": document, "curve": drawn(points), "spans": SPANS, "wide": WIDE, "high": HIGH}
    return page_answer("series", shown, headers=headers, private=True)


def drawn(points: list[dict[str, Any]]) -> Curve | None:
    """The curve of the means, or nothing to draw."""
    if len(points) < 2:
        return None
    values = [point["mean"] for point in points]
    least, greatest = min(values), max(values)
    scale = (greatest - least) or 1.0
    step = WIDE / (len(points) - 1)
    places = (f"{i * step:.1f},{HIGH - (value - least) / scale * HIGH:.1f}" for i, value in enumerate(values))
    return Curve(" ".join(places), least, greatest, points[0]["time"], points[-1]["time"])


def _line(request: Request, row: dict[str, Any]) -> dict[str, Any]:
    latest = row["Observations"]["rows"]
    dataset = row["@dataset"]
    collection = request.snapshot.collections[dataset]
    return {
        "id": row["id"],
        "name": row["name"],
        "thing": (row["Thing"] or {}).get("name"),
        "observedProperty": (row["ObservedProperty"] or {}).get("name"),
        "dataset": dataset,
        "title": collection.title.in_(request.lang),
        "credit": request.snapshot.credit(collection, request.lang),
        "unit": row["unitOfMeasurement"].get("symbol") if isinstance(row["unitOfMeasurement"], dict) else None,
        "value": latest[0]["result"] if latest else None,
        "time": latest[0]["phenomenonTime"].partition("/")[0] if latest else None,
    }


def _journal(request: Request, rows: list[dict[str, Any]]) -> None:
    for dataset in sorted({row["@dataset"] for row in rows}):
        request.admit(dataset, "query")


def _number(request: Request, name: str, usual: int, most: int) -> int:
    text = request.query.get(name, str(usual))
    if not text.isdecimal() or len(text) > 9 or int(text) > most:
        raise InvalidParameter(name, Text(f"Un entier jusqu'à {most}.", f"An integer up to {most}."))
    return int(text)


def _missing() -> NotFound:
    return NotFound(
        Text("Aucune série de ce numéro.", "There is no series of that number."),
        remedy=Text("Elles sont à /sensors.", "They are at /sensors."),
    )
