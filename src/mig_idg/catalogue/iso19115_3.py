"""ISO 19115-3 (mdb 2.0): the same record as `iso19139`, in the schemas that follow it, with the same INSPIRE rules."""

from __future__ import annotations

from lxml import etree

from mig_idg.catalogue import vocabularies
from mig_idg.catalogue.iso19139 import _decimal as decimal
from mig_idg.catalogue.iso19139 import _metadata_contacts as metadata_contacts
from mig_idg.catalogue.iso19139 import _sound as sound
from mig_idg.catalogue.iso19139 import stated_lineage
from mig_idg.catalogue.model import LANGUAGES, Party, Record
from mig_idg.errors import Text

_ISO = "http://standards.iso.org/iso/19115/-3/"
NAMESPACES = {
    "mdb": f"{_ISO}mdb/2.0", "cit": f"{_ISO}cit/2.0", "mri": f"{_ISO}mri/1.0", "mcc": f"{_ISO}mcc/1.0",
    "mco": f"{_ISO}mco/1.0", "mmi": f"{_ISO}mmi/1.0", "mrd": f"{_ISO}mrd/1.0", "mrl": f"{_ISO}mrl/2.0",
    "mrs": f"{_ISO}mrs/1.0", "gex": f"{_ISO}gex/1.0", "lan": f"{_ISO}lan/1.0", "gco": f"{_ISO}gco/1.0",
    "gcx": f"{_ISO}gcx/1.0", "mdq": "http://standards.iso.org/iso/19157/-2/mdq/1.0",
    "gml": "http://www.opengis.net/gml/3.2", "xlink": "http://www.w3.org/1999/xlink",
}  # fmt: skip
MDB = NAMESPACES["mdb"]
CODELISTS = "http://standards.iso.org/iso/19115/resources/Codelists/cat/codelists.xml#"
LANGUAGE_CODES = "http://www.loc.gov/standards/iso639-2/"

Element = etree._Element


def document(record: Record) -> bytes:
    """The whole document, in UTF-8."""
    return etree.tostring(element(record), xml_declaration=True, encoding="UTF-8")


def element(record: Record) -> Element:
    """`mdb:MD_Metadata`."""
    root = etree.Element(f"{{{MDB}}}MD_Metadata", nsmap=NAMESPACES)
    _identifier(_add(root, "mdb:metadataIdentifier"), record.file_identifier)
    _locale(_add(root, "mdb:defaultLocale"), LANGUAGES[record.lang])
    scope = _add(root, "mdb:metadataScope/mdb:MD_MetadataScope")
    _code(scope, "mdb:resourceScope", "mcc:MD_ScopeCode", record.kind)
    if record.kind != "dataset":
        _text(scope, "mdb:name", Text("jeu de données non géographiques", "table").in_(record.lang))
    for party in metadata_contacts(record):
        _party(_add(root, "mdb:contact"), party)
    _dated(_add(root, "mdb:dateInfo"), record.stamp, "revision")
    standard = _add(root, "mdb:metadataStandard/cit:CI_Citation")
    _text(standard, "cit:title", "ISO 19115-3")
    for code in record.crs:
        system = _add(root, "mdb:referenceSystemInfo/mrs:MD_ReferenceSystem/mrs:referenceSystemIdentifier")
        label = f"EPSG:{code}"
        _anchor(_add(system, "mcc:MD_Identifier/mcc:code"), f"http://www.opengis.net/def/crs/EPSG/0/{code}", label)
    _identification(_add(root, "mdb:identificationInfo/mri:MD_DataIdentification"), record)
    _distribution(_add(root, "mdb:distributionInfo/mrd:MD_Distribution"), record)
    _conformity(root, record)
    lineage = _add(root, "mdb:resourceLineage/mrl:LI_Lineage")
    _text(lineage, "mrl:statement", stated_lineage(record))
    _code(_add(lineage, "mrl:scope/mcc:MD_Scope"), "mcc:level", "mcc:MD_ScopeCode", record.kind)
    return root


def _identification(into: Element, record: Record) -> None:
    citation = _add(into, "mri:citation/cit:CI_Citation")
    _text(citation, "cit:title", record.title)
    dates = [(record.created, "creation"), (record.revised, "revision")]
    for value, kind in dates if record.created or record.revised else [(record.stamp, "publication")]:
        if value:
            _dated(_add(citation, "cit:date"), value, kind)
    for identifier in (record.identifier, *record.external_ids):
        _identifier(_add(citation, "cit:identifier"), identifier)
    _text(into, "mri:abstract", record.abstract)
    _text(into, "mri:credit", record.attribution)
    for party in record.parties:
        _party(_add(into, "mri:pointOfContact"), party)
    _code(into, "mri:spatialRepresentationType", "mcc:MD_SpatialRepresentationTypeCode", record.representation)
    if record.scale is not None:
        fraction = _add(
            into, "mri:spatialResolution/mri:MD_Resolution/mri:equivalentScale/mri:MD_RepresentativeFraction"
        )
        _value(_add(fraction, "mri:denominator"), "gco:Integer", str(record.scale))
    if record.resolution is not None:
        distance = _add(into, "mri:spatialResolution/mri:MD_Resolution/mri:distance")
        _value(distance, "gco:Distance", f"{record.resolution:g}").set("uom", "m")
    for topic in record.topics:
        _add(into, "mri:topicCategory/mri:MD_TopicCategoryCode").text = topic
    _extent(into, record)
    if record.frequency:
        maintenance = _add(into, "mri:resourceMaintenance/mmi:MD_MaintenanceInformation")
        _code(maintenance, "mmi:maintenanceAndUpdateFrequency", "mmi:MD_MaintenanceFrequencyCode", record.frequency)
    _keywords(into, record)
    _constraints(into, record)
    _locale(_add(into, "mri:defaultLocale"), record.language)


def _keywords(into: Element, record: Record) -> None:
    """The INSPIRE theme under its thesaurus (1.4, C.15), then the free keywords."""
    if record.inspire is not None:
        block = _add(into, "mri:descriptiveKeywords/mri:MD_Keywords")
        _anchor(_add(block, "mri:keyword"), record.inspire.uri, record.inspire.label.in_(record.lang))
        _code(block, "mri:type", "mri:MD_KeywordTypeCode", "theme")
        thesaurus = _add(block, "mri:thesaurusName/cit:CI_Citation")
        _anchor(_add(thesaurus, "cit:title"), "http://inspire.ec.europa.eu/theme", vocabularies.THEMES_TITLE)
        _dated(_add(thesaurus, "cit:date"), vocabularies.THEMES_DATE, "publication")
    if record.keywords:
        block = _add(into, "mri:descriptiveKeywords/mri:MD_Keywords")
        for word in record.keywords:
            _text(block, "mri:keyword", word)
        _code(block, "mri:type", "mri:MD_KeywordTypeCode", "theme")


def _constraints(into: Element, record: Record) -> None:
    """Two blocks (C.17, C.18): conditions of use; limitations on public access by their codes, then in words."""
    use = _add(into, "mri:resourceConstraints/mco:MD_LegalConstraints")
    _code(use, "mco:useConstraints", "mco:MD_RestrictionCode", "otherRestrictions")
    if record.licence is not None:
        _anchor(_add(use, "mco:otherConstraints"), record.licence.url, record.use_conditions[0])
    for sentence in record.use_conditions[1 if record.licence else 0 :]:
        _text(use, "mco:otherConstraints", sentence)
    access = _add(into, "mri:resourceConstraints/mco:MD_LegalConstraints")
    _code(access, "mco:accessConstraints", "mco:MD_RestrictionCode", "otherRestrictions")
    for code in record.limitations:
        label = vocabularies.LIMITATION_LABELS[code].in_(record.lang)
        _anchor(_add(access, "mco:otherConstraints"), vocabularies.LIMITATIONS + code, label)
    for clause in record.clauses:
        _text(access, "mco:otherConstraints", clause.sentence)


def _extent(into: Element, record: Record) -> None:
    if record.bbox is not None:
        box = _add(into, "mri:extent/gex:EX_Extent/gex:geographicElement/gex:EX_GeographicBoundingBox")
        west, south, east, north = record.bbox
        for name, number in (("west", west), ("east", east), ("south", south), ("north", north)):
            way = "Longitude" if name in ("west", "east") else "Latitude"
            _value(_add(box, f"gex:{name}Bound{way}"), "gco:Decimal", decimal(number))
    if record.period is not None:
        period = _add(
            into, "mri:extent/gex:EX_Extent/gex:temporalElement/gex:EX_TemporalExtent/gex:extent/gml:TimePeriod"
        )
        period.set(f"{{{NAMESPACES['gml']}}}id", f"period-{record.id}")
        for name, value in (("gml:beginPosition", record.period[0]), ("gml:endPosition", record.period[1])):
            position = _add(period, name)
            if value is None:
                position.set("indeterminatePosition", "unknown")
            else:
                position.text = value


def _distribution(into: Element, record: Record) -> None:
    unknown = Text("inconnu", "unknown").in_(record.lang)
    for name, version in record.formats or ((unknown, unknown),):
        citation = _add(into, "mrd:distributionFormat/mrd:MD_Format/mrd:formatSpecificationCitation/cit:CI_Citation")
        _text(citation, "cit:title", name)
        _text(citation, "cit:edition", version)
    transfer = _add(into, "mrd:transferOptions/mrd:MD_DigitalTransferOptions")
    for one in record.resources:
        online = _add(transfer, "mrd:onLine/cit:CI_OnlineResource")
        _text(online, "cit:linkage", one.href)
        if one.media_type:
            _text(online, "cit:applicationProfile", one.media_type)
        _text(online, "cit:name", one.title)
        _code(online, "cit:function", "cit:CI_OnLineFunctionCode", one.function)


def _conformity(root: Element, record: Record) -> None:
    """On the whole dataset (1.9): whether it conforms to the INSPIRE regulation (1.10)."""
    if record.inspire is None:
        return
    quality = _add(root, "mdb:dataQualityInfo/mdq:DQ_DataQuality")
    _code(_add(quality, "mdq:scope/mcc:MD_Scope"), "mcc:level", "mcc:MD_ScopeCode", record.kind)
    result = _add(quality, "mdq:report/mdq:DQ_DomainConsistency/mdq:result/mdq:DQ_ConformanceResult")
    citation = _add(result, "mdq:specification/cit:CI_Citation")
    regulation = vocabularies.REGULATION.in_(record.lang)
    _anchor(_add(citation, "cit:title"), vocabularies.REGULATION_URI, regulation)
    _dated(_add(citation, "cit:date"), vocabularies.REGULATION_DATE, "publication")
    told = Text("Voir la spécification citée", "See the referenced specification")
    _text(result, "mdq:explanation", told.in_(record.lang))
    _value(_add(result, "mdq:pass"), "gco:Boolean", "true" if record.inspire_conformant else "false")


def _party(into: Element, party: Party) -> None:
    block = _add(into, "cit:CI_Responsibility")
    _code(block, "cit:role", "cit:CI_RoleCode", party.role)
    body = _add(block, "cit:party/cit:CI_Organisation")
    _text(body, "cit:name", party.name)
    if party.email or party.url:
        contact = _add(body, "cit:contactInfo/cit:CI_Contact")
        if party.email:
            _text(_add(contact, "cit:address/cit:CI_Address"), "cit:electronicMailAddress", party.email)
        if party.url:
            _text(_add(contact, "cit:onlineResource/cit:CI_OnlineResource"), "cit:linkage", party.url)


def _identifier(into: Element, code: str) -> None:
    _text(_add(into, "mcc:MD_Identifier"), "mcc:code", code)


def _locale(into: Element, language: str) -> None:
    locale = _add(into, "lan:PT_Locale")
    code = _add(locale, "lan:language/lan:LanguageCode")
    code.set("codeList", LANGUAGE_CODES)
    code.set("codeListValue", language)
    _code(locale, "lan:characterEncoding", "lan:MD_CharacterSetCode", "utf8")


def _dated(into: Element, value: str, kind: str) -> None:
    block = _add(into, "cit:CI_Date")
    _value(_add(block, "cit:date"), "gco:Date", value[:10])
    _code(block, "cit:dateType", "cit:CI_DateTypeCode", kind)


def _add(into: Element, path: str) -> Element:
    """New elements one inside the other, by their prefixed names; the last of them."""
    for step in path.split("/"):
        prefix, _, name = step.partition(":")
        into = etree.SubElement(into, f"{{{NAMESPACES[prefix]}}}{name}")
    return into


def _value(into: Element, kind: str, text: str) -> Element:
    found = _add(into, kind)
    found.text = sound(text)
    return found


def _text(into: Element, name: str, text: str) -> None:
    _value(_add(into, name), "gco:CharacterString", text)


def _anchor(into: Element, href: str, text: str) -> None:
    _value(into, "gcx:Anchor", text).set(f"{{{NAMESPACES['xlink']}}}href", href)


def _code(into: Element, name: str, kind: str, value: str) -> None:
    code = _add(into, f"{name}/{kind}")
    code.set("codeList", CODELISTS + kind.partition(":")[2])
    code.set("codeListValue", value)
    code.text = value
