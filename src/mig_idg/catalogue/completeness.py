"""What a record lacks, field by field, each with the clause that asks for it.

The requirements are those of INSPIRE TG 2.0.1 (C.8, 1.11…), the CNIG guide and the conventions of the platform. Those
`required` stop a record from being valid elsewhere; the others make it less easily found or understood.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mig_idg.catalogue.model import Record
from mig_idg.errors import Lang, Text

LONGEST_TITLE = 250


@dataclass(frozen=True, slots=True)
class Lack:
    """One field that is missing or too poor: the key of the declaration that fills it, the clause, what to write."""

    field: str
    clause: str
    text: Text
    required: bool

    def in_(self, lang: Lang) -> dict[str, Any]:
        """The same as JSON values."""
        return {"field": self.field, "clause": self.clause, "text": self.text.in_(lang), "required": self.required}


@dataclass(frozen=True, slots=True)
class _Rule:
    field: str
    clause: str
    text: Text
    holds: Callable[[Record], bool]
    required: bool = True
    geographic: bool = False


def _tight(record: Record) -> bool:
    if record.bbox is None:
        return False
    west, south, east, north = record.bbox
    return west < east and south < north


_RULES = (
    _Rule("title", "TG C.8 ; CNIG",
          Text("Un titre d'au plus 250 caractères.", "A title of 250 characters at most."),
          lambda r: 0 < len(r.title) <= LONGEST_TITLE),
    _Rule("description", "TG C.9",
          Text("Un résumé, qui ne soit pas le titre.", "An abstract, other than the title."),
          lambda r: len(r.abstract) > 20 and r.abstract.strip() != r.title.strip()),
    _Rule("contacts", "TG C.6, C.10 ; 000 art. 4",
          Text("Un contact avec son adresse électronique.", "A contact with an e-mail address."),
          lambda r: any(party.email and party.role != "distributor" for party in r.parties)),
    _Rule("updated", "TG C.11 ; 000 art. 13",
          Text("Une date : création ou dernière mise à jour.", "A date: creation or last update."),
          lambda r: bool(r.created or r.revised)),
    _Rule("lineage", "TG 1.11",
          Text("La généalogie : d'où viennent les données, comment elles sont faites.",
               "The lineage: where the data come from, how they were made."),
          lambda r: bool(r.lineage)),
    _Rule("topics", "TG 1.7",
          Text("Une catégorie ISO 19115 (topics), ou un thème INSPIRE qui la donne.",
               "An ISO 19115 topic category, or an INSPIRE theme that gives it."),
          lambda r: bool(r.topics)),
    _Rule("scale", "TG 1.5",
          Text("Une échelle d'emploi (scale) ou une résolution en mètres (resolution).",
               "A scale of use, or a resolution in metres."),
          lambda r: r.scale is not None or r.resolution is not None, geographic=True),
    _Rule("extent", "TG C.19",
          Text("Une emprise : ouest < est, sud < nord.", "An extent: west < east, south < north."),
          _tight, geographic=True),
    _Rule("licence", "TG C.17, C.18",
          Text("Une licence, des modalités (terms) ou une exception motivée.", "A licence, terms, or an exception."),
          lambda r: r.licence is not None or bool(r.clauses)),
    _Rule("theme", "TG 1.4",
          Text("Un thème INSPIRE, par son libellé ou son code ; aucun s'il est hors INSPIRE.",
               "An INSPIRE theme, by its label or code; none outside INSPIRE."),
          lambda r: r.inspire is not None, required=False, geographic=True),
    _Rule("keywords", "TG C.15 ; CNIG",
          Text("Deux mots clés au moins.", "Two keywords at least."), lambda r: len(r.keywords) >= 2, required=False),
    _Rule("update_frequency", "CNIG ; charte § 3.2.1",
          Text("Le rythme de mise à jour.", "How often it is updated."), lambda r: bool(r.frequency), required=False),
    _Rule("attributes", "charte § 3.2.1",
          Text("Le libellé de chaque colonne.", "A label for each column."),
          lambda r: all(one.label != one.name for one in r.attributes), required=False),
)  # fmt: skip


def lacks(record: Record) -> tuple[Lack, ...]:
    """All that the record lacks, what is required first."""
    found = [
        Lack(rule.field, rule.clause, rule.text, rule.required)
        for rule in _RULES
        if not (rule.geographic and record.kind == "nonGeographicDataset") and not rule.holds(record)
    ]
    return tuple(sorted(found, key=lambda lack: not lack.required))
