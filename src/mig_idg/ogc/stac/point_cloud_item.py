"""A tile of points as a STAC item: what the `pointcloud` extension (1.0.0) tells, and the classes and returns with it.

The statistics come from the import's own reading of every point, not from the header.
"""

from __future__ import annotations

from typing import Any

import orjson

from mig_idg.errors import Lang

EXTENSION = "https://stac-extensions.github.io/pointcloud/v1.0.0/schema.json"
MEDIA = {".copc.laz": "application/vnd.laszip+copc", ".laz": "application/vnd.laszip", ".las": "application/vnd.las"}


def media_type(name: str) -> str | None:
    """The media type of a file of points by its name; None for another file."""
    return next((media for suffix, media in MEDIA.items() if name.endswith(suffix)), None)


def properties(told: dict[str, Any], lang: Lang) -> dict[str, Any]:
    """The properties of the item, from a row of `served.raster_file`."""
    facts = orjson.loads(told["facts"])
    return {
        "pc:count": told["points"],
        "pc:type": "lidar",
        "pc:encoding": facts["encoding"],
        "pc:density": facts["density"],
        "pc:schemas": facts["schemas"],
        "pc:statistics": facts["statistics"],
        "las:version": facts["las"],
        "las:point_format": facts["point_format"],
        "las:copc": facts["copc"],
        "las:classes": [{**one, "name": one["name"][lang]} for one in facts["classes"]],
        "las:returns": facts["returns"],
        "las:z": facts["z"],
        **({"las:created": facts["created"]} if facts["created"] else {}),
        **({"las:vertical": facts["vertical"]} if facts["vertical"] else {}),
    }


def asset(told: dict[str, Any], href: str) -> dict[str, Any]:
    """The file itself, behind the authorised route of ranges."""
    media = media_type(told["file"]) or MEDIA[".las"]
    return {
        "href": href,
        "type": media,
        "title": {".copc.laz": "COPC", ".laz": "LAZ", ".las": "LAS"}[next(s for s, m in MEDIA.items() if m == media)],
        "roles": ["data"],
        "file:size": told["size"],
        "file:checksum": f"1220{told['sha256']}",
    }
