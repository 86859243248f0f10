"""CoverageJSON (OGC 21-069r2) cut by its axes: what a plug-in gives beyond what was asked is taken off.

A plug-in may swallow `bbox` or `datetime_` and do nothing with it; its answer tells. Values stand for their cell, so
that one whose centre is asked for is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from mig_idg.ogc.plugins import order

Document = dict[str, Any]
Kept = Callable[[Any], bool]


class Uncut(Exception):
    """What was asked cannot be taken out of this answer: the axis is not one of its own."""


def coverages(document: Document) -> Iterator[Document]:
    """The coverages of an answer: itself, or those of its collection."""
    if document.get("type") == "Coverage":
        yield document
    for one in document.get("coverages") or []:
        if isinstance(one, dict):
            yield one


def axis_values(axis: Mapping[str, Any]) -> list[Any]:
    """The values of an axis, listed or regular (`start`, `stop`, `num`). Raises Uncut for tuples and polygons."""
    if "values" in axis and axis.get("dataType") in (None, "primitive"):
        return list(axis["values"])
    if {"start", "stop", "num"} <= axis.keys():
        return [float(one) for one in np.linspace(axis["start"], axis["stop"], int(axis["num"]))]
    raise Uncut


def between(low: float | None, high: float | None) -> Kept:
    """Whether a number is in an interval, its ends included; an end may be open."""

    def kept(value: Any) -> bool:
        number = float(value)
        return (low is None or number >= low) and (high is None or number <= high)

    return kept


def within(period: Mapping[str, Any]) -> Kept:
    """Whether an instant of the axis is in a period, as `datetime=` was read."""
    return lambda value: order.within(value, dict(period))


def cut(coverage: Document, name: str, kept: Kept) -> bool:
    """Take off the places of an axis that are not kept; whether any was there to take off.

    Raises Uncut when the coverage has no such axis, or its values are elsewhere (tiled).
    """
    axes = coverage.get("domain", {}).get("axes", {})
    if name not in axes:
        raise Uncut
    values = axis_values(axes[name])
    places = [place for place, value in enumerate(values) if kept(value)]
    if len(places) == len(values):
        return False
    axes[name] = {**_bare(axes[name]), "values": [values[place] for place in places]}
    for array in (coverage.get("ranges") or {}).values():
        if not isinstance(array, dict) or "values" not in array:
            raise Uncut
        names = list(array.get("axisNames") or [])
        if name not in names:
            continue
        position = names.index(name)
        flat = np.array(array["values"], dtype=object).reshape(array["shape"])
        taken = flat.take(places, axis=position)
        array["shape"], array["values"] = list(taken.shape), taken.ravel().tolist()
    return True


def only(coverage: Document, names: Iterable[str]) -> bool:
    """Keep these parameters alone; whether there were others. Raises Uncut when one of them is not there."""
    wanted = set(names)
    ranges = coverage.get("ranges") or {}
    if not wanted <= ranges.keys():
        raise Uncut
    found = set(ranges) - wanted
    for name in found:
        ranges.pop(name)
        (coverage.get("parameters") or {}).pop(name, None)
    return bool(found)


def empty(document: Document) -> bool:
    """Whether an answer has no value at all: each of its coverages has an axis without places."""
    found = list(coverages(document))
    return bool(found) and all(
        any("values" in axis and not axis["values"] for axis in one.get("domain", {}).get("axes", {}).values())
        for one in found
    )


def _bare(axis: Mapping[str, Any]) -> Document:
    """An axis without the ways to tell its values, nor bounds that would be those of others."""
    return {name: told for name, told in axis.items() if name not in ("start", "stop", "num", "values", "bounds")}
