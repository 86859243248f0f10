"""What a STAC search asks (STAC API 1.0.0, item search), from an address or from a body, read strictly."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mig_idg.errors import InvalidParameter, Text, UnknownParameter
from mig_idg.ogc.stac import fields
from mig_idg.ogc.stac.fields import Fields
from mig_idg.store import json_document, stac
from mig_idg.store.cql2.syntax import Call, Node
from mig_idg.store.query import Limits, Query, parse, read_filter

SEARCH = (
    "bbox", "datetime", "intersects", "ids", "collections", "limit", "fields", "sortby", "filter", "filter-lang",
    "filter-crs", "after",
)  # fmt: skip
LIMITS = Limits(10, 1000)
MOST_IDS = 1000
# One name alone is read as a list of one.
_TEXTS = ("ids", "collections", "datetime", "filter", "filter-lang", "filter-crs", "after")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\S+|\.\.|")


@dataclass(frozen=True, slots=True)
class Search:
    """A search: its parameters as an address writes them (`next` repeats them), and the fields wanted (None: all)."""

    parameters: Mapping[str, str] = field(default_factory=dict)
    fields: Fields | None = None


def from_address(query: Mapping[str, str]) -> Search:
    """The search of a GET whose parameters are known ones."""
    asked = {name: value for name, value in query.items() if name in SEARCH}
    return Search(asked, fields.from_text(asked["fields"]) if "fields" in asked else None)


def from_body(content: bytes) -> Search:
    """The search of a POST. Raises InvalidParameter, UnknownParameter."""
    try:
        document = json_document.decoded(content or b"{}")
    except json_document.Unreadable as error:
        if error.deep:
            raise _too_deep("body") from None
        document = None
    if not isinstance(document, dict):
        raise InvalidParameter("body", Text("Un objet JSON est attendu.", "A JSON object is expected."))
    asked: dict[str, str] = {}
    chosen: Fields | None = None
    for name, value in document.items():
        if name not in SEARCH:
            raise UnknownParameter(str(name), SEARCH)
        if name == "fields":
            chosen = fields.from_json(value)
        elif value is not None:
            asked[name] = _word(name, value)
    if "filter" in asked:
        asked.setdefault("filter-lang", "cql2-text" if isinstance(document["filter"], str) else "cql2-json")
    return Search(asked, chosen)


def _too_deep(name: str) -> InvalidParameter:
    deepest = json_document.DEEPEST
    return InvalidParameter(
        name,
        Text(f"Du JSON imbriqué sur plus de {deepest} niveaux.", f"JSON nested over {deepest} levels deep."),
    )


def _word(name: str, value: Any) -> str:
    """One member of a body, as an address writes it. Raises InvalidParameter: another type than the standard's."""
    if name in ("ids", "collections") and _all(value, str):
        return ",".join(value)
    if name == "bbox" and _all(value, int | float):
        return ",".join(map(repr, value))
    if name == "sortby" and _all(value, dict):
        return ",".join(("-" if one.get("direction") == "desc" else "") + str(one.get("field", "")) for one in value)
    if name in ("intersects", "filter") and isinstance(value, dict):
        return json.dumps(value)
    if name == "limit" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if name in _TEXTS and isinstance(value, str):
        return value
    raise InvalidParameter(name, Text(f"« {name} » a une forme inattendue.", f"“{name}” has an unexpected form."))


def _all(value: Any, kind: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, kind) and not isinstance(one, bool) for one in value)


def listed(text: str) -> list[str]:
    """The words between commas, none of them empty."""
    return [part.strip() for part in text.split(",") if part.strip()]


def query_of(asked: Mapping[str, str]) -> Query:
    """The engine's query of a search. Raises as `store.query.parse`."""
    if "bbox" in asked and "intersects" in asked:
        raise InvalidParameter(
            "intersects", Text("« bbox » ou « intersects », l'un des deux.", "“bbox” or “intersects”, one of the two.")
        )
    _instants_only(asked.get("datetime", ".."))
    plain = {name: value for name, value in asked.items() if name not in ("ids", "collections", "intersects", "fields")}
    if "sortby" in plain:
        plain["sortby"] = _sort(plain["sortby"])
    query = parse(plain, stac.ITEMS, time_column="datetime", limits=LIMITS)
    conditions: list[Node] = [query.filter] if query.filter is not None else []
    if "intersects" in asked:
        conditions.append(_intersects(asked["intersects"]))
    if ids := listed(asked.get("ids", ""))[:MOST_IDS]:
        quoted = ", ".join("'" + id.replace("'", "''") + "'" for id in ids)
        conditions.append(read_filter(f"id IN ({quoted})", "cql2-text", stac.ITEMS))
    if not conditions:
        return query
    return replace(query, filter=conditions[0] if len(conditions) == 1 else Call("and", tuple(conditions)))


def _instants_only(text: str) -> None:
    """A day alone is no instant of RFC 3339, which STAC requires (OGC API Features allows it)."""
    if not all(_INSTANT.fullmatch(part) for part in text.split("/")):
        raise InvalidParameter(
            "datetime",
            Text(f"Instant illisible : « {text[:60]} ».", f"Unreadable instant: “{text[:60]}”."),
            remedy=Text("2025-06-15T00:00:00Z, ou deux autour de « / ».", "2025-06-15T00:00:00Z, or two around “/”."),
        )


def _intersects(text: str) -> Node:
    try:
        shape = json_document.decoded(text)
    except json_document.Unreadable as error:
        if error.deep:
            raise _too_deep("intersects") from None
        shape = None
    if not isinstance(shape, dict) or "type" not in shape:
        raise InvalidParameter(
            "intersects", Text("Une géométrie GeoJSON est attendue.", "A GeoJSON geometry is expected.")
        )
    asked = json.dumps({"op": "s_intersects", "args": [{"property": "footprint"}, shape]})
    return read_filter(asked, "cql2-json", stac.ITEMS)


def _sort(text: str) -> str:
    """`-properties.datetime,+id` in the engine's words."""
    words = []
    for part in listed(text):
        mark, name = ("-", part[1:]) if part.startswith("-") else ("", part.lstrip("+ "))
        words.append(mark + name.removeprefix("properties."))
    return ",".join(words)
