"""A partner leaves (004 §2.3): effective at 00:00, Paris, on the day its letter was received, even when typed in later.

What it had stays had: nothing is erased. What falls with its membership is ended from that day, the audience of its own
data is frozen, each side is told what it keeps, and accesses granted between the letter and the record are reported.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from mig_idg import charter
from mig_idg.charter.messages import day
from mig_idg.errors import Conflict, Text
from mig_idg.registry import facts, history
from mig_idg.registry.acts import Conn, Done, Record, act, open_act
from mig_idg.registry.membership_status import membership_status
from mig_idg.registry.organisations import name_of
from mig_idg.registry.statements import Row, ask
from mig_idg.registry.wording import of

ARTICLE = "Charte MIG, § 2.3.1, § 2.3.2"
NO_ROLE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Kept:
    """What one side keeps of a dataset after a withdrawal, and by which rule it had it."""

    side: str
    dataset: str
    rule: str
    article: str
    basis: Text


@act
def withdraw(conn: Conn, organisation: str, received: date, record: Record) -> Done:
    """End a membership on the day the registered letter was received; `record.on` is the day it is typed in.

    `details`: `ended` (how many facts fell with it), `frozen` (its data whose audience is frozen), `kept` (the
    statement of §2.3.2), `accesses` (granted since that day on the charter's basis, as the journal tells).
    """
    now = membership_status(conn, organisation, received)
    name = name_of(conn, organisation)
    on = day(received)
    if now is None or now["state"] != "adherent":
        raise Conflict(
            Text(
                f"{name} n'était pas partenaire le {on.fr} : il n'y a pas d'adhésion à retirer.",
                f"{name} was not a partner on {on.en}: there is no membership to end.",
            ),
            extra={"article": ARTICLE},
        )
    words = Text(
        f"Le retrait {of(name)} prend effet le {on.fr}, jour de réception de son courrier.",
        f"The withdrawal of {name} takes effect on {on.en}, the day its letter was received.",
    )
    before = facts.load(conn, received - timedelta(days=1))
    number = open_act(conn, record, verb="partner withdraw", article=ARTICLE, words=words)
    _leave(conn, number, organisation, received, now, record)
    ended = _cascade(conn, number, organisation, received, now["valid"].upper)
    frozen = _freeze_audiences(conn, number, organisation, received, before)
    _open_analysis(conn, number, organisation, name, received)
    kept = statement(before, organisation, received - timedelta(days=1))
    details = {
        "organisation": organisation,
        "effective": received,
        "ended": ended,
        "frozen": frozen,
        "kept": [_told(line) for line in kept],
        "accesses": accesses_since(conn, organisation, received),
    }
    return Done(number, "partner withdraw", ARTICLE, words, details)


def statement(before: charter.Facts, organisation: str, on: date) -> list[Kept]:
    """What each side keeps (004 §2.3.2): what the one who leaves could download, and what it gave to the others."""
    kept: list[Kept] = []
    for dataset in before.datasets.values():
        decision = charter.decide(charter.AccessRequest(organisation, NO_ROLE, "download", dataset.id, on), before)
        if decision.permitted:
            kept.append(Kept("organisation", dataset.id, decision.rule, decision.article, decision.reason))
        if dataset.owner == organisation and _audience(dataset, organisation, before, on):
            basis = Text(
                "Les partenaires qui en disposaient gardent la version reçue.",
                "The partners who had it keep the version they received.",
            )
            kept.append(Kept("partnership", dataset.id, "B3", "Charte MIG, § 2.3.2", basis))
        if dataset.kind == "coproduced" and organisation in dataset.co_owners:
            basis = Text(
                "Donnée coproduite et validée : chaque copropriétaire en reste propriétaire.",
                "Coproduced and validated: each co-owner still owns it.",
            )
            kept.append(Kept("both", dataset.id, "B4", "Charte MIG, § 2.3.2, § 3.4", basis))
    return kept


def accesses_since(conn: Conn, organisation: str, received: date) -> list[Row]:
    """Accesses that the charter gave the body since 00:00, Paris, on that day; empty before there is a journal."""
    row = conn.execute("select to_regclass('journal.decisions') is not null").fetchone()
    if row is None or not row[0]:
        return []
    return ask(conn, "accesses_since", {"organisation": organisation, "received": received})


def _leave(conn: Conn, number: int, organisation: str, received: date, now: Row, record: Record) -> None:
    key = {"organisation": organisation}
    letter = {**key, "application": now["application"], "kind": "withdrawal_letter"}
    history.close(conn, number, "piece", letter)
    dated = min(record.evidence.dated, received)
    said = {"reference": record.evidence.reference, "dated_on": dated, "received_on": received}
    history.insert(conn, number, "piece", {**letter, **said})
    former = {"application": now["application"], "listed": now["listed"], "state": "former"}
    # A body that came back later stays: only the membership that held on that day ends.
    history.put(conn, number, "membership", key, former, history.span(received, now["valid"].upper))


def _cascade(conn: Conn, number: int, organisation: str, received: date, until: date | None) -> dict[str, int]:
    days = history.span(received, until)
    return {
        "mandates": history.end(conn, number, "mandate", {"organisation": organisation}, days),
        "delegations": history.end(conn, number, "delegation", {"delegator": organisation}, days),
        "sub_distributions": history.end(conn, number, "sub_distribution", {"ept": organisation}, days),
        "working_groups": history.end(conn, number, "group_member", {"organisation": organisation}, days),
    }


def _freeze_audiences(
    conn: Conn, number: int, organisation: str, received: date, before: charter.Facts
) -> dict[str, list[str]]:
    """Its data serve those who had them on the eve, and nobody else; what was published since, nobody had."""
    frozen: dict[str, list[str]] = {}
    for owned in history.known(conn, "ownership", {"organisation": organisation}, received):
        id = owned["dataset"]
        dataset = before.datasets.get(id)
        audience = _audience(dataset, organisation, before, received - timedelta(days=1)) if dataset else []
        history.put(
            conn, number, "frozen_audience", {"dataset": id}, {"organisations": audience}, history.span(received)
        )
        frozen[id] = audience
    return frozen


def _audience(dataset: charter.Dataset, owner: str, before: charter.Facts, on: date) -> list[str]:
    """The partners that the owner's terms served on the day, the owner aside."""
    terms = dataset.terms
    if terms is None or dataset.state != "published" or not before.in_force(on):
        return []
    had = dataset.frozen_audience
    partners = {m.organisation for m in before.memberships if m.span.covers(on)} - {owner}
    had_it = (p for p in partners if any(terms.addresses(p, action) for action in terms.actions))
    return sorted(p for p in had_it if had is None or p in had)


def _open_analysis(conn: Conn, number: int, organisation: str, name: str, received: date) -> None:
    """004 §2.4.2: the technical committee analyses the reasons and consequences of a withdrawal."""
    words = f"Motifs et conséquences du retrait {of(name)}, effectif le {day(received).fr}."
    said = {"committee": "technical", "subject": "withdrawal", "subject_id": organisation, "words": words}
    history.insert(conn, number, "agenda_item", {**said, "opened_on": received})


def _told(line: Kept) -> dict[str, Any]:
    return {
        "side": line.side,
        "dataset": line.dataset,
        "rule": line.rule,
        "article": line.article,
        "basis": line.basis,
    }
