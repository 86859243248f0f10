"""`clip-to-territory`: the features of a layer in a territory, cut at its limit."""

from __future__ import annotations

from typing import Any

import shapely

from mig_idg.ogc.processes.builtin import areas, layers
from mig_idg.ogc.processes.builtin.words import COLLECTION, given, made, metadata
from mig_idg.ogc.processes.reading import Processor


class ClipToTerritory(Processor):
    """A layer cut at the limit of communes, an EPT, a polygon or a box."""

    METADATA = metadata(
        "clip-to-territory",
        ("Découper selon un territoire", "Clip to a territory"),
        (
            "Les entités d'une couche dans une commune, un EPT, un polygone ou une emprise, coupées à sa limite.",
            "The features of a layer in a commune, an EPT, a polygon or a box, cut at its limit.",
        ),
        inputs={
            "collection": given("La couche", "The layer", COLLECTION),
            "territory": given(
                "Code INSEE, EPT, nom, liste de communes, polygone GeoJSON ou {bbox}",
                "INSEE code, EPT, name, list of communes, GeoJSON polygon, or {bbox}",
                areas.SCHEMA,
            ),
            "cut": given(
                "Couper les géométries à la limite (sinon, entières)",
                "Cut the geometries at the limit (otherwise, whole)",
                {"type": "boolean", "default": True},
                required=False,
            ),
        },
        outputs={
            "features": made(
                "Les entités", "The features", {"type": "object", "contentMediaType": "application/geo+json"}
            )
        },
        example={"inputs": {"collection": "pcrs", "territory": "92050"}},
    )

    def execute(self, data: dict[str, Any], outputs: Any = None) -> tuple[str, Any]:
        """Read what touches the territory, then cut."""
        area = areas.area_of(self, data["territory"])
        self.report(10, "Lecture de la couche.", "Reading the layer.")
        found = layers.features(self, data["collection"], area)
        self.report(60, "Découpage.", "Cutting.")
        kept = [_cut(one, area.shape) for one in found] if data.get("cut", True) else found
        return "application/geo+json", {
            "type": "FeatureCollection",
            "features": [one for one in kept if one is not None],
            "territory": area.name,
        }


def _cut(feature: dict[str, Any], limit: shapely.Geometry) -> dict[str, Any] | None:
    if feature["geometry"] is None:
        return None
    shape = shapely.make_valid(shapely.geometry.shape(feature["geometry"]))
    if limit.contains(shape):
        return feature
    part = shape.intersection(limit)
    # What only touches the limit leaves a shape of fewer dimensions: it is not in the territory.
    if part.is_empty or shapely.get_dimensions(part) < shapely.get_dimensions(shape):
        return None
    return {**feature, "geometry": shapely.geometry.mapping(part)}
