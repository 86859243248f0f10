"""What the database refuses, in the words of the charter: a constraint's name, its article, a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from mig_idg.charter.citations import cited
from mig_idg.errors import Conflict, Problem, Refused, Text, Unavailable

REFUSED: dict[str, tuple[str, Text]] = {
    "one_pilot_at_any_date": (
        "Charte MIG, § 2.1.2",
        Text("Il y a déjà un partenaire-pilote à cette date.", "There is already a pilot at that date."),
    ),
    "one_standing_at_any_date": (
        "Charte MIG, § 2.2",
        Text(
            "Cet organisme a déjà une situation enregistrée à cette date : deux adhésions ne se chevauchent pas.",
            "This body already has a standing at that date: two memberships do not overlap.",
        ),
    ),
    "only_public_authorities_adhere": (
        "Charte MIG, § 2.1.1, § 2.2",
        Text("Seule une autorité publique peut adhérer.", "Only a public authority may adhere."),
    ),
    "adherent_has_all_pieces": (
        "Charte MIG, § 2.2",
        Text(
            "Il manque une pièce : délibération, formulaire signé, renvoi par mail et renvoi par courrier postal.",
            "A piece is missing: deliberation, signed form, return by e-mail and return by post.",
        ),
    ),
    "adhesion_starts_when_all_is_received": (
        "Charte MIG, § 2.2",
        Text(
            "L'adhésion ne commence pas avant la réception de la dernière pièce.",
            "A membership does not start before the last piece is received.",
        ),
    ),
    "adherent_accepted_the_charter": (
        "Charte MIG, Annexe 2",
        Text("L'organisme n'a pas accepté la charte.", "The body did not accept the charter."),
    ),
    "opinion_comes_before_the_decision": (
        "Charte MIG, § 2.2.2, § 2.4.2",
        Text(
            "Le comité technique n'a pas encore émis son avis sur cette candidature.",
            "The technical committee has not given its opinion on this application yet.",
        ),
    ),
    "admission_is_decided_by_the_steering_committee": (
        "Charte MIG, § 2.2.2, § 2.4.1",
        Text(
            "Le comité de pilotage n'a pas statué en ce sens sur cette candidature.",
            "The steering committee did not so decide on this application.",
        ),
    ),
    "votes_are_of_those_who_sat": (
        "convention Aix-Marseille-Provence, extrait de la délibération",
        Text(
            "Il y a plus de voix que de présents et de représentés.",
            "There are more votes than members present or represented.",
        ),
    ),
    "approval_names_its_decision": (
        "Charte MIG, § 2.2.2",
        Text("La décision du comité de pilotage n'est pas nommée.", "The steering committee's decision is not named."),
    ),
    "refusal_has_reasons_and_notice": (
        "Charte MIG, § 2.2.2",
        Text("Un rejet est motivé et notifié au demandeur.", "A refusal has reasons and is notified to the applicant."),
    ),
    "listed_bodies_are_admissible": (
        "Charte MIG, § 2.2.1",
        Text(
            "Une autorité listée en Annexe 1 est recevable d'office : elle n'attend ni avis ni décision.",
            "A body of Annex 1 is admissible by right: it awaits neither opinion nor decision.",
        ),
    ),
    "others_await_opinion_and_decision": (
        "Charte MIG, § 2.2.2",
        Text(
            "Une autorité hors Annexe 1 passe par l'avis du comité technique et la décision du comité de pilotage.",
            "A body outside Annex 1 goes through the technical committee's opinion and the steering decision.",
        ),
    ),
    "only_partners_sit": (
        "Charte MIG, § 2.4.1, § 2.4.2",
        Text("Seuls les partenaires siègent à ce comité.", "Only partners sit on this committee."),
    ),
    "only_those_present_vote": (
        "Charte MIG, § 2.4.1",
        Text("Seuls les partenaires présents votent.", "Only the partners present vote."),
    ),
    "decision_committee_kind_subject_nature_fkey": (
        "Charte MIG, § 2.4",
        Text("Ce comité n'a pas compétence sur ce sujet.", "This committee has no competence on this subject."),
    ),
    "validation_by_the_technical_committee": (
        "Charte MIG, § 2.4.2, § 3.4",
        Text(
            "Seule une décision adoptée du comité technique valide une donnée coproduite.",
            "Only an adopted decision of the technical committee validates coproduced data.",
        ),
    ),
    "validation_names_its_decision": (
        "Charte MIG, § 3.4",
        Text("La validation ne nomme pas sa décision.", "The validation does not name its decision."),
    ),
    "co_owners_are_frozen_at_validation": (
        "Charte MIG, § 3.4",
        Text(
            "La liste des copropriétaires est figée à la validation de la version.",
            "The list of co-owners is frozen when the version is validated.",
        ),
    ),
    "validated_has_frozen_co_owners": (
        "Charte MIG, § 3.4",
        Text("La validation ne fige pas de copropriétaires.", "The validation freezes no co-owners."),
    ),
    "validated_is_in_the_inventory": (
        "Charte MIG, § 3.2.2",
        Text("La version validée ne figure pas à l'inventaire.", "The validated version is not in the inventory."),
    ),
    "one_owner_at_any_date": (
        "Charte MIG, glossaire, § 3.2.1",
        Text(
            "Une donnée mutualisée a un seul propriétaire à chaque date.",
            "Mutualised data have one owner at any date.",
        ),
    ),
    "only_the_owner_sets_terms": (
        "Charte MIG, glossaire, § 3.2.1",
        Text(
            "Seul le partenaire-propriétaire fixe les modalités d'accès, d'usage et de diffusion.",
            "Only the owner sets the terms of access, use and diffusion.",
        ),
    ),
    "only_the_owner_answers": (
        "Charte MIG, glossaire",
        Text(
            "Seul le propriétaire de la donnée donne ou refuse son accord.",
            "Only the owner of the data gives or refuses its agreement.",
        ),
    ),
    "refusal_has_reasons": (
        "Charte MIG, glossaire",
        Text("Un refus d'accord est motivé.", "A refused agreement has reasons."),
    ),
    "e4_has_both_facts": (
        "Charte MIG, § 3.3 (4e tiret)",
        Text(
            "Le motif E4 demande les deux faits : l'opposition de l'organisme extérieur et le texte qui la permet.",
            "Ground E4 needs both facts: the outside body's objection and the text that allows it.",
        ),
    ),
    "e5_names_its_beneficiaries": (
        "Charte MIG, § 3.3 (5e tiret)",
        Text(
            "Le motif E5 nomme les bénéficiaires de la licence (la liste peut être vide).",
            "Ground E5 names the licence's beneficiaries (the list may be empty).",
        ),
    ),
    "precaution_lasts_thirty_days": (
        "Charte MIG, § 3.3",
        Text(
            "Une exception alléguée par précaution dure trente jours au plus (lecture n° 23).",
            "An exception alleged as a precaution lasts thirty days at most (reading no. 23).",
        ),
    ),
    "an_ept_serves_its_own_communes": (
        "Charte MIG, § 3.6",
        Text(
            "Un EPT met les données à disposition de ses seules communes membres.",
            "An EPT makes data available to its own member communes only.",
        ),
    ),
    "one_ept_per_commune": (
        "Charte MIG, § 3.6",
        Text("Cette commune est déjà membre d'un EPT à cette date.", "This commune already belongs to an EPT then."),
    ),
    "takedown_leaves_a_tombstone": (
        "convention Tarn-et-Garonne, art. 7",
        Text("Un retrait exécuté laisse une trace publique.", "An executed takedown leaves a tombstone."),
    ),
    "nobody_joins_a_frozen_audience": (
        "Charte MIG, § 2.3.2",
        Text(
            "Le propriétaire est parti : personne n'est ajouté à ceux qui avaient la donnée.",
            "The owner has left: nobody is added to those who had the data.",
        ),
    ),
    "one_charter_in_force": (
        "Charte MIG, § 2.7",
        Text("Une charte est déjà en vigueur à cette date.", "A charter is already in force at that date."),
    ),
    "prolongation_is_decided_by_the_steering_committee": (
        "Charte MIG, § 2.7",
        Text(
            "La charte ne se prolonge que par une décision adoptée du comité de pilotage.",
            "The charter is prolonged only by an adopted decision of the steering committee.",
        ),
    ),
    "a_change_is_approved_by_the_steering_committee": (
        "Charte MIG, § 2.6",
        Text(
            "Le comité de pilotage n'a pas approuvé cette modification de la charte.",
            "The steering committee did not approve this change of the charter.",
        ),
    ),
    "the_technical_opinion_on_a_change_comes_first": (
        "Charte MIG, § 2.6",
        Text(
            "Le comité technique n'a pas émis d'avis sur cette modification avant la décision.",
            "The technical committee gave no opinion on this change before the decision.",
        ),
    ),
    "a_change_is_accepted_once_it_is_approved": (
        "Charte MIG, § 2.6",
        Text(
            "Cette modification n'était pas encore approuvée par le comité de pilotage ce jour-là.",
            "The steering committee had not approved this change yet on that day.",
        ),
    ),
    "guests_leave": (
        "Charte MIG, § 2.4.3",
        Text("Un invité d'un groupe de travail a une date de fin.", "A guest of a working group has an end date."),
    ),
    "history_is_not_rewritten": (
        "Charte MIG, § 3.5.2",
        Text("L'histoire ne se réécrit pas : corrigez par un nouvel acte.", "History is not rewritten: add an act."),
    ),
}


def translated(error: psycopg.errors.IntegrityError) -> Problem:
    """The refusal that a broken constraint means; a constraint without an article is a conflict that names it."""
    name = error.diag.constraint_name or ""
    if name in REFUSED:
        article, words = REFUSED[name]
        return refused(article, words, rule=name)
    return Conflict(
        Text(
            "L'acte contredit un fait déjà enregistré ; rien n'a été écrit.",
            "The act contradicts a recorded fact; nothing was written.",
        ),
        extra={"constraint": name},
    )


@contextmanager
def answering() -> Iterator[None]:
    """What the database cannot do for an act becomes an Unavailable with its way out, without its words."""
    try:
        yield
    except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn, psycopg.errors.InvalidSchemaName) as error:
        raise Unavailable(
            Text("Le registre n'est pas à jour dans cette base.", "The registry is not up to date in this database."),
            remedy=Text("Lancez « mig-idg db migrate ».", "Run “mig-idg db migrate”."),
        ) from error
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction) as error:
        raise Unavailable(
            Text("Le compte de la base ne peut pas y écrire.", "The account of the database may not write there."),
            remedy=Text(
                "IDG_DATABASE_URL doit désigner le propriétaire de la base.",
                "IDG_DATABASE_URL must name the owner of the database.",
            ),
        ) from error
    except psycopg.Error as error:
        raise Unavailable(
            Text(
                "La base s'est arrêtée en cours de route ; rien n'a été écrit.",
                "The database stopped; nothing written.",
            ),
            remedy=Text("Relancez la même commande.", "Run the same command again."),
        ) from error


def refused(article: str, words: Text, *, remedy: Text | None = None, rule: str | None = None) -> Refused:
    """The charter's no, with its article in front of the people who read it."""
    where = cited(article)
    return Refused(
        Text(f"{words.fr} ({where.fr})", f"{words.en} ({where.en})"),
        remedy=remedy,
        extra={"article": where.fr, "reason": words} | ({"rule": rule} if rule else {}),
    )
