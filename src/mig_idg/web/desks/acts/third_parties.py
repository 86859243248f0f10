"""Contractors and third parties: delegations, transfers with their notice (§ 2.4.2, § 3.5.2)."""

from __future__ import annotations

from mig_idg.errors import Text
from mig_idg.registry import delegations, transfers
from mig_idg.registry.acts import Conn, Done, Record
from mig_idg.web.desks import choices
from mig_idg.web.desks.act import Act, Field, Said
from mig_idg.web.desks.actor import Actor
from mig_idg.web.desks.fields import DATASET, UNTIL, numbered

DELEGATION, TRANSFER = "Charte MIG, § 2.4.2, § 3.5.2", "Charte MIG, § 3.5.2"
PARTNER = Text("à un partenaire", "a partner")
_AGREED = Field("agreed", Text("Nous acceptons ces conditions", "We accept these conditions"), "yes")


def _delegate(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    return delegations.add(
        conn, actor.body, said["contractor"], said["contract"], said["until"], record, scope=said["datasets"] or None
    )


def _hand_over(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    return transfers.hand_over(
        conn, actor.body, said["recipient"], said["dataset"], said["notice"], record,
        version=said["version"], until=said["until"],
    )  # fmt: skip


ACTS: tuple[Act, ...] = (
    Act(
        id="delegate-add",
        desk="owner",
        title=Text("Déléguer à un prestataire", "Delegate to a contractor"),
        article=DELEGATION,
        intro=Text(
            "Votre prestataire lit ce que vous lisez, jamais davantage, jusqu'à la fin du marché ; vous en répondez. "
            "Il lit dès qu'il a accepté les conditions.",
            "Your contractor reads what you read, never more, until the contract ends; you answer for it. It reads as "
            "soon as it accepts the conditions.",
        ),
        fields=(
            Field("contractor", Text("Prestataire", "Contractor"), "one", choices=choices.others),
            Field("contract", Text("Marché", "Contract"), most=200,
                  help=Text("La référence du marché.", "The contract's reference.")),
            Field("until", Text("Fin du marché (exclue)", "End of the contract (excluded)"), "day"),
            Field("datasets", Text("Limitée à", "Limited to"), "several", required=False,
                  help=Text("Rien de coché : tout ce que vous lisez.", "Nothing ticked: all that you read."),
                  choices=choices.datasets(lambda scene, id: True)),
        ),
        allowed=lambda actor: actor.partner,
        whose=PARTNER,
        apply=_delegate,
    ),
    Act(
        id="delegate-end",
        desk="owner",
        title=Text("Mettre fin à une délégation", "End a delegation"),
        article=DELEGATION,
        intro=Text("Le prestataire efface ce qu'il a reçu.", "The contractor deletes what it received."),
        fields=(Field("number", Text("Délégation", "Delegation"), "one", choices=choices.my_delegations("delegator")),),
        allowed=lambda actor: bool(actor.body),
        whose=PARTNER,
        apply=numbered(delegations.end),
    ),
    Act(
        id="delegate-acknowledge",
        desk="mine",
        title=Text("Accepter une délégation", "Accept a delegation"),
        article=DELEGATION,
        intro=Text(
            "Vous lisez au nom du partenaire, pour ce marché seulement ; vous effacez tout à sa fin.",
            "You read for the partner, for this contract only; you delete everything at its end.",
        ),
        fields=(
            Field("number", Text("Délégation", "Delegation"), "one",
                  choices=choices.my_delegations("contractor", waiting=True)),
            _AGREED,
        ),
        allowed=lambda actor: bool(actor.body) and not actor.partner,
        whose=Text("au prestataire nommé", "the contractor named"),
        apply=numbered(delegations.acknowledge),
    ),
    Act(
        id="transfer-record",
        desk="owner",
        title=Text("Remettre une donnée à un tiers", "Hand a dataset to a third party"),
        article=TRANSFER,
        intro=Text(
            "Un tiers n'est ni partenaire, ni commune d'un EPT partenaire. Vous l'informez des conditions de "
            "réutilisation ; il lit dès qu'il en a pris acte.",
            "A third party is neither a partner nor a commune of a partner EPT. You tell it the conditions of reuse; "
            "it reads as soon as it acknowledges them.",
        ),
        fields=(
            Field("recipient", Text("Tiers", "Third party"), "one", choices=choices.others),
            Field("dataset", DATASET, "one", choices=choices.may("redistribute")),
            Field("notice", Text("Ce que vous lui dites des conditions de réutilisation",
                                 "What you tell it of the conditions of reuse"), "long", most=4000),
            Field("version", Text("Version remise", "Version handed over"), required=False, most=100),
            Field("until", UNTIL, "day", required=False),
        ),
        allowed=lambda actor: actor.partner,
        whose=PARTNER,
        apply=_hand_over,
    ),
    Act(
        id="transfer-acknowledge",
        desk="mine",
        title=Text("Prendre acte des conditions d'une donnée remise", "Acknowledge the conditions of data handed over"),
        article=TRANSFER,
        intro=Text("Vous lisez dès que vous en prenez acte.", "You read as soon as you acknowledge them."),
        fields=(Field("number", Text("Mise à disposition", "Transfer"), "one", choices=choices.my_transfers), _AGREED),
        allowed=lambda actor: bool(actor.body) and not actor.partner,
        whose=Text("au tiers nommé", "the third party named"),
        apply=numbered(transfers.acknowledge),
    ),
)  # fmt: skip
