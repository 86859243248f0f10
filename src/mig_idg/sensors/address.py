"""The addresses of SensorThings (18-088, § 9.2): `Things(1)/Datastreams(2)/Observations`, `…/name/$value`, `…/$ref`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mig_idg.errors import NotFound, Text
from mig_idg.store.sensorthings.compile import Path, Step
from mig_idg.store.sensorthings.entities import ENTITIES, Entity
from mig_idg.store.sensorthings.write import absent

MOST_STEPS = 6
_SEGMENT = re.compile(r"([A-Za-z]{1,40})(?:\((-?\d{1,18}|[^()]{1,200})\))?")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a request goes: the steps, and what of the entity (its property `word`, its bare `value`, links only)."""

    path: Path
    word: str | None = None
    value: bool = False
    links: bool = False

    @property
    def entity(self) -> Entity:
        """The entity at the end."""
        return self.path[-1].entity

    @property
    def one(self) -> bool:
        """Whether it is one entity: named by its id, or by a relation to one."""
        last = self.path[-1]
        return last.id is not None or (last.by is not None and not last.by.many)


def read(text: str) -> Address:
    """The address of a path after the root. Raises NotFound."""
    segments = text.split("/")
    value = links = False
    if segments[-1] in ("$value", "$ref"):
        value, links = segments[-1] == "$value", segments[-1] == "$ref"
        segments.pop()
    if not segments or len(segments) > MOST_STEPS:
        raise _nowhere()
    path: list[Step] = []
    for position, segment in enumerate(segments):
        found = _SEGMENT.fullmatch(segment)
        if found is None:
            raise _nowhere()
        step = _step(path, found[1], found[2])
        if step is None:
            last = position == len(segments) - 1
            address = Address(tuple(path), found[1], value)
            if not last or found[2] or links or not path or not address.one:
                raise _nowhere()
            if found[1] not in address.entity.properties:
                raise _nowhere()
            return address
        path.append(step)
    if value:
        raise _nowhere()
    return Address(tuple(path), links=links)


def _step(path: list[Step], word: str, id: str | None) -> Step | None:
    if not path:
        entity, by = ENTITIES.get(word), None
        if entity is None:
            raise _nowhere()
    else:
        before = path[-1]
        by = before.entity.navigations.get(word)
        if by is None:
            return None
        if before.id is None and (before.by is None or before.by.many):
            raise _nowhere()
        entity = ENTITIES[by.target]
        if id is not None and not by.many:
            raise _nowhere()
    if id is not None and not re.fullmatch(r"\d{1,18}", id):
        raise absent(entity, id)
    return Step(entity, by, None if id is None else int(id))


def _nowhere() -> NotFound:
    return NotFound(
        Text("Cette adresse n'existe pas.", "There is nothing at this address."),
        remedy=Text("Partez de /sensorthings/v1.1.", "Start from /sensorthings/v1.1."),
    )
