"""What is checked before data are opened to everybody (Tarn-et-Garonne convention, art. 5; CRPA, L312-1-2)."""

from __future__ import annotations

from collections.abc import Sequence

from mig_idg.errors import Text
from mig_idg.registry import openings
from mig_idg.registry.acts import Conn, Done, Record
from mig_idg.standards.personal_data import DETECTORS
from mig_idg.web.desks import choices
from mig_idg.web.desks.act import Act, Choice, Field, Said, Scene
from mig_idg.web.desks.actor import Actor
from mig_idg.web.desks.fields import DATASET

BETWEEN = "|"


def _answer(conn: Conn, said: Said, record: Record, actor: Actor) -> Done:
    dataset, found = said["dataset"], said["finding"] or ""
    detector = column = None
    if found:
        dataset, detector, column = found.split(BETWEEN, 2)
    question = "personal_data" if found else said["question"]
    answer = openings.Answer(question, said["reason"], said["verdict"], detector, column)
    return openings.answer(conn, dataset, actor.body, answer, record)


def _found(scene: Scene) -> Sequence[Choice]:
    """What detectors found in the data that the body answers for, and that waits for an answer or has one."""
    offered = []
    for dataset, title in choices.answered_for(scene):
        if dataset not in scene.actor.snapshot.collections:
            continue
        for one in openings.standing(scene.conn, dataset)["findings"]:
            if one["needs_answer"]:
                kind, column, count = DETECTORS[one["detector"]].title, one["column"], one["count"]
                words = Text(f"{title.fr} : {kind.fr}, colonne « {column} » ({count})",
                             f"{title.en}: {kind.en}, column “{column}” ({count})")  # fmt: skip
                offered.append((BETWEEN.join((dataset, one["detector"], column)), words))
    return offered


ACTS: tuple[Act, ...] = (
    Act(
        id="open-answer",
        desk="owner",
        title=Text("Répondre aux contrôles avant ouverture", "Answer the checks before opening"),
        article=openings.ARTICLE,
        intro=Text(
            "Avant que tout le monde lise une donnée, quatre questions, une fois par source ; et ce qui, dans ses "
            "lignes, semble désigner une personne. Votre réponse et sa raison restent au registre.",
            "Before everybody reads a dataset: four questions, once for each source; and what, in its rows, looks like "
            "somebody. Your answer and its reason stay in the registry.",
        ),
        fields=(
            Field("dataset", DATASET, "one", choices=choices.answered_for),
            Field("question", Text("Contrôle", "Check"), "radio", default="personal_data",
                  choices=choices.of(*((one.word, Text(f"{one.title.fr} : {one.asks.fr}",
                                                       f"{one.title.en}: {one.asks.en}"))
                                       for one in openings.QUESTIONS.values()))),
            Field("finding", Text("Ce qui a été trouvé", "What was found"), "one", required=False, choices=_found,
                  help=Text("Pour répondre d'une colonne seulement ; vide : vous répondez au contrôle entier.",
                            "To answer for one column only; empty: you answer the whole check.")),
            Field("verdict", Text("Votre réponse", "Your answer"), "radio", default="clear",
                  choices=choices.of(*openings.VERDICTS.items())),
            Field("reason", Text("Pourquoi", "Why"), "long", most=2000,
                  help=Text("Exemple : adresses de services, publiées par la mairie.",
                            "Example: addresses of services, which the town hall publishes.")),
        ),
        allowed=lambda actor: actor.partner,
        whose=Text("au propriétaire de la donnée, ou à un copropriétaire", "the owner of the data, or a co-owner"),
        apply=_answer,
    ),
)  # fmt: skip
