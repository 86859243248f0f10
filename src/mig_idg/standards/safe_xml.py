"""XML from elsewhere: no DTD, no entity, no network, no huge tree; what is wrong is said with its line."""

from __future__ import annotations

from typing import Any

from lxml import etree

from mig_idg.errors import Text, Unprocessable

Element = etree._Element


class BadXml(Unprocessable):
    """A document that is not the XML we read."""


def parser(*, comments: bool = False) -> etree.XMLParser:
    """The parser of whatever comes from elsewhere; `comments` keeps them, and processing instructions."""
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, recover=False,
        remove_comments=not comments, remove_pis=not comments,
    )  # fmt: skip


def parsed(body: bytes) -> Element:
    """The root of a document. Raises BadXml."""
    try:
        root: Element = etree.fromstring(body, parser())
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        line = getattr(error, "lineno", None)
        where = f" (ligne {line})" if line else "", f" (line {line})" if line else ""
        raise BadXml(Text(f"XML mal formé{where[0]}.", f"Malformed XML{where[1]}.")) from None
    docinfo: Any = root.getroottree().docinfo
    if docinfo.doctype or any(True for _ in root.iter(etree.Entity)):
        raise BadXml(
            Text(
                "Le document a une DTD ou des entités : il n'est pas lu.",
                "A document with a DTD or entities is not read.",
            )
        )
    return root


def local(element: Any) -> str:
    """The name of an element without its namespace."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def clean(root: Element) -> bytes:
    """The document written again from its tree: what a library may read without danger."""
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)
