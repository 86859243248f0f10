"""OpenSearch 1.1 with the Geo and Time extensions (OGC 10-032r8): how browsers and clients find the search."""

from __future__ import annotations

from lxml import etree

from mig_idg.catalogue.iso19139 import _sound as sound
from mig_idg.catalogue.model import HOME, Publisher
from mig_idg.errors import Lang, Text

OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
GEO = "http://a9.com/-/opensearch/extensions/geo/1.0/"
TIME = "http://a9.com/-/opensearch/extensions/time/1.0/"
MEDIA_TYPE = "application/opensearchdescription+xml"
_ITEMS = f"{HOME}/collections/records/items"
_ASKED = "q={searchTerms?}&limit={count?}&offset={startIndex?}&bbox={geo:box?}&datetime={time:start?}/{time:end?}"


def document(publisher: Publisher, lang: Lang) -> bytes:
    """The description, in UTF-8. Short names have 16 characters at most, descriptions 1024."""
    namespaces: dict[str | None, str] = {None: OPENSEARCH, "geo": GEO, "time": TIME}
    root = etree.Element(f"{{{OPENSEARCH}}}OpenSearchDescription", nsmap=namespaces)  # type: ignore[arg-type]
    title = sound(publisher.title.in_(lang))
    _add(root, "ShortName", Text("Catalogue IDG", "SDI catalogue").in_(lang))
    _add(root, "Description", sound(publisher.description.in_(lang))[:1024])
    if publisher.email:
        _add(root, "Contact", publisher.email)
    for media, template in (
        ("text/html", f"{_ITEMS}?f=html&q={{searchTerms}}"),
        ("application/geo+json", f"{_ITEMS}?f=json&{_ASKED}"),
    ):
        url = etree.SubElement(root, f"{{{OPENSEARCH}}}Url")
        for name, value in (("type", media), ("rel", "results"), ("indexOffset", "0"), ("template", template)):
            url.set(name, value)
    _add(root, "LongName", title[:48])
    _add(root, "SyndicationRight", "open")
    _add(root, "Language", lang)
    _add(root, "InputEncoding", "UTF-8")
    _add(root, "OutputEncoding", "UTF-8")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _add(into: etree._Element, name: str, text: str) -> None:
    etree.SubElement(into, f"{{{OPENSEARCH}}}{name}").text = text
