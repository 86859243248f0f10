"""What an EPT does for its communes, and what a commune accepts (§ 3.6)."""

from __future__ import annotations

from mig_idg.errors import Text
from mig_idg.registry import ept
from mig_idg.registry.acts import Conn, Done, Record
from mig_idg.web.desks import choices
from mig_idg.web.desks.act import Act, Field, Said
from mig_idg.web.desks.actor import Actor
from mig_idg.web.desks.fields import COMMUNE, REASONS, UNTIL

ARTICLE = "Charte MIG, § 3.6"
EPT = Text("à l'EPT dont la commune est membre", "the EPT whose member the commune is")
PILOT = Text("au pilote, qui tient le registre", "the pilot, who keeps the registry")


def is_ept(actor: Actor) -> bool:
    """An EPT; whether it is a partner is for the registry to say, with its article."""
    return actor.ept


def _sub_distribute(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    return ept.sub_distribute(
        conn,
        actor.body,
        said["commune"],
        record,
        scope=said["datasets"] or None,
        own_territory=said["own_territory"],
        until=said["until"],
    )


def _acknowledge(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    return ept.acknowledge(conn, said["ept"], actor.body, record)


def _suspend(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    return ept.suspend(conn, actor.body, said["commune"], record, reasons=said["reasons"])


def _resume(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    return ept.resume(conn, actor.body, said["commune"], record)


def _end(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    return ept.end(conn, actor.body, said["commune"], record)


def _add_commune(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    return ept.add_commune(conn, said["ept"], said["commune"], record, until=said["until"])


def _remove_commune(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    return ept.remove_commune(conn, said["ept"], said["commune"], record)


_COMMUNE = Field("commune", COMMUNE, "one", choices=choices.of_bodies("commune"))
_EPT = Field("ept", Text("EPT", "EPT"), "one", choices=choices.of_bodies("ept"))

ACTS: tuple[Act, ...] = (
    Act(
        id="ept-sub-distribute",
        desk="ept",
        title=Text("Mettre des données à disposition d'une commune", "Make data available to a commune"),
        article=ARTICLE,
        intro=Text(
            "L'EPT, partenaire, met les données coproduites et validées à disposition de sa commune membre, et répond "
            "de l'usage qu'elle en fait. La commune lit dès qu'elle en a accepté les conditions.",
            "The EPT, a partner, makes validated coproduced data available to its member commune and answers for its "
            "use. The commune reads as soon as it accepts the conditions.",
        ),
        fields=(
            Field("commune", COMMUNE, "one", choices=choices.communes),
            Field("datasets", Text("Données", "Datasets"), "several", required=False,
                  help=Text("Rien de coché : toutes les données coproduites et validées, présentes et à venir.",
                            "Nothing ticked: all validated coproduced data, present and to come."),
                  choices=choices.of_kind("coproduced")),
            Field("own_territory", Text("Son seul territoire", "Its own territory only"), "yes", required=False),
            Field("until", UNTIL, "day", required=False),
        ),
        allowed=is_ept,
        whose=EPT,
        apply=_sub_distribute,
    ),
    Act(
        id="ept-suspend",
        desk="ept",
        title=Text("Suspendre une commune", "Suspend a commune"),
        article=ARTICLE,
        intro=Text("La commune ne lit plus ces données par l'EPT, sur-le-champ.",
                   "The commune no longer reads these data through the EPT, at once."),
        fields=(
            Field("commune", COMMUNE, "one", choices=choices.served("offered", "acknowledged")),
            Field("reasons", REASONS, "long", most=1000),
        ),
        allowed=is_ept,
        whose=EPT,
        apply=_suspend,
    ),
    Act(
        id="ept-resume",
        desk="ept",
        title=Text("Rétablir une commune suspendue", "Serve a suspended commune again"),
        article=ARTICLE,
        intro=Text("Son acceptation vaut toujours.", "Its acceptance stands."),
        fields=(Field("commune", COMMUNE, "one", choices=choices.served("suspended")),),
        allowed=is_ept,
        whose=EPT,
        apply=_resume,
    ),
    Act(
        id="ept-end",
        desk="ept",
        title=Text("Mettre fin à une mise à disposition", "End what is made available to a commune"),
        article=ARTICLE,
        intro=Text("Ce que la commune a reçu, elle l'a.", "What the commune had, it had."),
        fields=(Field("commune", COMMUNE, "one", choices=choices.served("offered", "acknowledged", "suspended")),),
        allowed=is_ept,
        whose=EPT,
        apply=_end,
    ),
    Act(
        id="ept-acknowledge",
        desk="mine",
        title=Text("Accepter ce que mon EPT met à disposition", "Accept what my EPT makes available"),
        article=ARTICLE,
        intro=Text(
            "Vous acceptez les conditions de la charte : mention du partenariat sur vos documents, pas de remise à des "
            "tiers sans les en informer, responsabilité de vos usages. L'EPT répond de l'usage que vous faites.",
            "You accept the charter's conditions: the partnership's mention on your documents, nothing handed to third "
            "parties without telling them, responsibility for your uses. The EPT answers for your use.",
        ),
        fields=(
            Field("ept", Text("EPT", "EPT"), "one", choices=choices.offering),
            Field("agreed", Text("Nous acceptons ces conditions", "We accept these conditions"), "yes"),
        ),
        allowed=lambda actor: bool(actor.body) and bool(actor.facts.epts_of(actor.body, actor.day)),
        whose=Text("à une commune membre d'un EPT", "a member commune of an EPT"),
        apply=_acknowledge,
    ),
    Act(
        id="ept-add-commune",
        desk="pilot",
        title=Text("Une commune devient membre d'un EPT", "A commune joins an EPT"),
        article=ARTICLE,
        intro=Text("Un fait daté du territoire.", "A dated fact of the territory."),
        fields=(_EPT, _COMMUNE, Field("until", UNTIL, "day", required=False)),
        allowed=lambda actor: actor.pilot,
        whose=PILOT,
        apply=_add_commune,
        dated=True,
        evidence=True,
    ),
    Act(
        id="ept-remove-commune",
        desk="pilot",
        title=Text("Une commune quitte un EPT", "A commune leaves an EPT"),
        article=ARTICLE,
        intro=Text("Ce que l'EPT mettait à sa disposition prend fin le même jour.",
                   "What the EPT made available to it ends the same day."),
        fields=(_EPT, _COMMUNE),
        allowed=lambda actor: actor.pilot,
        whose=PILOT,
        apply=_remove_commune,
        dated=True,
        evidence=True,
    ),
)  # fmt: skip
