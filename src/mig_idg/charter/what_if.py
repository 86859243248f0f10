"""What would change the answer: the single facts that would each turn a refusal into a permit, and who brings each.

Each candidate is tried by asking `decide` on the facts with it: what is proposed opens, always.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from mig_idg import territory
from mig_idg.charter.decision import AccessRequest, Decision, decide
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
from mig_idg.charter.messages import name, owner_of
from mig_idg.charter.rulebook import RULEBOOK, RuleBook
from mig_idg.errors import Text


@dataclass(frozen=True, slots=True)
class WhatIf:
    """One fact that would turn a refusal into a permit: its kind, who acts, in words, and the answer then.

    `by` None: the committees, or nobody alone.
    """

    kind: str
    by: str | None
    text: Text
    decision: Decision


def what_would_change(request: AccessRequest, facts: Facts, rulebook: RuleBook = RULEBOOK) -> tuple[WhatIf, ...]:
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
            found.append(WhatIf(kind, by, text, decision))
    return tuple(found)


Candidate = tuple[str, str | None, Text, Facts]


def _single_facts(request: AccessRequest, facts: Facts, dataset: Dataset) -> Iterator[Candidate]:
    yield (
        "charter",
        None,
        Text("Une charte en vigueur ce jour-là (charte, §2.7).", "A charter in force on that day (charter, §2.7)."),
        replace(facts, charter=ALWAYS),
    )
    if request.organisation is not None:
        yield from _on_the_body(request.organisation, facts)
        yield from _on_the_epts(request.organisation, request, facts)
        yield from _on_the_contractor(request.organisation, request, facts)
        yield from _on_the_third_party(request.organisation, request, facts, dataset)
    for kind, by, text, changed in _on_the_dataset(request, facts, dataset):
        yield kind, by, text, replace(facts, datasets={**facts.datasets, dataset.id: changed})


def _on_the_body(body: str, facts: Facts) -> Iterator[Candidate]:
    who = name(facts, body)
    fr, en = f"L'adhésion {who.of}", f"The membership of {who.english}"
    if body not in territory.PLACES:
        fr, en = f"{fr}, si c'est une autorité publique", f"{en}, if it is a public authority"
    yield (
        "membership",
        body,
        Text(f"{fr} (charte, §2.2).", f"{en} (charter, §2.2)."),
        replace(facts, memberships=(*facts.memberships, Membership(body))),
    )


def _on_the_epts(body: str, request: AccessRequest, facts: Facts) -> Iterator[Candidate]:
    who = name(facts, body)
    for act in facts.acts_for(body):
        if not act.acknowledged:
            ept = name(facts, act.ept)
            accepted = tuple(replace(a, acknowledged=True) if a is act else a for a in facts.sub_distributions)
            yield (
                "acknowledgement",
                body,
                Text(
                    f"L'acceptation par {who.alone} de ce que {ept.alone} met à sa disposition (charte, §3.6).",
                    f"The acceptance by {who.english} of what {ept.english} makes available to it (charter, §3.6).",
                ),
                replace(facts, sub_distributions=accepted),
            )
    for code in facts.epts_of(body, request.on):
        ept = name(facts, code)
        yield (
            "sub_distribution",
            code,
            Text(
                f"Un acte {ept.of} pour sa commune membre {who.alone}, accepté par elle (charte, §3.6).",
                f"An act of {ept.english} for its member commune {who.english}, accepted by it (charter, §3.6).",
            ),
            replace(
                facts,
                sub_distributions=(
                    *facts.sub_distributions,
                    SubDistribution(code, body, acknowledged=True),
                ),
            ),
        )
        yield (
            "ept_membership",
            code,
            Text(f"L'adhésion {ept.of} (charte, §3.5.2).", f"The membership of {ept.english} (charter, §3.5.2)."),
            replace(facts, memberships=(*facts.memberships, Membership(code))),
        )


def _on_the_contractor(body: str, request: AccessRequest, facts: Facts) -> Iterator[Candidate]:
    who = name(facts, body)
    for known in facts.delegations_to(body):
        delegator = name(facts, known.delegator)
        if not known.acknowledged:
            accepted = tuple(replace(d, acknowledged=True) if d is known else d for d in facts.delegations)
            yield (
                "acknowledgement",
                body,
                Text(
                    f"La prise de connaissance par {who.alone} de la délégation {delegator.of} (charte, §2.4.2).",
                    f"The acknowledgement by {who.english} of the delegation of {delegator.english} (charter, §2.4.2).",
                ),
                replace(facts, delegations=accepted),
            )
        elif not known.span.covers(request.on):
            live = Delegation(known.delegator, known.contractor, acknowledged=True, datasets=known.datasets)
            yield (
                "delegation",
                known.delegator,
                Text(
                    f"Une délégation {delegator.of} en cours ce jour-là (charte, §2.4.2).",
                    f"A delegation of {delegator.english} live on that day (charter, §2.4.2).",
                ),
                replace(facts, delegations=(*facts.delegations, live)),
            )


def _on_the_third_party(body: str, request: AccessRequest, facts: Facts, dataset: Dataset) -> Iterator[Candidate]:
    who = name(facts, body)
    for known in facts.transfers_to(body, dataset.id):
        if not known.acknowledged:
            accepted = tuple(replace(t, acknowledged=True) if t is known else t for t in facts.third_party_transfers)
            yield (
                "acknowledgement",
                body,
                Text(
                    f"La prise de connaissance des conditions de réutilisation par {who.alone} (charte, §3.5.2).",
                    f"The acknowledgement of the conditions of reuse by {who.english} (charter, §3.5.2).",
                ),
                replace(facts, third_party_transfers=accepted),
            )
    if dataset.owner is not None and _is_a_third_party(body, facts, request.on):
        owner = owner_of(facts, dataset)
        given = Transfer(dataset.owner, body, dataset.id, acknowledged=True)
        yield (
            "transfer",
            dataset.owner,
            Text(
                f"Une remise {who.to}, comme tiers, par {owner.alone} (charte, §3.5.2).",
                f"A transfer to {who.english}, as a third party, by {owner.english} (charter, §3.5.2).",
            ),
            replace(facts, third_party_transfers=(*facts.third_party_transfers, given)),
        )


def _is_a_third_party(body: str, facts: Facts, on: date) -> bool:
    """Neither a partner nor a member commune of an EPT that is one (004 §3.5.2)."""
    return not facts.in_force(on) or not any(facts.member(one, on) for one in (body, *facts.epts_of(body, on)))


def _on_the_dataset(
    request: AccessRequest, facts: Facts, dataset: Dataset
) -> Iterator[tuple[str, str | None, Text, Dataset]]:
    holder = dataset.owner if dataset.kind == "mutualised" else None
    yield (
        "exception",
        holder,
        Text("La levée des exceptions du § 3.3.", "The lifting of the exceptions of § 3.3."),
        replace(dataset, exceptions=()),
    )
    yield (
        "takedown",
        holder,
        Text(
            "La fin du retrait (convention open data, art. 7).",
            "The end of the take-down (open data convention, art. 7).",
        ),
        replace(dataset, takedown=None),
    )
    if dataset.kind == "mutualised":
        yield from _on_shared_data(request, facts, dataset)
    else:
        yield from _on_coproduced_data(request, facts, dataset)


def _on_shared_data(
    request: AccessRequest, facts: Facts, dataset: Dataset
) -> Iterator[tuple[str, str | None, Text, Dataset]]:
    owner = owner_of(facts, dataset)
    yield (
        "publication",
        dataset.owner,
        Text(
            f"La publication par {owner.alone} (charte, §3.2.1).",
            f"Publication by {owner.english} (charter, §3.2.1).",
        ),
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
    yield (
        "agreement",
        dataset.owner,
        Text(
            f"L'accord {owner.of}, à demander (charte, glossaire).",
            f"The agreement of {owner.english}, to be asked for (charter, glossary).",
        ),
        replace(dataset, terms=replace(terms, agreed=terms.agreed | {cast("str", request.organisation)})),
    )
    if request.action in READ:
        yield (
            "terms",
            dataset.owner,
            Text(
                f"Des modalités {owner.of} qui l'ouvrent (charte, glossaire, §3.2.1).",
                f"Terms of {owner.english} that open it (charter, glossary, §3.2.1).",
            ),
            replace(dataset, terms=wider),
        )
        yield (
            "licence",
            dataset.owner,
            Text(
                f"Une licence ouverte choisie par {owner.alone} (convention open data, art. 13).",
                f"An open licence chosen by {owner.english} (open data convention, art. 13).",
            ),
            replace(dataset, licence="LO-2.0"),
        )


def _on_coproduced_data(
    request: AccessRequest, facts: Facts, dataset: Dataset
) -> Iterator[tuple[str, str | None, Text, Dataset]]:
    yield (
        "validation",
        None,
        Text(
            "La validation par le comité technique (charte, §2.4.2).",
            "The technical committee's validation (charter, §2.4.2).",
        ),
        replace(dataset, state="validated"),
    )
    if request.organisation is not None:
        who = name(facts, request.organisation)
        yield (
            "working_group",
            None,
            Text(
                f"La participation {who.of} au groupe de travail (charte, §2.4.3).",
                f"The participation of {who.english} in the working group (charter, §2.4.3).",
            ),
            replace(dataset, working_group=dataset.working_group | {request.organisation}),
        )
