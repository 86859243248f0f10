"""Atom (RFC 4287): the records, what was updated last first, with their extent (GeoRSS) and their forms."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from mig_idg.catalogue.iso19139 import _sound as sound
from mig_idg.catalogue.model import HOME, Deleted, Publisher, Record
from mig_idg.errors import Lang

ATOM = "http://www.w3.org/2005/Atom"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"
GEORSS = "http://www.georss.org/georss"


def document(
    records: Iterable[Record], publisher: Publisher, lang: Lang, stamp: str, deleted: Iterable[Deleted] = ()
) -> bytes:
    """The feed, in UTF-8; what was taken down is a deleted entry (RFC 6721)."""
    namespaces: dict[str | None, str] = {None: ATOM, "georss": GEORSS, "at": TOMBSTONES}
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap=namespaces)  # type: ignore[arg-type]
    feed.set("{http://www.w3.org/XML/1998/namespace}lang", lang)
    told = list(records)
    _add(feed, "id", f"{HOME}/feed.atom")
    _add(feed, "title", publisher.title.in_(lang))
    _add(feed, "subtitle", publisher.description.in_(lang))
    _add(feed, "updated", _moment(max((one.revised or one.stamp for one in told), default=stamp)))
    _link(feed, "self", f"{HOME}/feed.atom", "application/atom+xml")
    _link(feed, "alternate", f"{HOME}/collections/records/items?f=html", "text/html")
    _add(etree.SubElement(feed, f"{{{ATOM}}}author"), "name", publisher.name)
    for grave in deleted:
        entry = etree.SubElement(feed, f"{{{TOMBSTONES}}}deleted-entry")
        entry.set("ref", grave.card)
        entry.set("when", _moment(grave.since))
        etree.SubElement(entry, f"{{{TOMBSTONES}}}comment").text = sound(f"{grave.title}. {grave.reason}")
        _link(entry, "alternate", grave.identifier, "text/html")
    for record in told:
        _entry(etree.SubElement(feed, f"{{{ATOM}}}entry"), record)
    return etree.tostring(feed, xml_declaration=True, encoding="UTF-8")


def _entry(entry: etree._Element, record: Record) -> None:
    _add(entry, "id", record.card)
    _add(entry, "title", record.title)
    _add(entry, "updated", _moment(record.revised or record.stamp))
    _add(entry, "summary", record.abstract)
    _add(entry, "rights", " ".join(record.use_conditions))
    for party in record.parties:
        if party.role == "owner":
            _add(etree.SubElement(entry, f"{{{ATOM}}}author"), "name", party.name)
    for word in record.keywords:
        etree.SubElement(entry, f"{{{ATOM}}}category").set("term", sound(word))
    _link(entry, "alternate", record.page, "text/html")
    _link(entry, "describedby", f"{HOME}{record.forms}?f=iso19139", "application/xml")
    if record.bbox is not None:
        west, south, east, north = record.bbox
        etree.SubElement(entry, f"{{{GEORSS}}}box").text = f"{south:g} {west:g} {north:g} {east:g}"


def _moment(day: str) -> str:
    return day if "T" in day else f"{day}T00:00:00Z"


def _add(into: etree._Element, name: str, text: str) -> None:
    etree.SubElement(into, f"{{{ATOM}}}{name}").text = sound(text)


def _link(into: etree._Element, rel: str, href: str, media: str) -> None:
    one = etree.SubElement(into, f"{{{ATOM}}}link")
    one.set("rel", rel)
    one.set("href", href)
    one.set("type", media)
