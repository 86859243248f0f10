"""One collection as a caller sees it: identity, extent and reference systems; who must be named, how fresh it is, who
answers for it, under which licence, what this caller may do, and the links of the routes that open.
"""

from __future__ import annotations

from collections.abc import Collection as Set
from typing import Any

from mig_idg.errors import Lang, Text
from mig_idg.guard.response import link
from mig_idg.ogc.describe import links
from mig_idg.ogc.describe.entitlements import Entitlements
from mig_idg.store import crs as reference
from mig_idg.store.collection import Collection, PixelGrid
from mig_idg.territory import name_of

GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"


def complete(
    entitlements: Entitlements,
    *,
    attribution: str,
    mounted: Set[str],
    bbox: tuple[float, float, float, float] | None,
    base: str,
    lang: Lang,
) -> dict[str, Any]:
    """The collection document on `base`. `bbox` is the extent that may be told, never one of hidden rows.

    Clauses: OGC 17-069r4 §7.14 (collection), 18-058r1 §6.1 (crs, storageCrs), 20-024 (attribution).
    """
    collection, permitted = entitlements.collection, entitlements.permitted
    here = f"{base}/collections/{collection.id}"
    document: dict[str, Any] = {
        "id": collection.id,
        "title": collection.title.in_(lang),
        "description": collection.description.in_(lang),
    }
    if collection.keywords:
        document["keywords"] = list(collection.keywords)
    document["attribution"] = attribution
    if bbox is not None:
        document["extent"] = {"spatial": {"bbox": [list(bbox)], "crs": reference.CRS84.uri}}
    if (time := _time(entitlements)) is not None:
        document["extent"] = {**document.get("extent", {}), "temporal": {"interval": [list(time)], "trs": GREGORIAN}}
    if collection.grid is not None and "spatial" in document.get("extent", {}):
        spatial = {**document["extent"]["spatial"], **_gridded(collection, collection.grid)}
        document["extent"] = {**document["extent"], "spatial": spatial}
    if "features" in collection.services and "query" in permitted:
        document["itemType"] = "feature"
    if collection.table is not None and collection.table.geometry is not None:
        geometry = collection.table.geometry
        document["crs"] = [one.uri for one in reference.offered(geometry.srid, geometry.has_z)]
        document["storageCrs"] = reference.storage_crs(geometry.srid).uri
    elif collection.raster is not None and not {"coverages", "maps", "tiles"}.isdisjoint(collection.services):
        document["dataType"] = "coverage" if "coverages" in collection.services else "map"
        srid = collection.srid
        document["crs"] = [one.uri for one in reference.offered(srid)]
        document["storageCrs"] = reference.storage_crs(srid).uri
    elif collection.plugin is not None:
        document["crs"] = [one.uri for one in reference.offered(collection.srid, area=collection.bbox)]
        document["storageCrs"] = reference.storage_crs(collection.srid).uri
    if collection.licence:
        document["license"] = collection.licence
    document.update(_stewardship(collection, lang))
    document["access"] = entitlements.summary(base)
    document["links"] = [
        *_selves(here, lang),
        link(f"{base}/collections", "up", "application/json", _("Les collections", "Collections", lang)),
        *links.of_collection(collection, permitted, mounted, base, lang),
    ]
    return document


def _time(entitlements: Entitlements) -> tuple[str, str | None] | None:
    """From when to when the rows are that this caller reads: those of others would be told by it."""
    collection = entitlements.collection
    if collection.versions_are_time and collection.versions_since is not None:
        return (f"{collection.versions_since}T00:00:00Z", None)
    time, (_, decision) = entitlements.collection.time, entitlements.leading
    return time.seen(decision.rows, decision.hidden) if time is not None and decision.permitted else None


def _gridded(collection: Collection, grid: PixelGrid) -> dict[str, Any]:
    """The box and the grid in the CRS of storage, axes in its order (OGC 20-024, uniform additional dimensions)."""
    srid = collection.srid
    xmin, ymin, xmax, ymax = grid.bounds
    axes = [{"cellsCount": cells, "resolution": step} for cells, step in zip(grid.size, grid.pixel, strict=True)]
    if reference.storage_crs(srid).flipped:
        return {"storageCrsBbox": [[ymin, xmin, ymax, xmax]], "grid": axes[::-1]}
    return {"storageCrsBbox": [[xmin, ymin, xmax, ymax]], "grid": axes}


def _selves(here: str, lang: Lang) -> list[dict[str, str]]:
    return [
        link(f"{here}?f=json", "self", "application/json", _("Ce document en JSON", "This document as JSON", lang)),
        link(f"{here}?f=html", "alternate", "text/html", _("Ce document en HTML", "This document as HTML", lang)),
        link(
            f"{here}?f=jsonld",
            "alternate",
            "application/ld+json",
            _("Ce document en RDF (JSON-LD, schema.org)", "This document as RDF (JSON-LD, schema.org)", lang),
        ),
    ]


def _stewardship(collection: Collection, lang: Lang) -> dict[str, Any]:
    """Who answers for the data, how fresh they are, from which scale they may be used: as declared."""
    declared = collection.declared
    told: dict[str, Any] = {"kind": collection.kind}
    if collection.owner:
        told["owner"] = {"id": collection.owner, "name": name_of(collection.owner)}
    if collection.kind == "coproduced":
        told["workingGroup"] = [{"id": body, "name": name_of(body)} for body in declared.get("working_group", ())]
    if contacts := [_contact(one) for one in declared.get("contacts", ())]:
        told["contacts"] = contacts
    for ours, theirs in (("theme", "theme"), ("update_frequency", "updateFrequency")):
        if declared.get(ours):
            told[theirs] = declared[ours]
    if collection.updated:
        told["updated"] = collection.updated
    if scale := declared.get("scale"):
        told["scaleDenominators"] = list(scale)
        if collection.raster is not None:
            # The finest one: where GDAL's OGCAPI driver stops, which otherwise reads pixels of a millimetre.
            told["scaleDenominator"] = min(scale)
    if standard := declared.get("standard"):
        told["standard"] = dict(standard)
    return told


def _contact(declared: dict[str, Any]) -> dict[str, Any]:
    """A contact in the words of OGC API Records."""
    told: dict[str, Any] = {"name": declared["name"], "roles": [declared.get("role", "pointOfContact")]}
    if declared.get("email"):
        told["emails"] = [{"value": declared["email"]}]
    return told


def _(fr: str, en: str, lang: Lang) -> str:
    return Text(fr, en).in_(lang)
