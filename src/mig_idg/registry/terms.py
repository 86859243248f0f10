"""The owner's terms of access, use and diffusion (004 glossary, §3.2.1); no terms, no access."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from mig_idg.charter.facts import ACTIONS, MODES
from mig_idg.charter.messages import day
from mig_idg.errors import InvalidParameter, Text, UnknownWord
from mig_idg.registry import datasets, history
from mig_idg.registry.acts import Conn, Done, Record, act, open_act
from mig_idg.registry.organisations import name_of
from mig_idg.registry.refusals import refused

ARTICLE = "Charte MIG, glossaire, § 3.2.1"
COPRODUCED = Text(
    "Une donnée coproduite n'a pas de modalités : une fois validée, elle est la propriété de chaque partenaire.",
    "Coproduced data have no terms: once validated, they belong to each partner.",
)


@dataclass(frozen=True, slots=True)
class Terms:
    """Whom the owner opens a dataset to, for what, and short of what."""

    mode: str
    actions: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    agreed: tuple[str, ...] = ()
    hidden_attributes: tuple[str, ...] = ()
    extends_to_ept_communes: bool = False
    allows_contractors: bool = False
    own_territory: bool = False


@act
def set_terms(
    conn: Conn, dataset: str, terms: Terms, record: Record, *, by: str | None = None, until: date | None = None
) -> Done:
    """From the day of the record (to `until`), the owner's terms are these; the former ones stay in history.

    `by` is the body that says so, its owner unless given; another body is refused.
    """
    datasets.require_mutualised(conn, dataset, "Charte MIG, § 3.4", COPRODUCED)
    owner = datasets.owner_of(conn, dataset, record.on)
    _check(conn, dataset, terms, record.on)
    if owner is None or (by is not None and by != owner):
        raise refused(
            ARTICLE,
            Text(
                f"Seul le propriétaire de « {dataset} » en fixe les modalités.",
                f"Only the owner of “{dataset}” sets its terms.",
            ),
            remedy=Text(f"Adressez-vous à {name_of(conn, owner)}.", f"Ask {name_of(conn, owner)}.") if owner else None,
            rule="only_the_owner_sets_terms",
        )
    if terms.mode != "closed":
        datasets.require_metadata(conn, dataset, published=False)
    words = Text(
        f"Modalités de « {dataset} » à compter du {day(record.on).fr}, par {name_of(conn, owner)} : {_told(terms)}.",
        f"Terms of “{dataset}” from {day(record.on).en}, by {name_of(conn, owner)}: {_told(terms)}.",
    )
    number = open_act(conn, record, verb="terms set", article=ARTICLE, words=words)
    write(conn, number, dataset, owner, terms, record.on, until)
    return Done(number, "terms set", ARTICLE, words, {"dataset": dataset, "owner": owner, "mode": terms.mode})


def write(
    conn: Conn, number: int, dataset: str, owner: str, terms: Terms, start: date | None, end: date | None
) -> None:
    """Write terms under an act already open."""
    said = {
        "set_by": owner,
        "mode": terms.mode,
        "actions": list(terms.actions),
        "named": list(terms.named),
        "agreed": list(terms.agreed),
        "hidden_attributes": list(terms.hidden_attributes),
        "extends_to_ept_communes": terms.extends_to_ept_communes,
        "allows_contractors": terms.allows_contractors,
        "own_territory": terms.own_territory,
    }
    # New terms replace whatever was to come; an end date leaves no terms behind it, hence closed.
    history.end(conn, number, "terms", {"dataset": dataset}, history.span(start))
    history.insert(conn, number, "terms", {"dataset": dataset, **said, "valid": history.span(start, end)})


def past_and_present(conn: Conn, dataset: str) -> list[dict[str, Any]]:
    """Every version of a dataset's terms as known today, oldest first."""
    datasets.kind_of(conn, dataset)
    rows = history.known(conn, "terms", {"dataset": dataset})
    shown = tuple(Terms.__dataclass_fields__)
    return [
        {"from": row["valid"].lower, "to": row["valid"].upper, "set_by": row["set_by"], **{n: row[n] for n in shown}}
        for row in sorted(rows, key=lambda row: row["valid"].lower or date.min)
    ]


def _check(conn: Conn, dataset: str, terms: Terms, on: date) -> None:
    if terms.mode not in MODES:
        raise UnknownWord(Text("Mode", "mode"), terms.mode, MODES, closed=True)
    for action in terms.actions:
        if action not in ACTIONS:
            raise UnknownWord(Text("Action", "action"), action, sorted(ACTIONS), closed=True)
    if terms.mode != "closed" and not terms.actions:
        raise InvalidParameter(
            "actions",
            Text("Des modalités qui ouvrent citent leurs actions.", "Terms that open list their actions."),
            remedy=Text("Ajoutez --action view, --action query…", "Add --action view, --action query…"),
        )
    if terms.mode == "named" and not terms.named:
        raise InvalidParameter(
            "named", Text("Le mode « named » nomme les organismes.", "Mode “named” names the bodies.")
        )
    datasets.require_attributes(conn, dataset, terms.hidden_attributes, on)
    if terms.own_territory:
        datasets.require_rows(conn, dataset, on)


def _told(terms: Terms) -> str:
    if terms.mode == "closed":
        return "closed"
    actions = ", ".join(terms.actions)
    return f"{terms.mode} ({', '.join(terms.named)}) : {actions}" if terms.named else f"{terms.mode} : {actions}"
