"""Dublin Core: `csw:Record`, the common record of CSW 2.0.2 (10.2.5), with its brief and summary views."""

from __future__ import annotations

from typing import Literal

from lxml import etree

from mig_idg.catalogue.iso19139 import _sound as sound
from mig_idg.catalogue.model import Record

CSW = "http://www.opengis.net/cat/csw/2.0.2"
DC = "http://purl.org/dc/elements/1.1/"
DCT = "http://purl.org/dc/terms/"
OWS = "http://www.opengis.net/ows"
NAMESPACES = {"csw": CSW, "dc": DC, "dct": DCT, "ows": OWS}
View = Literal["brief", "summary", "full"]
_NAMES = {"brief": "BriefRecord", "summary": "SummaryRecord", "full": "Record"}


def document(record: Record) -> bytes:
    """The whole document, in UTF-8."""
    return etree.tostring(element(record), xml_declaration=True, encoding="UTF-8")


def element(record: Record, view: View = "full") -> etree._Element:
    """`csw:Record`, `csw:SummaryRecord` or `csw:BriefRecord`: elements in the order of the schema."""
    root = etree.Element(f"{{{CSW}}}{_NAMES[view]}", nsmap=NAMESPACES)
    _add(root, DC, "identifier", record.file_identifier)
    _add(root, DC, "title", record.title)
    _add(root, DC, "type", record.kind)
    if view != "brief":
        for word in (*record.keywords, *([record.inspire.label.in_(record.lang)] if record.inspire else [])):
            _add(root, DC, "subject", word)
        for name, _ in record.formats:
            _add(root, DC, "format", name)
        if view == "full":
            for external in (record.identifier, *record.external_ids):
                _add(root, DC, "relation", external)
        _add(root, DCT, "modified", record.revised or record.stamp)
        _add(root, DCT, "abstract", record.abstract)
    if view == "full":
        _rest(root, record)
    if record.bbox is not None:
        _box(root, record.bbox)
    return root


def _rest(root: etree._Element, record: Record) -> None:
    for party in record.parties:
        name = {"owner": "creator", "distributor": "publisher"}.get(party.role, "contributor")
        _add(root, DC, name, party.name)
    _add(root, DC, "language", record.language)
    if record.lineage:
        _add(root, DC, "source", record.lineage)
    for sentence in (*record.use_conditions, *(clause.sentence for clause in record.clauses)):
        _add(root, DC, "rights", sentence)
    for resource in record.resources:
        _add(root, DCT, "references", resource.href).set("scheme", resource.media_type or "WWW:LINK")


def _box(root: etree._Element, bbox: tuple[float, float, float, float]) -> None:
    west, south, east, north = bbox
    box = etree.SubElement(root, f"{{{OWS}}}BoundingBox")
    box.set("crs", "urn:x-ogc:def:crs:EPSG:6.11:4326")
    etree.SubElement(box, f"{{{OWS}}}LowerCorner").text = f"{south:g} {west:g}"
    etree.SubElement(box, f"{{{OWS}}}UpperCorner").text = f"{north:g} {east:g}"


def _add(root: etree._Element, namespace: str, name: str, text: str) -> etree._Element:
    found = etree.SubElement(root, f"{{{namespace}}}{name}")
    found.text = sound(text)
    return found
