"""What the working group decides of a consolidation: its conflicts, and that its base goes into the layer (§ 2.4.3)."""

from __future__ import annotations

from collections.abc import Sequence

from mig_idg.deposits.consolidation import adoption, decisions, runs
from mig_idg.deposits.consolidation.findings import CONFLICTS, KINDS, RESOLUTION_WORDS, RESOLUTIONS
from mig_idg.errors import Conflict, InvalidParameter, Text
from mig_idg.registry import datasets, proposals
from mig_idg.registry.acts import Conn, Done, Record, open_act
from mig_idg.web.desks import choices
from mig_idg.web.desks.act import Act, Choice, Field, Said, Scene
from mig_idg.web.desks.actor import Actor

ARTICLE = "Charte MIG, § 2.4.3, § 3.4"
GROUP = Text("à l'animateur du groupe de travail, ou au pilote", "the facilitator of the working group, or the pilot")
LATEST = 30


def partner(actor: Actor) -> bool:
    """Whoever takes part; the runs that are offered are those of one's own groups."""
    return actor.partner or actor.pilot


def decides(conn: Conn, actor: Actor, dataset: str) -> bool:
    """Whether the person decides for the working group of a dataset: its facilitator's body, or the pilot."""
    if actor.pilot:
        return True
    try:
        return bool(actor.body) and proposals.decider(conn, dataset, actor.day) == actor.body
    except Conflict:
        return False


def _runs(scene: Scene) -> Sequence[Choice]:
    return [
        (str(row["run"]), Text(f"n° {row['run']} : {row['dataset']}, {row['rows']} entités",
                               f"no. {row['run']}: {row['dataset']}, {row['rows']} features"))
        for row in runs.listing(scene.conn, limit=LATEST)
        if decides(scene.conn, scene.actor, row["dataset"])
    ]  # fmt: skip


def _decide(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    run, conflict, kind = int(said["run"]), (said["conflict"] or "").strip(), said["kind"]
    dataset = runs.find(conn, run)["dataset"]
    if bool(conflict) == bool(kind):
        raise InvalidParameter(
            "conflict",
            Text("Nommez un conflit, ou un genre : l'un des deux.", "Name a conflict or a kind: one of the two."),
        )
    if conflict:
        resolution = said["resolution"] or _proposed(conn, run, conflict)
        decisions.decide(conn, run, conflict, resolution, said["reason"], record.author)
        how = RESOLUTION_WORDS[resolution]
        words = Text(f"Conflit {conflict[:12]} de « {dataset} » : {how.fr}.",
                     f"Conflict {conflict[:12]} of “{dataset}”: {how.en}.")  # fmt: skip
        done = 1
    else:
        done = decisions.accept_proposals(conn, run, kind, said["reason"], record.author)
        what = KINDS[kind]
        words = Text(f"« {dataset} », {what.fr} : {done} conflits décidés comme proposé.",
                     f"“{dataset}”, {what.en}: {done} conflicts decided as proposed.")  # fmt: skip
    number = open_act(conn, record, verb="consolidation decide", article=ARTICLE, words=words)
    return Done(number, "consolidation decide", ARTICLE, words, {"run": run, "dataset": dataset, "decided": done})


def _proposed(conn: Conn, run: int, conflict: str) -> str:
    for row in runs.conflicts(conn, run, kinds=CONFLICTS, limit=1_000_000):
        if row["identity"].startswith(conflict):
            return str(row["proposal"])
    return "none"  # told as an unknown conflict by what decides


def _adopt(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    run = int(said["run"])
    done = adoption.adopt(conn, run, record)
    counts = (f"{done.added} ajoutées, {done.changed} modifiées, {done.removed} retirées",
              f"{done.added} added, {done.changed} changed, {done.removed} removed")  # fmt: skip
    waits = ("elle attend la validation de la version suivante", "it waits for the validation of the next version")
    fr, en = waits if done.waiting else counts
    words = Text(
        f"Base n° {run} de « {done.dataset} » adoptée : {fr}.", f"Base no. {run} of “{done.dataset}” adopted: {en}."
    )
    number = open_act(conn, record, verb="consolidation adopt", article=ARTICLE, words=words)
    return Done(number, "consolidation adopt", ARTICLE, words, done.as_json())


def _rehearse(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    """What adopting would say, without the rows: the stage is looked at, the rest is the job's."""
    run = int(said["run"])
    dataset = runs.find(conn, run)["dataset"]
    stage = datasets.stage_of(conn, dataset, record.on)
    if stage not in adoption.WORKING:
        raise adoption.not_working(dataset, stage)
    words = Text(f"Base n° {run} de « {dataset} » adoptée.", f"Base no. {run} of “{dataset}” adopted.")
    number = open_act(conn, record, verb="consolidation adopt", article=ARTICLE, words=words)
    return Done(number, "consolidation adopt", ARTICLE, words, {"run": run, "dataset": dataset})


_RUN = Field("run", Text("Consolidation", "Consolidation"), "one", choices=_runs)
_RESOLUTIONS = tuple(dict.fromkeys(one for allowed in RESOLUTIONS.values() for one in allowed))
ACTS: tuple[Act, ...] = (
    Act(
        id="consolidation-decide",
        desk="committees",
        title=Text("Décider d'un conflit d'une consolidation", "Decide of a conflict of a consolidation"),
        article=ARTICLE,
        intro=Text(
            "Un conflit, ou tous ceux d'un genre comme ils sont proposés. La décision et sa raison sont retenues aux "
            "consolidations suivantes.",
            "One conflict, or all those of a kind as they are proposed. The decision and its reason are remembered at "
            "the next consolidations.",
        ),
        fields=(
            _RUN,
            Field("conflict", Text("Conflit", "Conflict"), required=False, most=64,
                  help=Text("Son identifiant, ou son début, au rapport.",
                            "Its identifier, or its beginning, in the report.")),
            Field("resolution", Text("Résolution", "Resolution"), "one", required=False,
                  choices=choices.of(*((one, RESOLUTION_WORDS[one]) for one in _RESOLUTIONS)),
                  help=Text("Vide : celle qui est proposée.", "Empty: the one that is proposed.")),
            Field("kind", Text("Ou tous ceux d'un genre, comme proposé", "Or all those of a kind, as proposed"), "one",
                  required=False, choices=choices.of(*((one, KINDS[one]) for one in CONFLICTS))),
            Field("reason", Text("Raison", "Reason"), "long", most=1000),
        ),
        allowed=partner,
        whose=GROUP,
        apply=_decide,
    ),
    Act(
        id="consolidation-adopt",
        desk="committees",
        title=Text("Donner la base consolidée à sa couche", "Give the consolidated base to its layer"),
        article=ARTICLE,
        intro=Text(
            "La coproduction est alors consolidée. D'une donnée validée, la base attend la validation de la version "
            "suivante.",
            "The coproduction is then consolidated. Of validated data, the base waits for the validation of the next "
            "version.",
        ),
        fields=(_RUN,),
        allowed=partner,
        whose=GROUP,
        apply=_adopt,
        dated=True,
        evidence=True,
        of_owner=lambda conn, said: True,
        rehearse=_rehearse,
    ),
)  # fmt: skip
