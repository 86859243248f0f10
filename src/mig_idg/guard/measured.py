"""What one caller may read and deposit of measurements: the decisions on their datasets, in the terms of the database.

A dataset whose decision hides an attribute shows no measurement: a mask is told for the columns of a table, and a value
without what it says of its quality or its place is not the value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import orjson

from mig_idg.charter import Decision

SERVICE = "sensorthings"


@dataclass(frozen=True, slots=True)
class Measured:
    """`datasets` are those with something to show; `deposited` those that the caller may add to.

    `setting` is `idg.rows` for the roles of measurements (sql/replaceable/83-sensors.sql).
    """

    datasets: Mapping[str, Decision]
    deposited: tuple[str, ...]
    setting: bytes

    @classmethod
    def of(cls, body: str | None, decisions: Mapping[str, Decision], deposited: Iterable[str]) -> Measured:
        """From the decision on each dataset that declares measurements."""
        shown = {
            id: one for id, one in decisions.items() if one.permitted and not one.hidden and one.rows != frozenset()
        }
        whole = [id for id, one in shown.items() if one.rows is None]
        part = [f"{id}:{code}" for id, one in shown.items() if one.rows is not None for code in sorted(one.rows)]
        deposited = tuple(deposited)
        told: dict[str, object] = {"whole": whole, "part": part, "write": deposited, "body": body, "floors": {}}
        return cls(shown, deposited, orjson.dumps(told))
