"""The sign-off (charter §2.1.3): who may sign, and what must be there first (rules.md §3, invariant 10)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from mig_idg.deposits.model import Deposit
from mig_idg.errors import Conflict, Refused, Text
from mig_idg.registry.mandates import ROLES

ARTICLE = "Charte MIG, § 2.1.3"
LACKS: dict[str, Text] = {
    "description": Text("une description", "a description"),
    "keywords": Text("des mots-clés", "keywords"),
    "update_frequency": Text("une fréquence de mise à jour", "an update frequency"),
    "scale": Text("une échelle d'utilisation (scale)", "a scale of use (scale)"),
    "terms": Text("des règles d'utilisation (terms ou licence)", "rules of use (terms or licence)"),
}


def signatory(
    referents: Iterable[Mapping[str, Any]], *, name: str | None, login: str | None, day: date
) -> Mapping[str, Any]:
    """The mandate under which this person signs. Raises Refused for who holds none."""
    known = list(referents)
    said = {word.casefold() for word in (name, login) if word}
    for one in known:
        if one["person"].casefold() in said or (one["email"] or "").casefold() in said:
            return one
    if not known:
        raise Refused(
            Text("Votre organisme n'a pas nommé de référent technique : personne ne peut signer.",
                 "Your body has named no technical referent: nobody can sign."),
            remedy=Text("Faites-le nommer : mig-idg partner mandate.", "Have one named: mig-idg partner mandate."),
            extra={"rule": "a_referent_signs", "article": ARTICLE, "day": day.isoformat()},
        )  # fmt: skip
    names = ", ".join(f"{one['person']} ({ROLES[one['role']].fr})" for one in known)
    said_en = ", ".join(f"{one['person']} ({ROLES[one['role']].en})" for one in known)
    raise Refused(
        Text("La signature revient au référent technique ou à son suppléant.",
             "Signing is for the technical referent or the deputy."),
        remedy=Text(f"Peuvent signer : {names}.", f"May sign: {said_en}."),
        extra={"rule": "a_referent_signs", "article": ARTICLE},
    )  # fmt: skip


def require_complete(deposit: Deposit, exceptions: Collection[str], *, accept_removal: bool) -> None:
    """What a sign-off needs is there. Raises Conflict with all that is missing, and how to give it.

    `exceptions` are the grounds declared for the dataset: one that the checklist answers `yes` to is among them.
    """
    fr, en = [], []
    if deposit.certification is None:
        fr.append("la certification du déposant (same-files, legal-conformity, production, validity)")
        en.append("the depositor's certification (same-files, legal-conformity, production, validity)")
    if deposit.checklist is None:
        fr.append("les réponses au questionnaire du § 3.3 (checklist)")
        en.append("the answers on the grounds of § 3.3 (checklist)")
    for ground, answer in (deposit.checklist or {}).items():
        if answer == "yes" and ground not in exceptions:
            fr.append(f"l'exception {ground}, à laquelle le questionnaire répond oui (mig-idg exception declare)")
            en.append(f"the exception {ground} that the checklist says yes to (mig-idg exception declare)")
    if deposit.kind == "mutualised":
        fr += [f"dans la fiche de métadonnées, {LACKS[one].fr}" for one in deposit.lacks]
        en += [f"in the metadata record, {LACKS[one].en}" for one in deposit.lacks]
    if (deposit.difference or {}).get("alarm") and not accept_removal:
        share = round(100 * float((deposit.difference or {})["removed_share"]))
        fr.append(f"votre accord à la suppression de {share} % des lignes publiées (accept-removal)")
        en.append(f"your word that {share} % of the published rows go (accept-removal)")
    if fr:
        raise Conflict(
            Text(f"Il manque, avant la signature : {' ; '.join(fr)}.", f"Missing before a sign-off: {'; '.join(en)}."),
            extra={"state": deposit.state, "missing": Text(" ; ".join(fr), "; ".join(en))},
        )


def signature(mandate: Mapping[str, Any], day: date, *, accept_removal: bool) -> dict[str, Any]:
    """The act as it is kept: a person, a role, a day."""
    return {
        "person": mandate["person"],
        "role": mandate["role"],
        "on": day.isoformat(),
        "accepts_removal": accept_removal,
    }
