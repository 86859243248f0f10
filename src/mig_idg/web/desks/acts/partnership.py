"""Conventions, cases, connected equipment: what the partnership keeps beside its data, by those whom each concerns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from mig_idg.charter.periods import MODELS
from mig_idg.errors import Text
from mig_idg.registry import conventions, datasets, equipment, follow_up, interventions, notices_given
from mig_idg.registry.acts import Conn, Done, Record
from mig_idg.registry.case_kinds import KINDS, Kind
from mig_idg.registry.committees import Sitting
from mig_idg.registry.interventions import Intervention
from mig_idg.registry.statements import ask
from mig_idg.web.desks import choices
from mig_idg.web.desks.act import Act, Choice, Choices, Field, Said, Scene
from mig_idg.web.desks.actor import Actor
from mig_idg.web.desks.fields import DATASET, NUMBER, REASONS

PARTY = Text("à une partie à la convention", "a party to the convention")
PILOT = Text("au pilote, qui tient le registre", "the pilot, who keeps the registry")
PARTNER = Text("à un partenaire", "a partner")
CONVENTION, LETTER = Text("Convention", "Convention"), Text("Lettre recommandée", "Registered letter")
RECEIVED = Text("Reçue le", "Received on")
ANY_BODY = (
    "need", "acquisition", "claim", "current-action", "promotion", "standardisation", "funding-opinion", "incident",
    "transfer-difficulty", "dispute", "roadmap",
)  # fmt: skip
"""Kinds of cases that a partner opens for itself; the others are the pilot's to open."""


def _partner(actor: Actor) -> bool:
    return actor.partner or actor.pilot


def _pilot(actor: Actor) -> bool:
    return actor.pilot


def mine(*, whole: bool = False) -> Choices:
    """The conventions in force to which the body acted for is a party (all of them for the pilot, when `whole`)."""

    def offered(scene: Scene) -> Sequence[Choice]:
        return [
            (one["convention"], Text(one["title"], one["title"]))
            for one in conventions.listing(scene.conn, scene.actor.day)
            if one["state"] != "ended" and (scene.actor.body in one["parties"] or (whole and scene.actor.pilot))
        ]

    return offered


def formal_notices(scene: Scene) -> Sequence[Choice]:
    """The formal notices that wait, of the conventions of the body."""
    ours = {id for id, _ in mine()(scene)}
    values = {"instrument": None, "on": scene.actor.day}
    return [
        (str(row["notice"]), Text(f"n° {row['notice']} : {row['breaches']}", f"no. {row['notice']}: {row['breaches']}"))
        for row in ask(scene.conn, "notices", values)
        if row["instrument"] in ours and row["state"] in ("given", "answered")
    ]


def next_states(scene: Scene) -> Sequence[Choice]:
    """`case:state` for each case of the body (all cases for the pilot) and each state that follows."""
    who = None if scene.actor.pilot else scene.actor.body
    told: list[Choice] = []
    for row in follow_up.listing(scene.conn, scene.actor.day, organisation=who):
        for state in KINDS[row["kind"]].moves[row["state"]]:
            words, number = follow_up.label(state), row["case"]
            text = Text(f"n° {number} : {row['subject']} → {words.fr}", f"no. {number}: {row['subject']} → {words.en}")
            told.append((f"{number}:{state}", text))
    return told


def work(*states: str, side: str) -> Choices:
    """The interventions in these states of which the body is the host or the depositor."""

    def offered(scene: Scene) -> Sequence[Choice]:
        return [
            (
                str(row["intervention"]),
                Text(*(f"{mark} {row['intervention']} : {row['support']}" for mark in ("n°", "no."))),
            )
            for row in interventions.listing(scene.conn, scene.actor.day)
            if row["state"] in states and row[side] == scene.actor.body
        ]

    return offered


def supports(scene: Scene) -> Sequence[Choice]:
    """`convention:support` for each support of an annex on which the body deposits."""
    rows = equipment.lines(scene.conn, scene.actor.day, organisation=scene.actor.body)
    found = {
        (row["convention"], row["support"] or row["asset"])
        for row in rows
        if row["depositor"] == scene.actor.body and (row["support"] or row["annex"] == "support")
    }
    return [(f"{convention}:{support}", Text(support, support)) for convention, support in sorted(found)]


def _sign(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    signatures = {said["party_a"]: said["signed_a"], said["party_b"]: said["signed_b"]}
    return conventions.sign(
        conn, said["id"], said["title"], said["model"], signatures, record, notified_on=said["notified"],
        court=said["court"],
    )  # fmt: skip


def _open(kind: Kind) -> Callable[[Conn, Said, Record, Actor], Done]:
    def opened(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
        details = {one.name: _written(said.get(one.name)) for one in kind.fields if said.get(one.name)}
        case = follow_up.Case(
            kind.word, said["subject"], actor.body if kind.wants_body else None, said.get("parties") or (),
            said.get("dataset"), None, said.get("group"), said.get("due"), details,
        )  # fmt: skip
        return follow_up.open_case(conn, case, record)

    return opened


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _move(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    case, _, state = said["move"].partition(":")
    return follow_up.move(conn, int(case), state, said["words"], record, due=said["due"])


def _ask(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    convention, _, support = said["support"].partition(":")
    asked = Intervention(
        support, said["starts"], said["ends"], said["modalities"], said["conditions"], said["commissioning"],
        [said["operator"]] if said["operator"] else [],
    )  # fmt: skip
    return interventions.request(conn, convention, actor.body, asked, record)


def _register(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    class_, _, type_ = said["type"].partition(":")
    asset = equipment.Asset(
        said["id"], class_, type_ or said["description"] or class_, actor.body, said["description"], said["address"],
        energy=said["energy"],
    )  # fmt: skip
    return equipment.register(conn, asset, record)


def _send_back(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    sitting = Sitting("technical", said["present"], record.evidence.reference)
    return datasets.send_back(conn, said["dataset"], said["stage"], said["reasons"], sitting, record,
                              against=said["against"])  # fmt: skip


def _groups(scene: Scene) -> Sequence[Choice]:
    rows = scene.conn.execute(
        "select working_group, title from registry.working_group_term where closed_by is null and valid @> %s"
        " order by working_group",
        (scene.actor.day,),
    ).fetchall()
    return [(id, Text(title, title)) for id, title in rows]


def _case_fields(kind: Kind) -> tuple[Field, ...]:
    fields = [Field("subject", Text("Objet", "Subject"), most=300)]
    for one in kind.fields:
        offered = choices.of(*((word, Text(word, word)) for word in one.choices)) if one.choices else None
        shape: Any = "one" if offered else "day" if one.is_date else "text"
        label = Text(one.label.fr.capitalize(), one.label.en.capitalize())
        fields.append(Field(one.name, label, shape, required=one.required, choices=offered))
    if kind.wants_parties:
        fields.append(Field("parties", Text("Autres parties", "Other parties"), "several", choices=choices.partners))
    if kind.wants_group:
        fields.append(Field("group", Text("Groupe de travail", "Working group"), "one", choices=_groups))
    fields.append(Field("dataset", DATASET, "one", required=False, choices=choices.datasets(lambda scene, id: True)))
    fields.append(Field("due", Text("Échéance", "Deadline"), "day", required=kind.wants_due))
    return tuple(fields)


def _case(kind: Kind) -> Act:
    label = Text(kind.label.fr, kind.label.en)
    open_to_partners = kind.word in ANY_BODY
    return Act(
        id=f"case-open-{kind.word}",
        desk="partnership",
        title=Text(f"Ouvrir un dossier : {label.fr}", f"Open a case: {label.en}"),
        article=kind.article,
        intro=Text("Le dossier est suivi d'état en état ; rien n'en est effacé.",
                   "The case is followed from state to state; nothing of it is erased."),
        fields=_case_fields(kind),
        allowed=_partner if open_to_partners else _pilot,
        whose=PARTNER if open_to_partners else PILOT,
        apply=_open(kind),
        dated=True,
        evidence=True,
    )  # fmt: skip


def _on_work(id: str, title: Text, intro: Text, states: tuple[str, ...], side: str, fields: tuple[Field, ...],
             apply: Callable[[Conn, Said, Record, Actor], Done]) -> Act:  # fmt: skip
    return Act(
        id=f"intervention-{id}",
        desk="partnership",
        title=title,
        article=interventions.ARTICLE,
        intro=intro,
        fields=(Field("number", NUMBER, "one", choices=work(*states, side=side)), *fields),
        allowed=_partner,
        whose=PARTY,
        apply=apply,
        dated=True,
        evidence=True,
    )


_REASONS = Field("reasons", REASONS, "long", most=2000)
_TYPES: tuple[Choice, ...] = (
    ("support:street_furniture", Text("support : mobilier urbain", "support: street furniture")),
    ("support:building", Text("support : bâtiment", "support: building")),
    ("support:land", Text("support : terrain", "support: land")),
    ("support:vehicle", Text("support : véhicule", "support: vehicle")),
    ("equipment:", Text("équipement connecté", "connected equipment")),
    ("network:lorawan", Text("réseau LoRaWAN", "LoRaWAN network")),
    ("network:cellular", Text("réseau cellulaire", "cellular network")),
    ("network:wired", Text("réseau filaire", "wired network")),
    ("platform:", Text("plateforme numérique", "digital platform")),
)

ACTS: tuple[Act, ...] = (
    Act(
        id="convention-sign",
        desk="partnership",
        title=Text("Enregistrer une convention signée", "Record a signed convention"),
        article=MODELS["tarn-et-garonne"].article("art. 3"),
        intro=Text("Sa durée, sa reconduction et ses préavis sont ceux de son modèle : les dates sont calculées.",
                   "Its length, renewal and notices are those of its model: the dates are computed."),
        fields=(
            Field("id", Text("Identifiant", "Identifier"), most=60),
            Field("title", Text("Intitulé", "Title"), most=200),
            Field("model", Text("Modèle", "Model"), "one",
                  choices=choices.of(*((name, Text(one.text, one.text)) for name, one in MODELS.items()))),
            Field("party_a", Text("Première partie", "First party"), "one", choices=choices.bodies),
            Field("signed_a", Text("Signée par elle le", "Signed by it on"), "day"),
            Field("party_b", Text("Seconde partie", "Second party"), "one", choices=choices.bodies),
            Field("signed_b", Text("Signée par elle le", "Signed by it on"), "day"),
            Field("notified", Text("Notifiée le", "Notified on"), "day", required=False),
            Field("court", Text("Tribunal compétent", "Competent court"), required=False),
        ),
        allowed=_pilot,
        whose=PILOT,
        apply=_sign,
        dated=True,
        evidence=True,
    ),
    Act(
        id="convention-notice",
        desk="partnership",
        title=Text("Dénoncer une convention", "Give notice on a convention"),
        article=MODELS["tarn-et-garonne"].article("art. 12.3"),
        intro=Text("Elle prend fin avec sa période, ou avec la suivante si la lettre arrive trop tard.",
                   "It ends with its period, or with the next when the letter comes too late."),
        fields=(
            Field("convention", CONVENTION, "one", choices=mine()),
            Field("letter", LETTER, most=100),
            Field("received", RECEIVED, "day"),
        ),
        allowed=_partner,
        whose=PARTY,
        apply=lambda conn, said, record, actor: notices_given.end_of_period(
            conn, said["convention"], actor.body, said["letter"], said["received"], record),
        evidence=True,
    ),
    Act(
        id="convention-formal-notice",
        desk="partnership",
        title=Text("Mettre en demeure", "Give formal notice"),
        article=MODELS["tarn-et-garonne"].article("art. 12.1"),
        intro=Text("Les manquements et un délai raisonnable, écrits ; la convention ne prend fin qu'après.",
                   "The breaches and a reasonable deadline, written; the convention ends only after."),
        fields=(
            Field("convention", CONVENTION, "one", choices=mine()),
            Field("letter", LETTER, most=100),
            Field("received", RECEIVED, "day"),
            Field("breaches", Text("Manquements", "Breaches"), "long", most=2000),
            Field("deadline", Text("Délai", "Deadline"), "day", required=False),
        ),
        allowed=_partner,
        whose=PARTY,
        apply=lambda conn, said, record, actor: notices_given.formal_notice(
            conn, said["convention"], actor.body, said["letter"], said["received"], said["breaches"], said["deadline"],
            record),
        evidence=True,
    ),
    Act(
        id="convention-answer",
        desk="partnership",
        title=Text("Répondre à une mise en demeure", "Answer a formal notice"),
        article=MODELS["tarn-et-garonne"].article("art. 12.1"),
        intro=Text("Des observations, ou l'obligation exécutée.", "Observations, or the duty performed."),
        fields=(
            Field("number", NUMBER, "one", choices=formal_notices),
            Field("observations", Text("Observations", "Observations"), "long", most=2000),
            Field("performed", Text("L'obligation est exécutée", "The duty is performed"), "yes", required=False),
        ),
        allowed=_partner,
        whose=PARTY,
        apply=lambda conn, said, record, actor: notices_given.answer(
            conn, int(said["number"]), said["observations"], record, performed=bool(said["performed"])),
        dated=True,
        evidence=True,
    ),
    Act(
        id="convention-accept",
        desk="partnership",
        title=Text("Accepter la charte de la donnée ou la clause d'interface",
                   "Accept the data charter or the interface clause"),
        article=equipment.TEXT.article("art. 2, 10"),
        intro=Text("Avant tout échange de données restreintes.", "Before any exchange of restricted data."),
        fields=(
            Field("convention", CONVENTION, "one", choices=mine()),
            Field("document", Text("Document", "Document"), "radio", choices=choices.of(*equipment.DOCUMENTS.items())),
        ),
        allowed=_partner,
        whose=PARTY,
        apply=lambda conn, said, record, actor: equipment.accept(
            conn, said["convention"], actor.body, said["document"], record),
        evidence=True,
    ),
    Act(
        id="case-move",
        desk="partnership",
        title=Text("Faire avancer un dossier", "Move a case"),
        article="Charte MIG, § 2.4",
        intro=Text("Vers un état qui suit le sien, en disant ce qui s'est passé.",
                   "To a state that follows its own, saying what happened."),
        fields=(
            Field("move", Text("Dossier et état", "Case and state"), "one", choices=next_states),
            Field("words", Text("Ce qui s'est passé", "What happened"), "long", most=2000),
            Field("due", Text("Nouvelle échéance", "New deadline"), "day", required=False),
        ),
        allowed=_partner,
        whose=PARTNER,
        apply=_move,
        dated=True,
        evidence=True,
    ),
    Act(
        id="equipment-register",
        desk="partnership",
        title=Text("Inscrire un équipement, un support ou un réseau", "Register equipment, a support or a network"),
        article=equipment.TEXT.article("art. 1, 7"),
        intro=Text("Ce qui est à votre organisme ; une annexe le met ensuite sous une convention.",
                   "What is your body's; an annex then puts it under a convention."),
        fields=(
            Field("id", Text("Identifiant", "Identifier"), most=60,
                  help=Text("Minuscules, chiffres et tirets.", "Lower case, digits and dashes.")),
            Field("type", Text("Type", "Type"), "one", choices=choices.of(*_TYPES)),
            Field("description", Text("Description", "Description"), required=False),
            Field("address", Text("Adresse", "Address"), required=False),
            Field("energy", Text("Énergie", "Energy"), required=False),
        ),
        allowed=_partner,
        whose=PARTNER,
        apply=_register,
        dated=True,
        evidence=True,
    ),
    Act(
        id="intervention-ask",
        desk="partnership",
        title=Text("Demander à intervenir sur un support", "Ask to work on a support"),
        article=interventions.ARTICLE,
        intro=Text("Sur un support de l'annexe seulement ; rien ne se fait sans l'accord de l'accueillant.",
                   "On a support of the annex only; nothing is done without the host's agreement."),
        fields=(
            Field("support", Text("Support", "Support"), "one", choices=supports),
            Field("starts", Text("Du", "From"), "day"),
            Field("ends", Text("Au", "To"), "day"),
            Field("modalities", Text("Modalités techniques", "Technical modalities"), "long", most=2000),
            Field("conditions", Text("Conditions demandées", "Conditions asked"), required=False),
            Field("commissioning", Text("Mise en service", "Commissioning"), required=False),
            Field("operator", Text("Opérateur tiers", "Third operator"), required=False),
        ),
        allowed=_partner,
        whose=PARTY,
        apply=_ask,
        evidence=True,
    ),
    _on_work("agree", Text("Accorder une intervention", "Agree to an intervention"),
             Text("Avec vos conditions, s'il y en a.", "With your conditions, if any."), ("asked", "agreed"), "host",
             (Field("conditions", Text("Conditions", "Conditions"), "long", required=False, most=2000),),
             lambda conn, said, record, actor: interventions.agree(
                 conn, int(said["number"]), record, conditions=said["conditions"])),
    _on_work("refuse", Text("Refuser une intervention", "Refuse an intervention"),
             Text("En disant pourquoi.", "Saying why."), ("asked",), "host", (_REASONS,),
             lambda conn, said, record, actor: interventions.refuse(
                 conn, int(said["number"]), said["reasons"], record)),
    _on_work("stop", Text("Faire stopper une intervention", "Stop an intervention"),
             Text("En disant pourquoi au déposant.", "Saying why to the depositor."), ("agreed",), "host", (_REASONS,),
             lambda conn, said, record, actor: interventions.stop(conn, int(said["number"]), said["reasons"], record)),
    _on_work("done", Text("Intervention faite", "Intervention done"),
             Text("Elle a l'accord de l'accueillant.", "It has the host's agreement."), ("agreed",), "depositor", (),
             lambda conn, said, record, actor: interventions.finish(conn, int(said["number"]), record)),
    _on_work("remove", Text("Exiger une désinstallation", "Demand removal"),
             Text("De ce qui a été installé, en disant pourquoi.", "Of what was installed, saying why."),
             ("done", "stopped"), "host",
             (Field("by_day", Text("Au plus tard le", "By"), "day"), _REASONS),
             lambda conn, said, record, actor: interventions.demand_removal(
                 conn, int(said["number"]), said["by_day"], said["reasons"], record)),
    Act(
        id="committee-return",
        desk="committees",
        title=Text("Rendre une donnée au groupe, ou la rejeter", "Return a dataset to the group, or reject it"),
        article=datasets.VALIDATION,
        intro=Text("Le comité technique rend à une étape, ou rejette, en disant pourquoi.",
                   "The technical committee returns it to a stage, or rejects it, saying why."),
        fields=(
            Field("dataset", DATASET, "one", choices=choices.of_kind("coproduced")),
            Field("stage", Text("À l'étape", "To the stage"), "one", choices=choices.of(
                ("collecting", Text("collecte", "collection")),
                ("consolidated", Text("consolidation", "consolidation")),
                ("structured", Text("structure", "structure")), ("rejected", Text("rejet", "rejection")))),
            _REASONS,
            Field("present", Text("Présents", "Present"), "several", choices=choices.partners),
            Field("against", Text("Opposés", "Against"), "several", required=False, choices=choices.partners),
        ),
        allowed=_pilot,
        whose=PILOT,
        apply=_send_back,
        dated=True,
        evidence=True,
    ),
    *(_case(kind) for kind in KINDS.values()),
)  # fmt: skip
