"""ISO 19139 and ISO 19115-3 read as one: what a document says of a dataset, whichever schemas it is written in.

The two give their elements the same names in other namespaces, so they are read by name; owslib reads each by halves
(languages, anchors, dates of 19115-3). Nothing is fetched, no DTD and no entity is read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from mig_idg.catalogue.model import Party
from mig_idg.errors import Text, Unprocessable
from mig_idg.standards.safe_xml import local, parsed

Element = etree._Element
LARGEST = 4 * 1024 * 1024
_THEMES = "http://inspire.ec.europa.eu/theme/"
_LIMITATIONS = "LimitationsOnPublicAccess/"


@dataclass(frozen=True, slots=True)
class Read:
    """What a document says, in its own words; `conditions` are those of use, `limitations` codes of INSPIRE."""

    file_identifier: str | None
    kind: str | None
    title: str | None
    abstract: str | None
    identifiers: tuple[str, ...]
    keywords: tuple[str, ...]
    themes: tuple[str, ...]
    topics: tuple[str, ...]
    metadata_language: str | None
    language: str | None
    stamp: str | None
    created: str | None
    revised: str | None
    frequency: str | None
    lineage: str | None
    scale: int | None
    resolution: float | None
    bbox: tuple[float, float, float, float] | None
    period: tuple[str | None, str | None] | None
    crs: tuple[int, ...]
    representation: str | None
    parties: tuple[Party, ...]
    attribution: str | None
    conditions: tuple[str, ...]
    limitations: tuple[str, ...]
    clauses: tuple[str, ...]
    inspire_conformant: bool | None
    formats: tuple[tuple[str, str], ...]
    links: tuple[tuple[str, str], ...]


def read(body: bytes) -> Read:
    """What a document says. Raises Unprocessable: not XML that is read, or not the metadata of a dataset."""
    if len(body) > LARGEST:
        raise Unprocessable(Text("Le document dépasse 4 Mio.", "The document exceeds 4 MiB."))
    root = parsed(body)
    found = (
        root
        if local(root) == "MD_Metadata"
        else next((one for one in root.iter() if local(one) == "MD_Metadata"), None)
    )
    about = None if found is None else _first(found, "identificationInfo", "MD_DataIdentification")
    if found is None or about is None:
        raise Unprocessable(
            Text("Ce n'est pas une fiche ISO 19139 ou 19115-3 d'un jeu de données.",
                 "This is no ISO 19139 or 19115-3 record of a dataset."),
            remedy=Text("Attendu : MD_Metadata avec MD_DataIdentification.",
                        "Expected: MD_Metadata with MD_DataIdentification."),
        )  # fmt: skip
    return _read(found, about)


def _read(root: Element, about: Element) -> Read:
    citation = _first(about, "citation", "CI_Citation")
    dates = dict(_dates(citation))
    words = [_first(block, "MD_Keywords") for block in _all(about, "descriptiveKeywords")]
    free = [one for one in words if one is not None and not _is_thesaurus(one)]
    themes = [one for one in words if one is not None and _is_thesaurus(one)]
    limitations, clauses, conditions = _constraints(about)
    return Read(
        file_identifier=_text(root, "fileIdentifier") or _text(root, "metadataIdentifier", "MD_Identifier", "code"),
        kind=_code(root, "hierarchyLevel", "MD_ScopeCode")
        or _code(root, "metadataScope", "MD_MetadataScope", "resourceScope", "MD_ScopeCode"),
        title=_text(citation, "title"),
        abstract=_text(about, "abstract"),
        identifiers=tuple(filter(None, (_text(one, "code") for path in ("MD_Identifier", "RS_Identifier")
                                        for one in _all(citation, "identifier", path)))),
        keywords=tuple(filter(None, (_own(one) for block in free for one in _all(block, "keyword")))),
        themes=tuple(filter(None, (_own(one) for block in themes for one in _all(block, "keyword")))),
        topics=tuple(filter(None, (_own(one) for one in _all(about, "topicCategory")))),
        metadata_language=_code(root, "language", "LanguageCode")
        or _code(root, "defaultLocale", "PT_Locale", "language", "LanguageCode") or _text(root, "language"),
        language=_code(about, "language", "LanguageCode")
        or _code(about, "defaultLocale", "PT_Locale", "language", "LanguageCode") or _text(about, "language"),
        stamp=_day(_text(root, "dateStamp") or _text(root, "dateInfo", "CI_Date", "date")),
        created=dates.get("creation"),
        revised=dates.get("revision"),
        frequency=_code(about, "resourceMaintenance", "MD_MaintenanceInformation", "maintenanceAndUpdateFrequency",
                        "MD_MaintenanceFrequencyCode"),
        lineage=_text(root, "resourceLineage", "LI_Lineage", "statement")
        or _text(root, "dataQualityInfo", "DQ_DataQuality", "lineage", "LI_Lineage", "statement"),
        scale=_whole(_text(about, "spatialResolution", "MD_Resolution", "equivalentScale",
                           "MD_RepresentativeFraction", "denominator")),
        resolution=_number(_text(about, "spatialResolution", "MD_Resolution", "distance")),
        bbox=_bbox(about),
        period=_period(about),
        crs=tuple(_systems(root)),
        representation=_code(about, "spatialRepresentationType", "MD_SpatialRepresentationTypeCode"),
        parties=tuple(filter(None, (_party(one) for one in _all(about, "pointOfContact")))),
        attribution=_text(about, "credit"),
        conditions=conditions,
        limitations=limitations,
        clauses=clauses,
        inspire_conformant=_conformant(root),
        formats=tuple(_formats(root)),
        links=tuple(
            (_text(one, "linkage") or "", _text(one, "name") or "")
            for one in _all(root, "distributionInfo", "MD_Distribution", "transferOptions", "MD_DigitalTransferOptions",
                            "onLine", "CI_OnlineResource")
        ),
    )  # fmt: skip


def _constraints(about: Element) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Codes of limitations on public access, the words beside them, and the conditions of use."""
    codes: list[str] = []
    clauses: list[str] = []
    conditions: list[str] = []
    for block in _all(about, "resourceConstraints", "MD_LegalConstraints"):
        access = next(_all(block, "accessConstraints"), None) is not None
        for one in _all(block, "otherConstraints"):
            href, words = _href(one), _own(one)
            if href and _LIMITATIONS in href:
                codes.append(href.rpartition("/")[2])
            elif words:
                (clauses if access else conditions).append(words)
        conditions.extend(filter(None, (_own(one) for one in _all(block, "useLimitation"))))
    return tuple(codes), tuple(clauses), tuple(conditions)


def _formats(root: Element) -> Iterator[tuple[str, str]]:
    for one in _all(root, "distributionInfo", "MD_Distribution", "distributionFormat", "MD_Format"):
        citation = _first(one, "formatSpecificationCitation", "CI_Citation")
        name = _text(one, "name") or _text(citation, "title")
        if name:
            yield name, _text(one, "version") or _text(citation, "edition") or ""


def _systems(root: Element) -> Iterator[int]:
    for one in _all(root, "referenceSystemInfo", "MD_ReferenceSystem", "referenceSystemIdentifier"):
        code = next((text for text in (_text(child, "code") for child in one) if text), "")
        digits = code.rpartition(":")[2].rpartition("/")[2]
        if "EPSG" in code.upper() and digits.isdigit():
            yield int(digits)


def _conformant(root: Element) -> bool | None:
    """What the report on regulation 1089/2010 says; None without one."""
    for report in _all(root, "dataQualityInfo", "DQ_DataQuality", "report"):
        title = next((one for one in report.iter() if local(one) == "title"), None)
        told = next((_own(one) for one in report.iter() if local(one) == "pass"), None)
        if title is not None and told and ("1089/2010" in (_own(title) or "") or "2010/1089" in (_href(title) or "")):
            return told == "true"
    return None


def _party(into: Element) -> Party | None:
    block = next((one for one in into if local(one) in ("CI_ResponsibleParty", "CI_Responsibility")), None)
    organisation = _first(block, "party", "CI_Organisation")
    body = organisation if organisation is not None else block
    name = _text(body, "organisationName") or _text(body, "name") or _text(body, "individualName")
    if block is None or not name:
        return None
    contact = _first(body, "contactInfo", "CI_Contact")
    return Party(
        name,
        _code(block, "role", "CI_RoleCode") or "pointOfContact",
        _text(contact, "address", "CI_Address", "electronicMailAddress"),
        _text(contact, "onlineResource", "CI_OnlineResource", "linkage"),
    )


def _dates(citation: Element | None) -> Iterator[tuple[str, str]]:
    for one in _all(citation, "date", "CI_Date"):
        kind, value = _code(one, "dateType", "CI_DateTypeCode"), _day(_text(one, "date"))
        if kind and value:
            yield kind, value


def _bbox(about: Element) -> tuple[float, float, float, float] | None:
    for box in _all(about, "extent", "EX_Extent", "geographicElement", "EX_GeographicBoundingBox"):
        sides = ("westBoundLongitude", "southBoundLatitude", "eastBoundLongitude", "northBoundLatitude")
        west, south, east, north = (_number(_text(box, side)) for side in sides)
        if west is not None and south is not None and east is not None and north is not None:
            return west, south, east, north
    return None


def _period(about: Element) -> tuple[str | None, str | None] | None:
    for period in _all(about, "extent", "EX_Extent", "temporalElement", "EX_TemporalExtent", "extent", "TimePeriod"):
        first, last = _text(period, "beginPosition"), _text(period, "endPosition")
        if first or last:
            return first, last
    return None


def _is_thesaurus(block: Element) -> bool:
    """Whether keywords are INSPIRE themes: by the thesaurus, or by what the words point at."""
    title = _text(block, "thesaurusName", "CI_Citation", "title") or ""
    return "INSPIRE themes" in title or any((_href(one) or "").startswith(_THEMES) for one in _all(block, "keyword"))


def _all(into: Element | None, *path: str) -> Iterator[Element]:
    """The elements at the end of a path of local names."""
    if into is None:
        return
    name, *rest = path
    for child in into:
        if local(child) == name:
            if rest:
                yield from _all(child, *rest)
            else:
                yield child


def _first(into: Element | None, *path: str) -> Element | None:
    return next(_all(into, *path), None)


def _text(into: Element | None, *path: str) -> str | None:
    found = _first(into, *path)
    return None if found is None else _own(found)


def _own(element: Element) -> str | None:
    """The words of an element: its own or those of its value (CharacterString, Anchor, Date…), never an alternative
    language's."""
    whole = (element.text or "").strip()
    for child in element if not whole else ():
        if local(child) != "PT_FreeText":
            whole = _own(child) or whole
            break
    return " ".join(whole.split()) or None


def _href(element: Element) -> str | None:
    return next(
        (str(value) for child in element for name, value in child.attrib.items() if str(name).endswith("href")), None
    )


def _code(into: Element | None, *path: str) -> str | None:
    found = _first(into, *path)
    return None if found is None else (found.get("codeListValue") or "").strip() or None


def _day(text: str | None) -> str | None:
    return text[:10] if text else None


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None
