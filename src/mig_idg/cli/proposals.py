"""`mig-idg proposals …`: what partners propose to coproduced layers, and what the working group makes of it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import click

from mig_idg.cli import messages
from mig_idg.cli.acts import JSON, ON, reading, show_table
from mig_idg.cli.messages import say, say_json, t
from mig_idg.errors import Text, UnknownWord

NUMBERS = click.argument("numbers", metavar=t("NUMÉRO…", "NUMBER…"), type=int, nargs=-1, required=True)
AUTHOR = click.option("--author", default=messages.author, help=t("qui agit", "who acts"))
REASON = click.option("--reason", help=t("pourquoi", "why"))


@click.group(
    name="proposals",
    help=t("Changements proposés aux couches coproduites.", "Changes proposed to coproduced layers."),
)
def command() -> None:
    """Group of the verbs on proposals."""


@command.command(name="list", help=t("Les propositions, la dernière d'abord.", "Proposals, the latest first."))
@click.option("--collection", "dataset", help=t("sur cette collection", "to this collection"))
@click.option("--state", "states", multiple=True, help=t("dans cet état seulement", "in this state only"))
@click.option("--limit", type=click.IntRange(1, 100_000), default=500, help=t("combien au plus", "how many at most"))
@JSON
def list_(dataset: str | None, states: tuple[str, ...], limit: int, as_json: bool) -> int:
    """What is proposed, by whom, in which state."""
    from mig_idg.registry import proposals

    for state in states:
        if state not in proposals.STATES:
            raise UnknownWord(Text("État", "state"), state, proposals.STATES, closed=True)
    with reading() as conn:
        rows = proposals.listing(conn, dataset=dataset, states=states, limit=limit)
    if not as_json:
        lang = messages.lang()
        rows = [row | {"state": proposals.STATES[row["state"]].in_(lang),
                       "action": proposals.ACTIONS[row["action"]].in_(lang),
                       "feature": row["feature"] or "—"} for row in rows]  # fmt: skip
    heads = {
        "id": t("numéro", "number"),
        "dataset": t("couche", "layer"),
        "action": t("quoi", "what"),
        "feature": t("entité", "feature"),
        "organisation": t("par", "by"),
        "state": t("état", "state"),
    }
    show_table(rows, heads, as_json)
    return 0


@command.command(help=t("Une proposition en entier, avec son cours.", "A proposal whole, with its course."))
@click.argument("number", metavar=t("NUMÉRO", "NUMBER"), type=int)
@JSON
def show(number: int, as_json: bool) -> int:
    """What would change, and what became of it."""
    from mig_idg.registry import proposals

    with reading() as conn:
        found = proposals.one(conn, number)
        course = proposals.events(conn, number)
    if found is None:
        raise proposals.missing()
    if as_json:
        say_json(found | {"course": course})
        return 0
    lang = messages.lang()
    state, action = proposals.STATES[found["state"]].in_(lang), proposals.ACTIONS[found["action"]].in_(lang)
    say(f"n° {number} · {found['dataset']} · {action} {found['feature'] or ''} · {state} · {found['organisation']}")
    before = found["before"] or {}
    for name, value in found["values"].items():
        say(f"  {name} : {before.get(name)} → {value}")
    if found["shaped"]:
        say(Text("  géométrie redessinée", "  geometry redrawn"))
    for one in course:
        words = f"  {one['words']}" if one["words"] else ""
        say(f"  {one['at']:%Y-%m-%d %H:%M}  {proposals.STATES[one['after']].in_(lang)}  ({one['by']}){words}")
    return 0


def _decided(numbers: tuple[int, ...], state: str, reason: str | None, author: str, on: date, as_json: bool) -> int:
    from mig_idg.registry import proposals

    with reading() as conn:  # all of them, or none
        step = proposals.Step(state, reason)
        moved = [proposals.decide(conn, number, step, author, datetime.now(UTC), on) for number in numbers]
    if as_json:
        say_json([{"id": one["id"], "state": one["state"]} for one in moved])
        return 0
    words = proposals.STATES[state]
    for one in moved:
        say(Text(f"Proposition n° {one['id']} : {words.fr}.", f"Proposal no. {one['id']}: {words.en}."))
    return 0


@command.command(help=t("Retient des propositions.", "Takes proposals."))
@NUMBERS
@REASON
@ON
@AUTHOR
@JSON
def take(numbers: tuple[int, ...], reason: str | None, on: date, author: str, as_json: bool) -> int:
    """They go into the next version; all of them, or none."""
    return _decided(numbers, "taken", reason, author, on, as_json)


@command.command(help=t("Écarte des propositions, avec la raison.", "Declines proposals, with the reason."))
@NUMBERS
@REASON
@ON
@AUTHOR
@JSON
def decline(numbers: tuple[int, ...], reason: str | None, on: date, author: str, as_json: bool) -> int:
    """Their authors are told; all of them, or none."""
    return _decided(numbers, "declined", reason, author, on, as_json)


@command.command(
    help=t(
        "Met les propositions retenues dans une couche en cours de coproduction.",
        "Puts the proposals taken into a layer that is being coproduced.",
    )
)
@click.argument("dataset", metavar=t("COLLECTION", "COLLECTION"))
@ON
@AUTHOR
@JSON
def apply(dataset: str, on: date, author: str, as_json: bool) -> int:
    """A validated layer waits for its next validation, which puts them in."""
    from mig_idg.deposits.consolidation import proposals

    with reading() as conn:
        told = proposals.publish_working(conn, dataset, author, on)
    if as_json:
        say_json({"dataset": dataset, "applied": told.applied, "overtaken": told.overtaken})
    else:
        say(Text(f"{dataset} : {told.applied} appliquées, {told.overtaken} dépassées.",
                 f"{dataset}: {told.applied} applied, {told.overtaken} overtaken."))  # fmt: skip
    return 0 if not told.overtaken else 1
