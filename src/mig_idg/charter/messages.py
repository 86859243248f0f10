"""The sentences of a decision: why, and whom to ask. Written when somebody reads them, in French and English."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import cast

from mig_idg import territory
from mig_idg.charter.case import Case
from mig_idg.charter.citations import cited
from mig_idg.charter.facts import ACTIONS, READS, Dataset, Facts
from mig_idg.charter.nouns import OWNER, PUBLIC, Noun, noun
from mig_idg.charter.rulebook import Rule
from mig_idg.errors import Text, nearest

DEEDS = {  # what each action does to a dataset, after « autorise à »
    "discover": Text("connaître l'existence de {dataset}", "know of {dataset}"),
    "view": Text("voir {dataset} sur une carte", "see {dataset} on a map"),
    "query": Text("interroger {dataset}", "query {dataset}"),
    "download": Text("télécharger {dataset}", "download {dataset}"),
    "subscribe": Text("s'abonner aux mises à jour de {dataset}", "subscribe to updates of {dataset}"),
    "execute": Text("exécuter un traitement sur {dataset}", "execute a process on {dataset}"),
    "contribute": Text("contribuer à {dataset}", "contribute to {dataset}"),
    "configure": Text("configurer {dataset}", "configure {dataset}"),
    "publish_open": Text("publier {dataset} sous licence ouverte", "publish {dataset} under an open licence"),
    "redistribute": Text("remettre {dataset} à un tiers", "hand {dataset} to a third party"),
    "grant": Text("accorder l'accès à {dataset}", "grant access to {dataset}"),
    "validate": Text("valider {dataset}", "validate {dataset}"),
    "audit": Text("contrôler l'usage de {dataset}", "audit the use of {dataset}"),
    "takedown": Text("retirer {dataset} de la diffusion", "take {dataset} down"),
}
SIGN_IN = Text("Identifiez-vous au nom d'un organisme partenaire.", "Sign in for a partner body.")
LICENCES = {"LO-2.0": "Licence Ouverte 2.0", "ODbL-1.0": "ODbL 1.0"}
GROUNDS = {
    "E0": Text("donnée ni communicable ni diffusable", "data that may be neither communicated nor diffused"),
    "E1": Text("informations nominatives ou couvertes par un secret", "personal data, or data covered by a secret"),
    "E2": Text("mutualisation contraire à la règlementation", "sharing contrary to the regulations"),
    "E3": Text("données confidentielles", "confidential data"),
    "E4": Text("opposition d'un organisme coproducteur", "objection of an outside co-producer"),
    "E5": Text("données acquises sans licence de libre diffusion", "bought data without a licence for free diffusion"),
    "E6": Text("droits de tiers ou dispositions légales", "rights of third parties, or legal provisions"),
}


def name(facts: Facts, organisation: str | None) -> Noun:
    """A body as sentences write it; None is the public. What the territory does not know, the registry names."""
    if organisation is None:
        return PUBLIC
    place = territory.PLACES.get(organisation)
    if place is None:
        return noun(facts.names.get(organisation, organisation))
    return noun(f"EPT {place.name}" if place.kind == "ept" else place.name)


def owner_of(facts: Facts, dataset: Dataset) -> Noun:
    """The owner of mutualised data as sentences write it, also when nobody recorded it."""
    return OWNER if dataset.owner is None else name(facts, dataset.owner)


def day(on: date) -> Text:
    """A day as a letter writes it: 31/12/2026 in French, 2026-12-31 in English."""
    return Text(f"{on:%d/%m/%Y}", on.isoformat())


def deed(case: Case) -> Text:
    """The action on the dataset, as a verb and its object: « consulter « pcrs » »."""
    told = DEEDS[case.action]
    return Text(
        told.fr.format(dataset=f"« {case.dataset.id} »"),
        told.en.format(dataset=f"“{case.dataset.id}”"),
    )


def reason(case: Case, rule: Rule, responsible: str | None, failed: str | None) -> Text:
    """Why the answer is what it is."""
    if rule.id == "A0":
        return _unreadable(case, failed)
    return joined([_sentence(case, rule, responsible), *_circumstances(case, rule)])


def joined(texts: Sequence[Text]) -> Text:
    """Sentences one after the other."""
    return Text(" ".join(t.fr for t in texts), " ".join(t.en for t in texts))


def _sentence(case: Case, rule: Rule, responsible: str | None) -> Text:
    bodies = {
        "body": name(case.facts, case.organisation),
        "owner": owner_of(case.facts, case.dataset),
        "ept": name(case.facts, responsible),
        "delegator": name(case.facts, responsible),
    }
    licence = str(case.dataset.licence)
    others = {"dataset": case.dataset.id, "licence": LICENCES.get(licence, licence)}
    act = deed(case)
    fr = rule.sentence.fr.format(act=act.fr, **bodies, **others)
    en = rule.sentence.en.format(act=act.en, **{key: body.english for key, body in bodies.items()}, **others)
    return Text(_capital(fr), _capital(en))


ANSWERS_FOR = {"B6": "Charte MIG, § 3.6", "B6b": "Charte MIG, § 3.6, § 3.5.2", "B7": "Charte MIG, § 3.5.2"}
"""The article under which another body answers for the use: its EPT (§ 3.6), or the partner whose hand it is."""


def answers_for(facts: Facts, body: str, rule: str) -> Text:
    """Who answers for a use made under another body's right, and by which article."""
    who, article = name(facts, body), cited(ANSWERS_FOR[rule])
    return Text(
        f"{_capital(who.alone)} répond de l'usage ({article.fr}).",
        f"{_capital(who.english)} answers for the use ({article.en}).",
    )


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
        case "A2" if case.dataset.takedown == "public":
            return [Text("Seuls les partenaires y ont encore accès.", "Only partners still have access to it.")]
        case "B11":
            return _why_silent(case)
        case _:
            return []


def _grounds(case: Case) -> Text:
    codes = sorted({exception.ground for exception in case.exceptions_that_bite})
    told = [(code, GROUNDS.get(code, Text(code, code))) for code in codes]
    return Text(
        "Motif : " + " ; ".join(f"{text.fr} ({code})" for code, text in told) + ".",
        "Ground: " + "; ".join(f"{text.en} ({code})" for code, text in told) + ".",
    )


def _why_silent(case: Case) -> list[Text]:
    said = _standing(case)
    dataset = case.dataset
    if dataset.kind == "coproduced":
        if dataset.state != "validated":
            said.append(Text("Le comité technique ne l'a pas validé.", "The technical committee has not validated it."))
        elif case.action in READS:  # by a body that is no partner: partners read what is validated
            said += _epts_say(case)
    elif dataset.state != "published":
        said.append(Text("Le propriétaire ne l'a pas publié.", "Its owner has not published it."))
    elif case.adherent and case.action in READS:
        said.append(_terms_say(case))
    return said


def _standing(case: Case) -> list[Text]:
    """What the body's own standing explains: lapse of the charter, former partner, not yet one, never one."""
    if case.organisation is None or case.adherent:
        return []
    lapse = [] if case.charter_serves else [_lapse(case)]
    if case.facts.member(case.organisation, case.on):
        return lapse
    return [*_not_a_member(case), *lapse]


def _not_a_member(case: Case) -> list[Text]:
    """Why a body without a membership on the day has none: it left, it comes later, it never joined."""
    who = name(case.facts, case.organisation)
    if (left := _left(case)) is not None:
        return [
            Text(
                f"{_capital(who.alone)} est un ancien partenaire : "
                f"son retrait a pris effet le {left.fr} (Charte MIG, § 2.3).",
                f"{_capital(who.english)} is a former partner: "
                f"its withdrawal took effect on {left.en} (MIG charter, § 2.3).",
            )
        ]
    if (first := first_day(case.facts, case.organisation, case.on)) is not None:
        return [
            Text(
                f"L'adhésion {who.of} ne commence que le {first.fr}.",
                f"The membership of {who.english} only starts on {first.en}.",
            )
        ]
    return [Text(f"{_capital(who.alone)} n'est pas partenaire.", f"{_capital(who.english)} is not a partner.")]


def _left(case: Case) -> Text | None:
    """The day the body last left, or None when it never did."""
    spans = case.facts.memberships_of(cast("str", case.organisation))
    past = [span.end for span in spans if span.end is not None and span.end <= case.on]
    return day(max(past)) if past else None


def first_day(facts: Facts, organisation: str | None, on: date) -> Text | None:
    """The day the body's membership starts, when it is still to come."""
    spans = facts.memberships_of(cast("str", organisation))
    to_come = [span.start for span in spans if span.start is not None and span.start > on]
    return day(min(to_come)) if to_come else None


def _capital(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]


def _epts_say(case: Case) -> list[Text]:
    """Why the EPT of a commune that is no partner does not bring it validated data (004 §3.6).

    Nothing once the charter has lapsed: that is the reason, and the EPT is told to have left when it has not.
    """
    told: list[Text] = []
    if not case.charter_serves:
        return told
    for code in case.facts.epts_of(case.organisation, case.on):
        ept, who = name(case.facts, code), name(case.facts, case.organisation)
        acts = [act for act in case.facts.acts_for(case.organisation) if act.ept == code and act.span.covers(case.on)]
        if not case.is_adherent(code):
            fr = f"{_capital(ept.alone)}, dont cette commune est membre, n'est pas partenaire (Charte MIG, § 3.5.2)."
            en = f"{_capital(ept.english)}, of which it is a member commune, is not a partner (MIG charter, § 3.5.2)."
        elif any(not act.acknowledged for act in acts):
            fr = f"{_capital(who.alone)} n'a pas encore accepté les conditions {ept.of} (Charte MIG, § 3.6)."
            en = f"{_capital(who.english)} has not accepted the conditions of {ept.english} yet (MIG charter, § 3.6)."
        else:
            fr = f"{_capital(ept.alone)} n'a pas mis ces données à sa disposition (Charte MIG, § 3.6)."
            en = f"{_capital(ept.english)} has not made these data available to it (MIG charter, § 3.6)."
        told.append(Text(fr, en))
    return told


def _lapse(case: Case) -> Text:
    charter = case.facts.charter
    if charter is None:
        return Text("Aucune charte n'est en vigueur.", "No charter is in force.")
    if charter.end is not None and charter.end <= case.on:
        end = day(charter.end)
        return Text(
            f"La charte n'est plus en vigueur depuis le {end.fr} (Charte MIG, § 2.7).",
            f"The charter has lapsed: it is no longer in force since {end.en} (MIG charter, § 2.7).",
        )
    start = day(cast("date", charter.start))  # not in force, not ended: it has not begun
    return Text(
        f"La charte n'entre en vigueur que le {start.fr} (Charte MIG, § 2.7).",
        f"The charter only comes into force on {start.en} (MIG charter, § 2.7).",
    )


def _terms_say(case: Case) -> Text:
    """Why the owner's terms do not open these published data to a partner who would read them."""
    terms = case.terms
    if terms is None or terms.mode == "closed":
        return Text(
            "Son propriétaire n'a pas fixé de modalités qui l'ouvrent ce jour-là.",
            "Its owner has set no terms that open it on that day.",
        )
    if case.action not in terms.actions:
        act = deed(case)
        return Text(
            f"Les modalités du propriétaire n'autorisent personne à {act.fr}.",
            f"The owner's terms let nobody {act.en}.",
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


def remedy(case: Case, rule: Rule) -> Text | None:
    """Whom to ask about what closes; None when no rule closes: `openings.way_in` then says what would open."""
    match rule.id:
        case "A0":
            return _spelling(case)
        case "A1" if case.owner:
            return Text(
                "Levez l'exception, ou réduisez-en la portée, si son motif ne tient plus (Charte MIG, § 3.3).",
                "Lift the exception, or narrow it, if its ground holds no more (MIG charter, § 3.3).",
            )
        case "A1":
            return ask_holder(
                case.facts,
                case.dataset,
                Text("de la levée ou de la portée de l'exception", "lifting or narrowing the exception"),
            )
        case "A2":
            if case.organisation is None and case.dataset.takedown == "public":
                return SIGN_IN
            return ask_holder(case.facts, case.dataset, Text("du retrait", "the take-down"))
        case _:
            return None


def _spelling(case: Case) -> Text:
    near = nearest(case.action, ACTIONS) if case.action not in ACTIONS else None
    if near is None and case.known_dataset is None:
        near = nearest(case.request.dataset, case.facts.datasets)
    if near:
        return Text(f"Vouliez-vous dire « {near} » ?", f"Did you mean “{near}”?")
    return Text("Corrigez la demande, ou prévenez l'administrateur.", "Correct the request, or tell the administrator.")


def ask_holder(facts: Facts, dataset: Dataset, about: Text) -> Text:
    """To whom the data belong, and what to ask them about."""
    if dataset.kind == "mutualised" and dataset.owner is not None:
        owner = name(facts, dataset.owner)
        return Text(
            f"Adressez-vous {owner.to}, propriétaire, au sujet {about.fr}.",
            f"Ask {owner.english}, the owner, about {about.en}.",
        )
    return Text(
        f"Adressez-vous au comité technique, au sujet {about.fr}.", f"Ask the technical committee about {about.en}."
    )


def other_action() -> Text:
    """Why a rule does not apply: it speaks of other actions."""
    return Text("ne concerne pas cette action", "does not concern this action")


def dataset_unknown() -> Text:
    """Why a rule does not apply: there is nothing to apply it to."""
    return Text("le jeu de données est inconnu", "the dataset is unknown")


def missing(conditions: Sequence[Text]) -> Text:
    """Why a rule does not hold: the condition, or none of the conditions, that it needs."""
    fr, en = " ; ".join(c.fr for c in conditions), "; ".join(c.en for c in conditions)
    if len(conditions) == 1:
        return Text(f"condition non remplie : {fr}", f"condition not met: {en}")
    return Text(f"aucune de ces conditions n'est remplie : {fr}", f"none of these conditions is met: {en}")


def met(conditions: Sequence[Text]) -> Text:
    """Why a rule holds."""
    return Text(" ; ".join(c.fr for c in conditions), "; ".join(c.en for c in conditions))


def gives_way(rule: str) -> Text:
    """Why a rule does not hold: another one comes first and excludes it."""
    return Text(f"s'efface devant {rule}", f"gives way to {rule}")


def unreadable(rule: str) -> Text:
    """Why the whole answer is a refusal."""
    return Text(f"la règle {rule} n'a pas pu être évaluée", f"rule {rule} could not be evaluated")
