"""The routes of OGC API Features, and what each asks of the charter."""

from __future__ import annotations

from collections.abc import Mapping

from mig_idg.guard.door import Door
from mig_idg.ogc.features import formats
from mig_idg.ogc.features.item import item
from mig_idg.ogc.features.items import items

_BULK = frozenset(one.name for one in formats.BULK)


def items_action(method: str, query: Mapping[str, str], headers: Mapping[str, str]) -> str:
    """A bulk format takes the data away, anything else looks at them."""
    return "download" if query.get("f") in _BULK else "query"


DOORS = (
    Door("/collections/{collection}/items", items_action, items, actions=("query", "download")),
    Door("/collections/{collection}/items/{item}", "query", item),
)
