"""What is asked of a list of records, from the words of the address (OGC 20-004: `q`, `type`, `ids`…)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from mig_idg.catalogue.cql2 import predicate
from mig_idg.catalogue.search import SORTABLE, Predicate, Search
from mig_idg.errors import InvalidParameter, Text, did_you_mean, nearest
from mig_idg.store.crs import CRS84, box
from mig_idg.store.datetimes import period

DEFAULT_LIMIT = 10
MOST = 1_000
FURTHEST = 1_000_000
LONGEST = 500
CORE = ("q", "type", "ids", "externalIds", "bbox", "datetime", "limit")
FILTERS = ("filter", "filter-lang", "filter-crs")
LANGUAGES = ("cql2-text", "cql2-json")
NAMES = (*CORE, *FILTERS, "sortby", "offset", "facets")


@dataclass(frozen=True, slots=True)
class Page:
    """A search, and the page of it that is asked for."""

    search: Search
    limit: int
    offset: int
    facets: bool = False


def page(query: Mapping[str, str]) -> Page:
    """The page asked for; a parameter without value is as if it were not there (20-004r1). Raises InvalidParameter."""
    query = {
        name: value
        for name, value in query.items()
        if name not in CORE or (value and (name, value) != ("datetime", "/"))
    }
    search = Search(
        terms=_list(query, "q"),
        bbox=_bbox(query),
        period=_period(query),
        kinds=_list(query, "type"),
        ids=_list(query, "ids"),
        external_ids=_list(query, "externalIds"),
        sort=_sort(query),
        predicate=_filter(query),
    )
    return Page(
        search,
        min(whole(query, "limit", DEFAULT_LIMIT, 1), MOST),
        whole(query, "offset", 0, 0),
        _flag(query, "facets"),
    )


def whole(query: Mapping[str, str], name: str, default: int, least: int) -> int:
    """A whole number. Raises InvalidParameter."""
    value = query.get(name)
    if value is None:
        return default
    if not value.isascii() or not value.isdigit() or len(value) > 9 or not least <= int(value) <= FURTHEST:
        raise InvalidParameter(
            name,
            Text(
                f"« {name} » doit être un entier à partir de {least}.", f"“{name}” must be a whole number from {least}."
            ),
        )
    return int(value)


def _list(query: Mapping[str, str], name: str) -> tuple[str, ...]:
    words = tuple(word.strip() for word in query.get(name, "")[: LONGEST * 20].split(",") if word.strip())
    if name in query and not words:
        raise InvalidParameter(name, Text(f"« {name} » est vide.", f"“{name}” is empty."))
    return words


def _bbox(query: Mapping[str, str]) -> tuple[tuple[float, float, float, float], ...]:
    if "bbox" not in query:
        return ()
    try:
        numbers = [float(part) for part in query["bbox"].split(",", 6)]
    except ValueError:
        raise InvalidParameter(
            "bbox", Text("« bbox » attend des nombres entre virgules.", "“bbox” expects numbers between commas.")
        ) from None
    return box(numbers, CRS84).parts


def _period(query: Mapping[str, str]) -> tuple[str | None, str | None] | None:
    if "datetime" not in query:
        return None
    asked = period(query["datetime"])
    end = asked.end
    if end and asked.end_open and end[11:19] == "00:00:00" and end[:10] != "0001-01-01":
        end = (date.fromisoformat(end[:10]) - timedelta(days=1)).isoformat()
    return asked.start, end


def _filter(query: Mapping[str, str]) -> Predicate | None:
    """The question of `filter` (OGC 19-079r2): CQL2, in degrees, longitude first."""
    language = query.get("filter-lang", "cql2-text")
    if language not in LANGUAGES:
        raise InvalidParameter(
            "filter-lang", Text(f"Attendu : {', '.join(LANGUAGES)}.", "Expected: cql2-text, cql2-json.")
        )
    if query.get("filter-crs", CRS84.uri) != CRS84.uri:
        raise InvalidParameter(
            "filter-crs", Text(f"Les fiches sont en degrés : {CRS84.uri}.", f"Records are in degrees: {CRS84.uri}.")
        )
    return predicate(query["filter"], language) if "filter" in query else None


def _sort(query: Mapping[str, str]) -> tuple[tuple[str, bool], ...]:
    found = []
    for word in _list(query, "sortby"):
        name = word.lstrip("+- ")
        if name not in SORTABLE:
            raise InvalidParameter(
                "sortby",
                Text(f"Pas de tri sur « {name[:40]} ».", f"No sorting by “{name[:40]}”."),
                remedy=did_you_mean(nearest(name, SORTABLE))
                or Text(f"Attendu : {', '.join(SORTABLE)}.", f"Expected: {', '.join(SORTABLE)}."),
            )
        found.append((name, word.startswith("-")))
    return tuple(found)


def _flag(query: Mapping[str, str], name: str) -> bool:
    value = query.get(name, "false")
    if value not in ("true", "false"):
        raise InvalidParameter(name, Text("« true » ou « false » est attendu.", "“true” or “false” is expected."))
    return value == "true"
