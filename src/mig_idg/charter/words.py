"""The sentences of a decision: why, and whom to ask. Written when somebody reads them, in French and English."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import cast

from mig_idg import territory
from mig_idg.charter.case import Case
from mig_idg.charter.facts import ACTIONS, Dataset
from mig_idg.charter.rulebook import Rule
from mig_idg.errors import Text, nearest

PUBLIC = Text("le public", "the public")
GROUNDS = {
    "E0": Text("donnée ni communicable ni diffusable", "data that may be neither communicated nor diffused"),
    "E1": Text("informations nominatives ou couvertes par un secret", "personal data, or data covered by a secret"),
    "E2": Text("mutualisation contraire à la règlementation", "sharing contrary to the regulations"),
    "E3": Text("données confidentielles", "confidential data"),
    "E4": Text("opposition d'un organisme coproducteur", "objection of an outside co-producer"),
    "E5": Text("données acquises sans licence de libre diffusion", "bought data without a licence for free diffusion"),
    "E6": Text("droits de tiers ou dispositions légales", "rights of third parties, or legal provisions"),
}


def name(organisation: str | None) -> Text:
    """A body as people name it; None is the public."""
    if organisation is None:
        return PUBLIC
    return Text(territory.name_of(organisation), territory.name_of(organisation))


def owner_of(dataset: Dataset) -> Text:
    """The owner of mutualised data as people name it, also when nobody recorded it."""
    return Text("son propriétaire", "its owner") if dataset.owner is None else name(dataset.owner)


def day(on: date) -> Text:
    """A day as a letter writes it: 31/12/2026 in French, 2026-12-31 in English."""
    return Text(f"{on:%d/%m/%Y}", on.isoformat())


def reason(case: Case, rule: Rule, responsible: str | None, failed: str | None) -> Text:
    """Why the answer is what it is."""
    if rule.id == "A0":
        return _unreadable(case, failed)
    return joined([_sentence(case, rule, responsible), *_circumstances(case, rule)])


def joined(texts: Sequence[Text]) -> Text:
    """Sentences one after the other."""
    return Text(" ".join(t.fr for t in texts), " ".join(t.en for t in texts))


def _sentence(case: Case, rule: Rule, responsible: str | None) -> Text:
    names = {
        "body": name(case.organisation),
        "dataset": Text(case.dataset.id, case.dataset.id),
        "owner": owner_of(case.dataset),
        "ept": name(responsible),
        "delegator": name(responsible),
        "licence": Text(str(case.dataset.licence), str(case.dataset.licence)),
    }
    fr = rule.sentence.fr.format(**{key: text.fr for key, text in names.items()})
    fr = fr.replace(" à le ", " au ")
    en = rule.sentence.en.format(**{key: text.en for key, text in names.items()})
    return Text(fr[0].upper() + fr[1:], en[0].upper() + en[1:])


def _unreadable(case: Case, failed: str | None) -> Text:
    if failed is not None:
        return Text(
            f"La règle {failed} n'a pas pu être évaluée : un droit illisible n'est pas un droit.",
            f"Rule {failed} could not be evaluated: a right that cannot be read is no right.",
        )
    if case.action not in ACTIONS:
        return Text(f"Action inconnue : « {case.action} ».", f"Unknown action: “{case.action}”.")
    if case.known_dataset is None:
        return Text(
            f"Jeu de données inconnu : « {case.request.dataset} ».", f"Unknown dataset: “{case.request.dataset}”."
        )
    return Text("Le jour demandé n'est pas une date.", "The day asked about is no date.")


def _circumstances(case: Case, rule: Rule) -> list[Text]:
    """What a clerk would add to a refusal: the ground, the lapse, the departure, the missing piece."""
    match rule.id:
        case "A1":
            return [_grounds(case)]
        case "B11":
            return _why_silent(case)
        case _:
            return []


def _grounds(case: Case) -> Text:
    codes = sorted({e.ground for e in case.dataset.exceptions if e.bites(case.on)})
    told = [(code, GROUNDS.get(code, Text(code, code))) for code in codes]
    return Text(
        "Motif : " + " ; ".join(f"{code}, {text.fr}" for code, text in told) + ".",
        "Ground: " + "; ".join(f"{code}, {text.en}" for code, text in told) + ".",
    )


def _why_silent(case: Case) -> list[Text]:
    said = _standing(case)
    dataset = case.dataset
    if dataset.kind == "mutualised" and dataset.state != "published":
        said.append(Text("Le propriétaire ne l'a pas publié.", "Its owner has not published it."))
    elif dataset.kind == "coproduced" and dataset.state != "validated":
        said.append(Text("Le comité technique ne l'a pas validé.", "The technical committee has not validated it."))
    elif dataset.kind == "mutualised" and case.adherent:
        said.append(_terms_say(case))
    return said


def _standing(case: Case) -> list[Text]:
    """What the body's own standing explains: lapse of the charter, former partner, not yet one, never one."""
    who = name(case.organisation)
    if case.organisation is None or case.adherent:
        return []
    if case.facts.member(case.organisation, case.on):
        return [_lapse(case)]
    spans = case.facts.memberships_of(case.organisation)
    past = [span.end for span in spans if span.end is not None and span.end <= case.on]
    if past:
        left = day(max(past))
        return [
            Text(
                f"{who.fr} est un ancien partenaire : son retrait a pris effet le {left.fr} (004 §2.3).",
                f"{who.en} is a former partner: its withdrawal took effect on {left.en} (004 §2.3).",
            )
        ]
    if spans:
        first = day(min(cast("date", span.start) for span in spans))  # none covers the day, none has ended
        return [
            Text(
                f"L'adhésion de {who.fr} ne commence que le {first.fr}.",
                f"The membership of {who.en} only starts on {first.en}.",
            )
        ]
    return [Text(f"{who.fr} n'est pas partenaire.", f"{who.en} is not a partner.")]


def _lapse(case: Case) -> Text:
    charter = case.facts.charter
    if charter is None:
        return Text("Aucune charte n'est en vigueur.", "No charter is in force.")
    if charter.end is not None and charter.end <= case.on:
        end = day(charter.end)
        return Text(
            f"La charte n'est plus en vigueur depuis le {end.fr} (004 §2.7).",
            f"The charter has lapsed: it is no longer in force since {end.en} (004 §2.7).",
        )
    start = day(cast("date", charter.start))  # not in force, not ended: it has not begun
    return Text(
        f"La charte n'entre en vigueur que le {start.fr} (004 §2.7).",
        f"The charter only comes into force on {start.en} (004 §2.7).",
    )


def _terms_say(case: Case) -> Text:
    """Why the owner's terms do not open these published data to a partner."""
    terms = case.terms
    if terms is None or terms.mode == "closed":
        return Text(
            "Son propriétaire n'a pas fixé de modalités qui l'ouvrent ce jour-là.",
            "Its owner has set no terms that open it on that day.",
        )
    if case.action not in terms.actions:
        return Text(
            f"Les modalités du propriétaire ne citent pas l'action « {case.action} ».",
            f"The owner's terms do not list the action “{case.action}”.",
        )
    if terms.mode == "on_agreement":
        return Text(
            "Le propriétaire l'ouvre sur accord, et n'en a pas donné à cet organisme.",
            "Its owner opens it on agreement, and has given none to this body.",
        )
    return Text(
        "L'organisme n'est pas parmi les destinataires que le propriétaire a fixés.",
        "The body is not in the audience its owner has set.",
    )


def remedy(case: Case, rule: Rule) -> Text:
    """Whom to ask, or what would open it."""
    match rule.id:
        case "A0":
            return _spelling(case)
        case "A1":
            return _ask_holder(case, "de la levée ou de la portée de l'exception", "lifting or narrowing the exception")
        case "A2":
            return _ask_holder(case, "du retrait", "the take-down")
        case _:
            return _way_in(case)


def _spelling(case: Case) -> Text:
    near = nearest(case.action, ACTIONS) if case.action not in ACTIONS else None
    if near is None and case.known_dataset is None:
        near = nearest(case.request.dataset, case.facts.datasets)
    if near:
        return Text(f"Vouliez-vous dire « {near} » ?", f"Did you mean “{near}”?")
    return Text("Corrigez la demande, ou prévenez l'administrateur.", "Correct the request, or tell the administrator.")


def _ask_holder(case: Case, fr: str, en: str) -> Text:
    if case.dataset.kind == "mutualised" and case.dataset.owner is not None:
        owner = name(case.dataset.owner)
        return Text(f"Parlez à {owner.fr}, propriétaire, {fr}.", f"Ask {owner.en}, the owner, about {en}.")
    return Text(f"Parlez au comité technique {fr}.", f"Ask the technical committee about {en}.")


def _way_in(case: Case) -> Text:
    dataset = case.dataset
    if case.organisation is None:
        return Text("Identifiez-vous au nom d'un organisme partenaire.", "Sign in for a partner body.")
    if dataset.kind == "coproduced" and dataset.state != "validated":
        return Text(
            "Attendez la validation par le comité technique, ou rejoignez le groupe de travail.",
            "Wait for the technical committee's validation, or join the working group.",
        )
    if not case.adherent:
        epts = case.facts.epts_of(case.organisation, case.on)
        partners = [ept for ept in epts if case.is_adherent(ept)]
        if partners:
            ept = name(partners[0])
            return Text(
                f"Demandez à {ept.fr} de mettre ces données à votre disposition (004 §3.6), "
                "ou adhérez à la charte (004 §2.2).",
                f"Ask {ept.en} to make these data available to you (004 §3.6), or join the charter (004 §2.2).",
            )
        return Text(
            "Adressez une demande d'adhésion au Département des Hauts-de-Seine, partenaire pilote (004 §2.2).",
            "Apply for membership to the Département des Hauts-de-Seine, the pilot partner (004 §2.2).",
        )
    return _ask_holder(case, "de ses modalités d'accès", "its terms of access")


def other_action(action: str) -> Text:
    """Why a rule does not apply: it speaks of other actions."""
    return Text(f"ne concerne pas l'action « {action} »", f"does not concern the action “{action}”")


def dataset_unknown() -> Text:
    """Why a rule does not apply: there is nothing to apply it to."""
    return Text("le jeu de données est inconnu", "the dataset is unknown")


def missing(conditions: Sequence[Text]) -> Text:
    """Why a rule does not hold: the condition, or none of the conditions, that it needs."""
    fr, en = " ; ou ".join(c.fr for c in conditions), "; or ".join(c.en for c in conditions)
    return Text(f"il faudrait que : {fr}", f"it would need that: {en}")


def met(conditions: Sequence[Text]) -> Text:
    """Why a rule holds."""
    return Text(" ; ".join(c.fr for c in conditions), "; ".join(c.en for c in conditions))


def gives_way(rule: str) -> Text:
    """Why a rule does not hold: another one comes first and excludes it."""
    return Text(f"s'efface devant {rule}", f"gives way to {rule}")


def unreadable(rule: str) -> Text:
    """Why the whole answer is a refusal."""
    return Text(f"la règle {rule} n'a pas pu être évaluée", f"rule {rule} could not be evaluated")
