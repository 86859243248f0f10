"""ISO 19139: the record as INSPIRE TG 2.0.1 and the CNIG guide ask for it, valid against both generations of schemas.

`gml320` writes the temporal extent in the GML namespace of the 2006-05-04 schemas; without it, that of 2007-04-17,
which is what living catalogues exchange.
"""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from mig_idg.catalogue import vocabularies
from mig_idg.catalogue.model import LANGUAGES, Party, Record
from mig_idg.errors import Text

GMD = "http://www.isotc211.org/2005/gmd"
GCO = "http://www.isotc211.org/2005/gco"
GMX = "http://www.isotc211.org/2005/gmx"
XLINK = "http://www.w3.org/1999/xlink"
GML = "http://www.opengis.net/gml/3.2"
GML_2006 = "http://www.opengis.net/gml"
CODELISTS = "http://standards.iso.org/iso/19139/resources/gmxCodelists.xml#"
LANGUAGE_CODES = "http://www.loc.gov/standards/iso639-2/"
MEDIA_TYPE = "application/xml"
PROFILE = "http://www.isotc211.org/2005/gmd"

Element = etree._Element


def document(record: Record, *, gml320: bool = False) -> bytes:
    """The whole document, in UTF-8."""
    return etree.tostring(element(record, gml320=gml320), xml_declaration=True, encoding="UTF-8")


def element(record: Record, *, gml320: bool = False) -> Element:
    """`gmd:MD_Metadata`."""
    gml = GML_2006 if gml320 else GML
    root = etree.Element(
        f"{{{GMD}}}MD_Metadata", nsmap={"gmd": GMD, "gco": GCO, "gmx": GMX, "xlink": XLINK, "gml": gml}
    )
    _text(root, "fileIdentifier", record.file_identifier)
    _language(root, LANGUAGES[record.lang])
    _code(root, "characterSet", "MD_CharacterSetCode", "utf8")
    _code(root, "hierarchyLevel", "MD_ScopeCode", record.kind)
    if record.kind != "dataset":
        _text(root, "hierarchyLevelName", Text("jeu de données non géographiques", "table").in_(record.lang))
    for party in _metadata_contacts(record):
        _party(_child(root, "contact"), party)
    _date(_child(root, "dateStamp"), record.stamp)
    _text(root, "metadataStandardName", "ISO 19115/19139")
    _text(root, "metadataStandardVersion", "2003/Cor.1:2006")
    for code in record.crs:
        _reference_system(root, code)
    _identification(_child(_child(root, "identificationInfo"), "MD_DataIdentification"), record, gml)
    _distribution(_child(_child(root, "distributionInfo"), "MD_Distribution"), record)
    _quality(_child(_child(root, "dataQualityInfo"), "DQ_DataQuality"), record)
    return root


def _metadata_contacts(record: Record) -> Iterable[Party]:
    """Who answers for the record: the contacts with an address, as points of contact, else the platform (C.5, C.6)."""
    found = [party for party in record.parties if party.email] or list(record.parties)
    return (Party(found[0].name, "pointOfContact", found[0].email or record.publisher.email),)


def _identification(into: Element, record: Record, gml: str) -> None:
    citation = _child(_child(into, "citation"), "CI_Citation")
    _text(citation, "title", record.title)
    for value, kind in ((record.created, "creation"), (record.revised, "revision")):
        if value:
            _dated(citation, value, kind)
    if not record.created and not record.revised:
        _dated(citation, record.stamp, "publication")
    for identifier in (record.identifier, *record.external_ids):
        _text(_child(_child(citation, "identifier"), "MD_Identifier"), "code", identifier)
    _text(into, "abstract", record.abstract)
    _text(into, "credit", record.attribution)
    for party in record.parties:
        _party(_child(into, "pointOfContact"), party)
    if record.frequency:
        maintenance = _child(_child(into, "resourceMaintenance"), "MD_MaintenanceInformation")
        _code(maintenance, "maintenanceAndUpdateFrequency", "MD_MaintenanceFrequencyCode", record.frequency)
    _all_keywords(into, record)
    _constraints(into, record)
    _code(into, "spatialRepresentationType", "MD_SpatialRepresentationTypeCode", record.representation)
    _resolution(into, record)
    _language(into, record.language)
    _code(into, "characterSet", "MD_CharacterSetCode", "utf8")
    for topic in record.topics:
        _child(_child(into, "topicCategory"), "MD_TopicCategoryCode").text = topic
    _extent(into, record, gml)


def _all_keywords(into: Element, record: Record) -> None:
    """Keywords by vocabulary: the INSPIRE theme under its thesaurus (1.4, C.15), then the free ones."""
    if record.inspire is not None:
        block = _child(_child(into, "descriptiveKeywords"), "MD_Keywords")
        _anchor(_child(block, "keyword"), record.inspire.uri, record.inspire.label.in_(record.lang))
        _code(block, "type", "MD_KeywordTypeCode", "theme")
        thesaurus = _child(_child(block, "thesaurusName"), "CI_Citation")
        _anchor(_child(thesaurus, "title"), "http://inspire.ec.europa.eu/theme", vocabularies.THEMES_TITLE)
        _dated(thesaurus, vocabularies.THEMES_DATE, "publication")
    if record.keywords:
        block = _child(_child(into, "descriptiveKeywords"), "MD_Keywords")
        for word in record.keywords:
            _text(block, "keyword", word)
        _code(block, "type", "MD_KeywordTypeCode", "theme")


def _constraints(into: Element, record: Record) -> None:
    """Two blocks, as C.17 and C.18 ask: conditions of use in words; limitations on public access by their codes, then
    the same in the words of the charter with its articles."""
    use = _child(_child(into, "resourceConstraints"), "MD_LegalConstraints")
    _code(use, "useConstraints", "MD_RestrictionCode", "otherRestrictions")
    if record.licence is not None:
        _anchor(_child(use, "otherConstraints"), record.licence.url, record.use_conditions[0])
    for sentence in record.use_conditions[1 if record.licence else 0 :]:
        _text(use, "otherConstraints", sentence)
    access = _child(_child(into, "resourceConstraints"), "MD_LegalConstraints")
    _code(access, "accessConstraints", "MD_RestrictionCode", "otherRestrictions")
    for code in record.limitations:
        label = vocabularies.LIMITATION_LABELS[code].in_(record.lang)
        _anchor(_child(access, "otherConstraints"), vocabularies.LIMITATIONS + code, label)
    for clause in record.clauses:
        _text(access, "otherConstraints", clause.sentence)


def _resolution(into: Element, record: Record) -> None:
    if record.scale is not None:
        fraction = _child(
            _child(_child(_child(into, "spatialResolution"), "MD_Resolution"), "equivalentScale"),
            "MD_RepresentativeFraction",
        )
        _value(_child(fraction, "denominator"), "Integer", str(record.scale))
    if record.resolution is not None:
        distance = _child(_child(_child(into, "spatialResolution"), "MD_Resolution"), "distance")
        _value(distance, "Distance", f"{record.resolution:g}").set("uom", "m")


def _extent(into: Element, record: Record, gml: str) -> None:
    if record.bbox is not None:
        extent = _child(_child(into, "extent"), "EX_Extent")
        box = _child(_child(extent, "geographicElement"), "EX_GeographicBoundingBox")
        west, south, east, north = record.bbox
        for name, number in (
            ("westBoundLongitude", west),
            ("eastBoundLongitude", east),
            ("southBoundLatitude", south),
            ("northBoundLatitude", north),
        ):
            _value(_child(box, name), "Decimal", _decimal(number))
    if record.period is not None:
        extent = _child(_child(into, "extent"), "EX_Extent")
        temporal = _child(_child(_child(extent, "temporalElement"), "EX_TemporalExtent"), "extent")
        period = etree.SubElement(temporal, f"{{{gml}}}TimePeriod")
        period.set(f"{{{gml}}}id", f"period-{record.id}")
        for name, value in (("beginPosition", record.period[0]), ("endPosition", record.period[1])):
            position = etree.SubElement(period, f"{{{gml}}}{name}")
            if value is None:
                position.set("indeterminatePosition", "unknown")
            else:
                position.text = value


def _distribution(into: Element, record: Record) -> None:
    formats = record.formats or ((Text("inconnu", "unknown").in_(record.lang), "inconnue"),)
    for name, version in formats:
        block = _child(_child(into, "distributionFormat"), "MD_Format")
        _text(block, "name", name)
        _text(block, "version", version)
    transfer = _child(_child(into, "transferOptions"), "MD_DigitalTransferOptions")
    for one in record.resources:
        online = _child(_child(transfer, "onLine"), "CI_OnlineResource")
        _child(_child(online, "linkage"), "URL").text = one.href
        if one.media_type:
            _text(online, "applicationProfile", one.media_type)
        _text(online, "name", one.title)
        _code(online, "function", "CI_OnLineFunctionCode", one.function)


def _quality(into: Element, record: Record) -> None:
    """One block on the whole dataset (1.9): conformity to the regulation (1.10), to the declared model, lineage."""
    scope = _child(_child(into, "scope"), "DQ_Scope")
    _code(scope, "level", "MD_ScopeCode", record.kind)
    if record.kind != "dataset":  # ISO 19115, table B.2.4.1: another level is described
        described = _child(_child(scope, "levelDescription"), "MD_ScopeDescription")
        _text(described, "other", Text("table", "table").in_(record.lang))
    if record.inspire is not None:
        regulation = vocabularies.REGULATION.in_(record.lang)
        _conformity(
            into,
            regulation,
            vocabularies.REGULATION_URI,
            vocabularies.REGULATION_DATE,
            record,
            record.inspire_conformant,
        )
    lineage = _child(_child(into, "lineage"), "LI_Lineage")
    _text(lineage, "statement", stated_lineage(record))


def stated_lineage(record: Record) -> str:
    """The lineage in words, with the target model that the data follow."""
    stated = record.lineage or Text("Généalogie non renseignée.", "Lineage not given.").in_(record.lang)
    if record.standard is None:
        return stated
    model = Text("Modèle cible", "Target model").in_(record.lang)
    return f"{stated} {model} : {' '.join(record.standard)}."


def _conformity(into: Element, title: str, uri: str, day: str, record: Record, passes: bool) -> None:
    consistency = _child(_child(into, "report"), "DQ_DomainConsistency")
    result = _child(_child(consistency, "result"), "DQ_ConformanceResult")
    citation = _child(_child(result, "specification"), "CI_Citation")
    _anchor(_child(citation, "title"), uri, title)
    _dated(citation, day, "publication")
    told = Text("Voir la spécification citée", "See the referenced specification")
    _text(result, "explanation", told.in_(record.lang))
    _value(_child(result, "pass"), "Boolean", "true" if passes else "false")


def _party(into: Element, party: Party) -> None:
    block = _child(into, "CI_ResponsibleParty")
    _text(block, "organisationName", party.name)
    if party.email or party.url:
        contact = _child(_child(block, "contactInfo"), "CI_Contact")
        if party.email:
            _text(_child(_child(contact, "address"), "CI_Address"), "electronicMailAddress", party.email)
        if party.url:
            online = _child(_child(contact, "onlineResource"), "CI_OnlineResource")
            _child(_child(online, "linkage"), "URL").text = party.url
    _code(block, "role", "CI_RoleCode", party.role)


def _reference_system(into: Element, code: int) -> None:
    system = _child(_child(into, "referenceSystemInfo"), "MD_ReferenceSystem")
    identifier = _child(_child(system, "referenceSystemIdentifier"), "RS_Identifier")
    _anchor(_child(identifier, "code"), f"http://www.opengis.net/def/crs/EPSG/0/{code}", f"EPSG:{code}")


def _dated(into: Element, value: str, kind: str) -> None:
    block = _child(_child(into, "date"), "CI_Date")
    _date(_child(block, "date"), value)
    _code(block, "dateType", "CI_DateTypeCode", kind)


def _date(into: Element, value: str) -> None:
    _value(into, "Date", value[:10])


def _decimal(number: float) -> str:
    """Two decimals at least (CNIG), six at most."""
    whole, _, rest = f"{number:.6f}".rstrip("0").partition(".")
    return f"{whole}.{rest:0<2}"


def _child(into: Element, name: str) -> Element:
    return etree.SubElement(into, f"{{{GMD}}}{name}")


def _value(into: Element, kind: str, text: str) -> Element:
    found = etree.SubElement(into, f"{{{GCO}}}{kind}")
    found.text = _sound(text)
    return found


def _text(into: Element, name: str, text: str) -> None:
    _value(_child(into, name), "CharacterString", text)


def _anchor(into: Element, href: str, text: str) -> None:
    anchor = etree.SubElement(into, f"{{{GMX}}}Anchor")
    anchor.set(f"{{{XLINK}}}href", href)
    anchor.text = _sound(text)


def _code(into: Element, name: str, kind: str, value: str) -> None:
    code = _child(_child(into, name), kind)
    code.set("codeList", CODELISTS + kind)
    code.set("codeListValue", value)
    code.text = value


def _language(into: Element, value: str) -> None:
    code = _child(_child(into, "language"), "LanguageCode")
    code.set("codeList", LANGUAGE_CODES)
    code.set("codeListValue", value)
    code.text = value


def _sound(text: str) -> str:
    """The text without the control characters that XML 1.0 has no way to write."""
    return "".join(
        c for c in text if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff" and not "\ud800" <= c <= "\udfff")
    )
