"""Meetings: who was there, what was put, who opposed; the result is computed (§ 2.4). And working groups, stages."""

from __future__ import annotations

from collections.abc import Sequence

from mig_idg.deposits.consolidation import adoption
from mig_idg.errors import InvalidParameter, Text
from mig_idg.registry import committees, datasets, desks, groups, instruments, proposals
from mig_idg.registry.acts import Conn, Done, Record
from mig_idg.registry.committees import Item, Sitting
from mig_idg.registry.datasets import Version
from mig_idg.web.desks import choices
from mig_idg.web.desks.act import Act, Choice, Field, Said, Scene
from mig_idg.web.desks.actor import Actor
from mig_idg.web.desks.fields import BODY, DATASET, UNTIL

ARTICLE = "Charte MIG, § 2.4"
PILOT = Text("au pilote, qui tient le secrétariat des comités", "the pilot, who keeps the committees' records")
SUBJECTS = {
    "dataset": Text("donnée coproduite", "coproduced dataset"),
    "working_group": Text("groupe de travail", "working group"),
    "facilitator": Text("animateur d'un groupe", "facilitator of a group"),
    "transfer_difficulty": Text("difficulté de mise à disposition", "difficulty of a transfer"),
    "admission": Text("candidature", "admission"),
    "withdrawal": Text("retrait", "withdrawal"),
    "orientations": Text("orientations", "orientations"),
    "charter_change": Text("modification de la charte", "change of the charter"),
    "activity_report": Text("bilan annuel d'activité", "annual report of activity"),
    "continuation": Text("poursuite de la démarche", "continuation"),
}
NATURES = {"decision": Text("décision", "decision"), "opinion": Text("avis", "opinion")}


def pilot(actor: Actor) -> bool:
    """Who keeps the records of committees."""
    return actor.pilot


def competences(scene: Scene) -> Sequence[Choice]:
    """What each committee rules on, as the charter says it."""
    told = []
    for row in desks.competences(scene.conn):
        committee, subject = committees.NAMES[row["committee"]], SUBJECTS.get(row["subject"])
        subject = subject or Text(row["subject"], row["subject"])
        nature = NATURES[row["nature"]]
        words = Text(f"{committee.fr} — {subject.fr} ({nature.fr})", f"{committee.en} — {subject.en} ({nature.en})")
        told.append((f"{row['committee']}:{row['subject']}:{row['nature']}", words))
    return told


def _record(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    """One point of a meeting; the others of the same day join the same meeting."""
    sitting = Sitting(said["committee"], said["present"], record.evidence.reference)
    items = []
    if said["subject"] is not None:
        committee, subject, nature = said["subject"].split(":")
        if committee != said["committee"]:
            raise InvalidParameter(
                "subject",
                Text("Ce comité n'a pas compétence sur ce sujet.", "This committee has no competence on this subject."),
            )
        if not said["about"] or not said["motion"]:
            raise InvalidParameter(
                "motion",
                Text("Un point a un objet et une motion.", "An item has what it is about, and a motion."),
            )
        items.append(Item(subject, said["about"], said["motion"], nature, said["against"], said["abstained"]))
    done, _ = committees.record_meeting(conn, sitting, items, record)
    return done


def _rehearse(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    """The same without the rows of the version, for its preview."""
    return _validate(conn, said, record, actor, rehearse=True)


def _validate(conn: Conn, said: Said, record: Record, actor: Actor, *, rehearse: bool = False) -> Done:
    """A validation that nobody present opposes takes effect, with the rows that wait for it; opposed, its vote is
    recorded and nothing moves.
    """
    sitting = Sitting("technical", said["present"], record.evidence.reference)
    if said["against"]:
        datasets.require_coproduced(conn, said["dataset"])
        motion = f"Validation de « {said['dataset']} »"
        item = Item("dataset", said["dataset"], motion, against=said["against"], abstained=said["abstained"])
        done, _ = committees.record_meeting(conn, sitting, [item], record)
        return done

    def put(owner: Conn, dataset: str) -> None:
        adoption.publish_waiting(owner, dataset, record.author)

    return datasets.validate(
        conn, said["dataset"], Version(said["version"]), sitting, record, put=None if rehearse else put,
        rehearse=rehearse,
    )  # fmt: skip


def _puts_rows(conn: Conn, said: Said) -> bool:
    """Whether rows wait for this validation: a consolidated base, or proposals that the group took."""
    if said["against"]:
        return False
    dataset = said["dataset"]
    return adoption.waiting(conn, dataset) is not None or bool(
        proposals.listing(conn, dataset=dataset, states=("taken",), limit=1)
    )


def _what_waits(conn: Conn, said: Said, actor: Actor) -> tuple[tuple[Text, str], ...]:
    """What the version would hold: the base that waits, its findings and their decisions, the proposals taken."""
    dataset, told = said["dataset"], []
    if (run := adoption.waiting(conn, dataset)) is not None:
        base = Text(f"consolidation n° {run['id']}, {run['rows']} entités",
                    f"consolidation no. {run['id']}, {run['rows']} features")  # fmt: skip
        told.append((Text("Base qui attend", "Base that waits"), base.in_(actor.lang)))
    taken = len(proposals.listing(conn, dataset=dataset, states=("taken",), limit=10_000))
    if taken:
        told.append((Text("Propositions retenues", "Proposals taken"), str(taken)))
    return tuple(told)


def _send_back(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    sitting = Sitting("technical", said["present"], record.evidence.reference)
    return datasets.send_back(
        conn, said["dataset"], said["stage"], said["reasons"], sitting, record, against=said["against"]
    )


def _back_to(scene: Scene) -> Sequence[Choice]:
    return [(stage, STAGE_WORDS[stage]) for stage in datasets.STEPS["submitted"] if stage != "validated"]


def _prolong(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    sitting = Sitting("steering", said["present"], record.evidence.reference)
    if said["against"]:
        motion = f"Poursuite jusqu'au {said['until']}"
        item = Item("continuation", instruments.CHARTER, motion, against=said["against"], abstained=said["abstained"])
        done, _ = committees.record_meeting(conn, sitting, [item], record)
        return done
    return instruments.prolong(conn, said["until"], sitting, record)


def _stage(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    return datasets.move(conn, said["dataset"], said["stage"], record)


def _join(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    return groups.join(conn, said["dataset"], said["who"], record, guest=said["guest"], until=said["until"])


def _leave(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    return groups.leave(conn, said["dataset"], said["who"], record)


def _facilitate(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    sitting = Sitting("technical", said["present"], record.evidence.reference)
    return groups.facilitate(conn, said["dataset"], said["who"], sitting, record, against=said["against"])


STAGE_WORDS = {
    "proposed": Text("proposée", "proposed"),
    "structured": Text("structurée", "structured"),
    "collecting": Text("en collecte", "collecting"),
    "consolidated": Text("consolidée", "consolidated"),
    "submitted": Text("soumise au comité technique", "submitted to the technical committee"),
    "rejected": Text("rejetée", "rejected"),
    "validated": Text("validée", "validated"),
}
_GROUP = Field("dataset", Text("Groupe de la donnée", "Group of the dataset"), "one",
               choices=choices.of_kind("coproduced"))  # fmt: skip
_PRESENT = Field("present", Text("Présents", "Present"), "several", choices=choices.partners,
                 help=Text("Un siège par partenaire ; qui n'est pas coché est absent.",
                           "One seat for each partner; who is not ticked was absent."))  # fmt: skip
_AGAINST = Field("against", Text("S'opposent", "Against"), "several", required=False, choices=choices.partners,
                 help=Text("Un seul présent qui s'oppose, et la motion n'est pas adoptée.",
                           "One present who opposes, and the motion is not adopted."))  # fmt: skip
_ABSTAINED = Field("abstained", Text("S'abstiennent", "Abstain"), "several", required=False, choices=choices.partners)


def _in_stages(scene: Scene) -> Sequence[Choice]:
    return [(stage, STAGE_WORDS[stage]) for stage in datasets.STAGES]


ACTS: tuple[Act, ...] = (
    Act(
        id="committee-record",
        desk="committees",
        title=Text("Consigner une séance, ou un point de plus", "Record a meeting, or one more item"),
        article=ARTICLE,
        intro=Text(
            "Dites qui était présent et qui s'opposait : le résultat est calculé. Un autre point du même jour rejoint "
            "la même séance.",
            "Say who was present and who opposed: the result is computed. Another item of the same day joins the same "
            "meeting.",
        ),
        fields=(
            Field("committee", Text("Comité", "Committee"), "radio", choices=choices.of(*committees.NAMES.items())),
            _PRESENT,
            Field("subject", Text("Sujet", "Subject"), "one", required=False, choices=competences,
                  help=Text("Sans sujet : la séance et ses présents seulement.",
                            "Without a subject: the meeting and its attendance only.")),
            Field("about", Text("Objet", "About"), required=False, most=120,
                  help=Text("L'identifiant de la donnée, du groupe, de l'organisme…",
                            "The identifier of the dataset, group, body…")),
            Field("motion", Text("Motion", "Motion"), "long", required=False, most=1000),
            _AGAINST, _ABSTAINED,
        ),
        allowed=pilot,
        whose=PILOT,
        apply=_record,
        dated=True,
        evidence=True,
    ),
    Act(
        id="committee-validate",
        desk="committees",
        title=Text("Validation d'une donnée par le comité technique", "Validation by the technical committee"),
        article=datasets.VALIDATION,
        intro=Text(
            "Ce qui lui est soumis, avec sa fiche complète. Validée, la donnée est à chaque partenaire du jour, pour "
            "toujours.",
            "What is submitted to it, with its complete record. Validated, the data are each partner's of that day, "
            "for ever.",
        ),
        fields=(
            Field("dataset", DATASET, "one", choices=choices.of_kind("coproduced")),
            Field("version", Text("Version", "Version"), most=60, default="1"),
            _PRESENT, _AGAINST, _ABSTAINED,
        ),
        allowed=pilot,
        whose=PILOT,
        apply=_validate,
        dated=True,
        evidence=True,
        of_owner=_puts_rows,
        rehearse=_rehearse,
        more=_what_waits,
    ),
    Act(
        id="committee-return",
        desk="committees",
        title=Text("Retour ou rejet par le comité technique", "Return or rejection by the technical committee"),
        article=datasets.VALIDATION,
        intro=Text(
            "Ce qui lui est soumis revient à une étape nommée, ou est rejeté, avec ses raisons.",
            "What is submitted to it goes back to a named stage, or is rejected, with the reasons.",
        ),
        fields=(
            Field("dataset", DATASET, "one", choices=choices.of_kind("coproduced")),
            Field("stage", Text("Étape", "Stage"), "one", choices=_back_to),
            Field("reasons", Text("Raisons", "Reasons"), "long", most=2000),
            _PRESENT, _AGAINST,
        ),
        allowed=pilot,
        whose=PILOT,
        apply=_send_back,
        dated=True,
        evidence=True,
    ),
    Act(
        id="committee-prolong",
        desk="committees",
        title=Text("Poursuite de la charte", "Continuation of the charter"),
        article=instruments.ARTICLE,
        intro=Text("Le comité de pilotage statue, à l'unanimité des présents.",
                   "The steering committee rules, those present being unanimous."),
        fields=(
            Field("until", Text("Jusqu'au (exclu)", "Until (excluded)"), "day"),
            _PRESENT, _AGAINST, _ABSTAINED,
        ),
        allowed=pilot,
        whose=PILOT,
        apply=_prolong,
        dated=True,
        evidence=True,
    ),
    Act(
        id="committee-stage",
        desk="committees",
        title=Text("Faire avancer une coproduction", "Move a coproduction"),
        article=datasets.ARTICLE,
        intro=Text("Structure, collecte, consolidation, puis le comité.",
                   "Structure, collection, consolidation, then the committee."),
        fields=(_GROUP, Field("stage", Text("Étape", "Stage"), "one", choices=_in_stages)),
        allowed=pilot,
        whose=PILOT,
        apply=_stage,
        dated=True,
        evidence=True,
    ),
    Act(
        id="group-join",
        desk="pilot",
        title=Text("Un organisme rejoint un groupe de travail", "A body joins a working group"),
        article="Charte MIG, § 2.4.3",
        intro=Text("Un partenaire, ou un candidat de l'Annexe 1 ; tout autre comme invité, avec une fin.",
                   "A partner, or an applicant of Annex 1; anybody else as a guest, with an end."),
        fields=(
            _GROUP,
            Field("who", BODY, "one", choices=choices.bodies),
            Field("guest", Text("Invité", "Guest"), "yes", required=False),
            Field("until", UNTIL, "day", required=False),
        ),
        allowed=pilot,
        whose=PILOT,
        apply=_join,
        dated=True,
        evidence=True,
    ),
    Act(
        id="group-leave",
        desk="pilot",
        title=Text("Un organisme quitte un groupe de travail", "A body leaves a working group"),
        article="Charte MIG, § 2.4.3",
        intro=Text("À compter du jour dit.", "From that day."),
        fields=(_GROUP, Field("who", BODY, "one", choices=choices.bodies)),
        allowed=pilot,
        whose=PILOT,
        apply=_leave,
        dated=True,
        evidence=True,
    ),
    Act(
        id="group-facilitate",
        desk="committees",
        title=Text("Désigner l'animateur d'un groupe", "Name the facilitator of a group"),
        article="Charte MIG, § 2.4.2, § 2.4.3",
        intro=Text("Parmi les partenaires qui y participent.", "Among the partners that take part."),
        fields=(_GROUP, Field("who", BODY, "one", choices=choices.partners), _PRESENT, _AGAINST),
        allowed=pilot,
        whose=PILOT,
        apply=_facilitate,
        dated=True,
        evidence=True,
    ),
)  # fmt: skip
