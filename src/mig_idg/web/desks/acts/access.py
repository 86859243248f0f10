"""Access: an owner's terms, requests and answers, openings, takedowns (glossary, § 3.2.1, § 3.4)."""

from __future__ import annotations

from typing import Any

from mig_idg.errors import InvalidParameter, Text
from mig_idg.registry import agreements, licences, takedowns, terms
from mig_idg.registry.acts import Conn, Done, Record
from mig_idg.web.desks import choices
from mig_idg.web.desks.act import Act, Field, Said
from mig_idg.web.desks.actor import Actor
from mig_idg.web.desks.fields import DATASET, NUMBER, UNTIL, numbered

PRESETS: dict[str, tuple[str, tuple[str, ...], Text]] = {
    "all": (
        "all_partners",
        ("view", "query", "download", "subscribe", "execute"),
        Text("Tous les partenaires, sans restriction d'usage", "All partners, for any use"),
    ),
    "consult": (
        "all_partners",
        ("view", "query"),
        Text("Tous les partenaires, en consultation seulement", "All partners, for consultation only"),
    ),
    "named": (
        "named",
        ("view", "query", "download", "subscribe", "execute"),
        Text("Les organismes que je nomme", "The bodies that I name"),
    ),
    "agreement": (
        "on_agreement",
        ("view", "query", "download", "subscribe", "execute"),
        Text("Sur demande, avec mon accord", "On request, with my agreement"),
    ),
    "closed": ("closed", (), Text("Personne pour le moment", "Nobody for now")),
}
"""The five terms that owners choose among; anything finer is said field by field below them."""


def owns(actor: Actor) -> bool:
    """A partner that owns data."""
    return actor.partner and bool(actor.owned)


def _set_terms(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    mode, actions, _ = PRESETS[said["preset"]]
    wanted = terms.Terms(
        mode=mode,
        actions=actions,
        named=tuple(said["named"]) if mode == "named" else (),
        hidden_attributes=_words(said["hidden"]),
        extends_to_ept_communes=said["ept_communes"],
        allows_contractors=said["contractors"],
        own_territory=said["own_territory"],
    )
    return terms.set_terms(conn, said["dataset"], wanted, record, by=actor.body, until=said["until"])


def _ask(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    return agreements.request(conn, said["dataset"], actor.body, said["purpose"], record, actions=said["actions"])


def _answer(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    granted = said["answer"] == "yes"
    if not granted and not said["reasons"]:
        raise InvalidParameter("reasons", Text("Un refus d'accord est motivé.", "A refused agreement has reasons."))
    return agreements.response(
        conn,
        int(said["number"]),
        granted,
        record,
        by=actor.body,
        reasons=None if granted else said["reasons"],
        until=said["until"] if granted else None,
        actions=said["actions"] if granted else (),
    )


def _open(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    return licences.publish_open(
        conn, said["dataset"], actor.body, record, licence=said["licence"], decision=said["decision"]
    )


def _take_back(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    return licences.take_back(conn, said["dataset"], actor.body, record)


def _request_takedown(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    do = takedowns.request if said.get("when") == "later" else _at_once
    return do(
        conn, said["dataset"], said["scope"], said["requester"], said["channel"], record, reason=said.get("reason")
    )


def _at_once(conn: Conn, *said: Any, reason: str | None) -> Done:
    """Received and executed: a simple request is enough (000 art. 7)."""
    return takedowns.withdraw(conn, *said, reason=reason)[1]


def _words(said: Any) -> tuple[str, ...]:
    return tuple(word for word in (said or "").replace(",", " ").split() if word)


def may_withdraw(actor: Actor) -> bool:
    """Who answers for some data, or runs the platform."""
    return any(actor.may("takedown", id) for id in actor.seen)


OWNER = Text("au propriétaire de la donnée, partenaire", "the owner of the data, a partner")
ANSWERABLE = Text("à qui répond de la donnée, ou au pilote", "whoever answers for the data, or the pilot")
CO_OWNER = Text("à un copropriétaire", "a co-owner")

ACTS: tuple[Act, ...] = (
    Act(
        id="terms-set",
        desk="owner",
        title=Text("Fixer les modalités d'une donnée", "Set the terms of a dataset"),
        article="Charte MIG, glossaire, § 3.2.1",
        intro=Text(
            "Vous dites qui accède à votre donnée, et pour quoi. Les modalités d'avant restent dans l'histoire. "
            "Avant d'enregistrer, vous verrez qui la lira.",
            "You say who has access to your data, and for what. The former terms stay in history. "
            "Before anything is saved, you will see who will read them.",
        ),
        fields=(
            Field("dataset", DATASET, "one", choices=choices.owned),
            Field("preset", Text("Qui y accède", "Who has access"), "radio",
                  choices=choices.of(*((key, words) for key, (_, _, words) in PRESETS.items()))),
            Field("named", Text("Organismes nommés", "Bodies named"), "several", required=False,
                  help=Text("Seulement si vous nommez les organismes.", "Only if you name the bodies."),
                  choices=choices.partners),
            Field("hidden", Text("Attributs que vous réservez", "Attributes you keep back"), required=False,
                  help=Text("Leurs noms, séparés par des virgules ; vide : rien n'est réservé.",
                            "Their names, with commas; empty: nothing is kept back.")),
            Field("ept_communes", Text("Les EPT peuvent servir leurs communes", "EPTs may serve their communes"), "yes",
                  required=False),
            Field("contractors", Text("Les prestataires des partenaires y accèdent pour eux",
                                      "The partners' contractors have access for them"), "yes", required=False),
            Field("own_territory", Text("Chacun n'y lit que son territoire", "Each reads its own territory only"),
                  "yes", required=False),
            Field("until", UNTIL, "day", required=False,
                  help=Text("Après ce jour, sans nouvelles modalités, la donnée est fermée.",
                            "After that day, without other terms, the data are closed.")),
        ),
        allowed=owns,
        whose=OWNER,
        apply=_set_terms,
        button=Text("Voir qui la lira", "See who will read them"),
    ),
    Act(
        id="grant-ask",
        desk="mine",
        title=Text("Demander l'accès à une donnée", "Ask for access to a dataset"),
        article="Charte MIG, glossaire",
        intro=Text(
            "Votre demande va au propriétaire, qui l'accorde ou la refuse en disant pourquoi. Elle n'ouvre rien par "
            "elle-même.",
            "Your request goes to the owner, who grants it, or refuses it and says why. It opens nothing by itself.",
        ),
        fields=(
            Field("dataset", DATASET, "one", choices=choices.asked_of_others),
            Field("purpose", Text("Pour quel usage", "What for"), "long", most=1000,
                  help=Text("En une ou deux phrases : le propriétaire décide sur ce que vous écrivez.",
                            "In one or two sentences: the owner decides on what you write.")),
            Field("actions", Text("Pour faire quoi", "To do what"), "several", required=False,
                  help=Text("Rien de coché : tout ce que les modalités permettent.",
                            "Nothing ticked: all that the terms allow."), choices=choices.of(*choices.READS)),
        ),
        allowed=lambda actor: bool(actor.body),
        whose=Text("à un organisme", "a body"),
        apply=_ask,
        button=Text("Relire ma demande", "Read my request again"),
    ),
    Act(
        id="grant-answer",
        desk="owner",
        title=Text("Répondre à une demande d'accès", "Answer a request of access"),
        article="Charte MIG, glossaire",
        intro=Text(
            "Un accord vaut à compter d'aujourd'hui ; un refus se motive. Le demandeur lit votre réponse.",
            "An agreement holds from today; a refusal has reasons. The requester reads your answer.",
        ),
        fields=(
            Field("number", Text("Demande", "Request"), "one", choices=choices.requests),
            Field("answer", Text("Votre réponse", "Your answer"), "radio",
                  choices=choices.of(("yes", Text("J'accorde", "I grant")), ("no", Text("Je refuse", "I refuse")))),
            Field("reasons", Text("Motifs d'un refus", "Reasons of a refusal"), "long", required=False, most=1000),
            Field("actions", Text("Accordé pour", "Granted for"), "several", required=False,
                  help=Text("Rien de coché : tout ce qui est demandé.", "Nothing ticked: all that is asked."),
                  choices=choices.of(*choices.READS)),
            Field("until", Text("Accordé jusqu'au (exclu)", "Granted until (excluded)"), "day", required=False),
        ),
        allowed=owns,
        whose=OWNER,
        apply=_answer,
    ),
    Act(
        id="terms-open",
        desk="owner",
        title=Text("Ouvrir à tous une donnée coproduite", "Open coproduced data to all"),
        article="Charte MIG, § 3.4",
        intro=Text(
            "Chaque copropriétaire peut publier une donnée validée sous licence ouverte, quinze jours après en avoir "
            "informé les autres. Ce qui a été ouvert et copié ne se referme pas.",
            "Each co-owner may publish validated data under an open licence, fifteen days after it told the others. "
            "What was opened and copied is never closed again.",
        ),
        fields=(
            Field("dataset", DATASET, "one", choices=choices.datasets(
                lambda scene, id: scene.actor.may("publish_open", id)
                and scene.actor.facts.datasets[id].kind == "coproduced")),
            Field("licence", Text("Licence", "Licence"), "radio", default="LO-2.0", choices=choices.of(
                ("LO-2.0", Text("Licence Ouverte 2.0", "Licence Ouverte 2.0")),
                ("ODbL-1.0", Text("ODbL 1.0 (après décision du comité technique)",
                                  "ODbL 1.0 (after a decision of the technical committee)")))),
            Field("decision", Text("Numéro de la décision (ODbL)", "Number of the decision (ODbL)"), "number",
                  required=False),
        ),
        allowed=lambda actor: actor.partner,
        whose=CO_OWNER,
        apply=_open,
        evidence=True,
    ),
    Act(
        id="terms-take-back",
        desk="owner",
        title=Text("Renoncer à ouvrir, avant le jour dit", "Give an opening up, before its day"),
        article="Charte MIG, § 3.4",
        intro=Text("Une fois ouverte, seul un retrait ferme.", "Once open, only a takedown closes."),
        fields=(Field("dataset", DATASET, "one", choices=choices.of_kind("coproduced")),),
        allowed=lambda actor: actor.partner,
        whose=CO_OWNER,
        apply=_take_back,
    ),
    Act(
        id="takedown-request",
        desk="owner",
        title=Text("Retirer de la diffusion", "Take data down"),
        article="convention Tarn-et-Garonne, art. 7, 9.1",
        intro=Text("Sur simple demande : la donnée n'est plus servie aussitôt, et une trace publique dit depuis quand"
                   " et pourquoi.",
                   "On a simple request: the data are no longer served at once, and a tombstone says since when and"
                   " why."),
        fields=(
            Field("dataset", DATASET, "one", choices=choices.may("takedown")),
            Field("scope", Text("Retirer", "Take down"), "radio", choices=choices.of(
                ("public", Text("du public", "for the public")), ("all", Text("pour tous", "for all")))),
            Field("requester", Text("Qui demande", "Who asks"), most=200),
            Field("channel", Text("Par quel moyen", "By which means"), most=100, default="courriel"),
            Field("reason", Text("Ce que dira la trace publique", "What the tombstone will say"), required=False),
            Field("when", Text("Effet", "Effect"), "radio", default="now", choices=choices.of(
                ("now", Text("tout de suite", "at once")),
                ("later", Text("plus tard : la demande est seulement reçue", "later: it is only received")))),
        ),
        allowed=may_withdraw,
        whose=ANSWERABLE,
        apply=_request_takedown,
        evidence=True,
    ),
    Act(
        id="takedown-execute",
        desk="owner",
        title=Text("Exécuter un retrait", "Execute a takedown"),
        article="convention Tarn-et-Garonne, art. 7, 9.1",
        intro=Text("La donnée n'est plus servie ; une trace publique le dit.",
                   "The data are no longer served; a tombstone says so."),
        fields=(Field("number", NUMBER, "one", choices=choices.taken_down("received")),),
        allowed=may_withdraw,
        whose=ANSWERABLE,
        apply=numbered(takedowns.execute),
    ),
    Act(
        id="takedown-lift",
        desk="owner",
        title=Text("Lever un retrait", "Lift a takedown"),
        article="convention Tarn-et-Garonne, art. 7, 9.1",
        intro=Text("La donnée est de nouveau servie.", "The data are served again."),
        fields=(Field("number", NUMBER, "one", choices=choices.taken_down("received", "executed")),),
        allowed=may_withdraw,
        whose=ANSWERABLE,
        apply=numbered(takedowns.lift),
    ),
)  # fmt: skip
