"""DCAT-AP 3 with the terms of GeoDCAT-AP: a record as a graph, and a page of the catalogue.

Everything that points at an authority of the EU says of what class it is, so that shapes hold without asking anybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count

from rdflib import BNode, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, OWL, PROV, RDF, RDFS, SKOS, XSD

from mig_idg.catalogue import vocabularies
from mig_idg.catalogue.model import HOME, LANGUAGES, Deleted, Online, Party, Publisher, Record
from mig_idg.errors import Lang

AUTHORITY = "http://publications.europa.eu/resource/authority/"
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
ADMS = Namespace("http://www.w3.org/ns/adms#")
GEODCAT = Namespace("http://data.europa.eu/930/")
GSP = Namespace("http://www.opengis.net/ont/geosparql#")
DCATAP = Namespace("http://data.europa.eu/r5r/")
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
LOCN = Namespace("http://www.w3.org/ns/locn#")
INSPIRE = "http://inspire.ec.europa.eu/metadata-codelist/"
PREFIXES = {
    "dcat": DCAT, "dct": DCTERMS, "foaf": FOAF, "vcard": VCARD, "adms": ADMS, "geodcat": GEODCAT, "gsp": GSP,
    "dcatap": DCATAP, "hydra": HYDRA, "locn": LOCN, "prov": PROV, "skos": SKOS,
}  # fmt: skip
SERIALIZED = {"xml": "pretty-xml", "turtle": "turtle", "json-ld": "json-ld"}
# The EU's data themes by the first letters of ISO topic categories; REGI is what all of them are here.
_DATA_THEMES = {
    "transportation": "TRAN", "environment": "ENVI", "health": "HEAL", "farming": "AGRI", "economy": "ECON",
    "society": "SOCI", "boundaries": "REGI", "location": "REGI", "elevation": "REGI", "structure": "REGI",
    "planningCadastre": "REGI", "imageryBaseMapsEarthCover": "REGI", "utilitiesCommunication": "GOVE",
    "inlandWaters": "ENVI", "biota": "ENVI", "oceans": "ENVI", "climatologyMeteorologyAtmosphere": "ENVI",
    "geoscientificInformation": "ENVI", "intelligenceMilitary": "JUST",
}  # fmt: skip
_FILE_TYPES = {
    "application/geo+json": "GEOJSON", "text/csv": "CSV", "application/geopackage+sqlite3": "GPKG",
    "application/gml+xml": "GML", "image/tiff": "TIFF", "image/png": "PNG", "application/json": "JSON",
}  # fmt: skip
_LICENCES = {"ODbL-1.0": f"{AUTHORITY}licence/ODC_BL"}
_ROLES = {
    "owner": GEODCAT.resourceProvider, "custodian": GEODCAT.custodian, "distributor": GEODCAT.distributor,
    "processor": GEODCAT.processor,
}  # fmt: skip


class Description(Graph):
    """A graph whose blank nodes are numbered: the same description is the same bytes, for GET, HEAD and validators."""

    def __init__(self) -> None:
        super().__init__(bind_namespaces="core")
        self._blanks = count(1)

    def blank(self) -> BNode:
        """The next blank node."""
        return BNode(f"b{next(self._blanks)}")


def document(record: Record, form: str) -> bytes:
    """One record in `xml`, `turtle` or `json-ld`."""
    graph = _graph()
    dataset(graph, record)
    return _serialized(graph, form)


def catalogue(
    records: Iterable[Record],
    publisher: Publisher,
    lang: Lang,
    form: str,
    *,
    total: int,
    page: int,
    pages: int,
    modified: str,
    deleted: Iterable[Deleted] = (),
) -> bytes:
    """A page of the catalogue, with the links of Hydra to the others: what data.gouv.fr and CKAN follow."""
    graph = _graph()
    here = URIRef(f"{HOME}/dcat")
    graph.add((here, RDF.type, DCAT.Catalog))
    graph.add((here, DCTERMS.title, Literal(publisher.title.in_(lang), lang=lang)))
    graph.add((here, DCTERMS.description, Literal(publisher.description.in_(lang), lang=lang)))
    graph.add((here, DCTERMS.language, _typed(graph, _language(LANGUAGES[lang]), DCTERMS.LinguisticSystem)))
    graph.add((here, DCTERMS.modified, Literal(modified, datatype=XSD.date)))
    graph.add((here, FOAF.homepage, _typed(graph, URIRef(f"{HOME}/"), FOAF.Document)))
    graph.add(
        (here, DCTERMS.publisher, _agent(graph, Party(publisher.name, "publisher", publisher.email, publisher.url)))
    )
    if publisher.licence_url:
        graph.add((here, DCTERMS.license, _typed(graph, URIRef(publisher.licence_url), DCTERMS.LicenseDocument)))
    for record in records:
        graph.add((here, DCAT.dataset, dataset(graph, record)))
        graph.add((here, DCAT.record, URIRef(record.card)))
    for grave in deleted:
        _taken_down(graph, grave, lang)
    _paged(graph, here, total, page, pages)
    return _serialized(graph, form)


def _taken_down(graph: Description, grave: Deleted, lang: Lang) -> None:
    """What was taken down is no dataset of the catalogue any more: an entity that was invalidated, when and why."""
    for node in (URIRef(grave.identifier), URIRef(grave.card)):
        graph.add((node, RDF.type, PROV.Entity))
        graph.add((node, PROV.invalidatedAtTime, Literal(f"{grave.since[:10]}T00:00:00Z", datatype=XSD.dateTime)))
        graph.add((node, ADMS.status, URIRef("http://purl.org/adms/status/Withdrawn")))
        graph.add((node, RDFS.comment, Literal(f"{grave.title}. {grave.reason}", lang=lang)))


def dataset(graph: Description, record: Record) -> URIRef:
    """Add a record to a graph; its node."""
    node = URIRef(record.identifier)
    graph.add((node, RDF.type, DCAT.Dataset))
    graph.add((node, DCTERMS.type, _concept(graph, f"{INSPIRE}ResourceType/dataset")))
    graph.add((node, DCTERMS.title, Literal(record.title, lang=record.lang)))
    graph.add((node, DCTERMS.description, Literal(record.abstract, lang=record.lang)))
    graph.add((node, DCTERMS.identifier, Literal(record.origin.identifier if record.origin else record.identifier)))
    for external in record.external_ids:
        other = graph.blank()
        graph.add((node, ADMS.identifier, other))
        graph.add((other, RDF.type, ADMS.Identifier))
        graph.add((other, SKOS.notation, Literal(external)))
    for word in record.keywords:
        graph.add((node, DCAT.keyword, Literal(word, lang=record.lang)))
    _themes(graph, node, record)
    _dates(graph, node, record)
    _who(graph, node, record)
    _rights(graph, node, record)
    _where(graph, node, record)
    _quality(graph, node, record)
    landing = record.page if record.origin else record.identifier
    graph.add((node, DCAT.landingPage, _typed(graph, URIRef(landing), FOAF.Document)))
    for resource in record.resources:
        if resource.function == "download":
            graph.add((node, DCAT.distribution, _distribution(graph, resource, record)))
    _catalogue_record(graph, node, record)
    return node


def _themes(graph: Description, node: URIRef, record: Record) -> None:
    for topic in record.topics:
        graph.add((node, DCTERMS.subject, _concept(graph, f"{INSPIRE}TopicCategory/{topic}")))
    for theme in dict.fromkeys(_DATA_THEMES.get(topic, "REGI") for topic in record.topics):
        graph.add((node, DCAT.theme, _concept(graph, f"{AUTHORITY}data-theme/{theme}")))
    if record.inspire is not None:
        label = Literal(record.inspire.label.in_(record.lang), lang=record.lang)
        graph.add((node, DCAT.theme, _concept(graph, record.inspire.uri, label)))


def _dates(graph: Description, node: URIRef, record: Record) -> None:
    for term, value in ((DCTERMS.created, record.created), (DCTERMS.modified, record.revised)):
        if value:
            graph.add((node, term, Literal(value[:10], datatype=XSD.date)))
    if record.frequency in vocabularies.FREQUENCIES:
        frequency = URIRef(f"{AUTHORITY}frequency/{vocabularies.FREQUENCIES[record.frequency]}")
        graph.add((node, DCTERMS.accrualPeriodicity, _typed(graph, frequency, DCTERMS.Frequency)))
    if record.period is not None:
        period = graph.blank()
        graph.add((node, DCTERMS.temporal, period))
        graph.add((period, RDF.type, DCTERMS.PeriodOfTime))
        for term, value in ((DCAT.startDate, record.period[0]), (DCAT.endDate, record.period[1])):
            if value:
                graph.add((period, term, Literal(value, datatype=XSD.dateTime if "T" in value else XSD.date)))


def _who(graph: Description, node: URIRef, record: Record) -> None:
    for party in record.parties:
        agent = _agent(graph, party)
        if party.role == "owner":
            graph.add((node, DCTERMS.publisher, agent))
            graph.add((node, DCTERMS.rightsHolder, agent))
        elif party.role in _ROLES:
            graph.add((node, _ROLES[party.role], agent))
    contacts = [party for party in record.parties if party.role == "pointOfContact"] or list(record.parties[:1])
    for party in contacts:
        card = graph.blank()
        graph.add((node, DCAT.contactPoint, card))
        graph.add((card, RDF.type, VCARD.Kind))
        graph.add((card, RDF.type, VCARD.Organization))
        graph.add((card, VCARD.fn, Literal(party.name)))
        if party.email:
            graph.add((card, VCARD.hasEmail, URIRef(f"mailto:{party.email}")))


def _rights(graph: Description, node: URIRef, record: Record) -> None:
    """Access by the word of the EU; limitations of INSPIRE and clauses of the charter as statements of rights."""
    word = "PUBLIC" if record.is_open else "RESTRICTED"
    graph.add(
        (node, DCTERMS.accessRights, _typed(graph, URIRef(f"{AUTHORITY}access-right/{word}"), DCTERMS.RightsStatement))
    )
    for sentence in (
        *(vocabularies.LIMITATION_LABELS[code].in_(record.lang) for code in record.limitations),
        *(clause.sentence for clause in record.clauses),
    ):
        statement = graph.blank()
        graph.add((node, DCTERMS.rights, statement))
        graph.add((statement, RDF.type, DCTERMS.RightsStatement))
        graph.add((statement, RDFS.label, Literal(sentence, lang=record.lang)))
    if record.licence is not None:
        graph.add((node, DCTERMS.license, _licence(graph, record)))


def _licence(graph: Description, record: Record) -> URIRef:
    assert record.licence is not None
    licence = URIRef(_LICENCES.get(record.licence.id, record.licence.url))
    graph.add((licence, DCTERMS.title, Literal(record.licence.name)))
    return _typed(graph, licence, DCTERMS.LicenseDocument)


def _where(graph: Description, node: URIRef, record: Record) -> None:
    if record.bbox is not None:
        west, south, east, north = record.bbox
        corners = ((west, north), (west, south), (east, south), (east, north), (west, north))
        ring = ", ".join(f"{x:g} {y:g}" for x, y in corners)
        place = graph.blank()
        graph.add((node, DCTERMS.spatial, place))
        graph.add((place, RDF.type, DCTERMS.Location))
        graph.add((place, DCAT.bbox, Literal(f"POLYGON(({ring}))", datatype=GSP.wktLiteral)))
    for code in record.crs:
        system = URIRef(f"http://www.opengis.net/def/crs/EPSG/0/{code}")
        graph.add((node, DCTERMS.conformsTo, _typed(graph, system, DCTERMS.Standard)))
        graph.add(
            (system, DCTERMS.type, _concept(graph, "http://inspire.ec.europa.eu/glossary/SpatialReferenceSystem"))
        )
    if record.resolution is not None:
        graph.add((node, DCAT.spatialResolutionInMeters, Literal(f"{record.resolution:g}", datatype=XSD.decimal)))


def _quality(graph: Description, node: URIRef, record: Record) -> None:
    graph.add((node, DCTERMS.language, _typed(graph, _language(record.language), DCTERMS.LinguisticSystem)))
    if record.lineage:
        provenance = graph.blank()
        graph.add((node, DCTERMS.provenance, provenance))
        graph.add((provenance, RDF.type, DCTERMS.ProvenanceStatement))
        graph.add((provenance, RDFS.label, Literal(record.lineage, lang=record.lang)))
    if record.inspire is not None and record.inspire_conformant:
        regulation = _typed(graph, URIRef(vocabularies.REGULATION_URI), DCTERMS.Standard)
        graph.add((node, DCTERMS.conformsTo, regulation))
    if record.standard is not None:
        standard = graph.blank()
        graph.add((node, DCTERMS.conformsTo, standard))
        graph.add((standard, RDF.type, DCTERMS.Standard))
        graph.add((standard, DCTERMS.title, Literal(record.standard[0])))
        graph.add((standard, OWL.versionInfo, Literal(record.standard[1])))


def _distribution(graph: Description, resource: Online, record: Record) -> BNode:
    node = graph.blank()
    media = resource.media_type.partition(";")[0]
    graph.add((node, RDF.type, DCAT.Distribution))
    graph.add((node, DCTERMS.title, Literal(resource.title, lang=record.lang)))
    graph.add((node, DCAT.accessURL, _typed(graph, URIRef(resource.href), RDFS.Resource)))
    if media:
        iana = URIRef(f"http://www.iana.org/assignments/media-types/{media}")
        graph.add((node, DCAT.mediaType, _typed(graph, iana, DCTERMS.MediaType)))
    if media in _FILE_TYPES:
        kind = URIRef(f"{AUTHORITY}file-type/{_FILE_TYPES[media]}")
        graph.add((node, DCTERMS["format"], _typed(graph, kind, DCTERMS.MediaTypeOrExtent)))
    if record.licence is not None:
        graph.add((node, DCTERMS.license, _licence(graph, record)))
    technique = "textTable" if record.representation == "textTable" else record.representation
    graph.add((node, ADMS.representationTechnique, _concept(graph, f"{INSPIRE}SpatialRepresentationType/{technique}")))
    return node


def _catalogue_record(graph: Description, node: URIRef, record: Record) -> None:
    card = URIRef(record.card)
    graph.add((card, RDF.type, DCAT.CatalogRecord))
    graph.add((card, FOAF.primaryTopic, node))
    graph.add((card, DCTERMS.modified, Literal(record.stamp, datatype=XSD.date)))
    graph.add((card, DCTERMS.identifier, Literal(record.file_identifier)))
    graph.add((card, DCTERMS.language, _typed(graph, _language(LANGUAGES[record.lang]), DCTERMS.LinguisticSystem)))


def _paged(graph: Description, here: URIRef, total: int, page: int, pages: int) -> None:
    """Hydra, which harvesters of paged DCAT follow."""
    view = URIRef(f"{HOME}/dcat?page={page}")
    graph.add((view, RDF.type, HYDRA.PartialCollectionView))
    graph.add((here, RDF.type, HYDRA.Collection))
    graph.add((here, HYDRA.totalItems, Literal(total)))
    graph.add((here, HYDRA.view, view))
    numbered = {"first": 1, "last": pages, "previous": page - 1, "next": page + 1}
    for word, number in numbered.items():
        if 1 <= number <= pages:
            graph.add((view, HYDRA[word], URIRef(f"{HOME}/dcat?page={number}")))


def _agent(graph: Description, party: Party) -> BNode:
    agent = graph.blank()
    graph.add((agent, RDF.type, FOAF.Agent))
    graph.add((agent, FOAF.name, Literal(party.name)))
    if party.email:
        graph.add((agent, FOAF.mbox, URIRef(f"mailto:{party.email}")))
    if party.url:
        graph.add((agent, FOAF.homepage, _typed(graph, URIRef(party.url), FOAF.Document)))
    return agent


def _concept(graph: Description, uri: str, label: Literal | None = None) -> URIRef:
    """A concept with its label, which the shapes ask for: that given, else the code of the authority."""
    node = _typed(graph, URIRef(uri), SKOS.Concept)
    graph.add((node, SKOS.prefLabel, label if label is not None else Literal(uri.rpartition("/")[2])))
    return node


def _typed(graph: Description, node: URIRef, kind: URIRef) -> URIRef:
    graph.add((node, RDF.type, kind))
    return node


def _language(code: str) -> URIRef:
    """A language by its code of three letters; `zxx` (no linguistic content) is one of the authority's too."""
    told = {"fre": "FRA", "eng": "ENG", "mul": "MUL", "zxx": "ZXX"}[code]
    return URIRef(f"{AUTHORITY}language/{told}")


def _graph() -> Description:
    graph = Description()
    for prefix, namespace in PREFIXES.items():
        graph.bind(prefix, namespace)
    return graph


def _serialized(graph: Description, form: str) -> bytes:
    if form != "json-ld":
        return graph.serialize(format=SERIALIZED[form], encoding="utf-8")
    context = {prefix: str(namespace) for prefix, namespace in PREFIXES.items()}
    return graph.serialize(format="json-ld", encoding="utf-8", auto_compact=True, context=context)
