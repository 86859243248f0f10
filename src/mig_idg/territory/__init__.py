"""Commune, EPT, département: who is where, under which code, and how each is written."""

from mig_idg.territory.places import (
    COMMUNES,
    EPTS,
    OTHERS,
    PLACES,
    Body,
    Commune,
    Ept,
    Place,
    find,
    is_commune,
    is_ept,
    name_of,
    nearest_places,
    place,
    spelled,
)

__all__ = [
    "COMMUNES",
    "EPTS",
    "OTHERS",
    "PLACES",
    "Body",
    "Commune",
    "Ept",
    "Place",
    "find",
    "is_commune",
    "is_ept",
    "name_of",
    "nearest_places",
    "place",
    "spelled",
]
