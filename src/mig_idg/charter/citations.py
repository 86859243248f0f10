"""How the founding texts are cited to people: « Charte MIG, § 3.4 », « convention Tarn-et-Garonne, art. 13 ».

A citation is written in French, as the texts are; `cited` says it in both languages, and under the name people give
the text also when it was recorded under a number of ours (acts and decisions of earlier versions).
"""

from __future__ import annotations

import re

from mig_idg.errors import Text

TEXTS = {
    "004": Text("Charte MIG", "MIG charter"),
    "000": Text("convention Tarn-et-Garonne", "Tarn-et-Garonne convention"),
    "001": Text("convention OPenIG", "OPenIG convention"),
    "002": Text("offre open data de la Haute-Garonne", "Haute-Garonne open data offer"),
    "003": Text("convention Aix-Marseille-Provence", "Aix-Marseille-Provence convention"),
}
CHARTER, TARN = TEXTS["004"].fr, TEXTS["000"].fr
_WORDS = {"glossaire": "glossary", "préambule": "preamble", "tiret": "dash", "Annexe": "Annex", "annexe": "annex"}
_NUMBERED = re.compile(r"\b(00[0-4]) (?=§|art\.|gloss|annexe|Annexe|préambule)")


def cited(article: str) -> Text:
    """The articles a rule or an act rests on, each text under the name people give it."""
    fr = _NUMBERED.sub(lambda found: f"{TEXTS[found[1]].fr}, ", article)
    fr = re.sub(r"§(?=\d)", "§ ", fr)
    en = fr.replace(" ;", ";")
    for text in TEXTS.values():
        en = en.replace(f"{text.fr}, ", f"{text.en}, ")
    for word, english in _WORDS.items():
        en = re.sub(rf"\b{word}\b", english, en)
    return Text(fr, en)


def same(one: str, other: str) -> bool:
    """Whether two citations name the same articles, however each was written."""
    return cited(one) == cited(other)
