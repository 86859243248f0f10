"""French small words: « d'Argenteuil », « du Plessis-Robinson », « de la Brigade… »."""

from __future__ import annotations

from mig_idg.charter.nouns import noun


def of(name: str) -> str:
    """The name after « de », contracted or elided as one writes it."""
    return noun(name).of
