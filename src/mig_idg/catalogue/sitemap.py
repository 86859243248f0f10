"""The sitemap (sitemaps.org 0.9) of the records that the caller may know of, for search engines and their datasets."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from mig_idg.catalogue.model import HOME, Record

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
MOST = 25_000  # a file has 50 000 addresses and 50 MB at most


def pages(records: Sequence[Record]) -> int:
    """How many files the records take; one at least."""
    return max(1, -(-len(records) // MOST))


def index(count: int) -> bytes:
    """The index of so many files."""
    root = etree.Element(f"{{{SITEMAP}}}sitemapindex", nsmap={None: SITEMAP})  # type: ignore[dict-item]
    for number in range(1, count + 1):
        _located(etree.SubElement(root, f"{{{SITEMAP}}}sitemap"), f"{HOME}/sitemap.xml?page={number}", None)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def document(records: Sequence[Record]) -> bytes:
    """The pages of these records, each with the day of its last change."""
    root = etree.Element(f"{{{SITEMAP}}}urlset", nsmap={None: SITEMAP})  # type: ignore[dict-item]
    for record in records:
        changed = max(record.revised or record.stamp, record.stamp)
        _located(etree.SubElement(root, f"{{{SITEMAP}}}url"), f"{HOME}{record.forms}?f=html", changed[:10])
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _located(into: etree._Element, address: str, day: str | None) -> None:
    etree.SubElement(into, f"{{{SITEMAP}}}loc").text = address
    if day:
        etree.SubElement(into, f"{{{SITEMAP}}}lastmod").text = day
