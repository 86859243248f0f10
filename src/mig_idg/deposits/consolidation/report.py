"""The report of a run, contributor by contributor, in words a technician can act on (C-05)."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from mig_idg.deposits.consolidation import runs
from mig_idg.deposits.consolidation.findings import CONFLICTS, KINDS, RESOLUTION_WORDS
from mig_idg.errors import Lang

LINES = 20
"""Findings shown of each kind and contributor; the others are counted, and all of them are in the GeoJSON."""


def report(connection: Any, run: int, lang: Lang) -> dict[str, Any]:
    """What was given, what was kept, what was found, by contributor; what is left to decide; where nothing is."""
    made = runs.find(connection, run)
    found = runs.conflicts(connection, run, limit=1_000_000)
    by_body: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for row in found:
        for body in {row["contributor"], row["other_contributor"]} - {None}:
            by_body[body][row["kind"]].append(row)
    contributors = [
        {
            **one,
            "findings": [
                {
                    "kind": kind,
                    "words": KINDS[kind].in_(lang),
                    "count": len(rows),
                    "decided": sum(row["resolution"] is not None for row in rows),
                    "examples": [_line(row, lang) for row in rows[:LINES]],
                }
                for kind, rows in sorted(by_body[one["contributor"]].items())
            ],
        }
        for one in made["contributions"]
    ]
    undecided = sum(row["resolution"] is None for row in found if row["kind"] in CONFLICTS)
    return {
        "run": made["id"],
        "recipe": f"{made['recipe']}@{made['recipe_version']}",
        "dataset": made["dataset"],
        "rows": made["rows"],
        "sha256": made["sha256"],
        "findings": made["counts"],
        "undecided": undecided,
        "lacking": made["lacking"],
        "gaps": made["gaps"],
        "excluded": made["excluded"],
        "contributors": contributors,
        "finished_at": made["finished_at"],
    }


def as_geojson(rows: list[dict[str, Any]], lang: Lang) -> dict[str, Any]:
    """Findings as features (CRS84): to be opened in QGIS beside the layer."""
    features = [
        {
            "type": "Feature",
            "id": row["identity"],
            "geometry": row["geometry"],
            "properties": {**_line(row, lang), "kind": row["kind"], "contributor": row["contributor"],
                           "other_contributor": row["other_contributor"]},
        }
        for row in rows
    ]  # fmt: skip
    return {"type": "FeatureCollection", "features": features}


def _line(row: dict[str, Any], lang: Lang) -> dict[str, Any]:
    return {
        "identity": row["identity"][:12],
        "words": KINDS[row["kind"]].in_(lang),
        "key": row["key"],
        "other": row["other_key"] and f"{row['other_contributor'] or row['contributor']}: {row['other_key']}",
        "proposal": RESOLUTION_WORDS[row["proposal"]].in_(lang),
        "resolution": RESOLUTION_WORDS[row["resolution"]].in_(lang) if row["resolution"] else None,
        "reason": row["reason"],
        **row["details"],
    }
