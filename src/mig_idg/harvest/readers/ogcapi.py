"""OGC API: Records (one record an item) and Features (one dataset a collection)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from mig_idg.harvest.description import Description, Finding, box, kept, party, resource, text, words
from mig_idg.harvest.model import Source
from mig_idg.harvest.readers.page import (
    PAGE,
    Ask,
    Page,
    Reader,
    asking,
    below,
    broken,
    following,
    from_json,
    inner,
    links,
    listed,
    many,
    mapping,
)
from mig_idg.jobs.outgoing import Answer


def first_records(source: Source, since: str | None) -> tuple[Ask, ...]:
    """The items of the record collection, whose address the source gives with or without `/items`."""
    bare = source.url.partition("?")[0].rstrip("/")
    address = source.url if bare.endswith("/items") else below(source.url, "items")
    return (Ask(asking(address, f="json", limit=PAGE)),)


def read_records(source: Source, ask: Ask, answer: Answer) -> Page:
    """One FeatureCollection of records."""
    document = mapping(from_json(answer), "FeatureCollection")
    records: list[Description] = []
    findings: list[Finding] = []
    for one in listed(document.get("features"), "features"):
        try:
            records.append(_record(mapping(one, "record"), answer.address))
        except Exception as error:
            findings.append(broken(text(inner(one).get("id")) or None, error))
    return Page(tuple(records), tuple(findings), following(document, ask, answer))


def _record(one: Mapping[str, Any], address: str) -> Description:
    told = inner(one.get("properties"))
    ids = [_external(item) for item in many(told.get("externalIds"))]
    concepts = [concept for theme in many(told.get("themes")) for concept in many(inner(theme).get("concepts"))]
    interval = many(inner(one.get("time")).get("interval"))
    return Description(
        identifier=str(one.get("id") or ""),
        title=text(told.get("title")),
        abstract=text(told.get("description")),
        kind=told["type"] if told.get("type") in ("series", "service", "nonGeographicDataset") else "dataset",
        keywords=words(many(told.get("keywords"))),
        topics=words(text(inner(item).get("id")) for item in concepts),
        language=_language(told),
        created=text(told.get("resourceCreated")) or text(told.get("created")) or None,
        revised=text(told.get("resourceUpdated")) or text(told.get("updated")) or None,
        frequency=text(told.get("updateFrequency")) or None,
        lineage=text(told.get("lineage")) or None,
        scale=told["scaleDenominator"] if isinstance(told.get("scaleDenominator"), int) else None,
        bbox=_bounds(one.get("geometry")) or box(many(one.get("bbox"))),
        period=(_open(interval[0]), _open(interval[1])) if len(interval) == 2 else None,
        licence=text(told.get("license")) or None,
        rights=words([told.get("rights")]),
        attribution=text(told.get("attribution")) or None,
        parties=kept(_contact(item) for item in many(told.get("contacts"))),
        resources=kept(
            resource(urljoin(address, item["href"]), item.get("title"), item.get("type"))
            for item in links(one)
            if item.get("rel") in ("item", "items", "enclosure", "data", "service", "tiles", "map", "coverage")
        ),
        external_ids=words(ids),
        page=next(
            (urljoin(address, one["href"]) for one in links(one) if one.get("rel") in ("describes", "canonical")), None
        ),
        fields=words(inner(item).get("name") for item in many(told.get("fields"))),
    )  # fmt: skip


def _external(item: Any) -> str:
    return text(item.get("value")) if isinstance(item, dict) else text(item)


def _language(told: Mapping[str, Any]) -> str | None:
    for one in (*many(told.get("resourceLanguages")), told.get("language")):
        if found := text(inner(one).get("code")) or text(one):
            return found[:10]
    return None


def _open(value: Any) -> str | None:
    return None if value in (None, "..", "") else text(value)


def _contact(item: Any) -> dict[str, str] | None:
    told = inner(item)
    mail = next((inner(one).get("value") for one in many(told.get("emails"))), None)
    role = next((text(one) for one in many(told.get("roles")) if text(one)), "pointOfContact")
    return party(told.get("organization") or told.get("name"), role, mail)


def _bounds(geometry: Any) -> tuple[float, float, float, float] | None:
    """The bounds of a GeoJSON geometry, without recursion: depth is the other side's."""
    pending: list[Any] = [inner(geometry).get("coordinates")]
    xs: list[float] = []
    ys: list[float] = []
    while pending and len(pending) < 100_000:
        one = pending.pop()
        if isinstance(one, list) and len(one) >= 2 and all(isinstance(value, int | float) for value in one[:2]):
            xs.append(one[0])
            ys.append(one[1])
        elif isinstance(one, list):
            pending.extend(one)
    return (min(xs), min(ys), max(xs), max(ys)) if xs else None


def first_collections(source: Source, since: str | None) -> tuple[Ask, ...]:
    """The collections of a service, by its root address."""
    bare = source.url.partition("?")[0].rstrip("/")
    return (Ask(asking(source.url if bare.endswith("/collections") else below(source.url, "collections"), f="json")),)


def read_collections(source: Source, ask: Ask, answer: Answer) -> Page:
    """One page of `/collections`: each that has items, tiles, maps or coverages is a dataset."""
    document = mapping(from_json(answer), "collections")
    records: list[Description] = []
    findings: list[Finding] = []
    for one in listed(document.get("collections"), "collections"):
        try:
            told = mapping(one, "collection")
            if text(told.get("itemType")) != "record":
                records.append(_collection(told, answer.address))
        except Exception as error:
            findings.append(broken(text(inner(one).get("id")) or None, error))
    return Page(tuple(records), tuple(findings), following(document, ask, answer))


def _collection(one: Mapping[str, Any], address: str) -> Description:
    spatial = many(inner(inner(one.get("extent")).get("spatial")).get("bbox"))
    interval = many(inner(inner(one.get("extent")).get("temporal")).get("interval"))
    flat = many(spatial[0]) if spatial else []
    rels = ("items", "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector", "http://www.opengis.net/def/rel/ogc/1.0/map",
            "http://www.opengis.net/def/rel/ogc/1.0/coverage", "enclosure")  # fmt: skip
    here = next((urljoin(address, item["href"]) for item in links(one) if item.get("rel") == "self"), None)
    licence = next((item["href"] for item in links(one) if item.get("rel") == "license"), None)
    id = str(one.get("id") or "")
    return Description(
        identifier=id,
        title=text(one.get("title")) or id,
        abstract=text(one.get("description")),
        keywords=words(many(one.get("keywords"))),
        revised=text(one.get("updated")) or None,
        bbox=box(flat[:4] if len(flat) == 4 else [*flat[:2], *flat[3:5]]) if flat else None,
        period=(_open(interval[0][0]), _open(interval[0][1])) if interval and len(many(interval[0])) == 2 else None,
        licence=text(one.get("license")) or licence,
        attribution=text(one.get("attribution")) or None,
        resources=kept(
            resource(urljoin(address, item["href"]), item.get("title"), item.get("type"))
            for item in links(one)
            if item.get("rel") in rels
        ),
        external_ids=words([here.partition("?")[0] if here else ""]),
        page=here,
    )


RECORDS = Reader(first_records, read_records, "application/geo+json, application/json")
FEATURES = Reader(first_collections, read_collections)
