"""Opening coproduced data: an act of a co-owner, told to the others first (004 §3.4, reading 21).

Each partner owns what was validated, hence any of them may publish it; the others are told, and have fifteen days. A
declaration's `licence:` opens nothing of a coproduction by itself.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from mig_idg.charter import AccessRequest, decide
from mig_idg.charter.messages import day
from mig_idg.errors import Conflict, InvalidParameter, Text, UnknownWord
from mig_idg.registry import datasets, facts, history
from mig_idg.registry.acts import Conn, Done, Record, act, open_act
from mig_idg.registry.openings import require_checked
from mig_idg.registry.organisations import name_of
from mig_idg.registry.refusals import refused

ARTICLE = "Charte MIG, § 3.4"
NOTICE = timedelta(days=15)
OPEN = ("LO-2.0", "ODbL-1.0")


@act
def publish_open(
    conn: Conn, dataset: str, by: str, record: Record, *, licence: str = "LO-2.0", decision: int | None = None
) -> Done:
    """A co-owner opens a validated coproduction, fifteen days after the day of the record, when the others are told.

    ODbL binds all that is derived: it needs a decision of the technical committee on the licence of the dataset.
    """
    datasets.require_coproduced(conn, dataset)
    if licence not in OPEN:
        raise UnknownWord(Text("Licence ouverte", "open licence"), licence, OPEN, closed=True)
    world = facts.load(conn, record.on)
    response = decide(AccessRequest(by, frozenset(), "publish_open", dataset, record.on), world)
    if not response.permitted:
        raise refused(response.article, response.reason, remedy=response.remedy, rule=response.rule)
    if waiting := history.known(conn, "opening_notice", {"dataset": dataset}):
        since = day(waiting[-1]["valid"].lower)
        raise Conflict(
            Text(f"« {dataset} » est déjà ouvert à compter du {since.fr}.", f"“{dataset}” already opens on {since.en}.")
        )
    datasets.require_metadata(conn, dataset, published=False)
    require_checked(conn, dataset)
    if licence == "ODbL-1.0":
        _require_decision(conn, dataset, decision, record.on)
    told = sorted(body for body in world.datasets[dataset].co_owners - {by} if world.member(body, record.on))
    opens = record.on + NOTICE
    words = Text(
        f"{name_of(conn, by)} ouvre « {dataset} » sous {licence} à compter du {day(opens).fr} ; les {len(told)} autres "
        f"copropriétaires en sont informés le {day(record.on).fr} (lecture n° 21).",
        f"{name_of(conn, by)} opens “{dataset}” under {licence} from {day(opens).en}; the {len(told)} other co-owners "
        f"are told on {day(record.on).en} (reading no. 21).",
    )
    number = open_act(conn, record, verb="terms open", article=ARTICLE, words=words)
    days = history.span(opens)
    said = {"dataset": dataset, "by_organisation": by, "licence": licence, "notified": told, "decision": decision}
    history.insert(conn, number, "opening_notice", {**said, "valid": days})
    history.put(conn, number, "dataset_licence", {"dataset": dataset}, {"licence": licence}, days)
    details = {"dataset": dataset, "by": by, "licence": licence, "opens": opens, "notified": told}
    return Done(number, "terms open", ARTICLE, words, details)


@act
def take_back(conn: Conn, dataset: str, by: str, record: Record) -> Done:
    """The co-owner that opens takes it back, before the day it opens: what was open stays with who has it."""
    waiting = history.known(conn, "opening_notice", {"dataset": dataset})
    if not waiting:
        raise Conflict(Text(f"Personne n'ouvre « {dataset} ».", f"Nobody opens “{dataset}”."))
    row = waiting[-1]
    if row["by_organisation"] != by:
        raise refused(
            ARTICLE,
            Text(
                f"C'est {name_of(conn, row['by_organisation'])} qui ouvre « {dataset} ».",
                f"{name_of(conn, row['by_organisation'])} is the one that opens “{dataset}”.",
            ),
        )
    if row["valid"].lower <= record.on:
        since = day(row["valid"].lower)
        raise InvalidParameter(
            "on",
            Text(f"« {dataset} » est ouvert depuis le {since.fr}.", f"“{dataset}” is open since {since.en}."),
            remedy=Text("Un retrait de la diffusion : « takedown request ».", "A take-down: “takedown request”."),
        )
    words = Text(
        f"{name_of(conn, by)} renonce à ouvrir « {dataset} ».", f"{name_of(conn, by)} opens “{dataset}” no more."
    )
    number = open_act(conn, record, verb="terms take-back", article=ARTICLE, words=words)
    history.end(conn, number, "opening_notice", {"dataset": dataset}, history.span())
    history.end(conn, number, "dataset_licence", {"dataset": dataset}, row["valid"])
    return Done(number, "terms take-back", ARTICLE, words, {"dataset": dataset, "by": by})


def openings(conn: Conn) -> list[dict[str, Any]]:
    """Every opening of coproduced data: by whom, told to whom, from which day, under which licence."""
    return [
        {
            "dataset": row["dataset"],
            "by": row["by_organisation"],
            "licence": row["licence"],
            "opens": row["valid"].lower,
            "notified": row["notified"],
            "decision": row["decision"],
        }
        for row in history.known(conn, "opening_notice", {})
    ]


def _require_decision(conn: Conn, dataset: str, decision: int | None, on: date) -> None:
    row = conn.execute(
        "select 1 from registry.decision_result where id = %s and committee_kind = 'technical' and subject = 'licence'"
        " and subject_id = %s and nature = 'decision' and held_on <= %s and adopted",
        (decision, dataset, on),
    ).fetchone()
    if row is None:
        raise refused(
            ARTICLE,
            Text(
                "L'ODbL demande une décision adoptée du comité technique sur la licence (lecture n° 21).",
                "ODbL needs an adopted decision of the technical committee on the licence (reading no. 21).",
            ),
            remedy=Text(
                f"« committee record --committee technical --item licence {dataset} ODbL », puis --decision NUMÉRO.",
                f"“committee record --committee technical --item licence {dataset} ODbL”, then --decision NUMBER.",
            ),
            rule="odbl_is_decided_by_the_committee",
        )
