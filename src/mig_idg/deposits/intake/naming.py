"""Names of columns fit for SQL: « N° voie (2024) » becomes `n_voie_2024`, and the report says so."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 60
SYSTEM = frozenset({"oid", "tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"})


def normalised(name: str) -> str:
    """Lower case, without accents; words joined by an underscore, `idObjet` read as two of them."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", plain)
    word = re.sub(r"[^a-z0-9]+", "_", parted.lower()).strip("_")[:LONGEST] or "colonne"
    if word[0].isdigit():
        word = f"c_{word}"
    return f"{word}_" if word in SYSTEM else word


def columns(names: Iterable[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """A different SQL name for each name, in order; `taken` are names that are not free (the geometry's)."""
    used, found = set(taken), {}
    for name in names:
        word, rank = normalised(name), 2
        while word in used:
            word, rank = f"{normalised(name)}_{rank}", rank + 1
        used.add(word)
        found[name] = word
    return found
