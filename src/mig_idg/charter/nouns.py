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


PUBLIC = Noun("le public", "du public", "au public", "the public")
OWNER = Noun("son propriétaire", "de son propriétaire", "à son propriétaire", "its owner")


def noun(name: str) -> Noun:
    """A body's name, as sentences write it; a bare code stays as it is."""
    if article := _its_own_article(name):
        return _with_article(article, name[len(article) :], capital=name[0])
    first = territory.spelled(name).partition(" ")[0]
    if " " in name and name[0].isupper() and first in GENDERED:
        return _with_article(GENDERED[first], name)
    return Noun(name, f"d'{name}" if first[:1] in tuple("aeiouy") else f"de {name}", f"à {name}", name)


def _its_own_article(name: str) -> str | None:
    """`Le ` of `Le Plessis-Robinson`, `Les ` of `Les Lilas`: those that contract."""
    return next((name[: len(article)] for article in CONTRACTED if name.lower().startswith(article)), None)


def _with_article(article: str, name: str, capital: str | None = None) -> Noun:
    """`capital` keeps the article of a place's own name as it is written: « Le Plessis-Robinson »."""
    of, to = CONTRACTED.get(article.lower(), (f"de {article}", f"à {article}"))
    if capital is not None:
        return Noun(article + name, of + name, to + name, article + name)
    return Noun(article + name, of + name, to + name, f"the {name}")
