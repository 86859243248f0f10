"""Standards: the register that the pilot keeps, and what each dataset conforms to (000 art. 5)."""

from __future__ import annotations

from collections.abc import Sequence

from mig_idg.errors import Text
from mig_idg.registry import open_board, standard_versions
from mig_idg.registry.acts import Conn, Done, Record
from mig_idg.web.desks import choices
from mig_idg.web.desks.act import Act, Choice, Field, Said, Scene
from mig_idg.web.desks.actor import Actor
from mig_idg.web.desks.fields import BODY, DATASET

BETWEEN = "|"


def _register(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    version = standard_versions.Version(
        said["standard"], said["version"], said["scope"], said["title"], said["published"], said["decree"] or None,
        said["deadline"], said["url"] or None,
    )  # fmt: skip
    return standard_versions.register(conn, version, record)


def _follow(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    standard, version = said["standard"].split(BETWEEN, 1)
    return standard_versions.follow(conn, said["dataset"], standard, version or None, actor.body, record)


def _known(scene: Scene) -> Sequence[Choice]:
    """Each version of the register, and for each standard “to none yet”."""
    known = standard_versions.versions(scene.conn)
    offered: list[Choice] = []
    for standard in dict.fromkeys(one.standard for one in known):
        ours = [one for one in known if one.standard == standard]
        title = ours[0].title
        offered += [(f"{standard}{BETWEEN}{one.version}", Text(f"{title} {one.version}", f"{title} {one.version}"))
                    for one in ours]  # fmt: skip
        offered.append((f"{standard}{BETWEEN}", Text(f"{title} : à aucune version encore", f"{title}: to none yet")))
    return offered


def _theirs(scene: Scene) -> Sequence[Choice]:
    if scene.actor.pilot:
        return choices.datasets(lambda _, id: id in scene.actor.facts.datasets)(scene)
    return choices.answered_for(scene)


def _describe(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    figures = open_board.Figures(said["inhabitants"], said["agents"], said["siret"] or None)
    return open_board.describe(conn, said["organisation"] if actor.pilot else actor.body, figures, record)


def _bodies(scene: Scene) -> Sequence[Choice]:
    if scene.actor.pilot:
        return choices.partners(scene)
    return [(scene.actor.body, Text(scene.actor.name(scene.actor.body), scene.actor.name(scene.actor.body)))]


ACTS: tuple[Act, ...] = (
    Act(
        id="open-body",
        desk="owner",
        title=Text("Dire les habitants et les agents d'un organisme", "Say the inhabitants and agents of a body"),
        article=open_board.ARTICLE,
        intro=Text(
            "Plus de 3 500 habitants et plus de 50 agents : l'organisme doit publier ses données.",
            "More than 3,500 inhabitants and more than 50 agents: the body has to publish its data.",
        ),
        fields=(
            Field("organisation", BODY, "one", choices=_bodies),
            Field("inhabitants", Text("Habitants", "Inhabitants"), "number", required=False),
            Field("agents", Text("Agents", "Agents"), "number", required=False),
            Field("siret", Text("SIRET", "SIRET"), required=False, most=14,
                  help=Text("Celui que portent ses fichiers SCDL.", "The one that its SCDL files bear.")),
        ),
        allowed=lambda actor: actor.partner,
        whose=Text("à l'organisme, ou au pilote", "the body itself, or the pilot"),
        apply=_describe,
        evidence=True,
    ),
    Act(
        id="standard-register",
        desk="pilot",
        title=Text("Inscrire une version d'un standard", "Register a version of a standard"),
        article=standard_versions.ARTICLE,
        intro=Text(
            "National : le décret fixe l'échéance. Territorial : un an après sa publication. De fait : conseillé.",
            "National: the decree fixes the deadline. Territorial: a year from its publication. De facto: advised.",
        ),
        fields=(
            Field("standard", Text("Nom court", "Short name"), most=60,
                  help=Text("En minuscules : bal, decp, scdl-deliberations.", "Small letters: bal, decp.")),
            Field("version", Text("Version", "Version"), most=40),
            Field("title", Text("Nom", "Name"), most=200),
            Field("scope", Text("Portée", "Scope"), "radio", default="territorial",
                  choices=choices.of(*standard_versions.SCOPES.items())),
            Field("published", Text("Publié le", "Published on"), "day"),
            Field("decree", Text("Décret", "Decree"), required=False,
                  help=Text("D'un standard national dont l'échéance est fixée.", "Of a national one with a deadline.")),
            Field("deadline", Text("Échéance fixée par le décret", "Deadline that the decree fixes"), "day",
                  required=False),
            Field("url", Text("Adresse où le lire", "Address where to read it"), required=False),
        ),
        allowed=lambda actor: actor.pilot,
        whose=Text("au pilote, qui tient le registre", "the pilot, who keeps the register"),
        apply=_register,
        evidence=True,
    ),
    Act(
        id="standard-follow",
        desk="owner",
        title=Text("Dire à quel standard une donnée est conforme", "Say which standard a dataset conforms to"),
        article=standard_versions.ARTICLE,
        intro=Text(
            "À compter d'aujourd'hui. Ce qui a été publié après la version dite devient une échéance de la donnée.",
            "From today. What was published after the version said becomes a duty of the dataset, with its day.",
        ),
        fields=(
            Field("dataset", DATASET, "one", choices=_theirs),
            Field("standard", Text("Conforme à", "Conforms to"), "one", choices=_known),
        ),
        allowed=lambda actor: actor.partner,
        whose=Text("au propriétaire de la donnée, ou à un copropriétaire", "the owner of the data, or a co-owner"),
        apply=_follow,
    ),
)  # fmt: skip
