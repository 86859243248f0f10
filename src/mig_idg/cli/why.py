"""`mig-idg why …`: one decision explained; and its inverses: what may she see, who may see this, what would change it.

Without any of `--visible`, `--who-may`, `--what-would-change`, `--between`, it explains one decision: a paragraph, then
the table of the rules that were consulted. Exit 0 when the answer is yes, 1 when it is no, 2 when not understood.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from mig_idg.cli import explanations
from mig_idg.cli.acts import DAY, JSON, KNOWN_AT, ON, reading
from mig_idg.cli.explanations import Asked
from mig_idg.cli.messages import t
from mig_idg.errors import BadRequest, Text, UnknownWord

if TYPE_CHECKING:
    from mig_idg.registry.acts import Conn

PUBLIC = ("public", "le public", "tous", "everyone")


@click.command(
    name="why",
    help=t(
        "Explique une décision : qui peut faire quoi, sur quelle collection, quel jour, et par quel article. "
        "--visible : ce que cet organisme peut connaître ; --who-may : qui le peut ; --what-would-change : ce qui "
        "ouvrirait ; --between J1 J2 : ce qui change entre deux jours.",
        "Explains a decision: who may do what, on which collection, on which day, by which article.",
    ),
)
@click.option("--who", help=t("code INSEE, identifiant, nom, ou public", "INSEE code, id, name, or public"))
@click.option("--role", "roles", multiple=True, help="technical_committee, pilot_staff")
@click.option("--action", help=t("view, query, download…", "view, query, download…"))
@click.option("--collection", help=t("la collection", "the collection"))
@ON
@KNOWN_AT
@click.option("--visible", is_flag=True, help=t("tout ce que cet organisme peut", "all that this body may"))
@click.option("--who-may", is_flag=True, help=t("tous ceux qui le peuvent", "all who may"))
@click.option("--what-would-change", is_flag=True, help=t("ce qui changerait la réponse", "what would change it"))
@click.option(
    "--between", type=DAY, nargs=2, metavar=t("JOUR1 JOUR2", "DAY1 DAY2"), help=t("les différences", "changes")
)
@JSON
def command(
    who: str | None,
    roles: tuple[str, ...],
    action: str | None,
    collection: str | None,
    on: date,
    known_at: datetime | None,
    visible: bool,
    who_may: bool,
    what_would_change: bool,
    between: tuple[date, date] | None,
    as_json: bool,
) -> int:
    """Understand the words, load the facts of the day, ask the charter, tell."""
    from mig_idg.registry import facts

    with reading() as conn:
        asked = _understand(conn, who, roles, action, collection, on, known_at, all_bodies=who_may or bool(between))
        world = facts.load(conn, on, known_at)
        if between:
            first, second = between
            pair = facts.load(conn, first, known_at), facts.load(conn, second, known_at)
            return explanations.tell_changes(asked, between, pair, as_json, everybody=who is None)
        names = _names(conn)
    if visible:
        return explanations.tell_visible(asked, world, as_json, action_given=action is not None)
    if asked.collection is None:
        raise _missing("--collection")
    if who_may:
        return explanations.tell_who_may(asked, world, names, as_json)
    if what_would_change:
        return explanations.tell_openings(asked, world, as_json)
    if action is None:
        raise _missing("--action")
    return explanations.tell_decision(asked, world, as_json)


def _missing(option: str) -> BadRequest:
    return BadRequest(
        Text(f"Il manque {option}.", f"{option} is missing."),
        remedy=Text(
            "Exemple : mig-idg why --who 92050 --action query --collection adresses.",
            "Example: mig-idg why --who 92050 --action query --collection adresses.",
        ),
    )


def _understand(
    conn: Conn,
    who: str | None,
    roles: tuple[str, ...],
    action: str | None,
    collection: str | None,
    on: date,
    known_at: datetime | None,
    *,
    all_bodies: bool,
) -> Asked:
    from mig_idg.charter.facts import ACTIONS, ROLES
    from mig_idg.registry import datasets
    from mig_idg.registry.organisations import resolve

    if who is None and not all_bodies:
        raise _missing("--who")
    if action is not None and action not in ACTIONS:
        raise UnknownWord(Text("Action", "action"), action, sorted(ACTIONS))
    for role in roles:
        if role not in ROLES:
            raise UnknownWord(Text("Rôle", "role"), role, ROLES)
    if collection is not None:
        datasets.kind_of(conn, collection)
    body = None if who is None or who.casefold() in PUBLIC else resolve(conn, who)
    return Asked(body, frozenset(roles), action or "query", collection, on, known_at)


def _names(conn: Conn) -> dict[str | None, str]:
    from mig_idg.registry.organisations import everyone

    return {None: t("le public", "the public"), **{body.id: body.name for body in everyone(conn).values()}}
