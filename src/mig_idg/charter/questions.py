"""The inverse questions: what may this body see, who may see this, what would change the answer, what has changed.

All of them ask `decide` and nothing else, so that they can never disagree with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from mig_idg.charter.decision import AccessRequest, Decision, decide
from mig_idg.charter.facts import NOBODY, Facts
from mig_idg.charter.rulebook import RULEBOOK, RuleBook
from mig_idg.charter.what_if import WhatIf, openings

__all__ = [
    "Difference",
    "WhatIf",
    "all_changes_between",
    "changes_between",
    "visible",
    "what_would_change",
    "who_may",
]


def visible(
    organisation: str | None,
    roles: frozenset[str],
    facts: Facts,
    on: date,
    action: str = "discover",
    rulebook: RuleBook = RULEBOOK,
) -> dict[str, Decision]:
    """The datasets for which the action is permitted to a body on a day, each with its decision."""
    asked = ((id, decide(AccessRequest(organisation, roles, action, id, on), facts, rulebook)) for id in facts.datasets)
    return {id: decision for id, decision in asked if decision.permitted}


def who_may(
    dataset: str,
    action: str,
    facts: Facts,
    on: date,
    roles: frozenset[str] = NOBODY,
    rulebook: RuleBook = RULEBOOK,
) -> dict[str | None, Decision]:
    """The bodies to which the action is permitted on a day, in these roles; the key None is the public.

    Bodies that no fact names have the answer of the public.
    """
    asked = (
        (b, decide(AccessRequest(b, roles, action, dataset, on), facts, rulebook)) for b in (None, *facts.bodies())
    )
    return {body: decision for body, decision in asked if decision.permitted}


@dataclass(frozen=True, slots=True)
class Difference:
    """One answer that is not the same on two sets of facts, or on two days."""

    organisation: str | None
    action: str
    dataset: str
    before: Decision
    after: Decision

    @property
    def direction(self) -> str:
        """`gains`, `loses`, or `changes` when the outcome is the same on other grounds, or shows or asks otherwise."""
        if self.before.permitted == self.after.permitted:
            return "changes"
        return "gains" if self.after.permitted else "loses"


def changes_between(
    request: AccessRequest, before: Facts, after: Facts, on_after: date | None = None, rulebook: RuleBook = RULEBOOK
) -> Difference | None:
    """How the answer to one request differs on other facts, or another day; None when it is the same.

    Two refusals that rest on different rules are a difference too: the person is told another thing.
    """
    first = decide(request, before, rulebook)
    second = decide(request if on_after is None else replace(request, on=on_after), after, rulebook)
    if _seen(first) == _seen(second):
        return None
    return Difference(request.organisation, request.action, request.dataset, first, second)


def _seen(decision: Decision) -> tuple[object, ...]:
    """What somebody would notice of a decision: all of it but the number of the facts."""
    return (decision.outcome, decision.rule, decision.hidden, decision.rows, decision.obligations)


def all_changes_between(
    before: Facts,
    after: Facts,
    on: date,
    on_after: date | None = None,
    *,
    bodies: Iterable[str | None] | None = None,
    actions: Iterable[str] = ("discover", "view", "query", "download"),
    rulebook: RuleBook = RULEBOOK,
) -> tuple[Difference, ...]:
    """Every answer that differs, over all datasets, all bodies the facts name and the public, in no role.

    A dataset that one side does not know is refused there (A0), hence gained or lost.
    """
    everyone = (None, *sorted({*before.bodies(), *after.bodies()})) if bodies is None else tuple(bodies)
    datasets = dict.fromkeys([*before.datasets, *after.datasets])
    asked = (
        changes_between(AccessRequest(body, NOBODY, action, dataset, on), before, after, on_after, rulebook)
        for dataset in datasets
        for body in everyone
        for action in tuple(actions)
    )
    return tuple(difference for difference in asked if difference is not None)


def what_would_change(request: AccessRequest, facts: Facts) -> tuple[WhatIf[Decision], ...]:
    """The single facts that would each turn this refusal into a permit; empty for a permit, or when none would do."""
    return openings(request, facts, decide)
