"""Adhesions, mandates, withdrawals, versions of the charter (§ 2.1 to § 2.3, § 2.6; form of Annex 2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from mig_idg.errors import InvalidParameter, Text
from mig_idg.registry import mandates, membership, versions, withdrawal
from mig_idg.registry.acts import Conn, Done, Record
from mig_idg.registry.committees import Sitting
from mig_idg.registry.membership_status import PIECES
from mig_idg.registry.organisations import KINDS, Organisation, register
from mig_idg.web.desks import choices
from mig_idg.web.desks.act import Act, Choice, Field, Said, Scene
from mig_idg.web.desks.actor import Actor
from mig_idg.web.desks.fields import BODY, UNTIL

ADHESION = "Charte MIG, § 2.2"
PILOT = Text("au pilote, qui tient le registre", "the pilot, who keeps the registry")
KIND_WORDS = {
    "commune": Text("commune", "commune"),
    "ept": Text("établissement public territorial", "EPT"),
    "departement": Text("département", "département"),
    "state_service": Text("service de l'État", "State service"),
    "public_establishment": Text("établissement public", "public establishment"),
    "emergency_service": Text("service de secours", "emergency service"),
    "other_authority": Text("autre autorité publique", "other public authority"),
    "company": Text("entreprise", "company"),
    "association": Text("association", "association"),
}


def pilot(actor: Actor) -> bool:
    """Who keeps the registry."""
    return actor.pilot


def applicant(actor: Actor) -> bool:
    """A body that is no partner, or the pilot for it."""
    return actor.pilot or (bool(actor.body) and not actor.facts.member(actor.body, actor.day))


def _applicants(scene: Scene) -> Sequence[Choice]:
    if scene.actor.pilot:
        return choices.others(scene)
    return [(scene.actor.body, Text(scene.actor.name(scene.actor.body), scene.actor.name(scene.actor.body)))]


def _apply(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    """The application with its form: those whom the body names for the committees are named with it."""
    done = membership.apply(conn, said["who"], record)
    form = {name: value for name, value in said.items() if value not in (None, "", []) and name != "who"}
    for role, name, email, phone in (
        ("steering_representative", "steering_name", "steering_email", "steering_phone"),
        ("technical_referent", "referent_name", "referent_email", "referent_phone"),
    ):
        mandates.name(conn, said["who"], role, mandates.Person(said[name], said[email], said[phone]), record)
    told = {name: value.isoformat() if isinstance(value, date) else value for name, value in form.items()}
    return replace(done, details={**done.details, "annex_2": told})


def _piece(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    filed = membership.Piece(said["kind"], said["reference"], said["dated"], said["received"])
    return membership.add_piece(conn, said["who"], filed, record)


def _opinion(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    sitting = Sitting("technical", said["present"], record.evidence.reference)
    return membership.give_opinion(conn, said["who"], sitting, record, against=said["against"])


def _decide(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    sitting = Sitting("steering", said["present"], record.evidence.reference)
    ballot = membership.Ballot(
        against=said["against"],
        abstained=said["abstained"],
        reasons=said["reasons"],
        notified=said["notified"],
    )
    return membership.decide(conn, said["who"], sitting, ballot, record)


def _admit(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    return membership.admit(conn, said["who"], record)


def _mandate(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    if said["person"] is None:
        return mandates.end(conn, said["who"], said["role"], record)
    person = mandates.Person(said["person"], said["email"], said["phone"])
    return mandates.name(conn, said["who"], said["role"], person, record, until=said["until"])


def _withdraw(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    if said["received"] > actor.day:
        raise InvalidParameter(
            "received",
            Text("Un courrier ne se reçoit pas dans le futur.", "A letter is not received in the future."),
        )
    return withdrawal.withdraw(conn, said["who"], said["received"], record)


def _register(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    body = Organisation(said["id"], said["name"], said["kind"], insee=said["insee"], siren=said["siren"])
    return register(conn, body, record)


def _amend(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    return versions.amend(conn, said["version"], said["title"], record)


def _accept(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    return versions.accept(conn, said["who"], said["version"], record)


_WHO = Field("who", BODY, "one", choices=choices.bodies)
_APPLICANT = Field("who", BODY, "one", choices=_applicants)
_PRESENT = Field("present", Text("Présents", "Present"), "several", choices=choices.partners)
_AGAINST = Field("against", Text("S'opposent", "Against"), "several", required=False, choices=choices.partners)
_ABSTAINED = Field("abstained", Text("S'abstiennent", "Abstain"), "several", required=False, choices=choices.partners)


def _person(prefix: str, fr: str, en: str) -> tuple[Field, ...]:
    return (
        Field(f"{prefix}_name", Text(f"{fr} : nom et prénom", f"{en}: name"), most=120),
        Field(f"{prefix}_email", Text(f"{fr} : courriel", f"{en}: e-mail"), "email", most=200),
        Field(f"{prefix}_phone", Text(f"{fr} : téléphone", f"{en}: telephone"), most=40),
    )


ACTS: tuple[Act, ...] = (
    Act(
        id="partner-apply",
        desk="mine",
        title=Text("Demander l'adhésion (formulaire de l'Annexe 2)", "Apply for membership (form of Annex 2)"),
        article=ADHESION,
        intro=Text(
            "1re étape. Un organisme de l'Annexe 1 est recevable d'office et peut rejoindre les groupes de travail ; "
            "un autre attend l'avis du comité technique et la décision du comité de pilotage. Le reçu est le "
            "formulaire à faire signer.",
            "First step. A body of Annex 1 is admissible by right and may join working groups; another awaits the "
            "technical committee's opinion and the steering committee's decision. The receipt is the form to sign.",
        ),
        fields=(
            _APPLICANT,
            Field("signatory_surname", Text("Signataire : nom", "Signatory: surname"), most=80),
            Field("signatory_name", Text("Signataire : prénom", "Signatory: first name"), most=80),
            Field("signatory_capacity", Text("Signataire : qualité", "Signatory: capacity"), most=120,
                  help=Text("Maire, président, directeur…", "Mayor, president, director…")),
            Field("address", Text("Adresse de l'organisme", "Address of the body"), "long", most=300),
            *_person("steering", "Représentant au comité de pilotage", "Steering representative"),
            *_person("referent", "Référent technique", "Technical referent"),
            Field("place", Text("Fait à", "Done at"), most=80),
            Field("signed", Text("Le", "On"), "day"),
            Field("agreed", Text("L'organisme a pris connaissance de la charte et en accepte les modalités",
                                 "The body has read the charter and accepts its terms"), "yes"),
        ),
        allowed=applicant,
        whose=Text("à un organisme qui n'est pas encore partenaire", "a body that is no partner yet"),
        apply=_apply,
    ),
    Act(
        id="partner-piece",
        desk="pilot",
        title=Text("Verser une pièce à un dossier d'adhésion", "File a piece of an adhesion"),
        article=ADHESION,
        intro=Text("Délibération, formulaire signé, renvoi par mail, renvoi par courrier : datés, reçus.",
                   "Deliberation, signed form, return by e-mail, return by post: dated, received."),
        fields=(
            _WHO,
            Field("kind", Text("Pièce", "Piece"), "radio", choices=choices.of(*PIECES.items())),
            Field("reference", Text("Référence", "Reference"), most=200),
            Field("dated", Text("Datée du", "Dated"), "day"),
            Field("received", Text("Reçue le", "Received on"), "day"),
        ),
        allowed=pilot,
        whose=PILOT,
        apply=_piece,
        dated=True,
        evidence=True,
    ),
    Act(
        id="partner-opinion",
        desk="committees",
        title=Text("Avis du comité technique sur une candidature", "Opinion of the technical committee"),
        article="Charte MIG, § 2.2.2, § 2.4.2",
        intro=Text("Hors de l'Annexe 1 : l'avis précède la décision et ne la lie pas.",
                   "Outside Annex 1: the opinion precedes the decision and does not bind it."),
        fields=(_WHO, _PRESENT, _AGAINST),
        allowed=pilot,
        whose=PILOT,
        apply=_opinion,
        dated=True,
        evidence=True,
    ),
    Act(
        id="partner-decide",
        desk="committees",
        title=Text("Décision du comité de pilotage sur une candidature", "Steering decision on an application"),
        article="Charte MIG, § 2.2.2, § 2.4.1",
        intro=Text(
            "Adoptée si aucun présent ne s'y oppose : le résultat est calculé. Un rejet a ses motifs et sa date de "
            "notification.",
            "Adopted when nobody present opposes it: the result is computed. A refusal has its reasons and the day it "
            "was notified.",
        ),
        fields=(
            _WHO, _PRESENT, _AGAINST, _ABSTAINED,
            Field("reasons", Text("Motifs d'un rejet", "Reasons of a refusal"), "long", required=False, most=1000),
            Field("notified", Text("Rejet notifié le", "Refusal notified on"), "day", required=False),
        ),
        allowed=pilot,
        whose=PILOT,
        apply=_decide,
        dated=True,
        evidence=True,
    ),
    Act(
        id="partner-admit",
        desk="pilot",
        title=Text("Constater une adhésion", "Admit a partner"),
        article=ADHESION,
        intro=Text("Le dossier est complet : l'organisme est partenaire à compter du jour dit, jamais avant la "
                   "dernière pièce.",
                   "The file is complete: the body is a partner from that day, never before the last piece came."),
        fields=(_WHO,),
        allowed=pilot,
        whose=PILOT,
        apply=_admit,
        dated=True,
        evidence=True,
    ),
    Act(
        id="partner-mandate",
        desk="pilot",
        title=Text("Nommer un titulaire, ou mettre fin à un mandat", "Name a holder, or end a mandate"),
        article="Charte MIG, § 2.1.3",
        intro=Text("Le titulaire d'avant reste dans l'histoire. Sans nom, le mandat prend fin.",
                   "The former holder stays in history. Without a name, the mandate ends."),
        fields=(
            _WHO,
            Field("role", Text("Mandat", "Mandate"), "one", choices=choices.of(*mandates.ROLES.items())),
            Field("person", Text("Titulaire", "Holder"), required=False, most=120),
            Field("email", Text("Courriel", "E-mail"), "email", required=False, most=200),
            Field("phone", Text("Téléphone", "Telephone"), required=False, most=40),
            Field("until", UNTIL, "day", required=False),
        ),
        allowed=pilot,
        whose=PILOT,
        apply=_mandate,
        dated=True,
        evidence=True,
    ),
    Act(
        id="partner-withdraw",
        desk="pilot",
        title=Text("Enregistrer un retrait du partenariat", "Record a withdrawal from the partnership"),
        article=withdrawal.ARTICLE,
        intro=Text(
            "Effectif le jour où le courrier recommandé a été reçu. L'aperçu dit ce que chacun conserve ; rien n'est "
            "effacé.",
            "Effective on the day the registered letter was received. The preview says what each side keeps; nothing "
            "is erased.",
        ),
        fields=(_WHO, Field("received", Text("Courrier reçu le", "Letter received on"), "day")),
        allowed=pilot,
        whose=PILOT,
        apply=_withdraw,
        evidence=True,
    ),
    Act(
        id="partner-register",
        desk="pilot",
        title=Text("Faire connaître un organisme au registre", "Make a body known to the registry"),
        article="Charte MIG, § 2.1",
        intro=Text("Un prestataire, une association, une autorité hors de l'Annexe 1.",
                   "A contractor, an association, an authority outside Annex 1."),
        fields=(
            Field("id", Text("Identifiant", "Identifier"), most=60,
                  help=Text("Code INSEE, ou un mot court : lettres minuscules, chiffres, tirets.",
                            "INSEE code, or a short word: lower-case letters, digits, hyphens.")),
            Field("name", Text("Nom", "Name"), most=200),
            Field("kind", Text("Genre", "Kind"), "one",
                  choices=choices.of(*((kind, KIND_WORDS[kind]) for kind in KINDS))),
            Field("siren", Text("SIREN", "SIREN"), required=False, most=9),
            Field("insee", Text("Code INSEE", "INSEE code"), required=False, most=5),
        ),
        allowed=pilot,
        whose=PILOT,
        apply=_register,
        dated=True,
        evidence=True,
    ),
    Act(
        id="charter-amend",
        desk="pilot",
        title=Text("Enregistrer une modification de la charte", "Record a change of the charter"),
        article="Charte MIG, § 2.6",
        intro=Text("Après l'avis du comité technique et la décision du comité de pilotage.",
                   "After the technical committee's opinion and the steering committee's decision."),
        fields=(
            Field("version", Text("Version", "Version"), most=60),
            Field("title", Text("Ce qu'elle modifie", "What it changes"), most=300),
        ),
        allowed=pilot,
        whose=PILOT,
        apply=_amend,
        dated=True,
        evidence=True,
    ),
    Act(
        id="charter-accept",
        desk="pilot",
        title=Text("Enregistrer l'approbation d'une modification par un partenaire",
                   "Record a partner's approval of a change"),
        article="Charte MIG, § 2.6",
        intro=Text("Elle l'engage à compter du jour dit.", "It binds the partner from that day."),
        fields=(
            Field("who", BODY, "one", choices=choices.partners),
            Field("version", Text("Version", "Version"), most=60),
        ),
        allowed=pilot,
        whose=PILOT,
        apply=_accept,
        dated=True,
        evidence=True,
    ),
)  # fmt: skip
