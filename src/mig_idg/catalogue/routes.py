"""The routes of the catalogue."""

from __future__ import annotations

from mig_idg.catalogue import operations
from mig_idg.catalogue.csw import BODY_LIMIT, Csw
from mig_idg.catalogue.handlers import Catalogue
from mig_idg.catalogue.harvested import Harvest
from mig_idg.catalogue.source import Descriptions, Records
from mig_idg.guard.route import Route
from mig_idg.guard.withdrawn import Standing


def routes(
    descriptions: Descriptions, harvest: Harvest | None = None, tombstones: Standing | None = None
) -> tuple[Route, ...]:
    """The routes of the records written from these descriptions, and of those that were harvested elsewhere."""
    records = Records(descriptions, harvest, tombstones)
    ours, csw = Catalogue(records), Csw(records)
    return (
        Route("/collections/{collection}/record", "discover", ours.record, pool="admin",
              operations=(operations.RECORD,)),
        Route("/collections/records", "listing", ours.collection, pool="admin", operations=(operations.COLLECTION,)),
        Route("/collections/records/items", "listing", ours.items, pool="admin", operations=(operations.ITEMS,)),
        Route("/collections/records/queryables", "listing", ours.queryables, pool="admin",
              operations=(operations.QUERYABLES,)),
        Route("/collections/records/sortables", "listing", ours.sortables, pool="admin",
              operations=(operations.SORTABLES,)),
        Route("/opensearch.xml", "listing", ours.opensearch, pool="admin", operations=(operations.OPENSEARCH,)),
        Route("/sitemap.xml", "listing", ours.sitemap, pool="admin", operations=(operations.SITEMAP,)),
        Route("/collections/records/items/{record}", "listing", ours.item, pool="admin", operations=(operations.ITEM,)),
        Route("/csw", "listing", csw.answer, methods=("GET", "HEAD", "POST"), pool="admin", body_limit=BODY_LIMIT,
              operations=operations.CSW),
        Route("/dcat", "listing", ours.dcat, pool="admin", operations=(operations.DCAT,)),
        Route("/feed.atom", "listing", ours.feed, pool="admin", operations=(operations.FEED,)),
        Route("/api/3/action/package_list", "listing", ours.packages, pool="admin",
              operations=(operations.PACKAGE_LIST,)),
        Route("/api/3/action/package_show", "listing", ours.package, pool="admin",
              operations=(operations.PACKAGE_SHOW,)),
    )  # fmt: skip
