"""Reading layers: their features in an area, whole, as GeoJSON."""

from __future__ import annotations

from typing import Any

import orjson

from mig_idg.errors import InvalidParameter, Text
from mig_idg.ogc.processes.builtin.areas import Area
from mig_idg.ogc.processes.reading import Processor, scratch_file

MOST = 500_000


def geometry_of(process: Processor, collection: str) -> str | None:
    """The name of a layer's geometry in filters, or None when its rows have none."""
    queryables = process.get(f"/collections/{collection}/queryables").json()
    for name, one in queryables["properties"].items():
        if str(one.get("format", "")).startswith("geometry") or one.get("x-ogc-role") == "primary-geometry":
            return str(name)
    return None


def where(process: Processor, collection: str, area: Area | None) -> dict[str, str]:
    """The parameters of `/items` for what lies in an area. Raises InvalidParameter for a layer without geometry."""
    if area is None:
        return {}
    geometry = geometry_of(process, collection)
    if geometry is None:
        raise InvalidParameter(
            "inputs.area",
            Text(f"« {collection} » n'a pas de géométrie.", f"“{collection}” has no geometry."),
        )
    condition = area.filter(geometry)
    return {"bbox": area.bbox, **({"filter": condition} if condition else {})}


def features(process: Processor, collection: str, area: Area | None = None) -> list[dict[str, Any]]:
    """All features of a layer (in an area): a download, with its rights. Raises InvalidParameter beyond MOST."""
    path = scratch_file(".geojson")
    try:
        process.save(f"/collections/{collection}/items", path, f="geojson", limit=MOST + 1,
                     **where(process, collection, area))  # fmt: skip
        found: list[dict[str, Any]] = orjson.loads(path.read_bytes())["features"]
    finally:
        path.unlink(missing_ok=True)
    if len(found) > MOST:
        raise InvalidParameter(
            "inputs.collection",
            Text(f"« {collection} » a plus de {MOST} entités ici.", f"“{collection}” has over {MOST} features here."),
            remedy=Text("Choisissez un territoire plus petit.", "Choose a smaller area."),
        )
    return found
