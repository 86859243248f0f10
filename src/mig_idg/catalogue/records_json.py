"""The record of OGC API Records (20-004r1, record core): GeoJSON, which any client of features reads too."""

from __future__ import annotations

from typing import Any

from mig_idg.catalogue import vocabularies
from mig_idg.catalogue.completeness import lacks
from mig_idg.catalogue.model import Party, Record
from mig_idg.errors import Text
from mig_idg.guard.response import link

CORE = "http://www.opengis.net/spec/ogcapi-records-1/1.0/req/record-core"
TOPICS = "http://standards.iso.org/iso/19139/resources/gmxCodelists.xml#MD_TopicCategoryCode"
LANGUAGE = {
    "fr": {"code": "fr", "name": "Français", "alternate": "French"},
    "en": {"code": "en", "name": "English"},
}
_RESOURCE_LANGUAGES = {"fre": LANGUAGE["fr"], "eng": LANGUAGE["en"]}
# Alternates of a record: word of `f=`, media type, title.
ALTERNATES = (
    ("html", "text/html", Text("Cette fiche, lisible", "This record, to be read")),
    ("iso19139", "application/xml", Text("Cette fiche en ISO 19139", "This record as ISO 19139")),
    ("iso19115-3", "application/xml", Text("Cette fiche en ISO 19115-3", "This record as ISO 19115-3")),
    ("dcat", "application/rdf+xml", Text("Cette fiche en DCAT-AP (RDF/XML)", "This record as DCAT-AP (RDF/XML)")),
    ("ttl", "text/turtle", Text("Cette fiche en DCAT-AP (Turtle)", "This record as DCAT-AP (Turtle)")),
    ("jsonld", "application/ld+json", Text("Cette fiche en schema.org", "This record as schema.org")),
    ("dc", "application/xml", Text("Cette fiche en Dublin Core", "This record as Dublin Core")),
)


def document(record: Record, base: str, *, listed: bool = False) -> dict[str, Any]:
    """The record on `base`; in a list, without what it lacks."""
    told: dict[str, Any] = {
        "id": record.id,
        "type": "Feature",
        "conformsTo": [CORE],
        "time": _time(record),
        "geometry": _geometry(record),
        "properties": _properties(record),
        "links": _links(record, base),
    }
    if not listed and record.origin is None:
        told["completeness"] = [lack.in_(record.lang) for lack in lacks(record)]
    return told


def _properties(record: Record) -> dict[str, Any]:
    told: dict[str, Any] = {
        "type": record.kind,
        "title": record.title,
        "description": record.abstract,
        "updated": f"{record.stamp}T00:00:00Z",
        "keywords": list(record.keywords),
        "themes": _themes(record),
        "language": LANGUAGE[record.lang],
        "languages": [LANGUAGE["fr"], LANGUAGE["en"]],
        "resourceLanguages": [_RESOURCE_LANGUAGES[record.language]] if record.language in _RESOURCE_LANGUAGES else [],
        "externalIds": [{"value": one} for one in (record.identifier, *record.external_ids)],
        "formats": [{"name": f"{name} {version}"} for name, version in record.formats],
        "contacts": [_contact(one) for one in record.parties],
        "license": record.licence.spdx if record.licence else "other",
        "rights": " ".join(clause.sentence for clause in record.clauses),
        "accessConstraints": [
            {"id": vocabularies.LIMITATIONS + code, "title": vocabularies.LIMITATION_LABELS[code].in_(record.lang)}
            for code in record.limitations
        ],
        "attribution": record.attribution,
        "resourceCreated": record.created,
        "resourceUpdated": record.revised,
        "updateFrequency": record.frequency,
        "lineage": record.lineage,
        "scaleDenominator": record.scale,
        "resolution": record.resolution,
        "crs": [f"http://www.opengis.net/def/crs/EPSG/0/{code}" for code in record.crs],
        "standard": {"name": record.standard[0], "version": record.standard[1]} if record.standard else None,
        "fields": [{"name": one.name, "title": one.label, "type": one.type} for one in record.attributes],
        "access": record.access,
        "origin": _origin(record),
    }
    return {name: value for name, value in told.items() if value not in (None, [], "")}


def _origin(record: Record) -> dict[str, str | None] | None:
    """Where a record that is not ours comes from; its producer's identifier is kept (convention 001, art. 2-1)."""
    one = record.origin
    if one is None:
        return None
    told = {"source": one.source, "title": one.title, "url": one.url, "identifier": one.identifier, "page": one.page}
    return {name: value for name, value in told.items() if value}


def _themes(record: Record) -> list[dict[str, Any]]:
    found = []
    if record.inspire is not None:
        concept = {"id": record.inspire.code, "title": record.inspire.label.in_(record.lang), "url": record.inspire.uri}
        found.append({"scheme": "http://inspire.ec.europa.eu/theme", "concepts": [concept]})
    if record.topics:
        found.append({"scheme": TOPICS, "concepts": [{"id": topic} for topic in record.topics]})
    return found


def _contact(party: Party) -> dict[str, Any]:
    told: dict[str, Any] = {"organization": party.name, "roles": [party.role]}
    if party.email:
        told["emails"] = [{"value": party.email}]
    return told


def _time(record: Record) -> dict[str, Any] | None:
    return {"interval": [one or ".." for one in record.period]} if record.period else None


def _geometry(record: Record) -> dict[str, Any] | None:
    if record.bbox is None:
        return None
    west, south, east, north = record.bbox
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _links(record: Record, base: str) -> list[dict[str, str]]:
    """The record and its other forms, its collection, then where the data are: what opens for this caller."""
    item = f"{base}/collections/records/items/{record.id}"
    lang = record.lang
    found = [
        link(item, "self", "application/geo+json", Text("Cette fiche", "This record").in_(lang)),
        link(f"{base}/collections/records", "collection", "application/json",
             Text("Le catalogue", "The catalogue").in_(lang)),
        *(
            link(f"{base}{record.forms}?f={word}", "alternate", media, title.in_(lang))
            for word, media, title in ALTERNATES
        ),
        *_described(record, base),
    ]  # fmt: skip
    taken = ("self", "alternate", "up", "describedby")
    found.extend(dict(one) for one in record.links if one["rel"] not in taken)
    return found


def _described(record: Record, base: str) -> list[dict[str, str]]:
    """Where the dataset is: here, or at who holds it and in the catalogue that it was read from."""
    if record.origin is None:
        return [link(f"{base}/collections/{record.id}", "describes", "application/json", record.title)]
    found = [link(record.origin.url, "via", "", record.origin.title)]
    return [link(record.origin.page, "describes", "text/html", record.title), *found] if record.origin.page else found
