"""Requests to the owner and its answers, for data opened on agreement (004 glossary, partenaire-utilisateur)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from mig_idg.charter.facts import ACTIONS
from mig_idg.errors import Conflict, Text, UnknownWord
from mig_idg.registry import datasets, history
from mig_idg.registry.acts import Conn, Done, Record, act, open_act
from mig_idg.registry.organisations import name_of
from mig_idg.registry.refusals import refused
from mig_idg.registry.statements import Row, ask
from mig_idg.registry.wording import of

ARTICLE = "Charte MIG, glossaire"
COPRODUCED = Text(
    "Une donnée coproduite n'a pas de propriétaire unique à qui demander un accord.",
    "Coproduced data have no single owner to ask.",
)


@act
def request(
    conn: Conn, dataset: str, requester: str, purpose: str, record: Record, *, actions: Collection[str] = ()
) -> Done:
    """A body asks the owner for its agreement, and says what for; for some actions only when it names them."""
    _require_actions(actions)
    datasets.require_mutualised(conn, dataset, "Charte MIG, § 3.4", COPRODUCED)
    owner = datasets.owner_of(conn, dataset, record.on)
    if owner == requester:
        raise refused(
            "Charte MIG, § 3.2.1", Text("Le propriétaire dispose de sa donnée.", "The owner has its own data.")
        )
    words = Text(
        f"{name_of(conn, requester)} demande l'accord {of(name_of(conn, owner or ''))} sur « {dataset} » : {purpose}",
        f"{name_of(conn, requester)} asks {name_of(conn, owner or '')} for its agreement on “{dataset}”: {purpose}",
    )
    number = open_act(conn, record, verb="grant ask", article=ARTICLE, words=words)
    said = {
        "dataset": dataset,
        "requester": requester,
        "purpose": purpose,
        "state": "asked",
        "actions": sorted(actions) or None,
    }
    row = history.insert(conn, number, "agreement", {**said, "valid": history.span(record.on)})
    (told,) = history.known(conn, "agreement", {"id": row})
    return Done(number, "grant ask", ARTICLE, words, {"request": told["number"], "dataset": dataset, "owner": owner})


@act
def response(
    conn: Conn,
    request: int,
    granted: bool,
    record: Record,
    *,
    by: str | None = None,
    reasons: str | None = None,
    until: date | None = None,
    actions: Collection[str] = (),
) -> Done:
    """The owner grants or refuses, from the day of the record; a refusal has reasons.

    It may grant some of the actions asked for (`actions`), never others.
    """
    _require_actions(actions)
    row = _asked(conn, request, record.on)
    for action in actions:
        if row["actions"] is not None and action not in row["actions"]:
            raise UnknownWord(Text("Action demandée", "action asked for"), action, row["actions"], closed=True)
    agreed = sorted(actions) or row["actions"]
    owner = datasets.owner_of(conn, row["dataset"], record.on)
    requester = name_of(conn, row["requester"])
    words = Text(
        f"{name_of(conn, by or owner or '')} {'accorde' if granted else 'refuse'} à {requester} "
        f"l'accès à « {row['dataset']} ».",
        f"{name_of(conn, by or owner or '')} {'grants' if granted else 'refuses'} {requester} "
        f"access to “{row['dataset']}”.",
    )
    number = open_act(conn, record, verb="grant answer", article=ARTICLE, words=words)
    said = {
        "dataset": row["dataset"],
        "requester": row["requester"],
        "purpose": row["purpose"],
        "state": "granted" if granted else "refused",
        "answered_by": by or owner,
        "reasons": reasons,
        "actions": agreed,
    }
    history.end(conn, number, "agreement", {"number": request}, history.span(record.on))
    history.insert(conn, number, "agreement", {"number": request, **said, "valid": history.span(record.on, until)})
    details = {
        "request": request,
        "dataset": row["dataset"],
        "granted": granted,
        "requester": row["requester"],
        "actions": agreed,
    }
    return Done(number, "grant answer", ARTICLE, words, details)


def listing(conn: Conn, on: date) -> list[Row]:
    """Requests and answers that stand on the day."""
    return ask(conn, "agreements", {"on": on})


def _require_actions(actions: Collection[str]) -> None:
    for action in actions:
        if action not in ACTIONS:
            raise UnknownWord(Text("Action", "action"), action, sorted(ACTIONS), closed=True)


def _asked(conn: Conn, request: int, on: date) -> dict[str, Any]:
    rows = history.known(conn, "agreement", {"number": request}, on)
    if not rows:
        raise Conflict(
            Text(f"Aucune demande n° {request} à cette date.", f"No request {request} at that date."),
            remedy=Text("Voyez « grant list ».", "See “grant list”."),
        )
    return rows[0]
