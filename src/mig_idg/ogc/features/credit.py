"""The words owed with features, inside what is kept of an answer: pages, items and files bear them without headers."""

from __future__ import annotations

import orjson

from mig_idg.guard.obligations import attribution, notice
from mig_idg.guard.request import Request


def credited(request: Request) -> bytes:
    """The mention, the credit and the date of update, as a JSON string: the `attribution` of a page or an item."""
    collection, grant = request.layer
    return orjson.dumps(attribution(collection, request.snapshot.mention, grant.obligations))


def noticed(request: Request) -> str:
    """The same with the licence and what the owner is not liable for: what a file says of itself."""
    collection, grant = request.layer
    return notice(collection, request.snapshot.mention, grant.obligations)
