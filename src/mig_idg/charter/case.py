"""One question on one set of facts: what the conditions of the rule book look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Protocol, cast

from mig_idg import territory
from mig_idg.charter.facts import NOBODY, READ, READS, Dataset, Delegation, Facts, Restriction, SubDistribution, Terms
from mig_idg.charter.settings import Settings

DELEGABLE = ("B1", "B3", "B4")  # permits all: no refusal states them
TERMS_FOR_ALL = Terms(mode="all_partners", actions=READ)


class Permission(Protocol):
    """What is read of a decision by what decisions stand on: its rule, what it hides, which rows it leaves."""

    @property
    def rule(self) -> str:
        """The rule of the rule book that states the answer."""

    @property
    def permitted(self) -> bool:
        """Whether the outcome is a permit."""

    @property
    def obligations(self) -> tuple[str, ...]:
        """What must go with what is given."""

    @property
    def hidden(self) -> frozenset[str]:
        """Attributes that are not shown."""

    @property
    def rows(self) -> frozenset[str] | None:
        """Communes whose rows are shown; None for all."""


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """Who (None is the public), in which roles, wants to do what, to which dataset, on which day."""

    organisation: str | None
    roles: frozenset[str]
    action: str
    dataset: str
    on: date


class Case:
    """A request laid beside the facts. What several conditions need is worked out once, when it is first asked.

    `known_dataset` is None when the facts do not know it; rule A0 has then answered, and whatever would still read
    `dataset` raises, which refuses.
    """

    def __init__(
        self, request: AccessRequest, facts: Facts, settings: Settings, ask: Callable[[AccessRequest], Permission]
    ) -> None:
        self.request = request
        self.organisation = request.organisation
        self.roles = request.roles
        self.action = request.action
        self.on = request.on
        self.facts = facts
        self.settings = settings
        self.known_dataset = facts.datasets.get(request.dataset)
        self.dataset = cast("Dataset", self.known_dataset)
        self._ask = ask

    @property
    def kind(self) -> str | None:
        """Mutualised or coproduced; None for a dataset nobody knows."""
        return None if self.known_dataset is None else self.known_dataset.kind

    @cached_property
    def charter_serves(self) -> bool:
        """Whether the charter is in force, or in its days of grace for those who only read or discover."""
        if self.facts.in_force(self.on):
            return True
        charter = self.facts.charter
        if self.settings.charter_end != "read_only_grace" or charter is None or charter.end is None:
            return False
        last = charter.end + timedelta(days=self.settings.grace_days)
        return charter.end <= self.on < last and (self.action in READS or self.action == "discover")

    @cached_property
    def adherent(self) -> bool:
        """Whether the body asking is a partner on the day."""
        return self.is_adherent(self.organisation)

    def is_adherent(self, organisation: str | None) -> bool:
        """Whether a body is a partner on the day: a membership covers it and the charter is in force."""
        return self.charter_serves and self.facts.member(organisation, self.on)

    @cached_property
    def owner(self) -> bool:
        """Whether the body asking owns these mutualised data; a coproduced dataset has no single owner."""
        dataset = self.dataset
        return dataset.kind == "mutualised" and self.organisation is not None and dataset.owner == self.organisation

    def is_co_owner(self, organisation: str | None) -> bool:
        """Whether a partner owns the validated coproduced dataset: one on the day of validation (004 §3.4)."""
        return self.settings.late_joiner == "co_owner" or organisation in self.dataset.co_owners

    @cached_property
    def terms(self) -> Terms | None:
        """The owner's terms live on the day, or None: silence is closed."""
        terms = self.dataset.terms
        if terms is None and self.settings.default_terms == "all_partners":
            terms = TERMS_FOR_ALL
        return terms if terms is not None and terms.span.covers(self.on) else None

    @property
    def live_terms(self) -> Terms:
        """The same, for what is only asked once there are some; LookupError when there are none."""
        if self.terms is None:
            raise LookupError("terms")
        return self.terms

    @cached_property
    def exceptions_that_bite(self) -> tuple[Restriction, ...]:
        """Each exception that stops this body: § 3.3 forbids to make available; the owner still reads and edits."""
        reading = self.action in READS
        if self.owner and (reading or self.action == "contribute"):
            return ()
        return tuple(
            exception
            for exception in self.dataset.exceptions
            if exception.bites(self.on)
            and not (reading and exception.ground == "E5" and self.organisation in exception.beneficiaries)
        )

    @cached_property
    def masks(self) -> frozenset[str]:
        """The attributes that exceptions mask for this body."""
        return NOBODY.union(*(exception.attributes for exception in self.exceptions_that_bite))

    @cached_property
    def serving_acts(self) -> tuple[SubDistribution, ...]:
        """The acts by which an adherent EPT serves this commune, a member of it on the day (004 §3.6)."""
        return tuple(act for act in self._acts() if self._serves(act))

    def _acts(self) -> Iterator[SubDistribution]:
        yield from self.facts.acts_for(self.organisation)
        if self.settings.ept_act == "automatic":
            for ept in self.facts.epts_of(self.organisation, self.on):
                yield SubDistribution(ept, cast("str", self.organisation), acknowledged=True)

    def _serves(self, act: SubDistribution) -> bool:
        if not act.reaches(self.request.dataset, self.on):
            return False
        if not self.facts.belongs(act.commune, act.ept, self.on) or not self.is_adherent(act.ept):
            return False
        if self.settings.ept_area == "annex_1" and not _in_annex_1(act.commune):
            return False
        return self.settings.former_commune == "served" or not self.former

    @cached_property
    def former(self) -> bool:
        """Whether the body was a partner before the day and is no longer one."""
        if self.facts.member(self.organisation, self.on):
            return False
        spans = self.facts.memberships_of(cast("str", self.organisation))  # the public has none
        return any(span.end is not None and span.end <= self.on for span in spans)

    @cached_property
    def mandates(self) -> tuple[tuple[Delegation, Permission], ...]:
        """The live delegations to this contractor that work, each with what its delegator itself is permitted."""
        known = () if self.settings.contractors == "never" else self.facts.delegations_to(self.organisation)
        return tuple(
            (delegation, own)
            for delegation in known
            if delegation.reaches(self.request.dataset, self.on) and self.is_adherent(delegation.delegator)
            for own in [
                self._ask(AccessRequest(delegation.delegator, NOBODY, self.action, self.request.dataset, self.on))
            ]
            if own.rule in DELEGABLE and self._may_be_delegated(own.rule)
        )

    def reading(self, action: str) -> Permission:
        """What the same body would be answered for an action that reads (what a process does, it does for the body)."""
        return self._ask(replace(self.request, action=action))

    def _may_be_delegated(self, rule: str) -> bool:
        """Its own data and coproduced data pass to the contractor; another's only if the terms allow contractors."""
        return rule != "B3" or self.live_terms.allows_contractors


def _in_annex_1(commune: str) -> bool:
    """Whether annex 1 lists the commune; a code unknown here is taken at the registry's word."""
    known = territory.COMMUNES.get(commune)
    return known is None or known.annex_1
