"""What a CSW says of itself: GetCapabilities, and DescribeRecord."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from mig_idg.catalogue.model import Publisher
from mig_idg.errors import Lang

CSW = "http://www.opengis.net/cat/csw/2.0.2"
OWS = "http://www.opengis.net/ows"
OGC = "http://www.opengis.net/ogc"
GMD = "http://www.isotc211.org/2005/gmd"
MDB = "http://standards.iso.org/iso/19115/-3/mdb/2.0"
XLINK = "http://www.w3.org/1999/xlink"
NAMESPACES = {"csw": CSW, "ows": OWS, "ogc": OGC, "gmd": GMD, "xlink": XLINK, "gml": "http://www.opengis.net/gml"}
_XSD = "http://www.w3.org/2001/XMLSchema"
_PARAMETERS: dict[str, dict[str, tuple[str, ...]]] = {
    "GetCapabilities": {},
    "DescribeRecord": {"typeName": ("csw:Record", "gmd:MD_Metadata"), "outputFormat": ("application/xml",)},
    "GetRecords": {
        "typeNames": ("csw:Record", "gmd:MD_Metadata"),
        "outputSchema": (CSW, GMD, MDB),
        "outputFormat": ("application/xml",),
        "resultType": ("hits", "results"),
        "ElementSetName": ("brief", "summary", "full"),
        "CONSTRAINTLANGUAGE": ("FILTER", "CQL_TEXT"),
    },
    "GetRecordById": {
        "outputSchema": (CSW, GMD, MDB),
        "outputFormat": ("application/xml",),
        "ElementSetName": ("brief", "summary", "full"),
    },
}
_COMPARISONS = (
    "EqualTo", "NotEqualTo", "LessThan", "GreaterThan", "LessThanEqualTo", "GreaterThanEqualTo", "Like", "Between",
    "NullCheck",
)  # fmt: skip


def document(publisher: Publisher, base: str, lang: Lang) -> bytes:
    """`csw:Capabilities`, with the caller's address."""
    root = etree.Element(f"{{{CSW}}}Capabilities", nsmap=NAMESPACES)
    root.set("version", "2.0.2")
    service = _add(root, OWS, "ServiceIdentification")
    _add(service, OWS, "Title", publisher.title.in_(lang))
    _add(service, OWS, "Abstract", publisher.description.in_(lang))
    _add(service, OWS, "ServiceType", "CSW")
    _add(service, OWS, "ServiceTypeVersion", "2.0.2")
    _add(service, OWS, "Fees", "NONE")
    _add(service, OWS, "AccessConstraints", "otherRestrictions")
    provider = _add(root, OWS, "ServiceProvider")
    _add(provider, OWS, "ProviderName", publisher.name)
    if publisher.url:
        _add(provider, OWS, "ProviderSite").set(f"{{{XLINK}}}href", publisher.url)
    contact = _add(provider, OWS, "ServiceContact")
    if publisher.email:
        address = _add(_add(contact, OWS, "ContactInfo"), OWS, "Address")
        _add(address, OWS, "ElectronicMailAddress", publisher.email)
    _operations(_add(root, OWS, "OperationsMetadata"), f"{base}/csw")
    _filters(_add(root, OGC, "Filter_Capabilities"))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def described(schemas: Iterable[str]) -> bytes:
    """`csw:DescribeRecordResponse`: where the official schemas are, which are not copied here."""
    places = {
        CSW: "http://schemas.opengis.net/csw/2.0.2/record.xsd",
        GMD: "http://www.isotc211.org/2005/gmd/gmd.xsd",
        MDB: "https://schemas.isotc211.org/19115/-3/mdb/2.0/mdb.xsd",
    }
    root = etree.Element(f"{{{CSW}}}DescribeRecordResponse", nsmap=NAMESPACES)
    for namespace in schemas:
        component = _add(root, CSW, "SchemaComponent")
        component.set("targetNamespace", namespace)
        component.set("schemaLanguage", "http://www.w3.org/XML/Schema")
        schema = etree.SubElement(component, f"{{{_XSD}}}schema", nsmap={"xs": _XSD})
        schema.set("targetNamespace", namespace)
        etree.SubElement(schema, f"{{{_XSD}}}include").set("schemaLocation", places[namespace])
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _operations(into: etree._Element, address: str) -> None:
    for name, parameters in _PARAMETERS.items():
        operation = _add(into, OWS, "Operation")
        operation.set("name", name)
        http = _add(_add(operation, OWS, "DCP"), OWS, "HTTP")
        for verb in ("Get", "Post"):
            _add(http, OWS, verb).set(f"{{{XLINK}}}href", address)
        for parameter, values in parameters.items():
            _values(_add(operation, OWS, "Parameter"), parameter, values)
    _values(_add(into, OWS, "Parameter"), "service", ("CSW",))
    _values(_add(into, OWS, "Parameter"), "version", ("2.0.2",))
    _values(_add(into, OWS, "Constraint"), "PostEncoding", ("XML",))


def _filters(into: etree._Element) -> None:
    spatial = _add(into, OGC, "Spatial_Capabilities")
    _add(_add(spatial, OGC, "GeometryOperands"), OGC, "GeometryOperand", "gml:Envelope")
    _add(_add(spatial, OGC, "SpatialOperators"), OGC, "SpatialOperator").set("name", "BBOX")
    scalar = _add(into, OGC, "Scalar_Capabilities")
    _add(scalar, OGC, "LogicalOperators")
    comparisons = _add(scalar, OGC, "ComparisonOperators")
    for name in _COMPARISONS:
        _add(comparisons, OGC, "ComparisonOperator", name)
    identifiers = _add(into, OGC, "Id_Capabilities")
    _add(identifiers, OGC, "EID")


def _values(into: etree._Element, name: str, values: Iterable[str]) -> None:
    into.set("name", name)
    for value in values:
        _add(into, OWS, "Value", value)


def _add(into: etree._Element, namespace: str, name: str, text: str | None = None) -> etree._Element:
    found = etree.SubElement(into, f"{{{namespace}}}{name}")
    found.text = text
    return found
