"""A declaration completed by a record that its producer already keeps elsewhere, as ISO 19139 or 19115-3.

What the declaration says stays as it is: only the keys it lacks are added, at its end, so that comments and lines
remain. Rights are never taken from a record: whom data are open to is declared, or an act.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

import yaml

from mig_idg.catalogue.iso_reader import Read
from mig_idg.catalogue.vocabularies import FREQUENCIES
from mig_idg.errors import Text, Unprocessable
from mig_idg.publication.load import load_text
from mig_idg.publication.model import Contact, Topic
from mig_idg.standards.inspire import inspire_theme

_ROLES = frozenset(get_args(Contact.model_fields["role"].annotation))
_TOPICS = frozenset(get_args(Topic))
_LANGUAGES = frozenset({"fre", "eng", "mul", "zxx"})
_LONGEST_WORD = 128


@dataclass(frozen=True, slots=True)
class Completed:
    """The declaration with what it lacked: the keys `added`, those of the record that it already says (`kept`)."""

    text: str
    added: Mapping[str, Any]
    kept: tuple[str, ...]


def completed(text: str, file: str, read: Read) -> Completed:
    """The text of a declaration, completed. Raises InvalidDeclaration when it is wrong already, Unprocessable when what
    the record says cannot be declared."""
    declared, errors = load_text(text, file)
    if declared is None:
        raise errors[0]
    plain, told = declared.declaration.plain, keys_of(read)
    source: Any = plain["source"]
    if source.get("updated") or source.get("time"):
        told.pop("updated", None)  # known from the rows, hence later than any record
    added = {key: value for key, value in told.items() if plain.get(key) in (None, [], {})}
    whole = text.rstrip("\n") + "\n" + (_written(added) if added else "")
    _, wrong = load_text(whole, file)
    if wrong:
        raise Unprocessable(
            Text(f"La fiche dit ce qu'une déclaration ne peut pas dire : {wrong[0].text('fr')}",
                 f"The record says what a declaration cannot: {wrong[0].text('en')}")
        )  # fmt: skip
    return Completed(whole, added, tuple(key for key in told if key not in added))


def keys_of(read: Read) -> dict[str, Any]:
    """The keys of a declaration that a record fills, those it says nothing of left out."""
    theme = next((found for word in read.themes if (found := inspire_theme(word)) is not None), None)
    own = (read.file_identifier, *read.identifiers)
    told: dict[str, Any] = {
        "theme": theme.label.fr if theme else None,
        "keywords": [word for word in dict.fromkeys(read.keywords) if len(word) <= _LONGEST_WORD],
        "topics": [topic for topic in dict.fromkeys(read.topics) if topic in _TOPICS],
        "lineage": {"fr": read.lineage, "en": read.lineage} if read.lineage else None,
        "language": read.language if read.language in _LANGUAGES else None,
        "created": read.created,
        "updated": read.revised,
        "update_frequency": read.frequency if read.frequency in FREQUENCIES else None,
        "scale": [read.scale, read.scale] if read.scale else None,
        "resolution": read.resolution,
        "inspire_conformant": read.inspire_conformant,
        "external_ids": [one for one in dict.fromkeys(own) if one and len(one) <= _LONGEST_WORD],
        "contacts": [
            {"role": party.role if party.role in _ROLES else "pointOfContact", "name": party.name[:_LONGEST_WORD],
             **({"email": party.email} if party.email else {})}
            for party in read.parties
        ],
    }  # fmt: skip
    return {key: value for key, value in told.items() if value not in (None, [], "")}


def _written(added: Mapping[str, Any]) -> str:
    """Keys as YAML, one a line; dates are written plain, as people write them."""
    return "".join(f"{key}: {_flow(value, key)}\n" for key, value in added.items())


def _flow(value: Any, key: str) -> str:
    if key in ("created", "updated"):
        return str(value)
    told: str = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=100_000, default_flow_style=True)
    return told.removesuffix("...\n").strip()
