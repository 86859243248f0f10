"""What would change the answer: the single facts that would each turn a refusal into a permit, and who brings each.

Each candidate is tried by asking `decide` on the facts with it: what is proposed opens, always.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import cast

from mig_idg.charter.decision import Decision, Request, decide
from mig_idg.charter.facts import (
    ALWAYS,
    READ,
    Dataset,
    Delegation,
    Facts,
    Membership,
    SubDistribution,
    Terms,
    Transfer,
)
from mig_idg.charter.rulebook import RULEBOOK, RuleBook
from mig_idg.charter.words import name, owner_of
from mig_idg.errors import Text


@dataclass(frozen=True, slots=True)
class Opening:
    """One fact that would turn a refusal into a permit: its kind, who acts, in words, and the answer then.

    `by` None: the committees, or nobody alone.
    """

    kind: str
    by: str | None
    text: Text
    decision: Decision


def what_would_change(request: Request, facts: Facts, rulebook: RuleBook = RULEBOOK) -> tuple[Opening, ...]:
    """The single facts that would each turn this refusal into a permit; empty for a permit, or when none would do.

    Facts nobody can bring about (an earlier date, another owner) are not proposed, nor is the end of an exception by
    anyone but whoever answers for the data.
    """
    dataset = facts.datasets.get(request.dataset)
    if dataset is None or decide(request, facts, rulebook).permitted:
        return ()
    found = []
    for kind, by, text, changed in _single_facts(request, facts, dataset):
        decision = decide(request, changed, rulebook)
        if decision.permitted:
            found.append(Opening(kind, by, text, decision))
    return tuple(found)


Candidate = tuple[str, str | None, Text, Facts]


def _single_facts(request: Request, facts: Facts, dataset: Dataset) -> Iterator[Candidate]:
    yield from _on_the_body(request, facts)
    yield from _on_the_epts(request, facts)
    yield from _on_the_contractor(request, facts)
    yield from _on_the_third_party(request, facts, dataset)
    for kind, by, text, changed in _on_the_dataset(request, dataset):
        yield kind, by, text, replace(facts, datasets={**facts.datasets, dataset.id: changed})


def _on_the_body(request: Request, facts: Facts) -> Iterator[Candidate]:
    body, who = request.organisation, name(request.organisation)
    yield (
        "charter",
        None,
        Text("Une charte en vigueur ce jour-là (004 §2.7).", "A charter in force on that day (004 §2.7)."),
        replace(facts, charter=ALWAYS),
    )
    if body is not None:
        yield (
            "membership",
            body,
            Text(f"L'adhésion de {who.fr} (004 §2.2).", f"The membership of {who.en} (004 §2.2)."),
            replace(facts, memberships=(*facts.memberships, Membership(body))),
        )


def _on_the_epts(request: Request, facts: Facts) -> Iterator[Candidate]:
    body, who = request.organisation, name(request.organisation)
    for act in facts.acts_for(body):
        if not act.acknowledged:
            ept = name(act.ept)
            accepted = tuple(replace(a, acknowledged=True) if a is act else a for a in facts.sub_distributions)
            yield (
                "acknowledgement",
                body,
                Text(
                    f"L'acceptation par {who.fr} de ce que {ept.fr} met à sa disposition (004 §3.6).",
                    f"The acceptance by {who.en} of what {ept.en} makes available to it (004 §3.6).",
                ),
                replace(facts, sub_distributions=accepted),
            )
    for code in facts.epts_of(body, request.on):
        ept = name(code)
        yield (
            "sub_distribution",
            code,
            Text(
                f"Un acte de {ept.fr} pour sa commune membre {who.fr}, accepté par elle (004 §3.6).",
                f"An act of {ept.en} for its member commune {who.en}, accepted by it (004 §3.6).",
            ),
            replace(
                facts,
                sub_distributions=(
                    *facts.sub_distributions,
                    SubDistribution(code, cast("str", body), acknowledged=True),
                ),
            ),
        )
        yield (
            "ept_membership",
            code,
            Text(f"L'adhésion de {ept.fr} (004 §3.5.2).", f"The membership of {ept.en} (004 §3.5.2)."),
            replace(facts, memberships=(*facts.memberships, Membership(code))),
        )


def _on_the_contractor(request: Request, facts: Facts) -> Iterator[Candidate]:
    who = name(request.organisation)
    for known in facts.delegations_to(request.organisation):
        delegator = name(known.delegator)
        if not known.acknowledged:
            accepted = tuple(replace(d, acknowledged=True) if d is known else d for d in facts.delegations)
            yield (
                "acknowledgement",
                request.organisation,
                Text(
                    f"La prise de connaissance par {who.fr} de la délégation de {delegator.fr} (004 §2.4.2).",
                    f"The acknowledgement by {who.en} of the delegation of {delegator.en} (004 §2.4.2).",
                ),
                replace(facts, delegations=accepted),
            )
        elif not known.span.covers(request.on):
            live = Delegation(known.delegator, known.contractor, acknowledged=True, datasets=known.datasets)
            yield (
                "delegation",
                known.delegator,
                Text(
                    f"Une délégation de {delegator.fr} en cours ce jour-là (004 §2.4.2).",
                    f"A delegation of {delegator.en} live on that day (004 §2.4.2).",
                ),
                replace(facts, delegations=(*facts.delegations, live)),
            )


def _on_the_third_party(request: Request, facts: Facts, dataset: Dataset) -> Iterator[Candidate]:
    body, who = request.organisation, name(request.organisation)
    for known in facts.transfers_to(body, dataset.id):
        if not known.acknowledged:
            accepted = tuple(replace(t, acknowledged=True) if t is known else t for t in facts.third_party_transfers)
            yield (
                "acknowledgement",
                body,
                Text(
                    f"La prise de connaissance des conditions de réutilisation par {who.fr} (004 §3.5.2).",
                    f"The acknowledgement of the conditions of reuse by {who.en} (004 §3.5.2).",
                ),
                replace(facts, third_party_transfers=accepted),
            )
    if body is not None and dataset.owner is not None:
        owner = owner_of(dataset)
        given = Transfer(dataset.owner, body, dataset.id, acknowledged=True)
        yield (
            "transfer",
            dataset.owner,
            Text(
                f"Une remise à {who.fr}, comme tiers, par {owner.fr} (004 §3.5.2).",
                f"A transfer to {who.en}, as a third party, by {owner.en} (004 §3.5.2).",
            ),
            replace(facts, third_party_transfers=(*facts.third_party_transfers, given)),
        )


def _on_the_dataset(request: Request, dataset: Dataset) -> Iterator[tuple[str, str | None, Text, Dataset]]:
    holder = dataset.owner if dataset.kind == "mutualised" else None
    if dataset.exceptions:
        yield (
            "exception",
            holder,
            Text("La levée des exceptions du § 3.3.", "The lifting of the exceptions of § 3.3."),
            replace(dataset, exceptions=()),
        )
    if dataset.takedown is not None:
        yield (
            "takedown",
            holder,
            Text("La fin du retrait (000 art. 7).", "The end of the take-down (000 art. 7)."),
            replace(dataset, takedown=None),
        )
    if dataset.kind == "mutualised":
        yield from _on_shared_data(request, dataset)
    else:
        yield from _on_coproduced_data(request, dataset)


def _on_shared_data(request: Request, dataset: Dataset) -> Iterator[tuple[str, str | None, Text, Dataset]]:
    owner = owner_of(dataset)
    if dataset.state != "published":
        yield (
            "publication",
            dataset.owner,
            Text(f"La publication par {owner.fr} (004 §3.2.1).", f"Publication by {owner.en} (004 §3.2.1)."),
            replace(dataset, state="published"),
        )
    terms = dataset.terms or Terms()
    wider = replace(
        terms,
        mode="all_partners",
        actions=terms.actions | {request.action},
        extends_to_ept_communes=True,
        allows_contractors=True,
        span=ALWAYS,
    )
    if request.action in READ:
        yield (
            "terms",
            dataset.owner,
            Text(
                f"Des modalités de {owner.fr} qui l'ouvrent (004 glossaire, §3.2.1).",
                f"Terms of {owner.en} that open it (004 glossary, §3.2.1).",
            ),
            replace(dataset, terms=wider),
        )
        yield (
            "licence",
            dataset.owner,
            Text(
                f"Une licence ouverte choisie par {owner.fr} (000 art. 13).",
                f"An open licence chosen by {owner.en} (000 art. 13).",
            ),
            replace(dataset, licence="LO-2.0"),
        )


def _on_coproduced_data(request: Request, dataset: Dataset) -> Iterator[tuple[str, str | None, Text, Dataset]]:
    if dataset.state != "validated":
        yield (
            "validation",
            None,
            Text("La validation par le comité technique (004 §2.4.2).", "The technical committee's validation."),
            replace(dataset, state="validated"),
        )
    if request.organisation is not None:
        who = name(request.organisation)
        yield (
            "working_group",
            None,
            Text(
                f"La participation de {who.fr} au groupe de travail (004 §2.4.3).",
                f"{who.en} taking part in the working group (004 §2.4.3).",
            ),
            replace(dataset, working_group=dataset.working_group | {request.organisation}),
        )
