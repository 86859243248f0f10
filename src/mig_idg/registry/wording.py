"""French small words: « d'Argenteuil », « du Plessis-Robinson », « de la Brigade… »."""

from __future__ import annotations

from mig_idg import territory

ARTICLES = {"departement": "du ", "brigade": "de la ", "drieat": "de la ", "bureau": "du ", "direction": "de la "}


def of(name: str) -> str:
    """The name after « de », contracted or elided as one writes it."""
    for article, contracted in (("Le ", "du "), ("Les ", "des ")):
        if name.startswith(article):
            return contracted + name.removeprefix(article)
    words = territory.spelled(name).split()
    if not words:
        return f"de {name}"
    if words[0] in ARTICLES:
        return ARTICLES[words[0]] + name
    return f"d'{name}" if words[0][0] in "aeiouy" else f"de {name}"
