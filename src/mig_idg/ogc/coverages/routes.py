"""The routes of OGC API Coverages: a picture is looked at, values are taken away."""

from __future__ import annotations

from mig_idg.guard.route import Route
from mig_idg.ogc.coverages import coverages, description

_COLLECTION = "/collections/{collection}"

ROUTES = (
    Route(f"{_COLLECTION}/coverage", coverages.action, coverages.coverage, pool="tiles", actions=("view", "download")),
    Route(f"{_COLLECTION}/coverage/schema", "view", description.schema, pool="tiles"),
    Route(f"{_COLLECTION}/coverage/rangetype", "view", description.range_type, pool="tiles"),
    Route(f"{_COLLECTION}/coverage/domainset", "view", description.domain_set, pool="tiles"),
)
