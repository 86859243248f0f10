"""The files themselves: a download."""

from __future__ import annotations

from mig_idg.guard.route import Route
from mig_idg.ogc.files import files

_COLLECTION = "/collections/{collection}"

ROUTES = (
    Route(f"{_COLLECTION}/files/{{name}}", "download", files.collection_file, pool="tiles"),
    Route(f"{_COLLECTION}/files/{{vintage}}/{{name}}", "download", files.collection_file, pool="tiles"),
)
