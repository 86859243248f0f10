"""The facts a decision is taken on: the `world` of a scenario file, indexed once.

Every span is half-open `[start, end)` in days of Europe/Paris; an absent bound is unbounded. Facts are values: a change
of facts is another `Facts`, with another number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from mig_idg import territory

Kind = Literal["mutualised", "coproduced"]
RowLimit = Literal["own_territory"]

READ = frozenset({"view", "query", "download", "subscribe"})
READS = READ | {"execute"}  # a process reads the data for whom it is executed: what stops reading stops it
ACTIONS = READ | {
    "discover",
    "execute",
    "contribute",
    "configure",
    "publish_open",
    "redistribute",
    "grant",
    "validate",
    "audit",
    "takedown",
}
ROLES = ("pilot_staff", "technical_committee")
GROUNDS = ("E0", "E1", "E2", "E3", "E4", "E5", "E6")
MODES = ("all_partners", "named", "on_agreement", "closed")
STATES: dict[Kind, tuple[str, ...]] = {
    "mutualised": ("draft", "published", "archived"),
    "coproduced": ("proposed", "structured", "collecting", "consolidated", "submitted", "validated", "rejected"),
}
METADATA = ("public", "partners", "hidden")
TAKEDOWNS = ("public", "all")
OPEN_LICENCES = frozenset({"LO-2.0", "ODbL-1.0"})
NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `start` (included) to `end` (excluded); None on either side is unbounded."""

    start: date | None = None
    end: date | None = None

    def covers(self, on: date) -> bool:
        """Whether the day is in the span: its first day is, its end is not."""
        return (self.start is None or self.start <= on) and (self.end is None or on < self.end)


ALWAYS = Span()


@dataclass(frozen=True, slots=True)
class Membership:
    """A body adheres to the charter (state ADHERENT) over a span (004 §2.2)."""

    organisation: str
    span: Span = ALWAYS


@dataclass(frozen=True, slots=True)
class EptCommune:
    """A commune belongs to an EPT over a span, inside the département or not."""

    ept: str
    commune: str
    span: Span = ALWAYS


@dataclass(frozen=True, slots=True)
class SubDistribution:
    """An EPT's act that makes data available to one of its communes, and the commune's acceptance (004 §3.6).

    `datasets` None is all of them; `rows` "own_territory" limits the commune to its own rows.
    """

    ept: str
    commune: str
    acknowledged: bool = False
    span: Span = ALWAYS
    datasets: frozenset[str] | None = None
    rows: RowLimit | None = None

    def reaches(self, dataset: str, on: date) -> bool:
        """Whether the act is accepted, live on the day, and about this dataset."""
        return self.acknowledged and self.span.covers(on) and (self.datasets is None or dataset in self.datasets)


@dataclass(frozen=True, slots=True)
class Delegation:
    """A partner lets a contractor act for it (004 §2.4.2); `datasets` None is all of them."""

    delegator: str
    contractor: str
    acknowledged: bool = False
    span: Span = ALWAYS
    datasets: frozenset[str] | None = None

    def reaches(self, dataset: str, on: date) -> bool:
        """Whether the delegation is accepted, live on the day, and about this dataset."""
        return self.acknowledged and self.span.covers(on) and (self.datasets is None or dataset in self.datasets)


@dataclass(frozen=True, slots=True)
class Transfer:
    """A giver hands one dataset to a third party, who acknowledges the conditions of reuse (004 §3.5.2)."""

    giver: str
    recipient: str
    dataset: str
    acknowledged: bool = False
    span: Span = ALWAYS


@dataclass(frozen=True, slots=True)
class Agreement:
    """The owner's agreement to one body, for some of the actions its terms list (004 glossary)."""

    organisation: str
    actions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Terms:
    """The owner's terms of access, use and diffusion (004 glossary); no terms at all is closed.

    Of terms on agreement, `agreed` are the bodies it was given to for all the actions, `agreements` for some of them.
    """

    mode: str = "closed"
    actions: frozenset[str] = NOBODY
    named: frozenset[str] = NOBODY
    agreed: frozenset[str] = NOBODY
    hidden_attributes: frozenset[str] = NOBODY
    extends_to_ept_communes: bool = False
    allows_contractors: bool = False
    span: Span = ALWAYS
    rows: RowLimit | None = None
    agreements: tuple[Agreement, ...] = ()

    def addresses(self, organisation: str | None, action: str) -> bool:
        """Whether an adherent body is in the audience these terms name, for an action they list."""
        match self.mode:
            case "all_partners":
                return True
            case "named":
                return organisation in self.named
            case "on_agreement":
                return organisation in self.agreed or any(
                    agreement.organisation == organisation and action in agreement.actions
                    for agreement in self.agreements
                )
            case _:
                return False


@dataclass(frozen=True, slots=True)
class Restriction:
    """An exception of 004 §3.3: its ground, and the attributes it covers (none: the whole dataset)."""

    ground: str
    attributes: frozenset[str] = NOBODY
    objection_proved: bool = False
    law_allows: bool = False
    beneficiaries: frozenset[str] = NOBODY
    span: Span = ALWAYS

    def bites(self, on: date) -> bool:
        """Whether it is in force on the day; E4 needs both the objection and the law that allows it."""
        return self.span.covers(on) and (self.ground != "E4" or (self.objection_proved and self.law_allows))


@dataclass(frozen=True, slots=True)
class Dataset:
    """What rights need to know of one dataset. `owner` is for mutualised data, `co_owners` for coproduced ones.

    `frozen_audience` None means that there is none; an empty one is an audience of nobody.
    """

    id: str
    kind: Kind
    state: str
    owner: str | None = None
    co_owners: frozenset[str] = NOBODY
    working_group: frozenset[str] = NOBODY
    attributes: tuple[str, ...] = ()
    metadata: str = "public"
    terms: Terms | None = None
    exceptions: tuple[Restriction, ...] = ()
    takedown: str | None = None
    licence: str | None = None
    frozen_audience: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class ReadingTaken:
    """How the partnership reads one ambiguity on the day: `setting` is the switch of `Settings` it turns, if any.

    `days` goes with days of grace; `decision` is the steering committee's, that the act cites.
    """

    number: int
    choice: str
    setting: str | None = None
    days: int = 0
    decision: int | None = None
    since: date | None = None


@dataclass(frozen=True, eq=False)
class Facts:
    """Everything the charter's rules read, as it stands at one moment, under one number.

    `charter` is the span of the instrument; None says that no instrument was ever in force. `names` are the bodies'
    own and `private` those that are no public authority, for sentences: no rule reads them. `readings` are those that
    the partnership has taken; the others are read as the rule book proposes.
    """

    charter: Span | None = ALWAYS
    memberships: tuple[Membership, ...] = ()
    ept_communes: tuple[EptCommune, ...] = ()
    sub_distributions: tuple[SubDistribution, ...] = ()
    delegations: tuple[Delegation, ...] = ()
    third_party_transfers: tuple[Transfer, ...] = ()
    datasets: Mapping[str, Dataset] = field(default_factory=dict)
    number: int = 0
    names: Mapping[str, str] = field(default_factory=dict)
    private: frozenset[str] = NOBODY
    readings: tuple[ReadingTaken, ...] = ()

    def __post_init__(self) -> None:
        index = object.__setattr__
        index(self, "_memberships", _grouped((m.organisation, m.span) for m in self.memberships))
        index(self, "_links", _grouped(((c.ept, c.commune), c.span) for c in self.ept_communes))
        index(self, "_members", _grouped((c.ept, c) for c in self.ept_communes))
        index(self, "_epts", _grouped((c.commune, c) for c in self.ept_communes))
        index(self, "_acts", _grouped((a.commune, a) for a in self.sub_distributions))
        index(self, "_delegations", _grouped((d.contractor, d) for d in self.delegations))
        index(self, "_transfers", _grouped(((t.dataset, t.recipient), t) for t in self.third_party_transfers))
        index(self, "_communes", frozenset(c.commune for c in self.ept_communes) | self._acts.keys())

    _memberships: Mapping[str, tuple[Span, ...]] = field(init=False, repr=False)
    _links: Mapping[tuple[str, str], tuple[Span, ...]] = field(init=False, repr=False)
    _members: Mapping[str, tuple[EptCommune, ...]] = field(init=False, repr=False)
    _epts: Mapping[str, tuple[EptCommune, ...]] = field(init=False, repr=False)
    _acts: Mapping[str, tuple[SubDistribution, ...]] = field(init=False, repr=False)
    _delegations: Mapping[str, tuple[Delegation, ...]] = field(init=False, repr=False)
    _transfers: Mapping[tuple[str, str], tuple[Transfer, ...]] = field(init=False, repr=False)
    _communes: frozenset[str] = field(init=False, repr=False)

    def in_force(self, on: date) -> bool:
        """Whether the charter is in force on the day (004 §2.7)."""
        return self.charter is not None and self.charter.covers(on)

    def member(self, organisation: str | None, on: date) -> bool:
        """Whether a membership of the body covers the day, whatever the charter's own span."""
        if organisation is None:
            return False
        return any(span.covers(on) for span in self._memberships.get(organisation, ()))

    def memberships_of(self, organisation: str) -> tuple[Span, ...]:
        """The spans over which the body adheres, in the order they were recorded."""
        return self._memberships.get(organisation, ())

    def belongs(self, commune: str, ept: str, on: date) -> bool:
        """Whether the commune is a member of the EPT on the day."""
        return any(span.covers(on) for span in self._links.get((ept, commune), ()))

    def epts_of(self, commune: str | None, on: date) -> tuple[str, ...]:
        """The EPTs the commune is a member of on the day, in the order they were recorded."""
        if commune is None:
            return ()
        return tuple(link.ept for link in self._epts.get(commune, ()) if link.span.covers(on))

    def acts_for(self, commune: str | None) -> tuple[SubDistribution, ...]:
        """The EPTs' acts that name this commune, live or not, in the order they were recorded."""
        return () if commune is None else self._acts.get(commune, ())

    def delegations_to(self, contractor: str | None) -> tuple[Delegation, ...]:
        """The delegations that name this contractor, live or not, in the order they were recorded."""
        return () if contractor is None else self._delegations.get(contractor, ())

    def transfers_to(self, recipient: str | None, dataset: str) -> tuple[Transfer, ...]:
        """The transfers of this dataset to this recipient, live or not."""
        return () if recipient is None else self._transfers.get((dataset, recipient), ())

    def territory_of(self, organisation: str, on: date) -> frozenset[str] | None:
        """The communes a body may be limited to: itself for a commune, its members on the day for an EPT.

        None for any other body: its territory is not made of communes and no row limit applies to it. An EPT without
        a member on the day has an empty territory, hence no row.
        """
        if organisation in self._members or territory.is_ept(organisation):
            return frozenset(c.commune for c in self._members.get(organisation, ()) if c.span.covers(on))
        if organisation in self._communes or territory.is_commune(organisation):
            return frozenset({organisation})
        return None

    def bodies(self) -> tuple[str, ...]:
        """Every body the facts name, sorted: the only ones whose answer may differ from the public's."""
        found: set[str] = set(self._memberships) | set(self._members) | self._communes | set(self._delegations)
        found |= {d.delegator for d in self.delegations} | {a.ept for a in self.sub_distributions}
        for transfer in self.third_party_transfers:
            found |= {transfer.giver, transfer.recipient}
        for dataset in self.datasets.values():
            found |= dataset.co_owners | dataset.working_group | (dataset.frozen_audience or NOBODY)
            if dataset.owner is not None:
                found.add(dataset.owner)
            if dataset.terms:
                found |= dataset.terms.named | dataset.terms.agreed
                found |= {agreement.organisation for agreement in dataset.terms.agreements}
            for exception in dataset.exceptions:
                found |= exception.beneficiaries
        return tuple(sorted(found))


def _grouped[K, V](pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    """The pairs by key, each group in the order met."""
    groups: dict[K, list[V]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in groups.items()}
