"""What is told of remarks: to everybody what was made public, to who wrote where it stands. Never who wrote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lxml import etree

from mig_idg.errors import Lang
from mig_idg.registry.remarks import KINDS, STATES

ATOM = "http://www.w3.org/2005/Atom"
GEORSS = "http://www.georss.org/georss"


def shown(row: Mapping[str, Any], lang: Lang) -> dict[str, Any]:
    """A remark that was made public."""
    return {
        "id": row["id"],
        "kind": row["kind"],
        "title": KINDS[row["kind"]].in_(lang).capitalize(),
        "state": row["state"],
        "state_title": STATES[row["state"]].in_(lang),
        "asked_on": row["asked_on"].isoformat(),
        "language": row["lang"],
        "words": row["words"],
        "answered_on": row["answered_on"].isoformat() if row["answered_on"] else None,
        "answer": row["answer"],
        "feature": row["feature"],
        "geometry": row["geometry"],
    }


def followed(row: Mapping[str, Any], lang: Lang) -> dict[str, Any]:
    """Where a remark stands, for who wrote it."""
    return {
        "id": row["id"],
        "kind": row["kind"],
        "title": KINDS[row["kind"]].in_(lang).capitalize(),
        "dataset": row["dataset"],
        "state": row["state"],
        "state_title": STATES[row["state"]].in_(lang),
        "due": row["due"].isoformat(),
        "words": row["words"],
        "answer": row["answer"],
        "public": row["public"],
    }


def feed(remarks: Iterable[Mapping[str, Any]], title: str, home: str, lang: Lang) -> bytes:
    """Atom (RFC 4287) of what `shown` tells, with its place (GeoRSS)."""
    told = list(remarks)
    namespaces: dict[str | None, str] = {None: ATOM, "georss": GEORSS}
    root = etree.Element(f"{{{ATOM}}}feed", nsmap=namespaces)  # type: ignore[arg-type]
    root.set("{http://www.w3.org/XML/1998/namespace}lang", lang)
    _add(root, "id", home)
    _add(root, "title", title)
    _add(root, "updated", f"{max((one['answered_on'] for one in told), default='1970-01-01')}T00:00:00Z")
    _link(root, "self", f"{home}?f=atom", "application/atom+xml")
    _link(root, "alternate", f"{home}?f=html", "text/html")
    for one in told:
        entry = etree.SubElement(root, f"{{{ATOM}}}entry")
        _add(entry, "id", f"{home}#r-{one['id']}")
        _add(entry, "title", f"{one['title']} n° {one['id']}")
        _add(entry, "updated", f"{one['answered_on']}T00:00:00Z")
        _add(etree.SubElement(entry, f"{{{ATOM}}}author"), "name", title)
        _add(entry, "summary", one["words"])
        _add(entry, "content", one["answer"])
        _link(entry, "alternate", f"{home}?f=html#r-{one['id']}", "text/html")
        geometry = one["geometry"]
        if geometry and geometry["type"] == "Point":
            longitude, latitude = geometry["coordinates"]
            etree.SubElement(entry, f"{{{GEORSS}}}point").text = f"{latitude:g} {longitude:g}"
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _add(into: etree._Element, name: str, text: str) -> None:
    etree.SubElement(into, f"{{{ATOM}}}{name}").text = "".join(c for c in text if c.isprintable() or c in "\n\t")


def _link(into: etree._Element, rel: str, href: str, media_type: str) -> None:
    found = etree.SubElement(into, f"{{{ATOM}}}link")
    found.set("rel", rel)
    found.set("href", href)
    found.set("type", media_type)
