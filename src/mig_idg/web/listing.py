"""Long lists put in order for a reader: conformance classes by standard, operations by subject."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from markupsafe import Markup

from mig_idg.errors import Text
from mig_idg.web import messages
from mig_idg.web.frame import Frame

_CHANGES: dict[object, Text] = {
    "added": Text("ajoutée", "added"),
    "changed": Text("modifiée", "changed"),
    "removed": Text("retirée", "removed"),
}
_STANDARDS = {
    "ogcapi-common-1": "OGC API - Common, 1 : Core",
    "ogcapi-common-2": "OGC API - Common, 2 : Geospatial Data",
    "ogcapi-features-1": "OGC API - Features, 1 : Core",
    "ogcapi-features-2": "OGC API - Features, 2 : CRS",
    "ogcapi-features-3": "OGC API - Features, 3 : Filtering",
    "ogcapi-features-4": "OGC API - Features, 4 : Create, Replace, Update and Delete",
    "ogcapi-features-5": "OGC API - Features, 5 : Schemas",
    "ogcapi-tiles-1": "OGC API - Tiles",
    "ogcapi-maps-1": "OGC API - Maps",
    "ogcapi-coverages-1": "OGC API - Coverages",
    "ogcapi-records-1": "OGC API - Records",
    "ogcapi-processes-1": "OGC API - Processes",
    "cql2": "CQL2",
    "json-fg-1": "JSON-FG",
}


def by_standard(uris: Iterable[str]) -> list[tuple[str, list[str]]]:
    """The classes of each standard, in the order of first appearance."""
    grouped: dict[str, list[str]] = {}
    for uri in uris:
        parts = uri.split("/spec/", 1)[-1].split("/")
        grouped.setdefault(_STANDARDS.get(parts[0], parts[0]), []).append(uri)
    return list(grouped.items())


def operations_of(document: Mapping[str, Any], tag: str) -> list[dict[str, Any]]:
    """The operations of an OpenAPI document under one tag: path, verb, the operation, its media types."""
    return [
        {
            "path": path,
            "verb": verb.upper(),
            "operation": operation,
            "medias": [media for response in operation["responses"].values() for media in response.get("content", {})],
        }
        for path, verbs in document["paths"].items()
        for verb, operation in verbs.items()
        if tag in operation.get("tags", ())
    ]


def told_together(decisions: Iterable[Mapping[str, Any]]) -> list[tuple[list[str], Mapping[str, Any]]]:
    """Decisions that say the same, once: the titles of their actions, and what is said.

    Refusals by one rule, with one thing to do, are one: their sentences differ by the verb only.
    """
    grouped: dict[str, tuple[list[str], Mapping[str, Any]]] = {}
    for one in decisions:
        apart = ("action", "title") if one["outcome"] == "permit" else ("action", "title", "reason")
        said = repr([(name, value) for name, value in one.items() if name not in apart])
        grouped.setdefault(said, ([], one))[0].append(one["title"])
    return list(grouped.values())


def format_word(link: Mapping[str, str]) -> str:
    """The format alone of a link to the features: `GeoPackage` out of « Les entités en GeoPackage »."""
    title = link["title"]
    for said in ("Les entités en ", "Items as "):
        title = title.removeprefix(said)
    return title.partition(",")[0]


def table_rows(features: Iterable[Mapping[str, Any]], columns: list[str], home: str, frame: Frame) -> Markup:
    """The lines of a table of features, each with its address.

    Written here because a template takes eight times as long: 0.2 s for five hundred lines.
    """
    lines = []
    for feature in features:
        properties = feature.get("properties") or {}
        if (change := _CHANGES.get(properties.get("idg_change"))) is not None:
            properties = {**properties, "idg_change": change.in_(frame.lang)}
        cells = "".join([f"<td>{escape(messages.value(properties.get(name), frame.lang))}</td>" for name in columns])
        address = escape(frame.url(f"{home}/items/{feature['at']}"))
        lines.append(f'<tr><th scope="row"><a href="{address}">{escape(str(feature["id"]))}</a></th>{cells}</tr>\n')
    return Markup("".join(lines))  # noqa: S704 — every value was escaped
