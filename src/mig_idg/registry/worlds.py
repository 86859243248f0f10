"""A described world, written into the registry as if it had been lived: what rehearsals and tests start from.

The registry is stricter than a scenario file. What it cannot hold gives no right, and is left out: an E4 without its
two facts, an EPT's act for a commune that was never a member, a span without a day. What it insists on is invented,
long ago: the meeting that validated a coproduction, the pieces of a membership, a legal text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from psycopg.types.json import Jsonb
from psycopg.types.range import DateRange

from mig_idg.charter.facts import Dataset, Delegation, EptCommune, Facts, Membership, Restriction, Span, Transfer
from mig_idg.errors import Text
from mig_idg.registry import history
from mig_idg.registry.acts import Conn, Record, act, open_act

LONG_AGO = date(1900, 1, 1)
CLERK = "greffe-du-scenario"
"""A body that was a partner for one day, long ago: it held the meetings that the world does not tell."""

ADHESION = ("deliberation", "form", "email_return", "postal_return")


@act
def remember(conn: Conn, facts: Facts, record: Record) -> int:
    """Write a whole world under one act, in an empty registry; gives the number of the act."""
    facts = _holdable(facts)
    number = open_act(
        conn, record, verb="world", article="scénario", words=Text("Un scénario est rejoué.", "A scenario is replayed.")
    )
    _bodies(conn, number, facts)
    if facts.charter is not None:
        _charter(conn, number, facts.charter)
    _memberships(conn, number, facts)
    for link in facts.ept_communes:
        history.put(
            conn, number, "territorial_membership", {"ept": link.ept, "commune": link.commune}, {}, _days(link.span)
        )
    meeting = _clerk_meeting(conn, number)
    for item, dataset in enumerate(facts.datasets.values(), start=1):
        _dataset(conn, number, dataset, meeting, item)
    _acts_of_epts(conn, number, facts)
    _delegations(conn, number, facts)
    _transfers(conn, number, facts)
    return number


def _holdable(facts: Facts) -> Facts:
    """The world without the spans that cover no day, nor transfers of data that are not there."""

    def lived[T: (Membership, EptCommune, Delegation, Transfer)](told: Iterable[T]) -> tuple[T, ...]:
        return tuple(one for one in told if _days(one.span))

    transfers = tuple(given for given in lived(facts.third_party_transfers) if given.dataset in facts.datasets)
    datasets = {id: _without_empty_spans(dataset) for id, dataset in facts.datasets.items()}
    return replace(
        facts,
        charter=facts.charter if facts.charter and _days(facts.charter) else None,
        memberships=lived(facts.memberships),
        ept_communes=lived(facts.ept_communes),
        delegations=lived(facts.delegations),
        third_party_transfers=transfers,
        datasets=datasets,
    )


def _without_empty_spans(dataset: Dataset) -> Dataset:
    terms = dataset.terms if dataset.terms and _days(dataset.terms.span) else None
    return replace(dataset, terms=terms, exceptions=tuple(e for e in dataset.exceptions if _days(e.span)))


def _bodies(conn: Conn, number: int, facts: Facts) -> None:
    epts = {link.ept for link in facts.ept_communes} | {a.ept for a in facts.sub_distributions}
    communes = {link.commune for link in facts.ept_communes} | {a.commune for a in facts.sub_distributions}
    partners = {m.organisation for m in facts.memberships} | {CLERK}
    for name in sorted({*facts.bodies(), CLERK}):
        kind = "ept" if name in epts else "commune" if name in communes else "company"
        if kind == "company" and name in partners:
            kind = "other_authority"
        conn.execute("insert into registry.body values (%s) on conflict do nothing", (name,))
        history.insert(conn, number, "organisation", {"organisation": name, "name": name, "kind": kind})


def _charter(conn: Conn, number: int, span: Span) -> None:
    conn.execute(
        "insert into registry.instrument (id, kind, version, title) values ('charte', 'charter', '1', 'Charte')"
        " on conflict do nothing"
    )
    history.insert(conn, number, "instrument_term", {"instrument": "charte", "kind": "charter", "valid": _days(span)})


def _memberships(conn: Conn, number: int, facts: Facts) -> None:
    conn.execute(
        "insert into registry.instrument (id, kind, version, title)"
        " values ('adhesion-du-scenario', 'convention', '1', 'Convention') on conflict do nothing"
    )
    lived = [*facts.memberships, Membership(CLERK, Span(LONG_AGO, LONG_AGO + timedelta(days=1)))]
    for organisation in sorted({membership.organisation for membership in lived}):
        _adhesion_file(conn, number, organisation)
    for membership in lived:
        history.put(
            conn,
            number,
            "membership",
            {"organisation": membership.organisation},
            {"application": number, "listed": True, "state": "adherent"},
            _days(membership.span),
        )


def _adhesion_file(conn: Conn, number: int, organisation: str) -> None:
    said = {"organisation": organisation, "application": number, "reference": "scénario"}
    for kind in ADHESION:
        dates = {"dated_on": date.min, "received_on": date.min}
        history.insert(conn, number, "piece", {**said, **dates, "kind": kind})
    acceptance = {"instrument": "adhesion-du-scenario", "accepted_on": date.min, "piece": "scénario"}
    history.insert(conn, number, "instrument_acceptance", {"organisation": organisation, **acceptance})


def _clerk_meeting(conn: Conn, number: int) -> int:
    meeting = history.insert(
        conn,
        number,
        "meeting",
        {"committee": "technical", "committee_kind": "technical", "held_on": LONG_AGO, "minutes": "scénario"},
    )
    history.insert(conn, number, "attendance", {"meeting": meeting, "organisation": CLERK})
    return meeting


def _dataset(conn: Conn, number: int, dataset: Dataset, meeting: int, item: int) -> None:
    key = {"dataset": dataset.id}
    conn.execute("insert into registry.dataset (id, kind) values (%s, %s)", (dataset.id, dataset.kind))
    history.insert(conn, number, "dataset_attributes", {**key, "attributes": list(dataset.attributes)})
    history.insert(conn, number, "dataset_metadata", {**key, "visibility": dataset.metadata})
    if dataset.licence is not None:
        history.insert(conn, number, "dataset_licence", {**key, "licence": dataset.licence})
    if dataset.kind == "mutualised":
        state: dict[str, object] = {"state": dataset.state}
        history.insert(conn, number, "ownership", {**key, "organisation": dataset.owner or CLERK})
        _terms(conn, number, dataset)
    else:
        state = {"state": dataset.state, "decision": _validation(conn, number, dataset, meeting, item)}
        _working_group(conn, number, dataset)
    history.insert(conn, number, "dataset_state", {**key, "kind": dataset.kind, **state})
    for restriction in dataset.exceptions:
        _exception(conn, number, dataset.id, restriction)
    if dataset.takedown:
        _takedown(conn, number, dataset.id, dataset.takedown)
    if dataset.frozen_audience is not None:
        history.insert(conn, number, "frozen_audience", {**key, "organisations": sorted(dataset.frozen_audience)})


def _validation(conn: Conn, number: int, dataset: Dataset, meeting: int, item: int) -> int | None:
    """The decision that froze the co-owners, when the world tells of any."""
    if not dataset.co_owners and dataset.state != "validated":
        return None
    decision = history.insert(
        conn,
        number,
        "decision",
        {
            "meeting": meeting,
            "committee_kind": "technical",
            "item": item,
            "subject": "dataset",
            "subject_id": dataset.id,
            "nature": "decision",
            "motion": "scénario",
        },
    )
    frozen = {"act": number, "dataset": dataset.id, "version": "1", "decision": decision}
    conn.execute(
        "insert into registry.dataset_version (act, dataset, version) values (%(act)s, %(dataset)s, %(version)s)",
        frozen,
    )
    conn.execute(
        "insert into registry.inventory_entry (act, dataset, version, decision)"
        " values (%(act)s, %(dataset)s, %(version)s, %(decision)s)",
        frozen,
    )
    conn.execute(
        "insert into registry.co_owner (act, dataset, version, decision, since, organisation)"
        " select %(act)s, %(dataset)s, %(version)s, %(decision)s, %(since)s, unnest(%(owners)s::text[])",
        {**frozen, "since": LONG_AGO, "owners": sorted(dataset.co_owners) or [CLERK]},
    )
    return decision


def _working_group(conn: Conn, number: int, dataset: Dataset) -> None:
    group = f"groupe {dataset.id}"
    conn.execute("insert into registry.working_group (id) values (%s)", (group,))
    history.insert(conn, number, "coproduction", {"dataset": dataset.id, "working_group": group})
    for organisation in sorted(dataset.working_group):
        history.insert(conn, number, "group_member", {"working_group": group, "organisation": organisation})


def _terms(conn: Conn, number: int, dataset: Dataset) -> None:
    terms = dataset.terms
    if terms is None:
        return
    said = {
        "set_by": dataset.owner or CLERK,
        "mode": terms.mode,
        "actions": sorted(terms.actions),
        "named": sorted(terms.named),
        "agreed": sorted(terms.agreed),
        "hidden_attributes": sorted(terms.hidden_attributes),
        "extends_to_ept_communes": terms.extends_to_ept_communes,
        "allows_contractors": terms.allows_contractors,
        "own_territory": terms.rows == "own_territory",
    }
    history.insert(conn, number, "terms", {"dataset": dataset.id, **said, "valid": _days(terms.span)})
    for agreement in terms.agreements:
        given = {
            "dataset": dataset.id,
            "requester": agreement.organisation,
            "purpose": "scénario",
            "state": "granted",
            "answered_by": dataset.owner or CLERK,
            "actions": sorted(agreement.actions),
        }
        if agreement.actions:
            history.insert(conn, number, "agreement", given)


def _exception(conn: Conn, number: int, dataset: str, restriction: Restriction) -> None:
    if restriction.ground == "E4" and not (restriction.objection_proved and restriction.law_allows):
        return
    said = {
        "dataset": dataset,
        "ground": restriction.ground,
        "legal_text": "scénario",
        "attributes": sorted(restriction.attributes) or None,
        "author": "scénario",
        "review_on": date.max,
        "state": "active",
        "objection_proved": restriction.objection_proved,
        "law_allows": restriction.law_allows,
        "beneficiaries": sorted(restriction.beneficiaries),
    }
    history.insert(conn, number, "dataset_exception", {**said, "valid": _days(restriction.span)})


def _takedown(conn: Conn, number: int, dataset: str, scope: str) -> None:
    said = {"dataset": dataset, "scope": scope, "requester": "scénario", "channel": "scénario"}
    history.insert(conn, number, "takedown", {**said, "state": "executed", "tombstone": Jsonb({"dataset": dataset})})


def _acts_of_epts(conn: Conn, number: int, facts: Facts) -> None:
    for given in facts.sub_distributions:
        said = {
            "ept": given.ept,
            "commune": given.commune,
            "state": "acknowledged" if given.acknowledged else "offered",
            "acknowledged_on": date.min if given.acknowledged else None,
            "datasets": None if given.datasets is None else sorted(given.datasets),
            "own_territory": given.rows == "own_territory",
        }
        for link in facts.ept_communes:
            days = _days(given.span, link.span)
            if (link.ept, link.commune) == (given.ept, given.commune) and days:
                history.insert(conn, number, "sub_distribution", {**said, "valid": days})


def _delegations(conn: Conn, number: int, facts: Facts) -> None:
    for given in facts.delegations:
        said = {
            "delegator": given.delegator,
            "contractor": given.contractor,
            "contract": "scénario",
            "datasets": None if given.datasets is None else sorted(given.datasets),
            "acknowledged": given.acknowledged,
            "acknowledged_on": date.min if given.acknowledged else None,
        }
        history.insert(conn, number, "delegation", {**said, "valid": _days(given.span)})


def _transfers(conn: Conn, number: int, facts: Facts) -> None:
    for given in facts.third_party_transfers:
        said = {
            "giver": given.giver,
            "recipient": given.recipient,
            "dataset": given.dataset,
            "notice_sha256": "0" * 64,
            "acknowledged": given.acknowledged,
            "acknowledged_on": date.min if given.acknowledged else None,
        }
        history.insert(conn, number, "third_party_transfer", {**said, "valid": _days(given.span)})


def _days(*spans: Span) -> DateRange:
    """The days common to the spans."""
    start = max((span.start for span in spans if span.start), default=None)
    end = min((span.end for span in spans if span.end), default=None)
    return DateRange(empty=True) if start and end and start >= end else DateRange(start, end, "[)")
