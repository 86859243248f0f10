"""`mig-idg remarks …`: what people write about data, who answers, what is late."""

from __future__ import annotations

from datetime import UTC, date, datetime

import click

from mig_idg.cli import messages
from mig_idg.cli.acts import JSON, ON, reading, show_table
from mig_idg.cli.messages import say, say_json, t
from mig_idg.errors import Text, UnknownWord

NUMBER = click.argument("number", metavar=t("NUMÉRO", "NUMBER"), type=int)
AUTHOR = click.option("--author", default=messages.author, help=t("qui agit", "who acts"))


@click.group(
    name="remarks", help=t("Remarques, questions, demandes de publication.", "Remarks, questions, requests to publish.")
)
def command() -> None:
    """Group of the verbs on remarks."""


@command.command(name="list", help=t("Les remarques et leur état.", "Remarks and their state."))
@click.option("--body", metavar=t("ORGANISME", "BODY"), help=t("auxquelles cet organisme répond", "this body answers"))
@click.option("--collection", "dataset", help=t("sur cette collection", "about this collection"))
@click.option("--state", "states", multiple=True, help=t("dans cet état seulement", "in this state only"))
@click.option("--late", is_flag=True, help=t("dont la réponse est en retard", "whose answer is late"))
@ON
@JSON
def list_(
    body: str | None, dataset: str | None, states: tuple[str, ...], late: bool, on: date, as_json: bool
) -> int:  # fmt: skip
    """Latest first; who wrote is not listed."""
    from mig_idg.registry import remarks
    from mig_idg.registry.organisations import resolve

    for state in states:
        if state not in remarks.STATES:
            raise UnknownWord(Text("État", "state"), state, remarks.STATES, closed=True)
    with reading() as conn:
        who = resolve(conn, body) if body else None
        found = remarks.listing(conn, organisation=who, dataset=dataset, states=states, overdue=on if late else None)
    rows = [{name: value for name, value in row.items() if not name.startswith("author_")} for row in found]
    for row in rows:
        row["late"] = row["state"] in remarks.OPEN and row["due"] < on
    if not as_json:
        lang = messages.lang()
        rows = [row | {"state": remarks.STATES[row["state"]].in_(lang), "kind": remarks.KINDS[row["kind"]].in_(lang),
                       "about": row["dataset"] or row["record"]} for row in rows]  # fmt: skip
    heads = {
        "id": t("numéro", "number"),
        "kind": t("genre", "kind"),
        "about": t("sur", "about"),
        "organisation": t("répond", "answers"),
        "state": t("état", "state"),
        "due": t("avant le", "before"),
        "late": t("en retard", "late"),
    }
    show_table(rows, heads, as_json)
    return 0


@command.command(help=t("Une remarque en entier, avec son cours.", "A remark whole, with its course."))
@NUMBER
@JSON
def show(number: int, as_json: bool) -> int:
    """What was said, by whom, and what became of it."""
    from mig_idg.registry import remarks

    with reading() as conn:
        found = remarks.one(conn, number)
        course = remarks.events(conn, number)
    if found is None:
        raise remarks.missing()
    if as_json:
        say_json(found | {"course": course})
        return 0
    lang = messages.lang()
    kind, state = remarks.KINDS[found["kind"]].in_(lang), remarks.STATES[found["state"]].in_(lang)
    say(f"{kind} n° {number} · {found['dataset'] or found['record'] or '—'} · {state} · {found['organisation']}")
    say("")
    say(found["words"])
    if found["answer"]:
        say("")
        say(f"→ {found['answer']}")
    for one in course:
        say(f"  {one['at']:%Y-%m-%d %H:%M}  {remarks.STATES[one['after']].in_(lang)}  ({one['by']})")
    return 0


@command.command(help=t("Répond, ou change l'état.", "Answers, or changes the state."))
@NUMBER
@click.argument("state", metavar=t("ÉTAT", "STATE"))
@click.option("--answer", help=t("la réponse", "the answer"))
@click.option("--publish", is_flag=True, help=t("publier la question et la réponse", "publish question and answer"))
@click.option("--publish-as", "words", help=t("la question telle que publiée", "the question as it is published"))
@AUTHOR
@JSON
def move(
    number: int, state: str, answer: str | None, publish: bool, words: str | None, author: str, as_json: bool
) -> int:  # fmt: skip
    """received → read → answered, acted, declined → closed; its author is told."""
    from mig_idg.registry import remarks

    with reading() as conn:
        step = remarks.Move(state, answer, publish or bool(words), words)
        moved = remarks.move(conn, number, step, author, datetime.now(UTC))
    if as_json:
        say_json({"id": number, "state": moved["state"], "public": moved["public"]})
    else:
        now = remarks.STATES[moved["state"]]
        say(Text(f"Remarque n° {number} : {now.fr}.", f"Remark no. {number}: {now.en}."))
    return 0


@command.command(
    help=t("Transmet à l'organisme qui détient les données.", "Passes it on to the body that holds the data.")
)
@NUMBER
@click.argument("body", metavar=t("ORGANISME", "BODY"))
@ON
@AUTHOR
@JSON
def assign(number: int, body: str, on: date, author: str, as_json: bool) -> int:
    """Its people are told; the delay runs on."""
    from mig_idg.registry import remarks
    from mig_idg.registry.organisations import resolve

    with reading() as conn:
        moved = remarks.assign(conn, number, resolve(conn, body), author, datetime.now(UTC), on)
    if as_json:
        say_json({"id": number, "organisation": moved["organisation"]})
    else:
        who = moved["organisation"]
        say(Text(f"Remarque n° {number} transmise à {who}.", f"Remark no. {number} passed on to {who}."))
    return 0


@command.command(
    help=t("Consigne ce qui est venu par lettre ou par téléphone.", "Records what came by letter or phone.")
)
@click.argument("words", metavar=t("PHRASE", "SENTENCE"))
@click.option("--kind", default="remark", help="remark, question, publication")
@click.option("--collection", "dataset", help=t("sur cette collection", "about this collection"))
@click.option("--body", metavar=t("ORGANISME", "BODY"), help=t("l'organisme qui détient les données", "who holds it"))
@click.option("--name", help=t("qui écrit", "who writes"))
@click.option("--email", help=t("où lui répondre", "where to answer"))
@ON
@JSON
def write(
    words: str, kind: str, dataset: str | None, body: str | None, name: str | None, email: str | None, on: date,
    as_json: bool,
) -> int:  # fmt: skip
    """Its delay and its course are those of any other."""
    from mig_idg.registry import datasets, remarks
    from mig_idg.registry.organisations import resolve
    from mig_idg.remarks.reading import read

    sent = read({"kind": kind, "words": words, "name": name, "email": email})
    with reading() as conn:
        if dataset is not None:
            datasets.kind_of(conn, dataset)
        about = remarks.About(
            dataset, organisation=resolve(conn, body) if body else None,
            title=Text(f"« {dataset} »", f"“{dataset}”") if dataset else Text("données demandées", "data asked for"),
        )  # fmt: skip
        said = remarks.Said(sent.kind, sent.words, messages.lang(), name=sent.name, email=sent.email)
        days = messages.settings().remark_days
        number = remarks.receive(conn, about, said, datetime.now(UTC), on, days=days)
    if as_json:
        say_json({"id": number})
    else:
        say(Text(f"Remarque n° {number} consignée.", f"Remark no. {number} recorded."))
    return 0


@command.command(help=t("Prévient les organismes dont la réponse tarde.", "Tells bodies whose answer is late."))
@ON
@JSON
def remind(on: date, as_json: bool) -> int:
    """Once for each remark; the job does it each morning."""
    from mig_idg.registry import remarks

    with reading() as conn:
        told = remarks.remind(conn, on)
    if as_json:
        say_json({"told": told})
    else:
        say(Text(f"{told} rappel(s) écrit(s).", f"{told} reminder(s) written."))
    return 0
