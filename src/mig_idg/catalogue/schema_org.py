"""schema.org: the record as a Dataset with its distributions, which search engines of datasets read."""

from __future__ import annotations

from typing import Any

from mig_idg.catalogue import vocabularies
from mig_idg.catalogue.model import Record

CONTEXT = "https://schema.org/docs/jsonldcontext.jsonld"


def document(record: Record) -> dict[str, Any]:
    """The record; absent members are left out."""
    described: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "Dataset",
        "@id": record.identifier,
        "url": record.page if record.origin else record.identifier,
        "identifier": [record.identifier, *record.external_ids],
        "name": record.title,
        "description": record.abstract,
        "inLanguage": record.lang,
        "keywords": [*record.keywords, *([record.inspire.label.in_(record.lang)] if record.inspire else [])],
        "creditText": record.attribution,
        "isAccessibleForFree": record.is_open,
        "license": record.licence.url if record.licence else None,
        "conditionsOfAccess": " ".join(
            [vocabularies.LIMITATION_LABELS[code].in_(record.lang) for code in record.limitations]
            + [clause.sentence for clause in record.clauses]
        ),
        "dateCreated": record.created,
        "dateModified": record.revised,
        "temporalCoverage": "/".join(one or ".." for one in record.period) if record.period else None,
        "creator": [{"@type": "Organization", "name": one.name} for one in record.parties if one.role == "owner"],
        "publisher": {"@type": "Organization", "name": record.publisher.name, "url": record.publisher.url},
        "includedInDataCatalog": {"@type": "DataCatalog", "name": record.publisher.title.in_(record.lang)},
        "sdDatePublished": record.stamp,
        "distribution": [
            {"@type": "DataDownload", "contentUrl": one.href, "encodingFormat": one.media_type, "name": one.title}
            for one in record.resources
            if one.function == "download"
        ],
        "variableMeasured": [
            {"@type": "PropertyValue", "name": one.name, "description": one.label} for one in record.attributes
        ],
    }
    if record.bbox is not None:
        west, south, east, north = record.bbox
        shape = {"@type": "GeoShape", "box": f"{south} {west} {north} {east}"}
        described["spatialCoverage"] = {"@type": "Place", "geo": shape}
    return {name: value for name, value in described.items() if value not in (None, [], "")}
