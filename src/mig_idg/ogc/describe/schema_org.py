"""schema.org: the service as a catalogue, a collection as a dataset. Empty members are left out.

`box` of a GeoShape is latitude first; the licence of a dataset is its own, not the service's; its distributions are
those of our routes, which its page tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mig_idg.errors import Lang
from mig_idg.ogc.describe.links import LICENCES
from mig_idg.ogc.service_metadata import Service
from mig_idg.store.collection import Collection

CONTEXT = "https://schema.org/docs/jsonldcontext.jsonld"


def of_service(service: Service, base: str, lang: Lang) -> dict[str, Any]:
    """The landing page."""
    filled: dict[str, Any] = _filled(_catalogue(service, base, lang))
    return filled


def of_collections(service: Service, collections: Iterable[Collection], base: str, lang: Lang) -> dict[str, Any]:
    """The catalogue of what the caller may discover."""
    datasets = [_dataset(one, base, lang) for one in collections]
    filled: dict[str, Any] = _filled({**_catalogue(service, base, lang), "dataset": datasets})
    return filled


def of_collection(service: Service, collection: Collection, base: str, lang: Lang) -> dict[str, Any]:
    """One collection, in its catalogue."""
    dataset = _dataset(collection, base, lang)
    filled: dict[str, Any] = _filled({**_catalogue(service, base, lang), "dataset": dataset})
    return filled


def _catalogue(service: Service, base: str, lang: Lang) -> dict[str, Any]:
    metadata = service.metadata
    identification, contact = metadata.identification, metadata.contact
    return {
        "@context": CONTEXT,
        "@type": "DataCatalog",
        "@id": f"{base}/",
        "url": f"{base}/",
        "name": identification.title.in_(lang),
        "description": identification.description.in_(lang),
        "keywords": list(identification.keywords.in_(lang)),
        "termsOfService": identification.terms_of_service,
        "license": metadata.license.url if metadata.license else None,
        "provider": {
            "@type": "Organization",
            "name": metadata.provider.name,
            "url": metadata.provider.url,
            "address": {
                "@type": "PostalAddress",
                "streetAddress": contact.address if contact else None,
                "postalCode": contact.postalcode if contact else None,
                "addressLocality": contact.city if contact else None,
                "addressCountry": contact.country if contact else None,
            },
            "contactPoint": {
                "@type": "ContactPoint",
                "email": contact.email if contact else None,
                "telephone": contact.phone if contact else None,
                "url": contact.url if contact else None,
                "description": contact.position.in_(lang) if contact and contact.position else None,
            },
        },
    }


def _dataset(collection: Collection, base: str, lang: Lang) -> dict[str, Any]:
    home = f"{base}/collections/{collection.id}"
    dataset: dict[str, Any] = {
        "@type": "Dataset",
        "@id": home,
        "name": collection.title.in_(lang),
        "description": collection.description.in_(lang),
        "license": LICENCES.get(collection.licence or "", (f"{home}/access?f=html", ""))[0],
        "keywords": list(collection.keywords),
    }
    if collection.bbox is not None:
        west, south, east, north = collection.bbox
        geo = {"@type": "GeoShape", "box": f"{south} {west} {north} {east}"}
        dataset["spatial"] = [{"@type": "Place", "geo": geo}]
    dataset["url"] = home
    dataset["creditText"] = collection.credit()
    dataset["isAccessibleForFree"] = collection.is_open
    if collection.updated:
        dataset["dateModified"] = collection.updated
    return dataset


def _filled(value: Any) -> Any:
    """The same value without null members and empty objects."""
    if isinstance(value, Mapping):
        kept = {name: _filled(inner) for name, inner in value.items()}
        return {name: inner for name, inner in kept.items() if inner not in (None, {}, [], "")}
    if isinstance(value, list):
        return [_filled(inner) for inner in value]
    return value
