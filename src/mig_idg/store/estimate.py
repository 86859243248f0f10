"""About how many rows match, by what PostgreSQL knows of the table before reading it: the planner's own guess.

Its statistics are of all the rows of the table. They are told only to a caller whose grant has all the rows; to others
a guess would say something of rows they may not see.
"""

from __future__ import annotations

from dataclasses import replace

import orjson

from mig_idg.store import crs as reference
from mig_idg.store.compile import Binder, conditions
from mig_idg.store.crs import Box
from mig_idg.store.grant import Grant
from mig_idg.store.query import Query
from mig_idg.store.statement import Statement, quoted
from mig_idg.store.table import Geometry

NOTHING_ASKED = Query(limit=None)


def plan(query: Query, grant: Grant, time_column: str | None = None) -> Statement | None:
    """The plan of reading what the conditions of `query` keep; None when its numbers may not be told.

    Values are given with the question, so that the guess is for them and not for the average value.
    """
    return statement(query, grant, time_column) if grant.all_rows else None


def statement(query: Query, grant: Grant, time_column: str | None = None) -> Statement:
    """The same, for choices of ours that tell nobody its numbers."""
    table, bind = grant.table, Binder()
    wanted = conditions(replace(query, bbox=None, common=False), table, bind, time_column)
    if query.bbox is not None and table.geometry is not None:
        wanted.append(_in_frame(query.bbox, table.geometry, bind))
    where = "\nwhere " + "\n  and ".join(wanted) if wanted else ""
    return Statement(f"explain (format json)\nselect from {grant.view}{where}", tuple(bind.values))


def _in_frame(box: Box, geometry: Geometry, bind: Binder) -> str:
    """The box by its frame in the CRS of the layer: the planner believes that the exact test keeps one row in three."""
    sides = ["false"]
    for part in box.parts:
        region = reference.moved(part, box.crs.srid, geometry.srid)
        if region is not None:
            frame = bind(reference.rectangle(region.bounds, geometry.srid), "geometry")
            sides.append(f"{quoted(geometry.name)} && {frame}")
    return f"({' or '.join(sides[1:] or sides)})"


def rows_of(response: bytes | None) -> float:
    """The rows that the plan expects."""
    node = orjson.loads(response or b"[]")[0]["Plan"]
    while node["Node Type"] in ("Gather", "Gather Merge", "Result"):
        # Beside it may stand the sub-selects of row policies.
        outer = [one for one in node.get("Plans", ()) if one["Parent Relationship"] == "Outer"]
        if not outer:
            break
        node = outer[0]
    return float(node["Plan Rows"])


def estimated(matching: float, every: float, rows: int, least: int) -> int:
    """The share of the table that the plan expects, of the rows it really has; two digits are all it is worth.

    The guess for the whole table is wrong by the same factor (row policies, old statistics): the ratio is not.
    """
    ratio = min(1.0, matching / every) if every > 0 else 1.0
    guess = max(least, round(rows * ratio))
    step = int(10 ** max(0, len(str(guess)) - 2))
    return min(rows, max(least, round(guess / step) * step))
