"""`/open-data/sets/{set}`: one query over the sets of all bodies (Haute-Garonne offer: harmonised formats).

The rows of every open dataset of that set that the caller may query, under its own grant, in the column names of the
standard: what a body does not have is empty. Each row says whose it is, under which licence and of when (000 art. 13).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from mig_idg.catalogue import operations
from mig_idg.catalogue.open_board import PRIVATE, written
from mig_idg.errors import InvalidParameter, NotFound, Refused, Text, UnknownParameter
from mig_idg.guard.clerk import Clerk
from mig_idg.guard.negotiation import wanted
from mig_idg.guard.request import Layer, Request
from mig_idg.guard.response import Response, json_answer
from mig_idg.guard.route import Route
from mig_idg.registry import standard_versions
from mig_idg.registry.open_board import SETS, set_of
from mig_idg.standards.known import STANDARDS
from mig_idg.store import compile
from mig_idg.store.query import Limits, Query, parse
from mig_idg.store.statement import quoted
from mig_idg.store.table import Table

FORMS = {"json": "application/json", "csv": "text/csv"}
USUAL, MOST = 1000, 10_000
OF_US = ("organisme", "nom", "donnee", "licence", "mise_a_jour")
MOST_SKIPPED = 10_000_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a set: values of columns of the standard, and which rows of the whole."""

    equal: Mapping[str, str]
    limit: int
    offset: int


def routes(clerk: Clerk) -> tuple[Route, ...]:
    """The rows of a set, of all bodies."""

    async def rows(request: Request) -> Response:
        word = request.params["set"]
        if word not in SETS:
            raise NotFound(
                Text(f"« {word[:40]} » n'est pas un jeu du Socle Commun.", f"“{word[:40]}” is no set of the SCDL."),
                remedy=Text(f"Les six : {', '.join(SETS)}.", f"The six: {', '.join(SETS)}."),
            )
        form, day = wanted(request, FORMS), request.snapshot.day
        columns = tuple(sorted(STANDARDS[SETS[word][0]].columns))
        asked = _asked(request, columns)
        followed = await clerk.read(lambda conn: standard_versions.followed(conn, day))
        layers = _layers(request, word, followed)
        await request.confirm()
        found, matched = await _read(request, layers, columns, asked)
        headers = {"content-language": request.lang, **PRIVATE}
        if form == "csv":
            return written([(*OF_US, *columns), *found], f"{word}-tous", headers)
        names = (*OF_US, *columns)
        document = {
            "set": word,
            "standard": SETS[word][0],
            "numberMatched": matched,
            "numberReturned": len(found),
            "attribution": [_attribution(one) for one, _, _ in layers],
            "rows": [dict(zip(names, one, strict=True)) for one in found],
        }
        return json_answer(document, headers=headers, private=True)

    return (Route("/open-data/sets/{set}", "listing", rows, pool="exports", operations=(operations.OPEN_SET,)),)


def _asked(request: Request, columns: tuple[str, ...]) -> Asked:
    official = {name.lower(): name for name in columns}
    equal = {}
    for name, value in request.query.items():
        if name in ("f", "lang", "limit", "offset"):
            continue
        if name.lower() not in official:
            raise UnknownParameter(name, ("f", "limit", "offset", *columns))
        equal[official[name.lower()]] = value
    return Asked(equal, _number(request, "limit", USUAL, 1, MOST), _number(request, "offset", 0, 0, MOST_SKIPPED))


def _number(request: Request, name: str, usual: int, least: int, most: int) -> int:
    said = request.query.get(name)
    if said is None:
        return usual
    if not (said.isascii() and said.isdigit() and len(said) < 10 and least <= int(said) <= most):
        raise InvalidParameter(
            name, Text(f"Un nombre de {least} à {most} est attendu.", f"A number from {least} to {most} is expected.")
        )
    return int(said)


def _layers(request: Request, word: str, followed: Mapping[str, Mapping[str, str | None]]) -> list[Layer]:
    """The open datasets of the set that the caller may query, by owner; each is decided on and journalled."""
    facts = request.snapshot.facts.datasets
    layers = []
    for one in sorted(request.snapshot.visible(request.principal), key=lambda one: (one.owner or "", one.id)):
        known = facts.get(one.id)
        if one.table is None or not one.owner or not one.is_open or known is None or known.takedown is not None:
            continue
        entry = {"table": {"columns": [{"name": name} for name in one.table.names]}}
        if set_of(entry, followed.get(one.id, {})) != word:
            continue
        try:
            layer = request.admit(one.id, "query")
        except Refused:
            continue
        if layer[1] is not None:
            layers.append(layer)
    return layers


async def _read(
    request: Request, layers: list[Layer], columns: tuple[str, ...], asked: Asked
) -> tuple[list[tuple[str, ...]], int]:
    """The rows from `offset` on, `limit` of them, over the datasets one after the other; and how many match in all."""
    found: list[tuple[str, ...]] = []
    matched, skip = 0, asked.offset
    for layer in layers:
        _, grant, _ = layer
        assert grant is not None
        names = _names(grant.table, columns)
        if any(column not in names for column in asked.equal):
            continue
        query = _query(grant.table, {names[column]: value for column, value in asked.equal.items()})
        many = int((await request.fetch(compile.count(query, grant, cap=None), layer))[0][0] or b"0")
        matched += many
        left = asked.limit - len(found)
        if left > 0 and skip < many:
            page = _query(grant.table, {names[column]: value for column, value in asked.equal.items()}
                          | {"limit": str(left), "offset": str(skip), "sortby": grant.table.id.name})  # fmt: skip
            told = await request.fetch(compile.texts(page, grant, _cells(names, columns)), layer)
            who = _whose(request, layer)
            found += [(*who, *orjson.loads(row[0] or b"[]")) for row in told]
        skip = max(0, skip - many)
    return found, matched


def _query(table: Table, asked: Mapping[str, str]) -> Query:
    return parse(asked, table, limits=Limits(USUAL, MOST))


def _names(table: Table, columns: tuple[str, ...]) -> dict[str, str]:
    """The columns of the standard that a table has, as the caller sees it: official name → its own."""
    ours = {name.lower(): name for name in table.names}
    return {column: ours[column.lower()] for column in columns if column.lower() in ours}


def _cells(names: Mapping[str, str], columns: tuple[str, ...]) -> str:
    """A row as a JSON array of texts, in the order of the standard's columns."""
    cells = (f"coalesce({quoted(names[one])}::text, '')" if one in names else "''" for one in columns)
    return f"json_build_array({', '.join(cells)})::text"


def _whose(request: Request, layer: Layer) -> tuple[str, ...]:
    collection = layer[0]
    owner = collection.owner or ""
    name = request.snapshot.facts.names.get(owner, owner)
    return (owner, name, collection.id, collection.licence or "", (collection.updated or "")[:10])


def _attribution(collection: Any) -> dict[str, str]:
    return {"dataset": collection.id, "producer": collection.credit("fr"), "licence": collection.licence or "",
            "updated": (collection.updated or "")[:10]}  # fmt: skip
