"""schema.org, as pygeoapi writes it, put right where it is not.

`box` of a GeoShape is latitude first; the type is `ContactPoint`; the licence of a dataset is its own, not the
service's; its distributions are those of our routes, which its page tells. Empty members are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mig_idg.ogc.describe.links import LICENCES
from mig_idg.store.collection import Collection


def corrected(document: dict[str, Any], collections: Iterable[Collection], base: str) -> dict[str, Any]:
    """The document of a catalogue or of one dataset, for the collections it speaks of."""
    by_id = {f"{base}/collections/{one.id}": one for one in collections}
    datasets = document.get("dataset", [])
    for dataset in datasets if isinstance(datasets, list) else [datasets]:
        _correct(dataset, by_id[dataset["@id"]], base)
    contact = document.get("provider", {}).get("contactPoint")
    if contact:
        contact["@type"] = "ContactPoint"
    document["@id"] = document["url"] = f"{base}/"
    filled: dict[str, Any] = _filled(document)
    return filled


def _correct(dataset: dict[str, Any], collection: Collection, base: str) -> None:
    home = f"{base}/collections/{collection.id}"
    dataset.pop("distribution", None)
    dataset["license"] = LICENCES.get(collection.licence or "", (f"{home}/access?f=html", ""))[0]
    dataset["creditText"] = collection.credit()
    dataset["isAccessibleForFree"] = collection.is_open
    if collection.updated:
        dataset["dateModified"] = collection.updated
    if collection.bbox is None:
        dataset.pop("spatial", None)
    for place in dataset.get("spatial") or ():
        west, south, east, north = (n for corner in place["geo"]["box"].split(" ") for n in corner.split(","))
        place["geo"]["box"] = f"{south} {west} {north} {east}"


def _filled(value: Any) -> Any:
    """The same value without null members and empty objects."""
    if isinstance(value, Mapping):
        kept = {name: _filled(inner) for name, inner in value.items()}
        return {name: inner for name, inner in kept.items() if inner not in (None, {}, [], "")}
    if isinstance(value, list):
        return [_filled(inner) for inner in value]
    return value
