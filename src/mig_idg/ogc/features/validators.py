"""ETags of single features: the state of the row, then what distinguishes this representation of it.

Two representations of one state have two strong validators, as RFC 9110 wants; a write compares the state alone, so
that an editor may read in Lambert-93 and write in CRS84.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache

from mig_idg.guard.request import Request

_FORM = frozenset({"f"})
# An entity tag between its quotes (RFC 9110, 8.8.3), weak or strong.
_ENTITY_TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e\x80-\xff]*)"')


def of_state(request: Request, state: str, variant: str = "") -> str:
    """The validator of a row's state in one representation (format, CRS, selection, language, address)."""
    return f"{state}-{_short(variant, request.lang, request.base_url, request.grant.key if request.grant else '')}"


@lru_cache(maxsize=1024)
def _short(*parts: str) -> str:
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=6).hexdigest()


def variant(form: str, query: Mapping[str, str]) -> str:
    """What distinguishes a representation."""
    if query.keys() <= _FORM:
        return form
    return "&".join((form, *(f"{name}={value}" for name, value in sorted(query.items()) if name != "f")))


def holds(if_match: str, state: str) -> bool:
    """True when If-Match (or the If-None-Match of a write) names this state; `*` names any.

    A weak validator names it too. Ours is made of the row's state, and says W/ only once the answer was compressed, by
    us or by nginx, which weakens what it compresses: for the state that a write compares, it is as strong as the other
    (RFC 9110, 13.1.1 wants strong ones lest two states share a weak one). Refused, a client that only knows the ETag of
    a compressed answer could never write.
    """
    if if_match.strip() == "*":
        return True
    return any(named.partition("-")[0] == state for named in _ENTITY_TAG.findall(if_match))
