"""What would change the answer: the single facts that would each turn a refusal into a permit, and who brings each.

Each candidate is tried by asking for the decision on the facts with it (`ask`): what is proposed opens, always.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from mig_idg import territory
from mig_idg.charter.case import AccessRequest, Permission
from mig_idg.charter.conditions import IN_PREPARATION
from mig_idg.charter.facts import (
    ALWAYS,
    READ,
    READS,
    Dataset,
    Delegation,
    Facts,
    Membership,
    SubDistribution,
    Terms,
    Transfer,
)
from mig_idg.charter.messages import SIGN_IN, ask_holder, first_day, name, owner_of
from mig_idg.charter.nouns import Noun
from mig_idg.errors import Text

type Ask[D: Permission] = Callable[[AccessRequest, Facts], D]


@dataclass(frozen=True, slots=True)
class WhatIf[D: Permission]:
    """One fact that would turn a refusal into a permit: its kind, who acts, in words, and the answer then.

    `by` None: the committees, or nobody alone.
    """

    kind: str
    by: str | None
    text: Text
    decision: D


def openings[D: Permission](request: AccessRequest, facts: Facts, ask: Ask[D]) -> tuple[WhatIf[D], ...]:
    """The single facts that would each turn this refusal into a permit; empty for a permit, or when none would do.

    Facts nobody can bring about (an earlier date, another owner) are not proposed, nor is the end of an exception by
    anyone but whoever answers for the data.
    """
    dataset = facts.datasets.get(request.dataset)
    if dataset is None or ask(request, facts).permitted:
        return ()
    found = []
    for kind, by, text, changed in _single_facts(request, facts, dataset):
        decision = ask(request, changed)
        if decision.permitted:
            found.append(WhatIf(kind, by, text, decision))
    return tuple(found)


NEAREST = (
    *("acknowledgement", "validation", "working_group", "sub_distribution", "agreement", "terms", "publication"),
    *("membership", "delegation", "transfer", "ept_membership"),
)
"""The order in which a refused body is sent somewhere: what depends on itself or on the fewest others comes first."""
PROPOSED = 2


def way_in[D: Permission](request: AccessRequest, facts: Facts, ask: Ask[D]) -> Text:
    """What a body that no rule serves may do, from the nearest fact that would open to the farthest.

    Whoever is named can bring the fact about, and the fact opens: nobody is sent where it stays closed.
    """
    dataset = facts.datasets[request.dataset]
    if request.organisation is None:
        return SIGN_IN
    found = {opening.kind: opening for opening in reversed(openings(request, facts, ask))}
    if not facts.in_force(request.on) and (facts.member(request.organisation, request.on) or "charter" in found):
        return Text(
            "La poursuite de la démarche relève du comité de pilotage (Charte MIG, § 2.7).",
            "Whether the partnership goes on is for the steering committee to say (MIG charter, § 2.7).",
        )
    if request.action not in READS and (told := _way_to_act(request, facts, dataset)) is not None:
        return told
    if (
        "acknowledgement" in found
    ):  # another act, or another transfer, would be asked for in vain: one awaits its answer
        found = {kind: one for kind, one in found.items() if kind not in ("sub_distribution", "transfer")}
    near = [found[kind] for kind in NEAREST if kind in found]
    asked = list(dict.fromkeys(_asked_for(opening, request, facts, dataset) for opening in near))[:PROPOSED]
    if not asked:
        return _nothing_alone(request, facts, dataset)
    fr, en = ", ou ".join(one.fr for one in asked), ", or ".join(one.en for one in asked)
    return Text(f"{fr[0].upper()}{fr[1:]}.", f"{en[0].upper()}{en[1:]}.")


def _asked_for[D: Permission](opening: WhatIf[D], request: AccessRequest, facts: Facts, dataset: Dataset) -> Text:
    """One opening as what the body asking may do about it; no capital and no full stop: it joins others."""
    owner = owner_of(facts, dataset)
    match opening.kind:
        case "acknowledgement":
            return _acknowledge(opening, facts)
        case "validation":
            return Text(
                "attendez la validation par le comité technique", "wait for the technical committee's validation"
            )
        case "working_group":
            return Text("rejoignez le groupe de travail", "join the working group")
        case "sub_distribution":
            ept = name(facts, opening.by)
            return Text(
                f"demandez {ept.to} de mettre ces données à votre disposition (Charte MIG, § 3.6)",
                f"ask {ept.english} to make these data available to you (MIG charter, § 3.6)",
            )
        case "ept_membership":
            ept = name(facts, opening.by)
            return Text(
                f"attendez l'adhésion {ept.of} (Charte MIG, § 3.5.2)",
                f"wait for {ept.english} to join (MIG charter, § 3.5.2)",
            )
        case "agreement" | "terms":
            return _asked_of_the_owner(opening, owner)
        case "publication":
            return Text(
                f"attendez la publication par {owner.alone} (Charte MIG, § 3.2.1)",
                f"wait for {owner.english} to publish them (MIG charter, § 3.2.1)",
            )
        case "transfer" if opening.by is None:
            return Text(
                "demandez à un copropriétaire de vous remettre ces données comme à un tiers "
                "(Charte MIG, § 3.4, § 3.5.2)",
                "ask a co-owner to hand you these data as a third party (MIG charter, § 3.4, § 3.5.2)",
            )
        case "transfer":
            return Text(
                f"demandez {owner.to}, propriétaire, de vous remettre ces données comme à un tiers "
                "(Charte MIG, § 3.5.2)",
                f"ask {owner.english}, the owner, to hand you these data as a third party (MIG charter, § 3.5.2)",
            )
        case "delegation":
            return _asked_of_a_delegator(opening, facts)
        case _:
            return _join(request, facts)


def _acknowledge[D: Permission](opening: WhatIf[D], facts: Facts) -> Text:
    """What the body itself has left unanswered: its EPT's act, a partner's delegation, a transfer."""
    answerable = [code.partition(":")[2] for code in opening.decision.obligations if code.startswith("RESPONSIBLE:")]
    giver = name(facts, answerable[0]) if answerable else None
    if giver is None:
        return Text(
            "prenez connaissance des conditions de réutilisation (Charte MIG, § 3.5.2)",
            "acknowledge the conditions of reuse (MIG charter, § 3.5.2)",
        )
    if opening.decision.rule == "B7":
        return Text(
            f"prenez connaissance de la délégation {giver.of} (Charte MIG, § 2.4.2)",
            f"acknowledge the delegation of {giver.english} (MIG charter, § 2.4.2)",
        )
    return Text(
        f"acceptez les conditions {giver.of} (Charte MIG, § 3.6)",
        f"accept the conditions of {giver.english} (MIG charter, § 3.6)",
    )


def _asked_of_the_owner[D: Permission](opening: WhatIf[D], owner: Noun) -> Text:
    match opening.decision.rule:
        case "B6b":
            return Text(
                f"demandez {owner.to}, propriétaire, d'étendre ses modalités aux communes des EPT "
                "(Charte MIG, § 3.6, § 3.5.2)",
                f"ask {owner.english}, the owner, to extend its terms to the EPTs' communes "
                "(MIG charter, § 3.6, § 3.5.2)",
            )
        case "B7":
            return Text(
                f"demandez {owner.to}, propriétaire, d'ouvrir ses modalités aux prestataires (Charte MIG, § 2.4.2)",
                f"ask {owner.english}, the owner, to open its terms to contractors (MIG charter, § 2.4.2)",
            )
    return Text(
        f"adressez-vous {owner.to}, propriétaire, au sujet de ses modalités d'accès",
        f"ask {owner.english}, the owner, about its terms of access",
    )


def _asked_of_a_delegator[D: Permission](opening: WhatIf[D], facts: Facts) -> Text:
    if opening.by is None:
        return Text(
            "agissez comme prestataire, par la délégation d'un partenaire qui a lui-même ce droit "
            "(Charte MIG, § 2.4.2, § 3.5.2)",
            "act as a contractor, by the delegation of a partner that has the right itself "
            "(MIG charter, § 2.4.2, § 3.5.2)",
        )
    delegator = name(facts, opening.by)
    return Text(
        f"demandez {delegator.to} une délégation en cours (Charte MIG, § 2.4.2)",
        f"ask {delegator.english} for a delegation that is live (MIG charter, § 2.4.2)",
    )


def _join(request: AccessRequest, facts: Facts) -> Text:
    if (first := first_day(facts, request.organisation, request.on)) is not None:
        return Text(
            f"attendez le {first.fr} : l'adhésion prend effet ce jour-là (Charte MIG, § 2.2)",
            f"wait until {first.en}: the membership takes effect on that day (MIG charter, § 2.2)",
        )
    return Text(
        "adressez une demande d'adhésion au Département des Hauts-de-Seine, partenaire pilote (Charte MIG, § 2.2)",
        "apply for membership to the Département des Hauts-de-Seine, the pilot partner (MIG charter, § 2.2)",
    )


def _way_to_act(request: AccessRequest, facts: Facts, dataset: Dataset) -> Text | None:
    """Where a partner goes to do something else than read; None when a single fact may say it."""
    if request.action == "validate":
        return _way_to_validate(dataset)
    if not facts.member(request.organisation, request.on):
        return None
    if dataset.kind == "mutualised":
        return ask_holder(facts, dataset, THIS_ACTION) if request.action != "discover" else None
    if request.action == "grant":
        return Text(
            "Personne n'a d'accord à donner : une donnée coproduite est à chaque partenaire (Charte MIG, § 3.4).",
            "Nobody has an agreement to give: coproduced data are each partner's (MIG charter, § 3.4).",
        )
    if request.action in ("configure", "audit", "takedown"):
        return Text(
            "Adressez-vous au partenaire pilote, qui administre la plateforme (Charte MIG, § 2.1.2).",
            "Ask the pilot partner, who runs the platform (MIG charter, § 2.1.2).",
        )
    if dataset.state == "validated" and request.action != "discover":
        return Text(
            "Demandez à un copropriétaire, ou attendez la validation d'une nouvelle version, dont vous serez "
            "copropriétaire (lecture n° 3 de la Charte MIG, § 3.4).",
            "Ask a co-owner, or wait for the validation of a new version, which you will co-own "
            "(reading no. 3 of the MIG charter, § 3.4).",
        )
    if request.action in ("publish_open", "redistribute"):
        return Text(
            "Attendez la validation par le comité technique : elle en fera la propriété de chaque partenaire "
            "(Charte MIG, § 3.4).",
            "Wait for the technical committee's validation: it makes them each partner's (MIG charter, § 3.4).",
        )
    return None


def _way_to_validate(dataset: Dataset) -> Text:
    """A validation is a decision of the technical committee at a meeting, on what was submitted to it (004 §2.4.2)."""
    if dataset.kind == "mutualised":
        return Text(
            "Une donnée mutualisée ne se valide pas : elle reste à son propriétaire (Charte MIG, § 3.2.1).",
            "Mutualised data are not validated: they stay their owner's (MIG charter, § 3.2.1).",
        )
    if dataset.state == "validated":
        return Text(
            "Elle est déjà validée ; faites soumettre une nouvelle version au comité technique (Charte MIG, § 2.4.2).",
            "They are validated already; have a new version submitted to the technical committee "
            "(MIG charter, § 2.4.2).",
        )
    if dataset.state == "submitted":
        return Text(
            "Le comité technique valide en séance, où siège le référent technique de chaque partenaire "
            "(Charte MIG, § 2.4.2).",
            "The technical committee validates at a meeting, where each partner's technical referent sits "
            "(MIG charter, § 2.4.2).",
        )
    return Text(
        "Le groupe de travail doit d'abord la soumettre au comité technique, qui valide (Charte MIG, § 2.4.2).",
        "The working group must submit them first to the technical committee, which validates (MIG charter, § 2.4.2).",
    )


THIS_ACTION = Text("de cette action", "this action")
TERMS_OF_ACCESS = Text("de ses modalités d'accès", "its terms of access")


def _nothing_alone(request: AccessRequest, facts: Facts, dataset: Dataset) -> Text:
    """Whom to ask when several facts would be needed."""
    if dataset.kind == "mutualised":
        return ask_holder(facts, dataset, TERMS_OF_ACCESS if request.action in READS else THIS_ACTION)
    if dataset.state in IN_PREPARATION:
        return Text(
            "Attendez la validation par le comité technique : avant elle, ces données restent au groupe de travail "
            "(Charte MIG, § 3.2.2).",
            "Wait for the technical committee's validation: before it, these data stay with the working group "
            "(MIG charter, § 3.2.2).",
        )
    return ask_holder(facts, dataset, THIS_ACTION)


Candidate = tuple[str, str | None, Text, Facts]


def _single_facts(request: AccessRequest, facts: Facts, dataset: Dataset) -> Iterator[Candidate]:
    yield (
        "charter",
        None,
        Text(
            "Une charte en vigueur ce jour-là (Charte MIG, § 2.7).",
            "A charter in force on that day (MIG charter, § 2.7).",
        ),
        replace(facts, charter=ALWAYS),
    )
    if request.organisation is not None:
        yield from _on_the_body(request.organisation, facts)
        yield from _on_the_epts(request.organisation, request, facts)
        yield from _on_the_contractor(request.organisation, request, facts, dataset)
        yield from _on_the_third_party(request.organisation, request, facts, dataset)
    for kind, by, text, changed in _on_the_dataset(request, facts, dataset):
        yield kind, by, text, replace(facts, datasets={**facts.datasets, dataset.id: changed})


def _on_the_body(body: str, facts: Facts) -> Iterator[Candidate]:
    if body in facts.private:  # only public authorities adhere (004 §2.1.1)
        return
    who = name(facts, body)
    fr, en = f"L'adhésion {who.of}", f"The membership of {who.english}"
    if body not in territory.PLACES:
        fr, en = f"{fr}, si c'est une autorité publique", f"{en}, if it is a public authority"
    yield (
        "membership",
        body,
        Text(f"{fr} (Charte MIG, § 2.2).", f"{en} (MIG charter, § 2.2)."),
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
                    f"L'acceptation par {who.alone} de ce que {ept.alone} met à sa disposition (Charte MIG, § 3.6).",
                    f"The acceptance by {who.english} of what {ept.english} makes available to it "
                    "(MIG charter, § 3.6).",
                ),
                replace(facts, sub_distributions=accepted),
            )
    for code in facts.epts_of(body, request.on):
        ept = name(facts, code)
        yield (
            "sub_distribution",
            code,
            Text(
                f"Un acte {ept.of} pour sa commune membre {who.alone}, accepté par elle (Charte MIG, § 3.6).",
                f"An act of {ept.english} for its member commune {who.english}, accepted by it (MIG charter, § 3.6).",
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
            Text(
                f"L'adhésion {ept.of} (Charte MIG, § 3.5.2).",
                f"The membership of {ept.english} (MIG charter, § 3.5.2).",
            ),
            replace(facts, memberships=(*facts.memberships, Membership(code))),
        )


def _on_the_contractor(body: str, request: AccessRequest, facts: Facts, dataset: Dataset) -> Iterator[Candidate]:
    who = name(facts, body)
    if body in facts.private and not facts.delegations_to(body):
        owners = frozenset(filter(None, [dataset.owner])) if dataset.kind == "mutualised" else dataset.co_owners
        for holder in sorted(owners)[:1]:
            hand = Delegation(holder, body, acknowledged=True)
            yield (
                "delegation",
                None,
                Text(
                    f"Une délégation {who.to}, prestataire, d'un partenaire qui a lui-même ce droit "
                    "(Charte MIG, § 2.4.2, § 3.5.2).",
                    f"A delegation to {who.english}, as contractor, from a partner that has the right itself "
                    "(MIG charter, § 2.4.2, § 3.5.2).",
                ),
                replace(facts, delegations=(*facts.delegations, hand)),
            )
    for known in facts.delegations_to(body):
        delegator = name(facts, known.delegator)
        if not known.acknowledged:
            accepted = tuple(replace(d, acknowledged=True) if d is known else d for d in facts.delegations)
            yield (
                "acknowledgement",
                body,
                Text(
                    f"La prise de connaissance par {who.alone} de la délégation {delegator.of} (Charte MIG, § 2.4.2).",
                    f"The acknowledgement by {who.english} of the delegation of {delegator.english} "
                    "(MIG charter, § 2.4.2).",
                ),
                replace(facts, delegations=accepted),
            )
        elif not known.span.covers(request.on):
            live = Delegation(known.delegator, known.contractor, acknowledged=True, datasets=known.datasets)
            yield (
                "delegation",
                known.delegator,
                Text(
                    f"Une délégation {delegator.of} en cours ce jour-là (Charte MIG, § 2.4.2).",
                    f"A delegation of {delegator.english} live on that day (MIG charter, § 2.4.2).",
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
                    f"La prise de connaissance des conditions de réutilisation par {who.alone} (Charte MIG, § 3.5.2).",
                    f"The acknowledgement of the conditions of reuse by {who.english} (MIG charter, § 3.5.2).",
                ),
                replace(facts, third_party_transfers=accepted),
            )
    if not _is_a_third_party(body, facts, request.on):
        return
    if giver := next((one for one in sorted(dataset.co_owners) if facts.member(one, request.on)), None):
        handed = Transfer(giver, body, dataset.id, acknowledged=True)
        yield (
            "transfer",
            None,
            Text(
                f"Une remise {who.to}, comme tiers, par un copropriétaire (Charte MIG, § 3.4, § 3.5.2).",
                f"A transfer to {who.english}, as a third party, by a co-owner (MIG charter, § 3.4, § 3.5.2).",
            ),
            replace(facts, third_party_transfers=(*facts.third_party_transfers, handed)),
        )
    if dataset.owner is not None:
        owner = owner_of(facts, dataset)
        given = Transfer(dataset.owner, body, dataset.id, acknowledged=True)
        yield (
            "transfer",
            dataset.owner,
            Text(
                f"Une remise {who.to}, comme tiers, par {owner.alone} (Charte MIG, § 3.5.2).",
                f"A transfer to {who.english}, as a third party, by {owner.english} (MIG charter, § 3.5.2).",
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
            "La fin du retrait (convention Tarn-et-Garonne, art. 7).",
            "The end of the take-down (Tarn-et-Garonne convention, art. 7).",
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
            f"La publication par {owner.alone} (Charte MIG, § 3.2.1).",
            f"Publication by {owner.english} (MIG charter, § 3.2.1).",
        ),
        replace(dataset, state="published"),
    )
    terms = dataset.terms or Terms()
    wider = replace(
        terms,
        mode="all_partners",
        actions=terms.actions | (READ if request.action == "execute" else {request.action}),
        extends_to_ept_communes=True,
        allows_contractors=True,
        span=ALWAYS,
    )
    yield (
        "agreement",
        dataset.owner,
        Text(
            f"L'accord {owner.of}, à demander (Charte MIG, glossaire).",
            f"The agreement of {owner.english}, to be asked for (MIG charter, glossary).",
        ),
        replace(dataset, terms=replace(terms, agreed=terms.agreed | {cast("str", request.organisation)})),
    )
    if request.action in READS:
        yield (
            "terms",
            dataset.owner,
            Text(
                f"Des modalités {owner.of} qui l'ouvrent (Charte MIG, glossaire, § 3.2.1).",
                f"Terms of {owner.english} that open it (MIG charter, glossary, § 3.2.1).",
            ),
            replace(dataset, terms=wider),
        )
        yield (
            "licence",
            dataset.owner,
            Text(
                f"Une licence ouverte choisie par {owner.alone} (convention Tarn-et-Garonne, art. 13).",
                f"An open licence chosen by {owner.english} (Tarn-et-Garonne convention, art. 13).",
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
            "La validation par le comité technique (Charte MIG, § 2.4.2).",
            "The technical committee's validation (MIG charter, § 2.4.2).",
        ),
        replace(dataset, state="validated"),
    )
    if request.organisation is not None:
        who = name(facts, request.organisation)
        yield (
            "working_group",
            None,
            Text(
                f"La participation {who.of} au groupe de travail (Charte MIG, § 2.4.3).",
                f"The participation of {who.english} in the working group (MIG charter, § 2.4.3).",
            ),
            replace(dataset, working_group=dataset.working_group | {request.organisation}),
        )
