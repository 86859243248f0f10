"""How a body is written inside a sentence: with its article, after « de », after « à ».

A town clerk reads « l'adhésion du Plessis-Robinson », « à l'EPT Boucle Nord de Seine », never « de Antony ».
"""

from __future__ import annotations

from dataclasses import dataclass

from mig_idg import territory

GENDERED = {  # the common nouns that names of bodies begin with, each with its article
    "agence": "l'",
    "association": "l'",
    "brigade": "la ",
    "bureau": "le ",
    "cabinet": "le ",
    "centre": "le ",
    "communaute": "la ",
    "departement": "le ",
    "direction": "la ",
    "drieat": "la ",
    "ept": "l'",
    "etablissement": "l'",
    "metropole": "la ",
    "office": "l'",
    "prefecture": "la ",
    "region": "la ",
    "societe": "la ",
    "syndicat": "le ",
}
CONTRACTED = {"le ": ("du ", "au "), "les ": ("des ", "aux ")}


@dataclass(frozen=True, slots=True)
class Noun:
    """A body in a sentence: `alone` (« le Département »), after « de » (`of`: « du Département »), after « à » (`to`).

    `english` is the same in an English sentence. In a format string, `{body}` is `alone`.
    """

    alone: str
    of: str
    to: str
    english: str

    def __str__(self) -> str:
        return self.alone


def common(article: str, name: str, english: str) -> Noun:
    """A common noun with its article: « le public », « du public », « au public »."""
    of, to = CONTRACTED.get(article, (f"de {article}", f"à {article}"))
    return Noun(article + name, of + name, to + name, english)


PUBLIC = common("le ", "public", "the public")
OWNER = common("son ", "propriétaire", "its owner")


def noun(name: str) -> Noun:
    """A body's name, as sentences write it; a bare code stays as it is."""
    for article, (of, to) in CONTRACTED.items():
        if name.lower().startswith(article):
            rest = name[len(article) :]
            return Noun(name, of + rest, to + rest, name)
    first = territory.spelled(name).partition(" ")[0]
    if " " in name and name[0].isupper() and first in GENDERED:
        return common(GENDERED[first], name, f"the {name}")
    elided = first.startswith(("a", "e", "i", "o", "u", "y"))
    return Noun(name, f"d'{name}" if elided else f"de {name}", f"à {name}", name)
