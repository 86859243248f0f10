"""What the catalogue writes its records from: the descriptions that the OGC routes give to the same caller.

The two slices ignore each other; here they meet. What is told in a record is thereby never more than what the page of
the layer tells.
"""

from __future__ import annotations

from mig_idg.catalogue.model import Publisher, Told
from mig_idg.errors import Text
from mig_idg.guard.request import Request
from mig_idg.ogc.describe.audience import audience
from mig_idg.ogc.describe.describer import Describer
from mig_idg.ogc.describe.document_cache import BASE
from mig_idg.store.collection import Collection


class DescribedLayers:
    """The descriptions of one service."""

    def __init__(self, describer: Describer) -> None:
        self._describer = describer
        self.base = BASE
        metadata = describer.service.metadata
        contact = metadata.contact
        self.publisher = Publisher(
            name=metadata.provider.name,
            title=Text(metadata.identification.title.fr, metadata.identification.title.en),
            description=Text(metadata.identification.description.fr, metadata.identification.description.en),
            email=contact.email if contact else None,
            url=metadata.provider.url,
            licence_url=metadata.license.url if metadata.license else None,
        )

    def told(self, request: Request, collection: Collection) -> Told:
        """What this caller is told of a collection."""
        snapshot = request.snapshot
        dataset = snapshot.facts.datasets.get(collection.id)
        _, grant = snapshot.grant(request.principal, collection, "query")
        return Told(
            document=self._describer.on_base(request, collection),
            clauses=tuple((one.text, one.article) for one in audience(dataset, snapshot.day)),
            grounds=tuple(one.ground for one in dataset.exceptions if one.bites(snapshot.day)) if dataset else (),
            columns=tuple((one.name, one.json) for one in grant.table.columns) if grant else (),
            withdrawn=bool(dataset and dataset.takedown),
        )
