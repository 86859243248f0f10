"""`compare-versions`: what changed between two states of a layer: added, removed, modified features."""

from __future__ import annotations

from typing import Any

import shapely

from mig_idg.errors import InvalidParameter, Text
from mig_idg.ogc.processes.builtin import layers
from mig_idg.ogc.processes.builtin.words import COLLECTION, given, made, metadata
from mig_idg.ogc.processes.reading import Processor

MOST_LISTED = 10_000
STATE = {
    "oneOf": [
        COLLECTION,
        {
            "type": "object",
            "required": ["type", "features"],
            "properties": {"type": {"const": "FeatureCollection"}, "features": {"type": "array"}},
        },
    ]
}
Features = dict[str, dict[str, Any]]


class CompareVersions(Processor):
    """Two states, each a layer of the service or a FeatureCollection that the caller brings."""

    METADATA = metadata(
        "compare-versions",
        ("Comparer deux versions", "Compare two versions"),
        (
            "Ce qui a changé entre deux états d'une couche : entités ajoutées, supprimées, modifiées (et en quoi).",
            "What changed between two states of a layer: features added, removed, modified (and how).",
        ),
        inputs={
            "before": given("L'état d'avant : une couche ou un FeatureCollection", "The state before", STATE),
            "after": given("L'état d'après : une couche ou un FeatureCollection", "The state after", STATE),
            "key": given(
                "L'attribut qui identifie une entité (sinon, son id)",
                "The attribute that identifies a feature (otherwise, its id)",
                {"type": "string", "minLength": 1, "maxLength": 120},
                required=False,
            ),
            "tolerance": given(
                "Écart de coordonnées qui ne compte pas, en degrés",
                "A difference of coordinates that does not count, in degrees",
                {"type": "number", "minimum": 0, "maximum": 1, "default": 1e-7},
                required=False,
            ),
        },
        outputs={"changes": made("Les changements", "The changes", {"type": "object"})},
        example={"inputs": {"before": {"type": "FeatureCollection", "features": []}, "after": "equipements"}},
    )

    def execute(self, data: dict[str, Any], outputs: Any = None) -> tuple[str, Any]:
        """Both states by their keys, then what differs."""
        before = self._state(data, "before")
        self.report(40, "Premier état lu.", "First state read.")
        after = self._state(data, "after")
        self.report(80, "Comparaison.", "Comparing.")
        added = sorted(after.keys() - before.keys())
        removed = sorted(before.keys() - after.keys())
        tolerance = float(data.get("tolerance", 1e-7))
        compared = (
            (key, _differences(before[key], after[key], tolerance)) for key in sorted(before.keys() & after.keys())
        )
        modified = [{"id": key, **found} for key, found in compared if found is not None]
        counts = {"before": len(before), "after": len(after), "added": len(added), "removed": len(removed),
                  "modified": len(modified)}  # fmt: skip
        return "application/json", {
            "changes": {
                "counts": counts,
                "added": added[:MOST_LISTED],
                "removed": removed[:MOST_LISTED],
                "modified": modified[:MOST_LISTED],
                "truncated": max(len(added), len(removed), len(modified)) > MOST_LISTED,
            }
        }

    def _state(self, data: dict[str, Any], name: str) -> Features:
        told, key = data[name], data.get("key")
        features = layers.features(self, told) if isinstance(told, str) else told["features"]
        found: Features = {}
        for number, one in enumerate(features, 1):
            try:
                id = one["properties"][key] if key else one["id"]
            except (KeyError, TypeError):
                raise InvalidParameter(
                    f"inputs.{name}",
                    Text(
                        f"L'entité n° {number} n'a pas « {key or 'id'} ».", f"Feature {number} has no “{key or 'id'}”."
                    ),
                    remedy=Text("Nommez l'attribut par « key ».", "Name the attribute with “key”."),
                ) from None
            if str(id) in found:
                raise InvalidParameter(
                    f"inputs.{name}",
                    Text(f"« {id} » s'y trouve deux fois.", f"“{id}” is there twice."),
                    remedy=Text("Choisissez une clé unique.", "Choose a unique key."),
                )
            found[str(id)] = one
        return found


def _differences(before: dict[str, Any], after: dict[str, Any], tolerance: float) -> dict[str, Any] | None:
    first, last = before.get("properties") or {}, after.get("properties") or {}
    attributes = sorted(name for name in first.keys() | last.keys() if first.get(name) != last.get(name))
    moved = not _same_place(before.get("geometry"), after.get("geometry"), tolerance)
    if not attributes and not moved:
        return None
    return {
        "geometry": moved,
        "attributes": {name: {"before": first.get(name), "after": last.get(name)} for name in attributes},
    }


def _same_place(first: Any, last: Any, tolerance: float) -> bool:
    if first is None or last is None or first == last:
        return bool(first == last)
    try:
        one, other = shapely.geometry.shape(first), shapely.geometry.shape(last)
        return bool(shapely.equals_exact(one, other, tolerance))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, shapely.errors.ShapelyError):
        raise InvalidParameter("inputs", Text("Une géométrie ne se lit pas.", "A geometry cannot be read.")) from None
