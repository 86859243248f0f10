"""What a metadata record must say of a dataset, field by field, each with the clause that asks for it.

Two texts ask. The charter: no data are opened to partners, nor validated, without a record with at least description,
keywords, date of update, rules and scale of use (004 glossary, § 3.2.3; statements D-07, C-10). INSPIRE TG 2.0.1 and
the CNIG guide: what any catalogue needs for the record to be valid. `required` is what both of them cannot do without:
the gate of publication, of the owner's acts and of the committee. The rest makes a record less easily found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mig_idg.errors import Lang, Text
from mig_idg.standards.inspire import inspire_theme

LONGEST_TITLE = 250
SHORTEST_ABSTRACT = 20
ARTICLE = "Charte MIG, glossaire, § 3.2.3"
_DERIVED = ("contacts", "extent", "terms")


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
class Described:
    """A dataset as its record tells it, in one language. `rules`: somebody's use of it is ruled, by a licence, terms
    or an exception. `labels`: each column has one. `tight`: its extent is one."""

    title: str
    abstract: str
    keywords: int
    dated: bool
    rules: bool
    scaled: bool
    lineage: bool
    topics: bool
    geographic: bool
    inspire: bool = False
    frequency: bool = False
    contact: bool = False
    tight: bool = False
    labels: bool = False


@dataclass(frozen=True, slots=True)
class _Rule:
    field: str
    clause: str
    text: Text
    holds: Callable[[Described], bool]
    required: bool = True
    geographic: bool = False


_RULES = (
    _Rule("title", "TG C.8 ; CNIG",
          Text("Un titre d'au plus 250 caractères.", "A title of 250 characters at most."),
          lambda r: 0 < len(r.title) <= LONGEST_TITLE),
    _Rule("description", "charte § 3.2.3 ; TG C.9",
          Text("Un résumé de plus de 20 caractères, qui ne soit pas le titre.",
               "An abstract of more than 20 characters, other than the title."),
          lambda r: len(r.abstract.strip()) > SHORTEST_ABSTRACT and r.abstract.strip() != r.title.strip()),
    _Rule("keywords", "charte § 3.2.3 ; TG C.15",
          Text("Un mot clé au moins.", "One keyword at least."), lambda r: r.keywords > 0),
    _Rule("updated", "charte § 3.2.3 ; TG C.11 ; 000 art. 13",
          Text("Une date ou un rythme de mise à jour (updated, update_frequency, source.updated).",
               "A date or frequency of update (updated, update_frequency, source.updated)."),
          lambda r: r.dated),
    _Rule("terms", "charte § 3.2.3 ; TG C.17, C.18",
          Text("Les règles d'utilisation : une licence (licence), des modalités (terms) ou une exception motivée.",
               "The rules of use: a licence, terms, or an exception with its reason."),
          lambda r: r.rules),
    _Rule("scale", "charte § 3.2.3 ; TG 1.5",
          Text("Une échelle d'emploi (scale) ou une résolution en mètres (resolution).",
               "A scale of use, or a resolution in metres."),
          lambda r: r.scaled, geographic=True),
    _Rule("lineage", "TG 1.11",
          Text("La généalogie : d'où viennent les données, comment elles sont faites.",
               "The lineage: where the data come from, how they were made."),
          lambda r: r.lineage),
    _Rule("topics", "TG 1.7",
          Text("Une catégorie ISO 19115 (topics), ou un thème INSPIRE qui la donne (theme).",
               "An ISO 19115 topic category (topics), or an INSPIRE theme that gives it (theme)."),
          lambda r: r.topics),
    _Rule("contacts", "TG C.6, C.10 ; 000 art. 4",
          Text("Un contact avec son adresse électronique.", "A contact with an e-mail address."),
          lambda r: r.contact),
    _Rule("extent", "TG C.19",
          Text("Une emprise : ouest < est, sud < nord.", "An extent: west < east, south < north."),
          lambda r: r.tight, geographic=True),
    _Rule("theme", "TG 1.4",
          Text("Un thème INSPIRE, par son libellé ou son code ; aucun s'il est hors INSPIRE.",
               "An INSPIRE theme, by its label or code; none outside INSPIRE."),
          lambda r: r.inspire, required=False, geographic=True),
    _Rule("keywords", "TG C.15 ; CNIG",
          Text("Deux mots clés au moins.", "Two keywords at least."), lambda r: r.keywords != 1, required=False),
    _Rule("update_frequency", "CNIG ; charte § 3.2.1",
          Text("Le rythme de mise à jour.", "How often it is updated."), lambda r: r.frequency, required=False),
    _Rule("attributes", "charte § 3.2.1",
          Text("Le libellé de chaque colonne.", "A label for each column."), lambda r: r.labels, required=False),
)  # fmt: skip


def lacks(described: Described) -> tuple[Lack, ...]:
    """All that the record lacks, what is required first."""
    found = [
        Lack(rule.field, rule.clause, rule.text, rule.required)
        for rule in _RULES
        if not (rule.geographic and not described.geographic) and not rule.holds(described)
    ]
    return tuple(sorted(found, key=lambda lack: not lack.required))


def missing(declaration: Mapping[str, Any]) -> tuple[Lack, ...]:
    """What a declaration (plain values) must still say for its record to be complete.

    What is derived is not looked for here: an extent is that of the rows, and is untold when some are reserved; a
    contact without an address is reached through the platform's; the rules of use come with what opens the data.
    """
    return tuple(lack for lack in lacks(described(declaration)) if lack.required and lack.field not in _DERIVED)


def described(declaration: Mapping[str, Any]) -> Described:
    """A declaration as its record will tell it, in French, which is owed."""
    source, theme = declaration.get("source") or {}, inspire_theme(declaration.get("theme"))
    return Described(
        title=(declaration.get("title") or {}).get("fr", ""),
        abstract=(declaration.get("description") or {}).get("fr", ""),
        keywords=len(declaration.get("keywords") or ()),
        dated=any((*(declaration.get(key) for key in ("updated", "created", "update_frequency")),
                   source.get("updated"), source.get("time"))),
        rules=declaration.get("kind") == "coproduced"
        or any(declaration.get(key) for key in ("licence", "terms", "exceptions")),
        scaled=bool(declaration.get("scale") or declaration.get("resolution")),
        lineage=bool(declaration.get("lineage")),
        topics=bool(declaration.get("topics") or (theme and theme.topic)),
        geographic=_is_geographic(source),
        inspire=theme is not None,
        frequency=bool(declaration.get("update_frequency")),
    )  # fmt: skip


def _is_geographic(source: Mapping[str, Any]) -> bool:
    if source.get("plugin"):
        return bool(source["plugin"].get("geometry"))
    return not source.get("table") or bool(source.get("geometry"))
