"""The routes of the catalogue."""

from __future__ import annotations

from mig_idg.catalogue.csw import BODY_LIMIT, Csw
from mig_idg.catalogue.handlers import Catalogue
from mig_idg.catalogue.harvested import Harvest
from mig_idg.catalogue.source import Descriptions, Records
from mig_idg.guard.route import Route


def routes(descriptions: Descriptions, harvest: Harvest | None = None) -> tuple[Route, ...]:
    """The routes of the records written from these descriptions, and of those that were harvested elsewhere."""
    records = Records(descriptions, harvest)
    ours, csw = Catalogue(records), Csw(records)
    return (
        Route("/collections/{collection}/record", "discover", ours.record, pool="admin"),
        Route("/collections/records", "listing", ours.collection, pool="admin"),
        Route("/collections/records/items", "listing", ours.items, pool="admin"),
        Route("/collections/records/items/{record}", "listing", ours.item, pool="admin"),
        Route("/collections/records/queryables", "listing", ours.queryables, pool="admin"),
        Route("/collections/records/sortables", "listing", ours.sortables, pool="admin"),
        Route("/opensearch.xml", "listing", ours.opensearch, pool="admin"),
        Route("/sitemap.xml", "listing", ours.sitemap, pool="admin"),
        Route("/csw", "listing", csw.answer, methods=("GET", "HEAD", "POST"), pool="admin", body_limit=BODY_LIMIT),
        Route("/dcat", "listing", ours.dcat, pool="admin"),
        Route("/feed.atom", "listing", ours.feed, pool="admin"),
        Route("/api/3/action/package_list", "listing", ours.packages, pool="admin"),
        Route("/api/3/action/package_show", "listing", ours.package, pool="admin"),
    )
