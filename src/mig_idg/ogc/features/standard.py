"""What the standard of a layer holds against a feature that is written (Charte MIG, § 3.2.1: the target format).

A write brings no fault in; those that the feature had before stay its owner's to mend, and keep nobody from mending
another. Each is told with its member, its value, what is wrong and what to write instead.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import shapely

from mig_idg.errors import Text, Unavailable, Unprocessable
from mig_idg.guard.request import Request
from mig_idg.ogc.features.body import Written
from mig_idg.standards.known import STANDARDS
from mig_idg.standards.verdict import Remark
from mig_idg.store import crs as reference
from mig_idg.store.crs import Crs
from mig_idg.store.grant import Grant
from mig_idg.validators import feature
from mig_idg.validators.feature import Line
from mig_idg.validators.library import Library

SHOWN = 50


async def require_conformant(
    request: Request, grant: Grant, written: Written, stored: Mapping[str, Any] | None = None
) -> None:
    """Raises Unprocessable when what is written breaks the standard that the layer declares.

    A standard whose schema nobody brought stops nothing, as for deposits: `mig-idg standards` says what lacks.
    """
    declared = request.layer[0].declared.get("standard") or {}
    name = str(declared.get("name", "")).lower()
    if not feature.checked(name):
        return
    before = {column: _cell(name, value) for column, value in (stored or {}).items()}
    known = {column.name: column.kind for column in grant.table.columns}
    after = {column: before.get(column, "") for column in known}
    for column, text in written.values.items():
        said = text == "true" if known[column] == "boolean" and text is not None else text
        after[column] = _cell(name, said)
    place = _place(written.geometry)
    library, day = request.resource(Library), request.snapshot.day
    try:
        found = await asyncio.to_thread(
            _new, name, declared.get("version"), Line(after, place), before if stored else None, library, day
        )
    except Unavailable:
        return
    if found:
        raise _refused(request, name, found)


def _new(
    name: str, version: str | None, line: Line, before: Mapping[str, str] | None, library: Library, day: date
) -> list[Remark]:
    """The faults that a feature has and had not `before`."""
    found = feature.faults(name, line, library, day, version)
    if not found or before is None:
        return list(found)
    cells = {column: before.get(column, "") for column in line.cells}
    had = {(one.code, one.column, one.value) for one in feature.faults(name, Line(cells), library, day, version)}
    return [one for one in found if (one.code, one.column, one.value) not in had]


def _cell(standard: str, value: Any) -> str:
    """A value as a file of the standard writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value)) if standard == "bal" else str(value).lower()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)


def _place(geometry: tuple[str | None, Crs] | None) -> tuple[float, float] | None:
    """Longitude and latitude of a point, in degrees; None for what is not one, or was not sent."""
    if geometry is None or geometry[0] is None:
        return None
    shape = shapely.from_wkb(geometry[0])
    if shape.geom_type != "Point":
        return None
    x, y = shape.x, shape.y
    return (x, y) if geometry[1].degrees else reference.in_degrees(x, y, geometry[1].srid)


def _refused(request: Request, name: str, found: list[Remark]) -> Unprocessable:
    known, lang = STANDARDS[name], request.lang
    told = []
    for one in found[:SHOWN]:
        proposal = one.proposal.in_(lang) if isinstance(one.proposal, Text) else one.proposal
        told.append(
            {"member": _member(one), "code": one.code, "value": one.value, "reason": one.message.in_(lang),
             "expected": proposal}
        )  # fmt: skip
    first = [Text(f"{_member(one)} : {one.message.fr}", f"{_member(one)}: {one.message.en}") for one in found[:5]]
    return Unprocessable(
        Text(f"Cette entité n'est pas conforme à « {known.title.fr} ». " + " ; ".join(one.fr for one in first) + ".",
             f"This feature does not conform to “{known.title.en}”. " + "; ".join(one.en for one in first) + "."),
        remedy=_remedy(found[0]),
        extra={"standard": name, "article": "Charte MIG, § 3.2.1", "errors": told},
    )  # fmt: skip


def _member(one: Remark) -> str:
    return "geometry" if one.column in ("long", "lat", "x", "y") else one.column or "properties"


def _remedy(one: Remark) -> Text | None:
    """What to write in place of the first fault."""
    if isinstance(one.proposal, str):
        return Text(f"Écrivez « {one.proposal} » dans {_member(one)}.", f"Write “{one.proposal}” in {_member(one)}.")
    if one.proposal is None:
        return None
    return Text(f"Attendu pour {_member(one)} : {one.proposal.fr}.", f"Expected for {_member(one)}: {one.proposal.en}.")
