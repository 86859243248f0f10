"""Negotiation, under the address by which this slice has always called it: it is the guard's, for all slices."""

from mig_idg.guard.negotiation import (
    EVERYWHERE,
    JSON_PAGES,
    LINKED_PAGES,
    accepted,
    only,
    wanted,
    weight,
)

__all__ = [
    "EVERYWHERE",
    "JSON_PAGES",
    "LINKED_PAGES",
    "accepted",
    "only",
    "wanted",
    "weight",
]
