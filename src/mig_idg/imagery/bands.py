"""Bands: their names, which of them a caller may see, and the styles that show no other.

An exception (charter § 3.3) or the owner's terms hide attributes; those of a raster are its bands. What cannot be taken
out of the pixels closes them all: a word that names no band, the bytes of a file, a style made of a hidden band.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from mig_idg.charter import Decision
from mig_idg.errors import Refused, Text

BAND_NAMES: Mapping[str, tuple[str, ...]] = {
    "rgb": ("red", "green", "blue"),
    "rgbi": ("red", "green", "blue", "infrared"),
    "elevation": ("elevation",),
    "classes": ("class",),
    "points": (),
}
# Bands that a file has beyond those of its kind go by their number.
_NUMBERED = re.compile(r"band[1-9][0-9]?")


def whole(decision: Decision) -> bool:
    """True when nothing of the pixels is kept from the caller: neither a part of the territory nor a band."""
    return decision.rows is None and not decision.hidden


def open_bands(names: Iterable[str], kind: str, decision: Decision) -> tuple[str, ...]:
    """Those of the bands named that the caller may see. Raises Refused when there is none."""
    unknown = {word for word in decision.hidden if word not in BAND_NAMES[kind] and not _NUMBERED.fullmatch(word)}
    left = () if unknown else tuple(name for name in names if name not in decision.hidden)
    if not left:
        raise closed(decision)
    return left


def closed(decision: Decision) -> Refused:
    """The answer to a caller who asks for what is hidden from them."""
    return Refused(
        Text("Cette bande ne vous est pas ouverte.", "This band is not open to you."),
        remedy=Text("« access » dit ce qui vous est ouvert, et pourquoi.", "“access” tells what is open, and why."),
        extra={"rule": decision.rule, "article": decision.article},
    )
