"""Which versions of a layer a caller reads, and under which grant: today's rights, on rows of another day.

Exceptions, takedowns, limits of territory and hidden columns are those of today, whatever the version. Of a validated
coproduction, the versions that no committee validated are the working copies of its group, and stay so (004 § 3.2.2,
a contrario): to anybody else they are not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from mig_idg.errors import InvalidParameter, Text
from mig_idg.guard.request import Request
from mig_idg.store import datetimes, past, versions
from mig_idg.store.grant import Grant

MOST = 2**31 - 2


@dataclass(frozen=True, slots=True)
class Vintage:
    """One version as it was recorded; `draft` when it is the working copy of a group."""

    number: int
    said: Mapping[str, Any]
    in_force: bool
    draft: bool

    @property
    def pruned(self) -> bool:
        """Whether its rows are no longer kept."""
        return self.said["pruned_at"] is not None

    @property
    def valid_from(self) -> str:
        """The first day on which its content is that of the territory."""
        return str(self.said["valid_from"])


async def known(request: Request) -> list[Vintage]:
    """The versions that this caller may know of, the last one first; pruned ones among them."""
    collection, _ = request.layer
    assert request.decision is not None
    # Read as the application: what is told of each is chosen by `ogc.features.versions`.
    rows = await request.fetch(past.told(collection.id), (collection, None, request.decision))
    found = [_vintage(request, said) for said in orjson.loads(rows[0][0] or b"[]")]
    return [one for one in found if not one.draft or _in_group(request, "query")]


async def read(request: Request, number: int, action: str = "query") -> Grant:
    """The grant of the caller on the rows of a version, which becomes that of the request. Raises NotFound, Gone."""
    collection, grant = request.layer
    if number == 0:
        request.grant = past.of_version(grant, collection.id, 0)
        return request.grant
    (one,) = await _all_of(request, (number,))
    request.grant = past.of_version(_granted(request, (one,), action), collection.id, number)
    return request.grant


async def difference(request: Request, before: int | None, after: int, action: str = "query") -> tuple[Grant, int]:
    """The grant on what changed from `before` (None: the version it replaced) to `after`, and the number of before."""
    collection, _ = request.layer
    if before is None:
        (one,) = await _all_of(request, (after,))
        before = int(one.said["replaces"] or 0)
    both = await _all_of(request, tuple(number for number in (before, after) if number))
    request.grant = past.of_difference(_granted(request, tuple(both), action), collection.id, before, after)
    return request.grant, before


async def of_period(request: Request, asked: Mapping[str, str]) -> tuple[Grant, dict[str, str]]:
    """Of a layer whose versions are its time: the one that was valid on the day asked, or at the end of the period.

    Before the first one there was nothing: no feature. The parameters without `datetime`, which is answered by that.
    """
    collection, grant = request.layer
    period = datetimes.period(asked["datetime"])
    rest = {name: value for name, value in asked.items() if name != "datetime"}
    last = period.end[:10] if period.end else None
    found = [
        one
        for one in await known(request)
        if not one.pruned
        and (last is None or one.valid_from < last or (one.valid_from == last and not period.end_open))
    ]
    best = max(found, key=lambda one: (one.valid_from, one.number), default=None)
    if best is not None and best.in_force and best.number == collection.version:
        return grant, rest
    return await read(request, best.number if best else 0), rest


def number_of(word: str, collection: str) -> int:
    """The number of a version in a path: what is no number is no version. Raises NotFound."""
    number = int(word) if word.isascii() and word.isdigit() and len(word) < 11 else 0
    if not 0 < number <= MOST:
        raise versions.missing(collection, word[:20])
    return number


def number_asked(word: str) -> int:
    """The number of a version in a parameter. Raises InvalidParameter."""
    number = int(word) if word.isascii() and word.isdigit() and len(word) < 11 else -1
    if not 0 <= number <= MOST:
        raise InvalidParameter(
            "from", Text("« from » est le numéro d'une version.", "“from” is the number of a version.")
        )
    return number


async def _all_of(request: Request, numbers: tuple[int, ...]) -> list[Vintage]:
    collection, _ = request.layer
    there = {one.number: one for one in await known(request)}
    for number in numbers:
        if number not in there:
            raise versions.missing(collection.id, number)
        if there[number].pruned:
            raise versions.gone(number)
    return [there[number] for number in numbers]


def _vintage(request: Request, said: Mapping[str, Any]) -> Vintage:
    collection, _ = request.layer
    facts = request.snapshot.facts.datasets.get(collection.id)
    validated = collection.kind == "coproduced" and facts is not None and facts.state == "validated"
    in_force = said["number"] == collection.version
    return Vintage(int(said["number"]), said, in_force, validated and said["validated"] is None and not in_force)


def _in_group(request: Request, action: str) -> bool:
    collection, _ = request.layer
    return request.snapshot.decide_in_preparation(request.principal, action, collection.id).permitted


def _granted(request: Request, of: tuple[Vintage, ...], action: str) -> Grant:
    """The grant that the versions are read under: that of the request, or that of the group for its working copies."""
    collection, grant = request.layer
    if not any(one.draft for one in of):
        return grant
    decision, made = request.snapshot.grant_in_preparation(request.principal, collection, action)
    request.decided.append((action, collection.id, decision))
    if made is None:
        raise versions.missing(collection.id, of[0].number)
    request.decision = decision
    return made
