"""Names of columns fit for SQL: « N° voie (2024) » becomes `n_voie_2024`, and the report says so."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from mig_idg.deposits.intake.source import Field
from mig_idg.errors import Text
from mig_idg.standards.findings import Finding

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


def distinct(header: Sequence[str]) -> tuple[str, ...]:
    """A name for each column, to be typed in an option: `colonne 7` without a name, `nom (colonne 5)` for a second."""
    return tuple(
        f"colonne {rank + 1}" if not name else f"{name} (colonne {rank + 1})" if name in header[:rank] else name
        for rank, name in enumerate(header)
    )


def told(fields: Sequence[Field], settled: frozenset[str]) -> Iterator[Finding]:
    """The columns that will have another name, and those that would share one: that is for the depositor to say."""
    origins: dict[str, str] = {}
    for one in fields:
        if not one.called or one.called in settled or one.name in settled:
            continue
        word = normalised(one.called)
        if word in origins and one.name != word:
            remedy = Text(
                f'« {origins[word]} » et « {one.called} » donneraient « {word} » : --rename "{one.called}=…" '
                f'ou --leave "{one.called}"',
                f'“{origins[word]}” and “{one.called}” would both be “{word}”: --rename "{one.called}=…" '
                f'or --leave "{one.called}"',
            )
            yield Finding("column.collision", 1 if one.column else None, one.called, one.column, one.called, remedy)
            continue
        origins.setdefault(word, one.called)
        if one.name != one.called:
            shown = f"{one.called} → {one.name}"
            yield Finding("column.renamed", None, one.called, one.column, shown)
