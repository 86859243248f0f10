"""What a coverage is: its fields (JSON Schema), its range type and its domain (CIS JSON, OGC 09-146r8)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mig_idg.guard.negotiation import only, wanted
from mig_idg.guard.request import Request
from mig_idg.guard.response import Response, json_answer
from mig_idg.imagery.bands import open_bands
from mig_idg.imagery.engine import RasterEngine
from mig_idg.ogc.raster import extent
from mig_idg.ogc.raster.extent import BAND_LABELS, Native
from mig_idg.ogc.raster.mosaic_selection import raster_of
from mig_idg.store import crs as reference

# Names of OGC 09-146r8, as its JSON-LD context shortens them: GDAL reads no other form.
_NUMBERS = {
    "uint8": "unsignedByte", "int16": "signedShort", "uint16": "unsignedShort", "int32": "signedInt",
    "uint32": "unsignedInt",
}  # fmt: skip


async def schema(request: Request) -> Response:
    """`GET /collections/{collection}/schema`: the bands as JSON Schema properties, in their order.

    Also at `/coverage/schema`, where an earlier draft had it.
    """
    native = await _native(request, "application/schema+json")
    properties: dict[str, Any] = {}
    for number, name in enumerate(native.bands, start=1):
        properties[name] = {
            "title": BAND_LABELS[name].in_(request.lang) if name in BAND_LABELS else name,
            "type": "number" if native.dtype.startswith("float") else "integer",
            "x-ogc-propertySeq": number,
            **({"x-ogc-unit": "m"} if name == "elevation" else {}),
            **({"minimum": 0, "maximum": 255} if native.dtype == "uint8" else {}),
            **({"x-ogc-nilValues": [native.nodata]} if native.nodata is not None else {}),
        }
    assert request.collection is not None
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": request.url(f"/collections/{request.collection.id}/schema"),
        "type": "object",
        "title": request.collection.title.in_(request.lang),
        "properties": properties,
    }
    return json_answer(document, media_type="application/schema+json", etag=request.etag("schema", native))


async def range_type(request: Request) -> Response:
    """`GET /collections/{collection}/coverage/rangetype`."""
    native = await _native(request)
    kind = _NUMBERS.get(native.dtype, native.dtype)
    fields = [
        {
            "type": "Quantity",
            "id": name,
            "name": BAND_LABELS[name].in_(request.lang) if name in BAND_LABELS else name,
            "definition": f"ogcType:{kind}",
            "uom": {"type": "UnitReference", "code": "m" if name == "elevation" else "10^0"},
        }
        for name in native.bands
    ]
    return json_answer({"type": "DataRecord", "field": fields}, etag=request.etag("rangetype", native))


async def domain_set(request: Request) -> Response:
    """`GET /collections/{collection}/coverage/domainset`."""
    native = await _native(request)
    assert request.collection is not None
    stored = reference.storage_crs(request.collection.srid)
    labels = ("Lon", "Lat") if stored.degrees else ("E", "N")
    unit = "deg" if stored.degrees else "m"
    xmin, ymin, xmax, ymax = native.bounds
    across, down = round((xmax - xmin) / native.pixel[0]), round((ymax - ymin) / native.pixel[1])
    axes = [
        {"type": "RegularAxis", "axisLabel": label, "lowerBound": low, "upperBound": high, "uomLabel": unit,
         "resolution": step}
        for label, low, high, step in zip(labels, (xmin, ymin), (xmax, ymax), native.pixel, strict=True)
    ]  # fmt: skip
    cells = [
        {"type": "IndexAxis", "axisLabel": label, "lowerBound": 0, "upperBound": size - 1}
        for label, size in (("i", across), ("j", down))
    ]
    grid = {
        "type": "GeneralGridCoverage",
        "srsName": stored.uri,
        "axisLabels": list(labels),
        "axis": axes,
        "gridLimits": {
            "type": "GridLimits",
            "srsName": "http://www.opengis.net/def/crs/OGC/0/Index2D",
            "axisLabels": ["i", "j"],
            "axis": cells,
        },
    }
    return json_answer({"type": "DomainSet", "generalGrid": grid}, etag=request.etag("domainset", native))


async def _native(request: Request, media: str = "application/json") -> Native:
    raster_of(request.collection, "coverages")
    only(request, "datetime")
    wanted(request, {"json": media})
    assert request.collection is not None
    native = await extent.native(
        request.resource(RasterEngine), request, request.collection, request.query.get("datetime")
    )
    await request.read_version()
    assert request.decision is not None
    kind = str((request.collection.raster or {}).get("bands", "rgb"))
    return replace(native, bands=open_bands(native.bands, kind, request.decision))
