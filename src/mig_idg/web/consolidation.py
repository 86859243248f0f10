"""The report of a consolidation as one page, with nothing from outside: by contributor, with a map of the findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mig_idg.errors import Lang
from mig_idg.web.pages import environment

WIDTH, HEIGHT = 900, 600
SHOWN = 5000
"""Points drawn at most; the GeoJSON has them all."""


def page(report: Mapping[str, Any], findings: Mapping[str, Any], lang: Lang) -> str:
    """The report in a language, as HTML; the map is an SVG drawn here."""
    template = environment().get_template("consolidation_report.html")
    return template.render(report=report, lang=lang, points=placed(findings), width=WIDTH, height=HEIGHT)


def placed(findings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Findings (GeoJSON) as points of a drawing of WIDTH by HEIGHT pixels, north up."""
    return _placed(list(_points(findings["features"][:SHOWN])))


def _points(features: list[Mapping[str, Any]]) -> Iterator[tuple[float, float, str, str]]:
    for feature in features:
        coordinates = (feature["geometry"] or {}).get("coordinates")
        while coordinates and isinstance(coordinates[0], list):
            coordinates = coordinates[0]
        if coordinates:
            told = feature["properties"]
            yield coordinates[0], coordinates[1], told["kind"], f"{told['words']} — {told['key']}"


def _placed(points: list[tuple[float, float, str, str]]) -> list[dict[str, Any]]:
    """Longitudes and latitudes as pixels, north up, the same scale both ways at the middle latitude."""
    if not points:
        return []
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    scale = min(WIDTH * 0.95 / max((east - west) * 0.66, 1e-6), HEIGHT * 0.95 / max(north - south, 1e-6))
    return [
        {
            "x": round(WIDTH / 2 + (x - (west + east) / 2) * 0.66 * scale, 1),
            "y": round(HEIGHT / 2 - (y - (south + north) / 2) * scale, 1),
            "kind": kind,
            "words": words,
        }
        for x, y, kind, words in points
    ]
