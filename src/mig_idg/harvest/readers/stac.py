"""STAC: a catalogue walked from its root (child links), or an API's `/collections`; each collection is a dataset.

The documents are read as they are: pystac would fetch links by itself, on connections that nobody guards.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from mig_idg.errors import Text
from mig_idg.harvest.description import Description, Finding, box, kept, party, resource, text, words
from mig_idg.harvest.model import Source
from mig_idg.harvest.readers.page import (
    Ask,
    Page,
    Reader,
    Unreadable,
    broken,
    following,
    from_json,
    inner,
    links,
    many,
    mapping,
)
from mig_idg.jobs.outgoing import Answer


def first(source: Source, since: str | None) -> tuple[Ask, ...]:
    """The root."""
    return (Ask(source.url),)


def read(source: Source, ask: Ask, answer: Answer) -> Page:
    """A catalogue, a collection, or a list of collections of an API."""
    document = mapping(from_json(answer), "STAC")
    if isinstance(document.get("collections"), list):
        return _listed(document, ask, answer)
    kind = document.get("type")
    if kind not in ("Catalog", "Collection"):
        raise Unreadable(Text(f"{answer.address[:300]} : ni catalogue ni collection STAC.",
                              f"{answer.address[:300]}: neither a STAC catalogue nor a collection."))  # fmt: skip
    records, findings = _read((document,) if kind == "Collection" else (), answer.address)
    by_api = [one for one in links(document) if one.get("rel") == "data"]
    children = by_api[:1] or [one for one in links(document) if one.get("rel") == "child"]
    follow = tuple(Ask(urljoin(answer.address, one["href"]), ask.depth + 1) for one in children)
    return Page(records, findings, follow)


def _listed(document: Mapping[str, Any], ask: Ask, answer: Answer) -> Page:
    records, findings = _read(document["collections"], answer.address)
    return Page(records, findings, following(document, ask, answer))


def _read(documents: Any, address: str) -> tuple[tuple[Description, ...], tuple[Finding, ...]]:
    records: list[Description] = []
    findings: list[Finding] = []
    for one in documents:
        try:
            records.append(_collection(mapping(one, "collection"), address))
        except Exception as error:
            findings.append(broken(text(inner(one).get("id")) or None, error))
    return tuple(records), tuple(findings)


def _collection(one: Mapping[str, Any], address: str) -> Description:
    extent = inner(one.get("extent"))
    flat = many((many(inner(extent.get("spatial")).get("bbox")) or [None])[0])
    interval = many((many(inner(extent.get("temporal")).get("interval")) or [None])[0])
    licence = next((item["href"] for item in links(one) if item.get("rel") == "license"), None)
    here = next((urljoin(address, item["href"]) for item in links(one) if item.get("rel") == "self"), None)
    assets = inner(one.get("assets")).values()
    items = [item for item in links(one) if item.get("rel") == "items"]
    return Description(
        identifier=str(one.get("id") or ""),
        title=text(one.get("title")) or str(one.get("id") or ""),
        abstract=text(one.get("description")),
        kind="series",
        keywords=words(many(one.get("keywords"))),
        created=text(one.get("created")) or None,
        revised=text(one.get("updated")) or None,
        bbox=box(flat if len(flat) == 4 else [*flat[:2], *flat[3:5]]) if flat else None,
        period=(text(interval[0]) or None, text(interval[1]) or None) if len(interval) == 2 else None,
        licence=licence or text(one.get("license")) or None,
        parties=kept(_provider(item) for item in many(one.get("providers"))),
        resources=kept(
            resource(
                urljoin(address, str(inner(item).get("href", ""))), inner(item).get("title"), inner(item).get("type")
            )
            for item in (*assets, *items)
        ),
        external_ids=words([here]),
        page=here,
    )


def _provider(item: Any) -> dict[str, str] | None:
    told = inner(item)
    roles = {"producer": "owner", "licensor": "owner", "host": "distributor", "processor": "processor"}
    role = next((roles[one] for one in many(told.get("roles")) if one in roles), "pointOfContact")
    return party(told.get("name"), role, None, told.get("url"))


READER = Reader(first, read)
